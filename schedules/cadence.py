"""When a source is due, as its file says: `daily at 06:00 Europe/Riga`, `every 20 minutes`, cron expressions.

Pure: text becomes a Cadence, and a Cadence tells its instants. Clock and table of runs are the business of
`schedules/due.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

from schedules import crontab, phrases, wall
from schedules.phrases import CadenceError

__all__ = ["Cadence", "CadenceError", "fires", "latest", "parse", "upcoming"]

_DAY = timedelta(days=1)
_BACK = (timedelta(hours=2), 2 * _DAY, 10 * _DAY, 70 * _DAY, 800 * _DAY, 3700 * _DAY, 16_000 * _DAY)
"""How far back the newest slot is looked for, step by step: a 29 February on a Monday may be 40 years ago."""


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
    """The newest slot that is not later than `now`; None where there was none in forty years."""
    for back in _BACK:
        newest = None
        for slot in takewhile(lambda one: one <= now, fires(cadence, now - back)):
            newest = slot
        if newest is not None:
            return newest
    return None


def upcoming(cadence: Cadence, after: datetime, count: int = 5) -> list[datetime]:
    """The next slots in the cadence's own zone, to be shown."""
    zone = wall.zone(cadence.zone)
    return [slot.astimezone(zone) for slot in islice(fires(cadence, after), count)]


def _plain(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """The slots without jitter from about an instant on; some may be earlier, none is missed."""
    zone = wall.zone(cadence.zone)
    match cadence.rule:
        case phrases.Every(step, None, None):
            number = (after - _EPOCH) // step
            while True:
                number += 1
                yield _EPOCH + number * step
        case phrases.Every(step, window, weekdays):
            yield from _within(step, window or phrases.WHOLE, weekdays, cadence.delay, zone, after)
        case phrases.Days() as days:
            for date in wall.dates(after, zone, days.matches):
                yield from sorted({wall.instant(date, minute, zone) for minute in days.minutes})
        case crontab.Expression() as cron:
            for date in wall.dates(after, zone, cron.matches):
                yield from _minutes(cron, wall.Day(date, zone), after)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _within(
    step: timedelta,
    window: tuple[int, int],
    weekdays: frozenset[int] | None,
    delay: timedelta,
    zone: wall.Zone,
    after: datetime,
) -> Iterator[datetime]:
    """From the opening of each day's window on by elapsed time, until it closes, the delay included."""
    opens, closes = window
    for date in wall.dates(after, zone, lambda date: weekdays is None or date.weekday() in weekdays):
        slot = wall.instant(date, opens, zone)
        end = wall.instant(date, closes if closes > opens else closes + phrases.MINUTES, zone) - delay
        while slot < end:
            yield slot
            slot += step


def _minutes(cron: crontab.Expression, day: wall.Day, after: datetime) -> Iterator[datetime]:
    """What is to run at certain times runs once on each day that has them. What has a `*` for minute or hour
    runs whenever the clock on the wall shows it, in a doubled hour twice: so does Debian's cron.
    """
    if cron.fixed:
        yield from sorted({wall.instant(day.date, minute, day.zone) for minute in cron.minutes})
    else:
        yield from day.shown(cron.minutes, after)
