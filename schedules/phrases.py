"""The words in which a cadence is written, read into rules: `weekly on Mon, Thu at 05:30 Europe/Riga`."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from zoneinfo import available_timezones

from schedules import crontab, wall

LONGEST = 300
"""Characters of a cadence; what is longer is none."""

MINUTES = 24 * 60
WHOLE = (0, MINUTES)
"""The window that is open all day, in minutes of the day."""

EXAMPLES = (
    "'daily at 06:00 Europe/Riga', 'every 20 minutes', 'weekly on Mon, Thu at 05:30', "
    "'monthly on the last day at 04:00', a cron expression, or 'manual'"
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HEADS = ("manual", "every", "hourly", "daily", "weekly", "monthly")
_CLAUSES = ("at", "on", "between", "jitter")
_UNITS = {"minute": 1, "hour": 60, "day": MINUTES, "week": 7 * MINUTES}
_MOST = 366 * MINUTES


class CadenceError(ValueError):
    """What is not understood of a cadence, or never comes."""


@dataclass(frozen=True, slots=True)
class Manual:
    """Never by itself."""


@dataclass(frozen=True, slots=True)
class Every:
    """By elapsed time: from 1970 on, or from each opening of the window (minutes of the day; one that closes
    before it opens does so on the next day) on the weekdays (from Monday, 0).
    """

    step: timedelta
    window: tuple[int, int] | None = None
    weekdays: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """At `minutes` of the day, rising, on the days for which all holds that is not None: weekdays (from
    Monday, 0), days of the month (0 for the last), and every so many days or weeks since 1 January of the
    year 1, a Monday.
    """

    minutes: tuple[int, ...]
    weekdays: frozenset[int] | None = None
    days: frozenset[int] | None = None
    every: int = 1
    weeks: int = 1

    def matches(self, day: date) -> bool:
        number = day.toordinal() - 1
        if number % self.every or number // 7 % self.weeks:
            return False
        if self.weekdays is not None and day.weekday() not in self.weekdays:
            return False
        last = 0 in (self.days or ()) and (day + timedelta(days=1)).day == 1
        return self.days is None or last or day.day in self.days


Rule = Manual | Every | Days | crontab.Expression


@dataclass(frozen=True, slots=True)
class Phrase:
    """A cadence that was read: its plain form, zone, rule, and jitter."""

    text: str
    zone: str
    rule: Rule
    jitter: timedelta = timedelta(0)


def share(jitter: timedelta, name: str) -> timedelta:
    """The part of the jitter that a source of this name has for ever, in whole seconds."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    seconds = jitter // timedelta(seconds=1)
    return timedelta(seconds=number % seconds if seconds else 0)


def read(text: str, zone: str) -> Phrase:
    """Read a text, in which times without a zone are meant in `zone`. Raises CadenceError."""
    words = text[: LONGEST + 1].replace(",", " , ").split() if len(text) <= LONGEST else []
    if not words:
        raise CadenceError(f"a cadence is written like {EXAMPLES}")
    head = words[0].lower()
    if head == "manual":
        if len(words) > 1:
            raise CadenceError("'manual' stands alone")
        return Phrase("manual", zone, Manual())
    if head[0] in "@*" or re.fullmatch(r"[0-9][0-9/-]*", head):
        return _cron(text.split(), zone)
    if head not in _HEADS:
        raise CadenceError(f"{words[0]!r} is not understood; {_meant(head, _HEADS)}write {EXAMPLES}")
    parts = _Parts(zone=zone)
    rest, build = _head(words, parts)
    _clauses(rest, parts)
    return build(parts)


@dataclass(slots=True)
class _Parts:
    """What the clauses of a phrase say; None and empty: nothing."""

    zone: str
    zoned: bool = False
    count: int = 1
    unit: str = ""
    minutes: tuple[int, ...] | None = None
    on: Sequence[str] | None = None
    window: tuple[int, int] | None = None
    jitter: timedelta = timedelta(0)


def _head(words: list[str], parts: _Parts) -> tuple[list[str], Callable[[_Parts], Phrase]]:
    """The words behind `every 20 minutes` or `daily`, and how the phrase is to be built."""
    head = words[0].lower()
    if head != "every":
        parts.unit = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}[head]
        return words[1:], _monthly if head == "monthly" else _elapsed if head == "hourly" else _daily
    rest = words[1:]
    if rest and rest[0].isdecimal() and len(rest[0]) < 8:
        parts.count = int(rest.pop(0))
    unit = rest.pop(0).lower() if rest else ""
    parts.unit = unit.removesuffix("s")
    if parts.unit not in _UNITS:
        if re.fullmatch(r"s|sec|secs|second|seconds", unit):
            raise CadenceError("the shortest cadence is every minute")
        if unit.startswith("month"):
            raise CadenceError("months are not all of one length; write: monthly on 1 at 06:00")
        if unit[:3].title() in _WEEKDAYS and parts.count == 1:
            raise CadenceError(f"write: weekly on {unit[:3].title()}")
        what = f"{unit!r} is no length of time" if unit else "after 'every' comes a length of time"
        raise CadenceError(f"{what}; write: every 20 minutes, hours, days or weeks")
    if not 0 < parts.count * _UNITS[parts.unit] <= _MOST:
        raise CadenceError(f"every {parts.count} {unit}: from every minute to every 366 days")
    return rest, _elapsed if parts.unit in ("minute", "hour") else _daily


