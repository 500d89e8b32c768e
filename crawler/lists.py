"""Lists are asked to find articles: of a kind of list that finds none, the rest is left out.

A kind is what a preset says of a host (`presets.Listing`): archives by date, tags. Its lists are asked in an
order by lot (`rows.Found.place`), after what sitemaps and feeds told of. What was looked at must be spread
over the whole kind before any is left out, and one that leads to a new page brings all of them back.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.presets import Listing

FEWEST = 4
"""So many lists of a kind are looked at, whatever there is."""

SHARE = 50
"""And one for so many known pages: on a large site something small must not slip through."""

UNREAD = 10
"""Where more of a kind than this could not be read, nobody knows what they lead to: all are asked."""

_NUMBER = re.compile("[0-9]+")
_LONGEST = 18  # digits
_YEAR = re.compile("(?:19|20|21)[0-9]{2}(?:[01][0-9](?:[0-3][0-9])?)?")


class Before(NamedTuple):
    """A list that waits or was asked for in this run; `led`: to a page that was not known before."""

    url: str
    read: bool
    led: bool


@dataclass(slots=True)
class _Kind:
    """What is known of one kind of list at a host: how many were `asked` for, those under way included, and
    how many of these could not be read. By row, `far` is the farthest place that was looked at, `met` the
    farthest of all.
    """

    asked: int = 0
    unread: int = 0
    left: int = 0
    all: bool = False
    years: set[str] = field(default_factory=set)
    far: dict[int, tuple[int, ...]] = field(default_factory=dict)
    met: dict[int, tuple[int, ...]] = field(default_factory=dict)


class Lists:
    """What the lists of one run have led to. `listing` tells of a URL what list it is; `before` are those
    that a process met which is gone.
    """

    def __init__(self, listing: Callable[[str], Listing | None], before: Iterable[Before] = ()) -> None:
        self._listing = listing
        self._kinds: dict[tuple[str, Listing], _Kind] = {}
        for one in before:
            self.meet(one.url)
            if one.read:
                self._ask(one.url)
                self.close(one.url, read=True, led=one.led)

    def meet(self, url: str) -> None:
        """Note a list that waits."""
        listing, kind = self._kind(url)
        if listing:
            row, place, _ = _place(url)
            kind.met[row] = max(place, kind.met.get(row, ()))

    def spare(self, url: str, pages: int) -> str | None:
        """Why a list need not be asked for, in words; None where it is to be now. `pages` are known by now.

        Not left out is the first list with a year in its address, nor the end of a row, by page number or,
        where it is dated, into the past: there is what nobody has looked at. Those under way are thought to
        lead to nothing.
        """
        listing, kind = self._kind(url)
        if listing is None:
            return None
        row, place, year = _place(url)
        is_end = kind.far.get(row, ()) < place >= kind.met.get(row, ())
        is_first = year and year not in kind.years
        enough = kind.asked >= max(FEWEST, pages // SHARE)
        if listing.whole or kind.all or is_end or is_first or not enough:
            self._ask(url)
            return None
        kind.left += 1
        return _said(listing, str(kind.asked))

    def close(self, url: str, *, read: bool, led: bool) -> str | None:
        """Note what came of a list: whether it could be read, and `led` to a page that was not known.

        Returns, as a pattern of GLOB, why those were left out that are to be judged again.
        """
        listing, kind = self._kind(url)
        if listing is None or kind.all:
            return None
        if not read:
            row, _, year = _place(url)
            kind.asked -= 1
            kind.unread += 1
            kind.years.discard(year)
            kind.far.pop(row, None)
            kind.met.pop(row, None)
        kind.all = led or kind.unread > UNREAD
        again = kind.all or (not read and kind.left > 0)
        kind.left = 0 if again else kind.left
        return _said(listing, "*") if again else None

    def _ask(self, url: str) -> None:
        _, kind = self._kind(url)
        row, place, year = _place(url)
        kind.asked += 1
        kind.years.add(year)
        kind.far[row] = max(place, kind.far.get(row, ()))

    def left(self) -> dict[str, int]:
        """How many were left out, by host and kind."""
        return {f"{host}, {listing}": one.left for (host, listing), one in self._kinds.items() if one.left}

    def _kind(self, url: str) -> tuple[Listing | None, _Kind]:
        listing = self._listing(url)
        if listing is None:
            return None, _Kind()
        return listing, self._kinds.setdefault((_host(url), listing), _Kind())


def _said(listing: Listing, looked: str) -> str:
    return f"not needed: {looked} {listing.name} led to nothing new"


def _place(url: str) -> tuple[int, tuple[int, ...], str]:
    """The row of lists that a URL is one of, its place in that (the greater, the farther), and its year.

    A row are those that differ in numbers only: page numbers count up, dates count down. No place: no number.
    """
    target = url.split("/", 3)[3]
    written = _NUMBER.findall(target)
    numbers = tuple(int(one[:_LONGEST]) for one in written)
    year = next((one[:4] for one in written if _YEAR.fullmatch(one)), "")
    dated = tuple(-one for one in numbers) if year else numbers
    return hash(_NUMBER.sub("0", target)), dated, year


def _host(url: str) -> str:
    return url.split("/", 3)[2]
