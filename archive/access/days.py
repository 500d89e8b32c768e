"""How many captures and changes there were on each day: a part of `archive/access`.

Of captures there are millions, and none is ever taken back: they are counted once by each reader, and from
then on only those that came. Changes are few, and derived anew now and then: they are counted again after a
while.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict

from sqlalchemy import Connection, func, select

from archive.access.archive import Archive
from archive.database import reading
from archive.schema import captures, changes, pages

SECONDS = 10.0
"""Changes are counted again after so long."""


class DayRow(TypedDict):
    """A day in UTC on which something was captured, or a change was first seen."""

    day: date
    captures: int
    changes: int


_Counts = dict[str, Counter[tuple[str, str]]]
"""By year; then by source and day, as `YYYY-MM-DD`. It is replaced, never written to."""


class Days:
    """The counts of one archive; threads may share it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._lock = threading.Lock()
        self._seen = 0
        self._captures: _Counts = {}
        self._changes: _Counts = {}
        self._counted: float | None = None

    def year(self, source: str | None, year: int) -> list[DayRow]:
        """The days of a year on which something was, of a source or of all."""
        # While one reader counts, the others go by what was counted before.
        if self._lock.acquire(blocking=self._counted is None):
            try:
                self._count()
            finally:
                self._lock.release()
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for place, counts in enumerate((self._captures, self._changes)):
            for (name, day), number in counts.get(f"{year:04}", {}).items():
                if source in (None, name):
                    found[day][place] += number
        return [
            DayRow(day=date.fromisoformat(day), captures=seen, changes=changed)
            for day, (seen, changed) in sorted(found.items())
        ]

    def _count(self) -> None:
        with reading(self.archive.engine) as connection:
            newest = connection.execute(select(func.max(captures.c.id))).scalar() or 0
            if newest > self._seen:
                # All of them are counted by an index that has what is asked for, new ones by their numbers.
                new = (captures.c.id > self._seen,) if self._seen else ()
                self._captures = _put(
                    self._captures, _counted(connection, captures.c.at, captures.c.page, new)
                )
                self._seen = newest
            if self._counted is None or time.monotonic() - self._counted > SECONDS:
                self._changes = _put({}, _counted(connection, changes.c.to_at, changes.c.page, ()))
                self._counted = time.monotonic()


def _counted(connection: Connection, at: Any, page: Any, which: Iterable[Any]) -> Iterable[Any]:
    """How many there are of a source and day."""
    by_page = select(page.label("page"), func.substr(at, 1, 10).label("day"), func.count().label("number"))
    part = by_page.where(*which).group_by("page", "day").subquery()
    wanted = select(pages.c.source, part.c.day, func.sum(part.c.number))
    wanted = wanted.join(pages, pages.c.id == part.c.page).group_by(pages.c.source, part.c.day)
    return connection.execute(wanted)


def _put(known: _Counts, rows: Iterable[Any]) -> _Counts:
    new: _Counts = {}
    for source, day, number in rows:
        new.setdefault(day[:4], Counter())[source, day] = number
    return {**known, **{year: known.get(year, Counter()) + counts for year, counts in new.items()}}
