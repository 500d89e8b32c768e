"""Which records of files that are taken in belong to which run, and what kinds of record there are.

A foreign file is one run. A file that was given away by a home of ours may hold several, and says which.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from archive import answers, facts, warc
from archive.facts import Beginning

MOST = 10_000
"""Runs in a file; what comes beyond is taken for a part of the last."""

_AT_ONCE = 300

Answered = tuple[str, datetime, str]
"""Address, instant and record of an answer."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bytes of a file from one border of records up to another. `part` is the file's number."""

    part: int
    start: int
    end: int


@dataclass
class Portion:
    """The records of one run. `run` is how the files call it, None for a foreign one; `begun` and `ending`
    are what they say of it. `known` counts the answers that the archive has already.
    """

    run: str | None
    begun: Beginning | None = None
    ending: dict[str, str] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    answers: int = 0
    known: int = 0
    records: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def extend(self, part: int, record: warc.Record) -> None:
        """Take in a record, which may go on where the last one ended."""
        end = record.offset + record.length
        last = self.stretches[-1] if self.stretches else None
        if last is not None and (last.part, last.end) == (part, record.offset):
            self.stretches[-1] = Stretch(part, last.start, end)
        else:
            self.stretches.append(Stretch(part, record.offset, end))
        told = answers.ANSWERS + answers.OTHERS
        self.records[record.type if record.type in told else "others"] += 1
        reason = answers.passed_over(record)
        if reason is None:
            self.answers += 1
            self.first = min(self.first or record.at, record.at)
            self.last = max(self.last or record.at, record.at)
        elif record.type not in _BESIDE:
            self.left_out[reason] += 1


_BESIDE = ("request", "metadata", "warcinfo")
"""Records that belong to answers: that they are no captures needs no word."""


def scan(
    parts: Sequence[Path],
    known: Callable[[Sequence[Answered]], int],
    watch: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Portion]:
    """The runs in files that are packed like ours, in the order in which they are met.

    `known` tells how many of some answers the archive has. Raises warc.WarcError for a damaged file.
    """
    found: dict[str | None, Portion] = {}
    waiting: dict[str | None, list[Answered]] = {}
    total, before = sum(path.stat().st_size for path in parts), 0
    for number, path in enumerate(parts):
        run: str | None = None
        for record in warc.read(path):
            begun = facts.by_itself(record)
            if record.type == "warcinfo":
                run = begun.run if begun else None
            if run not in found and len(found) >= MOST:
                run = next(reversed(found))
            portion = found.setdefault(run, Portion(run))
            portion.begun = begun or portion.begun
            portion.ending = (run and facts.ending([record], run)) or portion.ending
            portion.extend(number, record)
            if record.type in answers.ANSWERS:
                group = waiting.setdefault(run, [])
                group.append((record.uri or "", record.at, record.record_id))
                if len(group) >= _AT_ONCE:
                    portion.known += known(group)
                    group.clear()
            watch(before + record.offset + record.length, total)
        before += path.stat().st_size
    for run, group in waiting.items():
        found[run].known += known(group) if group else 0
    return list(found.values())