def _clauses(words: list[str], parts: _Parts) -> None:
    seen = set()
    while words:
        word = words.pop(0)
        clause = word.lower()
        kind = clause if clause in _CLAUSES else "zone"
        if kind in seen:
            raise CadenceError(f"{word!r}: {'a second zone' if kind == 'zone' else 'it is said twice'}")
        seen.add(kind)
        if kind == "at":
            parts.minutes = tuple(sorted({_time(one) for one in _listed(words, _TIME)}))
            if not parts.minutes:
                raise CadenceError(f"after 'at' comes a time like 06:00{_got(words)}")
        elif kind == "on":
            parts.on = _listed(words, _DAY)
            if not parts.on:
                raise CadenceError(f"after 'on' come days: Mon, Thu or 1, 15 or the last day{_got(words)}")
        elif kind == "between":
            parts.window = _window(words)
        elif kind == "jitter":
            parts.jitter = _jitter(words)
        else:
            parts.zone, parts.zoned = zone_named(word), True


_TIME = re.compile(r"\d.*|midnight|noon", re.IGNORECASE)
_DAY = re.compile(r"[a-z]{3,9}(-[a-z]{3,9})?|\d+(st|nd|rd|th)?", re.IGNORECASE)


def _listed(words: list[str], wanted: re.Pattern[str]) -> list[str]:
    """Take the words that belong to a list: up to one that begins another clause, or is a zone."""
    taken: list[str] = []
    while words and words[0].lower() not in _CLAUSES:
        word = words[0].lower()
        if word in (",", "and", "the") and len(words) > 1:
            words.pop(0)
        elif wanted.fullmatch(words[0]) and not _is_zone(words[0]):
            taken.append(words.pop(0).lower())
        else:
            break
    return taken


def _is_zone(word: str) -> bool:
    return word.upper() in ("UTC", "GMT", "CET", "EET", "WET", "MET", "EST", "MST", "HST")


def _got(words: list[str]) -> str:
    return f"; {words[0]!r} is none" if words else ""


def _time(text: str) -> int:
    """Minutes of the day."""
    if match := re.fullmatch(r"(\d{1,2}):(\d\d)", text):
        hour, minute = int(match[1]), int(match[2])
        if hour < 24 and minute < 60:
            return 60 * hour + minute
    if match := re.fullmatch(r"(\d{1,2})(?:[:.](\d\d))?([ap])m", text):
        hour = int(match[1]) % 12 + (12 if match[3] == "p" else 0)
        raise CadenceError(f"{text!r} is not a time here; did you mean {hour:02}:{match[2] or '00'}?")
    raise CadenceError(f"{text!r} is not a time; write it like 06:00 or 18:30, from 00:00 to 23:59")


def _window(words: list[str]) -> tuple[int, int]:
    match [word.lower() for word in words[:3]]:
        case [opens, "and", closes]:
            del words[:3]
            window = (_time(opens), MINUTES if closes == "24:00" else _time(closes))
            if window[0] != window[1]:
                return window
            raise CadenceError(f"between {opens} and {closes} there is no time")
    raise CadenceError("after 'between' come two times, like: between 08:00 and 20:00")


def _jitter(words: list[str]) -> timedelta:
    number, unit = [word.lower().removesuffix("s") for word in (*words[:2], "", "")][:2]
    if number.isdecimal() and len(number) < 6 and unit in _UNITS:
        del words[:2]
        jitter = timedelta(minutes=int(number) * _UNITS[unit])
        if jitter <= timedelta(days=1):
            return jitter
        raise CadenceError("jitter is a day at most")
    raise CadenceError("after 'jitter' comes a length of time, like: jitter 10 minutes")


def zone_named(word: str) -> str:
    """The name of a zone. Raises CadenceError with what is meant perhaps."""
    try:
        if re.fullmatch(r"[A-Za-z0-9_+/-]{2,40}", word) and word != "localtime":
            wall.zone(word)
            return word
    except (KeyError, ValueError, OSError):
        pass
    known = sorted(available_timezones())
    lower = {key: name for name in known for key in (name.lower(), name.lower().rpartition("/")[2])}
    if clauses := get_close_matches(word.lower(), (*_CLAUSES, "and"), 1, 0.75):
        raise CadenceError(f"{word!r} is not understood here; did you mean {clauses[0]!r}?")
    exact = lower.get(word.lower())
    near = [exact] if exact else [lower[one] for one in get_close_matches(word.lower(), lower, 2, 0.75)]
    hint = (
        f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else "write one like Europe/Riga or UTC"
    )
    raise CadenceError(f"{word!r} is not a zone of the tz database; {hint}")


def _meant(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, 1)
    return f"did you mean {near[0]!r}? " if near else ""


def _weekdays(words: Sequence[str]) -> frozenset[int]:
    found: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        begin, end = _weekday(first), _weekday(last or first)
        found.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(found)


