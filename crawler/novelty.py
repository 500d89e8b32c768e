"""Calendars and numbered lists that go on after their end: told by page after page on which nothing is new.

Only pages of such lists are judged: by what they say and lead to, against all pages of the same list that
came before. Wherever anything is new, a line of text, a link, an image, the list goes on.
"""

import re
from itertools import islice
from zlib import crc32

from archive import http
from crawler import traps
from crawler.links import LARGEST, Links
from crawler.traps import Place

DAYS = 7
"""So many pages of a calendar in a row, each found on the one before, may have nothing new: no end is meant
by a week without entries.
"""

NUMBERS = 3
"""The same for numbered lists, which have no gaps."""

IDLE = 24
"""So many of one list may have nothing new before any of it has again: an empty month leads to its days."""

_KEPT = 50_000
_BEGUN = 4  # lists that begin on a page
_RUN = 40
_TEXT = re.compile(
    rb"<(script|style|title)\b|<(/)(?:script|style|title)\b|>([^<>]{%d,})" % _RUN, re.IGNORECASE
)
_DIGITS = b"0123456789"


class Novelty:
    """What the lists of one run have shown. `memory` is as that of `traps.Traps`."""

    def __init__(self, memory: int = traps.MEMORY) -> None:
        self._shown = traps.Memory(memory)
        self._idle: dict[int, int] = {}
        self._levels: dict[int, int] = {}

    def dead_end(self, url: str, read: Links, message: http.Message) -> tuple[tuple[str, ...], str] | None:
        """Those of a page's links that are not to be followed, and the rule in words; None lets all pass.

        Asked for each page as it comes. "Not modified" has nothing to judge by, and lets all pass.
        """
        if message.status != 200:
            return None
        place = traps.place(url)
        if place is None:
            self._begin(url, read, message)
            return None
        further = tuple(one for one in read.pages if one != url and traps.place(one) == place)
        idle = not self._note(place, read, _said(message))
        level = self._levels.get(hash(url), 0) + 1 if idle else 0
        idle_for = self._idle.get(hash(place.name), 0) + 1 if idle else 0
        _keep(self._idle, place.name, idle_for)
        most = DAYS if place.is_calendar else NUMBERS
        if level >= most or idle_for > IDLE:
            count = most if level >= most else IDLE
            return further, f"trap: {count} pages of {place.name} with nothing new"
        for one in further:
            _keep(self._levels, one, min(level, self._levels.get(hash(one), level)))
        return None

    def _begin(self, url: str, read: Links, message: http.Message) -> None:
        """A list's first page has no number: `/news/` comes before `/news/?page=2`."""
        start = url.partition("?")[0]
        near = (one for one in read.pages if one.startswith((f"{start}?", f"{start}page/")))
        places = tuple(islice(dict.fromkeys(place for one in near if (place := traps.place(one))), _BEGUN))
        said = _said(message) if places else frozenset()
        for place in places:
            self._note(place, read, said)

    def _note(self, place: Place, read: Links, said: frozenset[int]) -> bool:
        """Whether anything on a page is new to its list. The links between pages of the list are not."""
        beside = (one for one in read.pages if traps.place(one) != place)
        marks = {crc32(one.encode()) for one in (*beside, *read.requisites)}
        new = [mark for mark in marks | said if not self._shown.has(place.name, mark)]
        self._shown.add(place.name, new)
        return bool(new)


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
