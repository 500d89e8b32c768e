"""The entries of a feed, gathered one by one whatever format it has, and what of it could not be read."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from archive import urls
from archive.feeds import dates, paging
from archive.feeds.markup import unescape

MOST = 10_000
"""So many entries are read."""

SECONDS = 2.0
"""Of CPU for one feed."""

NO_FEED = "not a feed"
"""How the reason begins where there was nothing to read."""

_TITLE = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_TAGS = re.compile(r"<[a-zA-Z/!][^<>]*>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `link` is an absolute canonical URL; instants are in UTC, None where they are not sure."""

    id: str
    link: str | None = None
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """`further` are the absolute canonical URLs at which older entries are to be had, `reason` says what
    could not be read, if anything.
    """

    title: str = ""
    entries: tuple[Entry, ...] = ()
    further: tuple[str, ...] = ()
    reason: str | None = None


Fields = dict[str, list[str]]
"""What was written, by what it means: `id`, `guid`, `opaque` (the guid is no address), `original`, `link`,
`rel=...`, `base`, `title`, `published`, `updated`; of a feed also `generator`, `start` and `total`.
"""


@dataclass
class Entries:
    """Gathers what was read of the feed at `url`. `is_any`: it is meant for one. `full`: no more is read."""

    url: str
    own: Fields = field(default_factory=dict)
    is_any: bool = False
    full: bool = False
    held: dict[tuple[str, str | None], Entry] = field(default_factory=dict)
    complaints: dict[str, None] = field(default_factory=dict)
    lost: int = 0
    undated: int = 0
    until: float = field(default_factory=lambda: time.thread_time() + SECONDS)

    def complain(self, what: str) -> None:
        self.complaints[what] = None

    def late(self) -> bool:
        """Whether the time is over; then what was found is all there will be."""
        if time.thread_time() > self.until:
            self.complain("it takes too long to read")
            self.full = True
        return self.full

    def add(self, found: Fields) -> None:
        """Take an entry in, by its fields as they were written."""
        entry = self._entry(found)
        if entry is None:
            self.lost += 1
            return
        key = (entry.id, entry.link)
        held = self.held.get(key)
        if held is None and len(self.held) >= MOST:
            self.complain(f"more than {MOST} entries")
            self.full = True
        elif held is None or (entry.updated and (not held.updated or held.updated < entry.updated)):
            self.held[key] = entry

    def _entry(self, found: Fields) -> Entry | None:
        base = self._base(found)
        given = [] if "opaque" in found else found.get("guid", [])
        permanent = [one for one in given if one.lower().startswith(("http://", "https://"))]
        written = (found.get(key, []) for key in ("original", "link", "rel=alternate"))
        candidates = (_address(base, one) for group in (*written, permanent) for one in group)
        link = next(filter(None, candidates), None)
        identity = next(iter((*found.get("id", []), *found.get("guid", []))), link)
        if not identity:
            return None
        title = next(iter(found.get("title", [])), "")
        return Entry(
            identity, link, _plain(title), self._date(found, "published"), self._date(found, "updated")
        )

    def _base(self, found: Fields) -> str:
        base = self.url
        for reference in (*self.own.get("base", [])[:1], *found.get("base", [])[:1]):
            base = urls.join(base, reference) or base
        return base

    def _date(self, found: Fields, name: str) -> datetime | None:
        written = found.get(name, [])
        read = next(filter(None, map(dates.read, written)), None)
        self.undated += bool(written) and read is None
        return read

    def feed(self) -> Feed:
        own = self.own
        base = self._base({})
        named = [*own.get("rel=next", []), *own.get("rel=prev-archive", [])]
        place = paging.Place(
            url=self.url,
            named=tuple(filter(None, (_address(base, one) for one in named))),
            generator=next(iter(own.get("generator", [])), ""),
            entries=len(self.held),
            start=_number(own.get("start", [])),
            total=_number(own.get("total", [])),
        )
        title = _plain(next(iter(own.get("title", [])), ""))
        further = paging.further(place) if self.is_any else ()
        return Feed(title, tuple(self.held.values()), further, self._reason())

    def _reason(self) -> str | None:
        if not self.is_any:
            return NO_FEED
        told = [*self.complaints]
        told += [f"entries without an address or id: {self.lost}"] if self.lost else []
        told += [f"dates: {self.undated}"] if self.undated else []
        return f"not all of the feed could be read: {', '.join(told)}" if told else None


def _address(base: str, reference: str) -> str | None:
    """An ampersand that was escaped twice: no address has `&amp;` in it."""
    return urls.join(base, reference.replace("&amp;", "&")) if reference.strip() else None


def _plain(title: str) -> str:
    """A title without markup, which may have been escaped twice."""
    text = _TAGS.sub("", title)
    text = _TAGS.sub("", unescape(text))
    return " ".join(_CONTROL.sub(" ", text).split())[:_TITLE]


def _number(written: Iterable[str]) -> int | None:
    return next((int(one) for one in written if one.isascii() and one.isdigit() and len(one) < 9), None)