def _weekday(word: str) -> int:
    for number, name in enumerate(_FULL):
        if len(word) > 2 and name.startswith(word):
            return number
    raise CadenceError(f"{word!r} is no day of the week; {_meant(word, _FULL)}write Mon, Tue, ... or Mon-Fri")


def _month_days(words: Sequence[str]) -> frozenset[int]:
    found = set()
    for word in words:
        number = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word)
        if number and 1 <= int(number[1]) <= 31:
            found.add(int(number[1]))
        elif word == "last":
            found.add(0)
        elif word != "day" or 0 not in found:
            raise CadenceError(f"{word!r} is no day of the month; write 1 to 31, or: the last day")
    return frozenset(found)


def _elapsed(parts: _Parts) -> Phrase:
    step = timedelta(minutes=parts.count * _UNITS[parts.unit])
    if parts.minutes is not None:
        raise CadenceError("'at' goes with days, weeks and months; for hours write: between 08:00 and 20:00")
    weekdays = _weekdays(parts.on) if parts.on is not None else None
    opens, closes = parts.window or WHOLE
    length = min(step, timedelta(minutes=(closes - opens) % MINUTES or MINUTES) if parts.window else step)
    if parts.jitter >= length and parts.jitter:
        raise CadenceError(f"the jitter must be shorter than {_length(length)}")
    text = f"every {_length(step).removeprefix('1 ')}"
    if parts.window:
        text += f" between {_clock(opens)} and {_clock(closes)}"
    if weekdays is not None:
        text += f" on {_named(weekdays)}"
    zoned = parts.window or weekdays is not None or parts.zone != "UTC"
    return _phrase(text, parts, Every(step, parts.window, weekdays), bool(zoned))


def _daily(parts: _Parts) -> Phrase:
    """Daily, weekly, and every so many days or weeks."""
    if parts.window:
        raise CadenceError("'between' goes with minutes and hours; for days write: at 06:00")
    days = Days(parts.minutes or (0,))
    if parts.unit == "week":
        on = _weekdays(parts.on) if parts.on is not None else frozenset({0})
        head = "weekly" if parts.count == 1 else f"every {parts.count} weeks"
        days = replace(days, weekdays=on, weeks=parts.count)
        return _phrase(f"{head} on {_named(on)} at {_clocks(days)}", parts, days)
    if parts.on is not None:
        raise CadenceError(f"'on' goes with weeks and months; write: weekly on {' '.join(parts.on)}")
    head = "daily" if parts.count == 1 else f"every {parts.count} days"
    return _phrase(f"{head} at {_clocks(days)}", parts, replace(days, every=parts.count))


def _monthly(parts: _Parts) -> Phrase:
    if parts.window:
        raise CadenceError("'between' goes with minutes and hours; for months write: at 06:00")
    on = _month_days(parts.on) if parts.on is not None else frozenset({1})
    named = [str(day) for day in sorted(on) if day] + ["the last day"] * (0 in on)
    days = Days(parts.minutes or (0,), days=on)
    return _phrase(f"monthly on {', '.join(named)} at {_clocks(days)}", parts, days)


def _cron(words: list[str], zone: str) -> Phrase:
    count = 1 if words[0].startswith("@") else 5
    fields, rest = words[:count], words[count:]
    if count == 5 and len(words) > 1 and words[1].lower().removesuffix("s") in _UNITS:
        raise CadenceError(f"did you mean: every {words[0]} {words[1]}?")
    if len(fields) < count:
        raise CadenceError(f"a cron expression has five fields, not {len(fields)}; or write {EXAMPLES}")
    if rest and re.fullmatch(r"[\d*][\d*,/-]*", rest[0]):
        raise CadenceError("a cron expression has five fields, minutes first; this one has more")
    plain = crontab.NICKNAMES.get(fields[0].lower()) if count == 1 else " ".join(fields)
    if plain is None:
        known = tuple(crontab.NICKNAMES)
        raise CadenceError(
            f"{fields[0]!r} is unknown; {_meant(fields[0], known)}known are {', '.join(known)}"
        )
    parts = _Parts(zone=zone)
    _clauses(rest, parts)
    if parts.minutes is not None or parts.on is not None or parts.window:
        raise CadenceError("behind a cron expression come only a zone and jitter")
    try:
        rule = crontab.expression(plain.split())
    except crontab.CronError as error:
        raise CadenceError(str(error)) from error
    return _phrase(" ".join(fields).lower(), parts, rule)


def _phrase(text: str, parts: _Parts, rule: Rule, zoned: bool = True) -> Phrase:
    text += f" {parts.zone}" if zoned else ""
    text += f" jitter {_length(parts.jitter)}" if parts.jitter else ""
    return Phrase(text, parts.zone, rule, parts.jitter)


def _length(step: timedelta) -> str:
    minutes = step // timedelta(minutes=1)
    count, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _clocks(days: Days) -> str:
    return ", ".join(map(_clock, days.minutes))


def _named(weekdays: frozenset[int]) -> str:
    return ", ".join(_WEEKDAYS[day] for day in sorted(weekdays))
