"""The days of empty months: a calendar of events leads to all of them, and they have nothing, either.

A few of them are looked into. Where they have what their months have not, all are asked for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

MONTH = 25
"""A page that leads to so many days leads to all of a month, and tells of none that there is anything."""

PROBES = 3
"""So many days of a calendar are asked for, however empty its months are."""

_KEPT = 100
_AGAIN = 100
"""So often days are asked for after all, which takes a look at all that was left out; then all are."""

_NUMBER = re.compile("[0-9]+")

Grain = tuple[int, int]
"""How fine a date is: how many numbers an address has, and how many digits."""


@dataclass(slots=True)
class _Likes:
    """Pages that are alike, but for what there is on them. What is new on the first is its own if another has
    not got it; the next may be the same month once more.
    """

    first: frozenset[int] | None = None

    def compare(self, marks: frozenset[int], new: frozenset[int]) -> tuple[bool, bool]:
        """Asked for each page in turn: whether it is the first; whether the first is seen to have its own."""
        if self.first is None:
            self.first = new
            return True, False
        own = not self.first <= marks
        if own:
            self.first = frozenset()
        return False, own


@dataclass(slots=True)
class _Calendar:
    """`days` is how fine the dates of its days are; `probed` are those of an empty month that are followed.
    `tells`: its days have what its months have not.
    """

    months: _Likes = field(default_factory=_Likes)
    probes: _Likes = field(default_factory=_Likes)
    days: Grain | None = None
    probed: frozenset[str] = frozenset()
    tells: bool = False

    def has_day(self, url: str) -> bool:
        return self.days is not None and _grain(url) >= self.days


class Days:
    """What is known of the calendars of one run."""

    def __init__(self) -> None:
        self._calendars: dict[str, _Calendar] = {}
        self._again = 0

    def has_day(self, name: str, url: str) -> bool:
        """Whether a page of a calendar is one of the days that its months lead to."""
        calendar = self._calendars.get(name)
        return calendar is not None and calendar.has_day(url)

    def judge(
        self, name: str, url: str, further: Iterable[str], marks: frozenset[int], new: frozenset[int]
    ) -> tuple[frozenset[str], bool]:
        """Which links of a page of a calendar to `further` ones are left out; whether those left out before
        are to be followed after all. `marks` is what the page has, `new` what no page before it had.
        """
        calendar = self._calendars.pop(name, None) or _Calendar()
        self._calendars[name] = calendar
        if len(self._calendars) > _KEPT:
            del self._calendars[next(iter(self._calendars))]
        if calendar.tells or self._again >= _AGAIN:
            return frozenset(), False
        empty, again = _look(calendar, url, marks, new)
        self._again += again
        days = _days(calendar, _grain(url), list(further))
        left = days - calendar.probed if empty and len(days) >= MONTH else frozenset()
        return left, again


def _look(calendar: _Calendar, url: str, marks: frozenset[int], new: frozenset[int]) -> tuple[bool, bool]:
    """Whether there is nothing on a page, as far as can be told; whether others had something after all."""
    if url in calendar.probed:
        first, own = calendar.probes.compare(marks, new)
        calendar.tells = own or (bool(new) and not first)
        return not calendar.tells, calendar.tells
    if calendar.has_day(url):
        return not new, False
    first, own = calendar.months.compare(marks, new)
    return first or not new, own


def _days(calendar: _Calendar, its_grain: Grain, further: list[str]) -> frozenset[str]:
    """Those of a page's links that lead to days, once a page has shown which are that."""
    if calendar.days is None and further:
        coarse = min((its_grain, *map(_grain, further)), key=lambda grain: grain if grain[0] else (99, 99))
        finer = [one for one in further if _is_finer(_grain(one), coarse)]
        if len(finer) >= MONTH:
            calendar.days = min(map(_grain, finer))
            calendar.probed = frozenset(finer[:: -(-len(finer) // PROBES)])
    return frozenset(filter(calendar.has_day, further))


def _is_finer(one: Grain, other: Grain) -> bool:
    """`2026-3-5` is finer than `2026-11`, and `20260305` than `202611`; `2026-11` is not than `2026-3`."""
    return one[0] > other[0] or (one[0] == other[0] and one[1] >= other[1] + 2)


def _grain(url: str) -> Grain:
    numbers = _NUMBER.findall(url.split("/", 3)[3])
    return len(numbers), sum(map(len, numbers))
