"""When a source is due, as its file says: `daily at 06:00 Europe/Riga`, `every 20 minutes`, cron expressions.

Pure: text becomes a Cadence, and a Cadence tells its instants. Clock and table of runs are the business of
`schedules/due.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from schedules import crontab, phrases, wall
from schedules.phrases import CadenceError, zone_named

__all__ = ["Cadence", "CadenceError", "fires", "latest", "parse", "upcoming", "zone_named"]

_BACK = timedelta(days=16_000)
"""How far back the newest slot is looked for: a 29 February on a Monday may be 40 years ago."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """`text` says it again in its plain form, `zone` is the one of the tz database in which its times are
    meant, `delay` how much later this source is than others of its cadence (its part of the jitter).
    """

    text: str
    zone: str
    rule: phrases.Rule
    delay: timedelta = timedelta(0)

    @property
    def manual(self) -> bool:
        return isinstance(self.rule, phrases.Manual)

    def __str__(self) -> str:
        return self.text


def parse(text: str, name: str = "", zone: str = "UTC") -> Cadence:
    """Read a cadence. `name` is the source's, from which its part of the jitter follows; `zone` holds where
    the text names none. Raises CadenceError, which says what is wrong and what is meant perhaps.
    """
    phrase = phrases.read(text, zone)
    return Cadence(phrase.text, phrase.zone, phrase.rule, phrases.share(phrase.jitter, name))


def fires(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """The slots later than an instant, in UTC, strictly rising; without end but for the calendar's own.

    A time on the wall that does not exist is the first instant after the gap; of two, it is the first.
    """
    begin = after.astimezone(UTC) - cadence.delay
    last = after.astimezone(UTC)
    try:
        for slot in _plain(cadence, begin):
            if slot + cadence.delay > last:
                last = slot + cadence.delay
                yield last
    except OverflowError:
        return


def latest(cadence: Cadence, now: datetime) -> datetime | None:
    """The newest slot that is not later than `now`; None where there was none in forty years.

    Asked for every source at every look, so it goes back from now, day by day, and not up to it.
    """
    match cadence.rule:
        case phrases.Manual():
            return None
        case phrases.Every(step, None, None):
            return _EPOCH + (now - cadence.delay - _EPOCH) // step * step + cadence.delay
    zone = wall.zone(cadence.zone)
    for day in wall.dates_back(now, zone, _BACK, _matches(cadence.rule)):
        slots = (slot + cadence.delay for slot in _of_day(cadence, wall.Day(day, zone)))
        newest = max((slot for slot in slots if slot <= now), default=None)
        if newest is not None:
            return newest
    return None


def upcoming(cadence: Cadence, after: datetime, count: int = 5) -> list[datetime]:
    """The next slots in the cadence's own zone, to be shown."""
    zone = wall.zone(cadence.zone)
    return [slot.astimezone(zone) for slot in islice(fires(cadence, after), count)]


def _plain(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """The slots without jitter from about an instant on; some may be earlier, none is missed."""
    match cadence.rule:
        case phrases.Manual():
            return
        case phrases.Every(step, None, None):
            number = (after - _EPOCH) // step
            while True:
                number += 1
                yield _EPOCH + number * step
    zone = wall.zone(cadence.zone)
    for day in wall.dates(after, zone, _matches(cadence.rule)):
        yield from _of_day(cadence, wall.Day(day, zone), after)


def _matches(rule: phrases.Rule) -> Callable[[date], bool]:
    """On which days the rule has slots."""
    match rule:
        case phrases.Days() | crontab.Expression():
            return rule.matches
        case phrases.Every(_, _, weekdays) if weekdays is not None:
            return lambda day: day.weekday() in weekdays
    return lambda day: True


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_EVER = datetime(1, 1, 2, tzinfo=UTC)


def _of_day(cadence: Cadence, day: wall.Day, after: datetime = _EVER) -> Iterator[datetime]:
    """The slots, without jitter, of a day on the wall; what is not later than `after` may be left out."""
    match cadence.rule:
        case phrases.Every(step, window, _):
            yield from _within(step, window or phrases.WHOLE, cadence.delay, day)
        case phrases.Days(minutes):
            yield from _at(minutes, day)
        case crontab.Expression(minutes, fixed=True):
            # What is to run at certain times runs once on each day that has them. What has a `*` for minute
            # or hour does so whenever the wall shows it, in a doubled hour twice: so does Debian's cron.
            yield from _at(minutes, day)
        case crontab.Expression(minutes):
            yield from day.shown(minutes, after)


def _at(minutes: Sequence[int], day: wall.Day) -> list[datetime]:
    return sorted({wall.instant(day.date, minute, day.zone) for minute in minutes})


def _within(step: timedelta, window: tuple[int, int], delay: timedelta, day: wall.Day) -> Iterator[datetime]:
    """From the opening of the day's window on by elapsed time, until it closes, the delay included."""
    opens, closes = window
    slot = wall.instant(day.date, opens, day.zone)
    late = closes if closes > opens else closes + phrases.MINUTES
    end = wall.instant(day.date, late, day.zone) - delay
    while slot < end:
        yield slot
        slot += step
