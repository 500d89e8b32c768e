"""Cron expressions with cron's own meaning (Debian's cron, crontab(5)): five fields, names, `@daily`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TERM = re.compile(r"(?:(\*)|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,3}))?")


class CronError(ValueError):
    """What is no cron expression, and why."""


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    first: int
    last: int
    names: Mapping[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of the month", 1, 31, {}),
    _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _Field("day of the week", 0, 7, {name: number for number, name in enumerate(_WEEKDAYS)}),
)


@dataclass(frozen=True, slots=True)
class Expression:
    """`minutes` of the day, rising; days and months from 1, weekdays from Monday, 0. `either`: one of the two
    day fields is enough, as both are restricted. `fixed`: neither minute nor hour has a `*`.
    """

    minutes: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool
    fixed: bool

    def matches(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        hits = (day.day in self.days, day.weekday() in self.weekdays)
        return any(hits) if self.either else all(hits)


def expression(fields: list[str]) -> Expression:
    """The meaning of five fields. Raises CronError, also for one that never comes."""
    values = [_field(text.lower(), field) for text, field in zip(fields, _FIELDS, strict=True)]
    minutes, hours, days, months, sundays = values
    either = not (fields[2].startswith("*") or fields[4].startswith("*"))
    if not either and not any(day <= _LONGEST[month - 1] for day in days for month in months):
        raise CronError(f"day {fields[2]} of month {fields[3]} never comes")
    return Expression(
        minutes=tuple(60 * hour + minute for hour in sorted(hours) for minute in sorted(minutes)),
        days=days,
        months=months,
        weekdays=frozenset((day - 1) % 7 for day in sundays),
        either=either,
        fixed=not (fields[0].startswith("*") or fields[1].startswith("*")),
    )


def _field(text: str, field: _Field) -> frozenset[int]:
    return frozenset(value for term in text.split(",") for value in _term(term, field))


def _term(text: str, field: _Field) -> range:
    match = _TERM.fullmatch(text)
    if match is None:
        what = f"{text!r} is not a {field.name} as cron knows it, like *, */5, 3, 1-5 or 1,15"
        raise CronError(what + _hint(text))
    star, low, high, step = match.groups()
    if step is not None and not star and high is None:
        raise CronError(f"{text!r}: a step goes with * or a range; write {low}-{field.last}/{step}")
    if step is not None and int(step) == 0:
        raise CronError(f"{text!r}: a step of 0 leads nowhere")
    first = field.first if star else _number(low, field)
    last = field.last if star else _number(high or low, field)
    if first > last:
        raise CronError(f"{text!r}: the range runs backwards; write two, with a comma between them")
    return range(first, last + 1, int(step or 1))


def _number(text: str, field: _Field) -> int:
    if text.isdigit():
        number = int(text)
        if not field.first <= number <= field.last:
            raise CronError(f"{text} is not a {field.name}: {field.first} to {field.last}")
        return number
    if text not in field.names:
        known = f"; known are {', '.join(field.names)}" if field.names else ""
        raise CronError(f"{text!r} is not a {field.name}{known}")
    return field.names[text]


def _hint(text: str) -> str:
    if "l" in text or "w" in text:
        return "; for the last day of a month write: monthly on the last day at 06:00"
    return "; write * for ?" if "?" in text else ""
