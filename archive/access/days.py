"""How many captures and changes there were on each day: a part of `archive/access`.

Of captures there are millions, and none is ever taken back: they are counted once by each reader, and from
then on only those that came. Changes are few, and derived anew now and then: they are counted again after a
while.
"""

import threading
import time
from collections import defaultdict
from datetime import date
from typing import TypedDict

from sqlalchemy import func, select

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


_Counts = dict[tuple[str, str], int]
"""By source and day, as `YYYY-MM-DD`."""


class Days:
    """The counts of one archive; threads may share it."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._lock = threading.Lock()
        self._seen = 0
        self._captures: _Counts = defaultdict(int)
        self._changes: _Counts = {}
        self._counted = 0.0

    def year(self, source: str | None, year: int) -> list[DayRow]:
        """The days of a year on which something was, of a source or of all."""
        with self._lock:
            self._count()
            found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
            for place, counts in enumerate((self._captures, self._changes)):
                for (name, day), number in counts.items():
                    if day.startswith(f"{year:04}-") and source in (None, name):
                        found[day][place] += number
        return [
            DayRow(day=date.fromisoformat(day), captures=seen, changes=changed)
            for day, (seen, changed) in sorted(found.items())
        ]

    def _count(self) -> None:
        day = func.substr(captures.c.at, 1, 10)
        with reading(self.archive.engine) as connection:
            newest = connection.execute(select(func.max(captures.c.id))).scalar() or 0
            if newest > self._seen:
                new = (captures.c.id > self._seen) & (captures.c.id <= newest)
                by_page = select(captures.c.page, day.label("day"), func.count().label("number"))
                part = by_page.where(new).group_by(captures.c.page, day).subquery()
                counted = select(pages.c.source, part.c.day, func.sum(part.c.number))
                counted = counted.join(pages, pages.c.id == part.c.page).group_by(pages.c.source, part.c.day)
                for source, on, number in connection.execute(counted):
                    self._captures[source, on] += number
                self._seen = newest
            if time.monotonic() - self._counted > SECONDS:
                on = func.substr(changes.c.to_at, 1, 10)
                every = select(pages.c.source, on, func.count()).join(pages, pages.c.id == changes.c.page)
                rows = connection.execute(every.group_by(pages.c.source, on))
                self._changes = {(source, day): number for source, day, number in rows}
                self._counted = time.monotonic()
