"""Moments as people write them: `2025-01-27`, `yesterday`, `3 days ago`, ISO 8601."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from dateutil.relativedelta import relativedelta

from strandline.complaint import Complaint


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of time in UTC, both ends included; an exact instant has `start == end`.

    A text means everything that it does not exclude: a date is the whole day in the zone, a minute the
    whole minute, so that an instant copied from a table finds the capture it was printed for.
    """

    start: datetime
    end: datetime


_TICK = timedelta(microseconds=1)
_STEPS = {
    "year": relativedelta(years=1),
    "month": relativedelta(months=1),
    "week": relativedelta(weeks=1),
    "day": relativedelta(days=1),
    "hour": relativedelta(hours=1),
    "minute": relativedelta(minutes=1),
    "second": relativedelta(seconds=1),
}
_ZONE = r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?"
_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[T ](?P<hour>\d\d):(?P<minute>\d\d)"
    r"(?P<second>:\d\d(?P<fraction>[.,]\d{1,6})?)? ?" + _ZONE,
    re.IGNORECASE,
)
_STAMP = re.compile(r"(\d{8})T?(\d{6})Z?", re.IGNORECASE)
_CALENDAR = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_AGO = re.compile(r"(\d{1,6}|an?|one) (year|month|week|day|hour|minute|second)s? ago")
_NAMED = re.compile(r"(this|last) (year|month|week)")
_DAYS = {"today": 0, "yesterday": 1}


def parse(text: str, now: datetime, zone: tzinfo) -> Moment:
    """Read a moment as a person wrote it. Days begin and end in `zone`; `now` is the present instant.

    Raises Complaint, with examples, for anything that is not understood.
    """
    words = " ".join(text.lower().split())
    for read in (_words, _ago, _named, _calendar, _iso, _stamp):
        try:
            moment = read(words, now.astimezone(zone), zone)
        except (ValueError, OverflowError) as error:
            raise _misunderstood(text) from error
        if moment is not None:
            return moment
    raise _misunderstood(text)


def _misunderstood(text: str) -> Complaint:
    return Complaint(
        f"{text!r} is not a date that Strandline understands. Write it like 2025-01-27, 2025-01, 2025, "
        "yesterday, '3 days ago', 'last week' or 2025-01-27T06:00+02:00."
    )


def _words(words: str, now: datetime, zone: tzinfo) -> Moment | None:
    if words == "now":
        return Moment(now.astimezone(UTC), now.astimezone(UTC))
    if words in _DAYS:
        return _period(_first(now, "day") - _DAYS[words] * _STEPS["day"], "day", zone)
    return None


def _ago(words: str, now: datetime, zone: tzinfo) -> Moment | None:
    """`3 days ago` is that whole day; of hours and less, the instant."""
    if not (match := _AGO.fullmatch(words)):
        return None
    count, unit = int(match[1]) if match[1].isdigit() else 1, match[2]
    if unit in ("hour", "minute", "second"):
        instant = now.astimezone(UTC) - count * _STEPS[unit]
        return Moment(instant, instant)
    return _period(_first(now, "day") - count * _STEPS[unit], "day", zone)


def _named(words: str, now: datetime, zone: tzinfo) -> Moment | None:
    """`last week`, `this month`: whole calendar weeks (from Monday), months, years."""
    if not (match := _NAMED.fullmatch(words)):
        return None
    back = 1 if match[1] == "last" else 0
    return _period(_first(now, match[2]) - back * _STEPS[match[2]], match[2], zone)


def _calendar(words: str, now: datetime, zone: tzinfo) -> Moment | None:
    if not (match := _CALENDAR.fullmatch(words)):
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    unit = "day" if day else "month" if month else "year"
    return _period(datetime(year or 0, month or 1, day or 1), unit, zone)


def _iso(words: str, now: datetime, zone: tzinfo) -> Moment | None:
    """An instant of ISO 8601, in `zone` unless it carries its own; as long as its last figure says."""
    if not (match := _ISO.fullmatch(words)):
        return None
    clock = f"{match['hour']}:{match['minute']}{match['second'] or ''}"
    wall = datetime.fromisoformat(f"{match['day']}T{clock}{(match['zone'] or '').upper()}")
    start = (wall if wall.tzinfo else wall.replace(tzinfo=zone)).astimezone(UTC)
    if match["fraction"]:
        return Moment(start, start)
    return Moment(start, start + _STEPS["second" if match["second"] else "minute"] - _TICK)


def _stamp(words: str, now: datetime, zone: tzinfo) -> Moment | None:
    """`20250127T060000Z` or `20250127060000`, as in file names and replay addresses: always UTC."""
    if not (match := _STAMP.fullmatch(words)):
        return None
    start = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Moment(start, start + _STEPS["second"] - _TICK)


def _first(now: datetime, unit: str) -> datetime:
    """The midnight, on the wall, at which the present year, month, week or day began."""
    today = datetime.combine(now.date(), time())
    if unit == "week":
        return today - timedelta(days=today.weekday())
    return today.replace(month=1 if unit == "year" else today.month, day=today.day if unit == "day" else 1)


def _period(wall: datetime, unit: str, zone: tzinfo) -> Moment:
    """From one midnight on the wall to the last tick before another, whatever the clocks did between."""
    end = (wall + _STEPS[unit]).replace(tzinfo=zone).astimezone(UTC)
    return Moment(wall.replace(tzinfo=zone).astimezone(UTC), end - _TICK)
