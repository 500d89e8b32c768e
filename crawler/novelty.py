"""Calendars and numbered lists that go on after their end: told by page after page on which nothing is new.

Only pages of such lists are judged: by what they say and lead to, against all pages of the same list that
came before. Wherever anything is new, a line of text, a link, an image, the list goes on.
"""

import glob
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from zlib import crc32

from archive import http
from crawler import traps
from crawler.days import Days
from crawler.links import LARGEST, Links
from crawler.traps import Place

DAYS = 7
"""So many pages of a calendar in a row, each found on the one before, may have nothing new: no end is meant
by a week without entries.
"""

NUMBERS = 3
"""The same for numbered lists, which have no gaps."""

IDLE = 24
"""So many of one list may have nothing new before any of it has again."""

_KEPT = 50_000
_BEGUN = 4  # lists that begin on a page
_RUN = 40
_TEXT = re.compile(
    rb"<(script|style|title)\b|<(/)(?:script|style|title)\b|>([^<>]{%d,})" % _RUN, re.IGNORECASE
)
_DIGITS = b"0123456789"


@dataclass(frozen=True, slots=True)
class Judged:
    """Which of a page's links are not to be followed, with the rule in words; and, as a pattern of GLOB, the
    rule by which others were left out that are to be followed after all.
    """

    left: Mapping[str, str] = field(default_factory=dict)
    again: str | None = None


class Novelty:
    """What the lists of one run have shown. `sense` gives what a link leads to, whatever twin it names; None
    where that is nothing new wherever it leads. `memory` is as that of `traps.Traps`.
    """

    def __init__(
        self, sense: Callable[[str], str | None] = lambda url: url, memory: int = traps.MEMORY
    ) -> None:
        self._sense = sense
        self._days = Days()
        self._shown = traps.Memory(memory)
        self._idle: dict[int, int] = {}
        self._levels: dict[int, int] = {}

    def judge(self, url: str, read: Links, message: http.Message) -> Judged:
        """Which of a page's links are to be followed.

        Asked for each page as it comes. "Not modified" has nothing to judge by, and lets all pass.
        """
        if message.status != 200:
            return Judged()
        place = traps.place(url)
        if place is None:
            return self._begin(url, read, message)
        further = tuple(one for one in read.pages if one != url and traps.place(one) == place)
        marks, new = self._note(place, read, _said(message))
        level = 0 if new else self._levels.get(hash(url), 0) + 1
        # A month of which something is told leads to twenty days with nothing else: these tell no end.
        counts = not self._days.has_day(place.name, url)
        idle_for = 0 if new else self._idle.get(hash(place.name), 0) + counts
        _keep(self._idle, place.name, idle_for)
        days = self._of_days(place, url, further, marks, new)
        on = [one for one in further if one not in days.left]
        most = DAYS if place.is_calendar else NUMBERS
        if level >= most or idle_for > IDLE:
            count = most if level >= most else IDLE
            rule = f"trap: {count} pages of {place.name} with nothing new"
            return Judged({**days.left, **dict.fromkeys(on, rule)}, days.again)
        for one in on:
            _keep(self._levels, one, min(level, self._levels.get(hash(one), level)))
        return days

    def _begin(self, url: str, read: Links, message: http.Message) -> Judged:
        """A list's first page has no number: `/news/` comes before `/news/?page=2`; nor has `/events/`, which
        leads to months.
        """
        start = url.partition("?")[0]
        starts = (f"{start}?", f"{start}page/", *((start,) if traps.names_calendar(start) else ()))
        near: dict[Place, list[str]] = {}
        for one in read.pages:
            if one.startswith(starts) and one != url and (place := traps.place(one)):
                near.setdefault(place, []).append(one)
        said = _said(message) if near else frozenset()
        left: dict[str, str] = {}
        for place, further in islice(near.items(), _BEGUN):
            marks, new = self._note(place, read, said)
            left |= self._of_days(place, url, further, marks, new).left
        return Judged(left)

    def _of_days(
        self, place: Place, url: str, further: Iterable[str], marks: frozenset[int], new: frozenset[int]
    ) -> Judged:
        # The months of an archive may be bare, and its articles on a few of its days.
        if not place.is_calendar or not traps.names_calendar(url):
            return Judged()
        rule = f"trap: a day of {place.name}, of a month that has nothing new"
        left, again = self._days.judge(place.name, url, further, marks, new)
        return Judged(dict.fromkeys(left, rule), glob.escape(rule) if again else None)

    def _note(self, place: Place, read: Links, said: frozenset[int]) -> tuple[frozenset[int], frozenset[int]]:
        """What is on a page, and what of it is new to its list. Links between pages of the list are not."""
        beside = (led for one in read.pages if traps.place(one) != place and (led := self._sense(one)))
        marks = said.union(crc32(one.encode()) for one in (*beside, *read.requisites))
        new = frozenset(mark for mark in marks if not self._shown.has(place.name, mark))
        self._shown.add(place.name, new)
        return marks, new


def _keep(numbers: dict[int, int], name: str, number: int) -> None:
    """Note a number; of too many, the one that was noted longest ago is forgotten."""
    numbers.pop(hash(name), None)
    numbers[hash(name)] = number
    if len(numbers) > _KEPT:
        del numbers[next(iter(numbers))]


def _said(message: http.Message) -> frozenset[int]:
    """The longer runs of text, whatever the numbers in them: dates, counters and prices are nothing new; nor
    is a title, which mostly names the month.
    """
    in_code, said = False, set()
    for found in _TEXT.finditer(message.decoded(LARGEST)):
        if found[3] is None:
            in_code = found[2] is None
        elif not in_code:
            text = found[3].translate(None, _DIGITS).strip()
            if len(text) >= _RUN // 2:
                said.add(crc32(text))
    return frozenset(said)
