"""Whether a home is whole: `strandline check`.

WARC files are read and hashed again, each record and digest; the index is compared with what they say, and
with what follows from that; the texts on the disk are compared with the index. Nothing is changed, and crawls
may go on meanwhile: what is compared is the index as it was when the check began.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row
from sqlalchemy.exc import DatabaseError

from archive import database, facts, instants, search, visited
from archive.answers import look
from archive.care import against, derived, fixity, pack
from archive.care.derived import INDEX
from archive.care.fixity import REBUILD, RESTORE, Finding
from archive.care.rebuild import report_of
from archive.care.still import running
from archive.home import Home
from archive.records import Record
from archive.writer import sync_folder

Found = Callable[[Finding], object]
Watch = Callable[[int, int], object]
"""Is told how many bytes of how many were read."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at. `crawled` are sources that were being crawled: their texts were left out."""

    sources: tuple[str, ...]
    files: int
    captures: int
    crawled: tuple[str, ...]


def check(
    home: Home, sources: Collection[str], found: Found, watch: Watch = lambda _done, _total: None
) -> Checked:
    """Look at all that is kept of some sources, and tell what is `found` wrong. Raises OSError, and
    `database.DatabaseTrouble` for an index that a newer program wrote.
    """
    look = _Look(home, found, {source for source in sources if running(home, source)})
    try:
        with _copies(home, found) as copies:
            if copies:
                _with_index(look, copies, sorted(sources), watch)
            else:
                for path in _files(home, sources).values():
                    look.file(path, None)
    except (DatabaseError, sqlite3.DatabaseError, ValueError, LookupError, TypeError) as error:
        # With bytes that were altered, any value of the index may be one that it cannot have.
        found(Finding(INDEX, f"the index cannot be read: {error!r}", REBUILD))
    return Checked(tuple(sorted(sources)), look.files, look.captures, tuple(sorted(look.crawled)))


@dataclass(frozen=True, slots=True)
class _Copies:
    """The index as it was, and a copy in which all that follows from the WARC files is derived again."""

    home: Home
    was: Engine
    again: Engine


