"""From the captures of one page to its versions, changes and verdicts: the rules, and nothing else.

No I/O, no clock, no state: the same captures give the same history, in whatever order they arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from archive import diff
from archive.model import (
    Change,
    History,
    Judgement,
    Kind,
    Observation,
    Target,
    Text,
    Verdict,
    Version,
)
from archive.sentences import count

PERMANENT = frozenset({301, 308})
GONE = frozenset({404, 410})
REFUSED = frozenset({401, 402, 403, 407, 429, 451})
ALIKE = 0.5
"""Share of common word quadruples from which two texts count as the same article (Jaccard index)."""


def history(observations: Iterable[Observation], before: Text | None = None) -> History:
    """The history of a page from all its captures.

    `before` is what the page said at the address it moved from: its first version is then not new.
    """
    page = _Page(before=before)
    for observation in sorted(observations, key=lambda seen: (seen.at, seen.capture)):
        page.judgements.append(_judge(page, observation))
    return History(tuple(page.judgements), tuple(page.versions), tuple(page.changes), page.moved_to)


@dataclass
class _Page:
    """The fold's state. `shown` is the text that stands at present, under the newest extractor seen."""

    before: Text | None
    versions: list[Version] = field(default_factory=list)
    numbers: dict[tuple[object, ...], int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    good: Observation | None = None
    shown: Text | None = None
    absent: Kind | None = None
    moved_to: str | None = None

    @property
    def number(self) -> int | None:
        return self.versions[-1].number if self.versions else None


def _judge(page: _Page, seen: Observation) -> Judgement:
    status = seen.status
    if status == 304 and page.good is not None:
        # It carries no payload of its own: what the page showed before still holds.
        seen = replace(seen, payload=page.good.payload)
        if page.absent is not None:
            return _back(page, seen, page.shown)
        return _again(page, seen, Verdict.SAME)
    if 300 <= status < 400:
        return _redirected(page, seen)
    if status in GONE:
        return _missing(page, seen)
    if status in REFUSED:
        return Judgement(seen.capture, Verdict.BLOCKED, f"the server refused it (HTTP {status})")
    if not 200 <= status < 300:
        return Judgement(seen.capture, Verdict.FAILED, f"HTTP {status}" if status else "no valid HTTP answer")
    if seen.truncated:
        return Judgement(seen.capture, Verdict.FAILED, "the answer is truncated")
    if seen.unread is not None:
        return Judgement(seen.capture, Verdict.FAILED, f"its text could not be read: {seen.unread}")
    empty = seen.text is None or not seen.text.text
    if empty and page.shown is not None:
        return Judgement(seen.capture, Verdict.FAILED, "no text found where earlier captures have some")
    return _answered(page, seen, seen.text if seen.text and seen.text.text else None)


def _answered(page: _Page, seen: Observation, text: Text | None) -> Judgement:
    if page.good is None:
        return _first(page, seen, text)
    if page.absent is not None:
        return _back(page, seen, text)
    if text is None or page.shown is None:
        if text is not None:
            _begin_version(page, seen, text)
        return _again(page, seen, Verdict.SAME if seen.payload == page.good.payload else Verdict.RESTYLED)
    if text.extractor != page.shown.extractor:
        # Another program's reading: a difference would say nothing of the page. Later captures are
        # compared with this reading.
        page.shown = text
        return _again(page, seen, Verdict.SAME, "read by another extractor, not compared")
    kinds = diff.kinds(page.shown, text)
    if not kinds:
        return _again(page, seen, Verdict.SAME if seen.payload == page.good.payload else Verdict.RESTYLED)
    return _edited(page, seen, text, kinds, Verdict.EDITED)


def _first(page: _Page, seen: Observation, text: Text | None) -> Judgement:
    page.good = seen
    if text is not None:
        _begin_version(page, seen, text)
    if page.before is not None and text is not None:
        kinds = diff.kinds(page.before, text) if page.before.extractor == text.extractor else ()
        if kinds:
            page.changes.append(_change(page.before, text, kinds, seen, None, None, 1))
        return Judgement(seen.capture, Verdict.MOVED, "moved here from another address", page.number)
    if seen.complete_before and text is not None and not page.judgements:
        page.changes.append(
            Change((Kind.NEW,), seen.capture, None, seen.at, None, page.number, added=count(text.text))
        )
    return Judgement(seen.capture, Verdict.NEW, None, page.number)


def _back(page: _Page, seen: Observation, text: Text | None) -> Judgement:
    page.absent = page.moved_to = None
    if text is not None and page.shown is not None:
        kinds = diff.kinds(page.shown, text) if page.shown.extractor == text.extractor else ()
        return _edited(page, seen, text, (Kind.BACK, *kinds), Verdict.BACK)
    last = page.good.at if page.good else None
    page.changes.append(Change((Kind.BACK,), seen.capture, last, seen.at, None, None))
    return _again(page, seen, Verdict.BACK)


def _edited(
    page: _Page, seen: Observation, text: Text, kinds: tuple[Kind, ...], verdict: Verdict
) -> Judgement:
    assert page.good is not None and page.shown is not None
    earlier = page.numbers.get(_identity(text))
    change = _change(page.shown, text, kinds, seen, page.good, page.number, len(page.versions) + 1)
    page.changes.append(replace(change, back_to=earlier))
    page.good = seen
    _begin_version(page, seen, text)
    return Judgement(seen.capture, verdict, None, page.number)


def _change(
    old: Text,
    new: Text,
    kinds: tuple[Kind, ...],
    seen: Observation,
    last: Observation | None,
    from_version: int | None,
    to_version: int | None,
) -> Change:
    compared = diff.compare(old, new)
    return Change(
        kinds=kinds,
        capture=seen.capture,
        from_at=last.at if last else None,
        to_at=seen.at,
        from_version=from_version,
        to_version=to_version,
        announced=_announced(kinds),
        added=compared.added,
        removed=compared.removed,
        changed=compared.changed,
    )


def _announced(kinds: tuple[Kind, ...]) -> bool | None:
    text_changed = not {Kind.BODY, Kind.TITLE, Kind.AUTHOR}.isdisjoint(kinds)
    if not text_changed and Kind.DATE not in kinds:
        return None
    return text_changed and Kind.DATE in kinds


def _begin_version(page: _Page, seen: Observation, text: Text) -> None:
    number = len(page.versions) + 1
    page.versions.append(Version(number, seen.at, seen.at, 1, seen.capture))
    page.numbers.setdefault(_identity(text), number)
    page.shown = text


def _again(page: _Page, seen: Observation, verdict: Verdict, reason: str | None = None) -> Judgement:
    if page.versions and page.versions[-1].capture != seen.capture:
        last = page.versions[-1]
        page.versions[-1] = replace(last, last=seen.at, captures=last.captures + 1)
    page.good = seen
    return Judgement(seen.capture, verdict, reason, page.number)


def _missing(page: _Page, seen: Observation) -> Judgement:
    if page.good is None:
        return Judgement(seen.capture, Verdict.FAILED, f"HTTP {seen.status}, and never seen otherwise")
    if page.absent is None:
        page.changes.append(
            Change((Kind.GONE,), seen.capture, page.good.at, seen.at, page.number, None, removed=_size(page))
        )
    page.absent = Kind.GONE
    return Judgement(seen.capture, Verdict.GONE, f"HTTP {seen.status}")


def _redirected(page: _Page, seen: Observation) -> Judgement:
    target = seen.target
    if target is None:
        return Judgement(seen.capture, Verdict.FAILED, f"HTTP {seen.status} that leads nowhere else")
    if page.good is None:
        return Judgement(seen.capture, Verdict.MOVED, f"redirects to {target.url}")
    if page.absent is Kind.MOVED and page.moved_to == target.url:
        return Judgement(seen.capture, Verdict.MOVED, f"redirects to {target.url}")
    if not _is_move(page, seen, target):
        return Judgement(seen.capture, Verdict.FAILED, f"redirects to {target.url}, which is another page")
    page.changes.append(
        Change((Kind.MOVED,), seen.capture, page.good.at, seen.at, page.number, None, moved_to=target.url)
    )
    page.absent, page.moved_to = Kind.MOVED, target.url
    return Judgement(seen.capture, Verdict.MOVED, f"moved to {target.url}")


def _is_move(page: _Page, seen: Observation, target: Target) -> bool:
    """A redirect to a page of its own that stood there before (the home page, a log-in) is not a move."""
    assert page.good is not None
    if target.text is not None and page.shown is not None:
        return alike(page.shown, target.text)
    if target.seen and target.first is None:
        return False
    known_before = target.first is not None and target.first <= page.good.at
    return seen.status in PERMANENT and not known_before


def alike(one: Text, other: Text) -> bool:
    """Whether two texts are the same article, give or take some editing."""
    first, second = _quadruples(one.text), _quadruples(other.text)
    return len(first & second) >= ALIKE * len(first | second)


def _quadruples(text: str) -> frozenset[tuple[str, ...]]:
    # Bounded: a hostile page of millions of words is judged by its beginning.
    words = text.split()[:50_000]
    return frozenset(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))


def _size(page: _Page) -> int:
    return count(page.shown.text) if page.shown else 0


def _identity(text: Text) -> tuple[object, ...]:
    """Equal for texts between which there are no differences."""
    return (text.title, text.date, text.author, diff.said(text.entries), text.text)
