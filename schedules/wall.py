"""The clock on the wall of a zone, and its instants: gaps and doubled hours are settled here."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Zone = ZoneInfo

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_FIRST = date(1, 1, 3).toordinal()


def zone(name: str) -> Zone:
    """A zone of the tz database. Raises ZoneInfoNotFoundError, ValueError, OSError for what is none."""
    return ZoneInfo(name)


def dates(after: datetime, zone: Zone, wanted: Callable[[date], bool]) -> Iterator[date]:
    """The days that are wanted, from two before an instant on: what began the day before yesterday may still
    have times to come. Raises OverflowError at the end of the calendar.
    """
    day = after.astimezone(zone).date() - 2 * _DAY
    while True:
        if wanted(day):
            yield day
        day += _DAY


def dates_back(
    before: datetime, zone: Zone, limit: timedelta, wanted: Callable[[date], bool]
) -> Iterator[date]:
    """The days that are wanted, from that of an instant on backwards, for so long."""
    day = before.astimezone(zone).date()
    for number in range(min(limit.days, day.toordinal() - _FIRST)):
        if wanted(earlier := day - number * _DAY):
            yield earlier


def instant(day: date, minute: int, zone: Zone) -> datetime:
    """The instant, in UTC, of a minute of the day on the wall; one of 1440 or more is of the next day.

    Where it is skipped, the first instant after the gap; where it comes twice, the first.
    """
    naive = datetime(day.year, day.month, day.day) + minute * _MINUTE
    return _settled(naive, zone)


@lru_cache(maxsize=4096)
def _settled(naive: datetime, zone: Zone) -> datetime:
    told = naive.replace(tzinfo=zone).astimezone(UTC)
    if told.astimezone(zone).replace(tzinfo=None) == naive:
        return told
    # In a gap. With the offset of before it the instant lies behind it, with that of after it before.
    early = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = told.astimezone(zone).utcoffset()

    def is_behind(second: int) -> bool:
        return (early + timedelta(seconds=second)).astimezone(zone).utcoffset() == offset

    seconds = range(int((told - early).total_seconds()) + 1)
    return early + timedelta(seconds=bisect_left(seconds, True, key=is_behind))


@dataclass(frozen=True, slots=True)
class Day:
    """One day on the wall of a zone."""

    date: date
    zone: Zone

    def shown(self, minutes: Sequence[int], after: datetime) -> Iterator[datetime]:
        """The instants at which the wall shows one of these minutes of the day, in order: none for one that
        is skipped, two for one that comes twice. What is not later than `after` may be left out.
        """
        first, last = (instant(day, 0, self.zone) for day in (self.date, self.date + _DAY))
        begin = datetime(self.date.year, self.date.month, self.date.day)
        if last <= after:
            return
        if last - first == _DAY and first.astimezone(self.zone).replace(tzinfo=None) == begin:
            skip = max(0, int((after - first) / _MINUTE))
            yield from (first + minute * _MINUTE for minute in minutes[bisect_left(minutes, skip) :])
            return
        found = set()
        for minute in minutes:
            for fold in (0, 1):
                naive = begin + minute * _MINUTE
                at = naive.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
                if at.astimezone(self.zone).replace(tzinfo=None) == naive:
                    found.add(at)
        yield from sorted(found)