@contextmanager
def _copies(home: Home, found: Found) -> Iterator[_Copies | None]:
    """None where the index is not there or not sound."""
    folder = home.runs / "check"
    was, again = (replace(home, derived=folder / name) for name in ("was", "again"))
    shutil.rmtree(folder, ignore_errors=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if not home.database.exists():
            found(Finding(INDEX, "the index is not there", REBUILD))
            yield None
            return
        if rotten(home.database):
            what = "its bytes are not those that it had when it was last written"
            found(Finding(INDEX, what, REBUILD))
        derived.copy(home.database, was.database)
        wrong = list(derived.unsound(was.database))
        for one in wrong:
            found(one)
        if wrong:
            yield None
            return
        engine = database.open_index(was)
        stack.callback(engine.dispose)
        derived.copy(was.database, again.database)
        second = database.open_index(again)
        stack.callback(second.dispose)
        yield _Copies(again, engine, second)


def rotten(path: Path) -> bool:
    """Whether an index has other bytes than when it was sealed, though nobody wrote to it since."""
    seal = database.sealed_by(path)
    said = seal.read_text().split() if seal.exists() and not database.has_journal(path) else []
    return bool(said) and database.file_digest(path) != said[0] and seal.exists()


def _files(home: Home, sources: Collection[str]) -> dict[str, Path]:
    """The WARC files of some sources by their names, without `.open`."""
    found = (path for source in sorted(sources) for path in sorted(home.warc.glob(f"{source}/*/*")))
    ours = (path for path in found if path.name.endswith((".warc.gz", ".warc.gz.open")))
    return {path.name.removesuffix(".open"): path for path in ours}


def _with_index(look: "_Look", copies: _Copies, sources: list[str], watch: Watch) -> None:
    home, found = look.home, look.found
    paths = _files(home, sources)
    total = sum(path.stat().st_size for path in paths.values())
    done = 0
    with copies.again.begin() as connection:
        for source in sources:
            derived.forget(connection, source)
    for row in against.files(copies.was, sources):
        path = paths.pop(row.name, None)
        if path is None:
            found(Finding(f"warc/{row.source}/{row.name}", "the file is not there", RESTORE))
            look.damaged = True
            continue
        look.file(path, (copies, row))
        done += path.stat().st_size
        watch(done, total)
    for path in paths.values():
        if path.name.endswith(".warc.gz") and path.parent.parent.name not in look.crawled:
            found(Finding(_name(home, path), "the index does not know the file", REBUILD))
            look.file(path, None)
    _compare(look, copies, sources)


def _compare(look: "_Look", copies: _Copies, sources: list[str]) -> None:
    """The index against what follows from it, and the texts on the disk."""
    for one in against.unsealed(copies.was):
        look.found(one)
    for source in sources:
        derived.again(copies.home, copies.again, source)
    index = copies.was.url.database or ""
    for one in derived.differing(copies.again, Path(index), told=not look.damaged):
        look.found(one)
    for source in () if look.damaged else sources:
        for one in derived.miscounted(copies.again, source):
            look.found(one)
    for name, told in look.runs.items():
        row = against.run(copies.was, name)
        if row is None or row.outcome is None or look.damaged:
            continue
        begun = pack.noted(told.parts)
        wrong = against.otherwise(row, begun, told.ending, report_of(look.home, begun))
        if wrong:
            look.found(Finding(INDEX, f"run {name} has another {', '.join(wrong)}", REBUILD))
    for source in set(sources) - look.crawled:
        for one in against.dated_files(copies.was, look.home, source):
            look.found(one)


@dataclass
class _Told:
    """What the WARC files of a run tell of it."""

    parts: list[facts.Beginning]
    ending: dict[str, str]


@dataclass
class _Look:
    """A check under way. `damaged`: some WARC file is, so not all can be told that follows from them."""

    home: Home
    found: Found
    crawled: set[str]
    files: int = 0
    captures: int = 0
    damaged: bool = False
    runs: dict[str, _Told] = field(default_factory=dict)

    def file(self, path: Path, known: tuple[_Copies, Row[Any]] | None) -> None:
        """Look at one WARC file, and at what the index says of it."""
        name = _name(self.home, path)
        sealed = path.name.endswith(".warc.gz")
        row = known[1] if known else None
        rows = against.Against(known[0].was, known[1]) if known else None
        seen: list[Finding] = []

        def read(batch: list[Record]) -> None:
            self._tell(path, batch)
            if known and rows:
                self._index(known[0], rows, batch, seen)

        noted = row.sha256 if row and sealed and row.sealed else None
        most = row.read if row and not sealed else None
        wrong = list(fixity.of_file(name, path, noted, most, read))
        self.damaged = self.damaged or bool(wrong)
        for one in wrong:
            self.found(one)
            if rows and one.url is None and one.offset is not None:
                self._lost(name, rows, one.offset, one.until)
        for one in [*seen, *(rows.unmet() if rows and not wrong else ())]:
            self.found(one)
        if sealed and not wrong:
            for one in fixity.replay_index(name, path):
                self.found(one)
        self.files += 1

    def _tell(self, path: Path, batch: list[Record]) -> None:
        begun = facts.beginning(path, batch[0]) if batch[0].offset == 0 else None
        if begun:
            before = self.runs.get(begun.run)
            self.runs[begun.run] = _Told([*(before.parts if before else ()), begun], {})
        elif parts := facts.beginning(path, None):
            begun = parts
        if begun and begun.run in self.runs:
            told = self.runs[begun.run]
            told.ending = facts.ending(batch, begun.run) or told.ending

    def _index(
        self, copies: _Copies, rows: against.Against, batch: list[Record], wrong: list[Finding]
    ) -> None:
        seen = list(look(batch))
        self.captures += len(seen)
        wrong.extend(rows.differing(seen))
        known = [one for one in seen if one.record.offset < rows.file.read]
        if known:
            with copies.again.begin() as connection:
                visited.pages(connection, rows.file.source, known)
                visited.feeds(connection, copies.home, rows.file.source, known)

    def _lost(self, name: str, rows: against.Against, start: int, end: int | None) -> None:
        for row in rows.lost(start, end)[: derived.SHOWN]:
            stands = "its text stands" if row.text is not None else "it had no text"
            if again := rows.referring(row):
                stands += f"; nor can {again} later captures of the same bytes, if these are in no other file"
            what = f"the capture of {row.at:%Y-%m-%d %H:%M:%S} UTC cannot be replayed; {stands}"
            self.found(Finding(name, what, RESTORE, row.offset, row.url))


def _name(home: Home, path: Path) -> str:
    return path.relative_to(home.root).as_posix()


def words(home: Home) -> bool:
    """Whether the words that are searched are whole; else they are thrown away, for they follow from the
    index, and are made anew by the next search.
    """
    if search.is_sound(home):
        return True
    search.mend(home)
    return False


def note(home: Home, at: datetime, damage: int) -> None:
    """Write down when all was checked, and how many things were damaged: HOME/runs/check.json."""
    passing = home.checked.with_suffix(".tmp")
    with passing.open("w", encoding="utf-8") as file:
        json.dump({"at": instants.iso(at), "damage": damage}, file)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(home.checked)
    sync_folder(home.runs)
