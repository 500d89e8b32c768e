"""How many captures and changes there were on each day: a part of `archive/access`.

Of captures there are millions, and none is ever taken back: they are counted once by each reader, and from
then on only those that came. Changes are few, and derived anew now and then: those of a year are counted
again after a while.
"""

import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from typing import Any, TypedDict

from sqlalchemy import Connection, Select, String, func, select

from archive.access.archive import Archive
from archive.database import reading
from archive.gathered import gathered
from archive.schema import captures, changes, pages

SECONDS = 10.0
"""Changes are counted again after so long."""
_MOST = 1000
"""The changes of so many years of sources are kept."""


class DayRow(TypedDict):
    """A day in UTC on which something was captured, or a change was first seen."""

    day: date
    captures: int
    changes: int


_Counts = dict[str, Counter[tuple[str, str]]]


class Days:
    """The counts of one archive; threads may share it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._lock = threading.Lock()
        self._seen: int | None = None
        self._captures: _Counts = {}
        """By year; then by source and day, as `YYYY-MM-DD`. It is replaced, never written to."""
        self._changes: dict[tuple[str | None, int], tuple[float, dict[str, int]]] = {}

    def year(self, source: str | None, year: int) -> list[DayRow]:
        """The days of a year on which something was, of a source or of all."""
        # While one reader counts, the others go by what was counted before.
        if self._lock.acquire(blocking=self._seen is None):
            try:
                self._count()
            finally:
                self._lock.release()
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for (name, day), number in self._captures.get(f"{year:04}", {}).items():
            if source in (None, name):
                found[day][0] += number
        for day, number in self._changed(source, year).items():
            found[day][1] += number
        return [
            DayRow(day=date.fromisoformat(day), captures=seen, changes=changed)
            for day, (seen, changed) in sorted(found.items())
        ]

    def _count(self) -> None:
        with reading(self.archive.engine) as connection:
            newest = connection.execute(select(func.max(captures.c.id))).scalar() or 0
            if newest > (self._seen or 0):
                self._captures = _with(self._captures, _captured(connection, self._seen, newest))
            self._seen = newest

    def _changed(self, source: str | None, year: int) -> dict[str, int]:
        counted, found = self._changes.get((source, year), (None, {}))
        if counted is None or time.monotonic() - counted > SECONDS:
            counted = time.monotonic()
            with reading(self.archive.engine) as connection:
                found = {row.day: row.number for row in gathered(connection, _changed_in(source, year))}
            if len(self._changes) > _MOST:
                self._changes.clear()
            self._changes[source, year] = counted, found
        return found


def _with(known: _Counts, rows: list[Any]) -> _Counts:
    new: _Counts = {}
    for row in rows:
        new.setdefault(row.day[:4], Counter())[row.source, row.day] = row.number
    return {**known, **{year: known.get(year, Counter()) + counts for year, counts in new.items()}}


def _captured(connection: Connection, beyond: int | None, newest: int) -> list[Any]:
    """How many captures there are of a source and day: all, or those that are numbered higher than one."""
    day = func.substr(captures.c.at, 1, 10, type_=String).label("day")
    part = select(captures.c.page, day, func.count().label("number")).group_by(captures.c.page, day)
    if beyond:  # between two numbers, or all of an index is read
        part = part.where(captures.c.id > beyond, captures.c.id <= newest)
    by_page = part.subquery()
    number = func.sum(by_page.c.number).label("number")
    wanted = select(pages.c.source, by_page.c.day, number).join(pages, pages.c.id == by_page.c.page)
    return gathered(connection, wanted.group_by(pages.c.source, by_page.c.day))


def _changed_in(source: str | None, year: int) -> Select[str, int]:
    begin, end = (datetime(one, 1, 1, tzinfo=UTC) for one in (year, year + 1))
    day = func.substr(changes.c.to_at, 1, 10, type_=String).label("day")
    wanted = select(day, func.count().label("number"))
    wanted = wanted.where(changes.c.to_at >= begin, changes.c.to_at < end)
    if source is not None:
        wanted = wanted.join(pages, pages.c.id == changes.c.page).where(pages.c.source == source)
    return wanted.group_by(day)
