"""Gathers addresses from the tags of a sitemap, an index of them, or a feed that stands for one."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archive import urls

MOST = 50_000
"""Addresses in one file: the protocol's own bound."""

SECONDS = 1.0
"""Of CPU in which no address comes: the rest of a file is not read then."""

LONGEST = 20.0
"""Seconds of CPU for all of a file. A full one takes two or three."""

DEEPEST = 200
"""Tags open at once: in a sitemap there are four, and the parser holds the names of all."""

SITEMAPS = frozenset({"urlset", "sitemapindex"})
FEEDS = frozenset({"rss", "rdf", "feed"})
"""Roots, in lower case. The protocol takes feeds for sitemaps too ("Other Sitemap formats")."""

_ADDRESS, _CHANGED, _PUBLISHED = range(3)
_OWN: Mapping[str, Mapping[str, int]] = {
    "url": {"loc": _ADDRESS, "lastmod": _CHANGED},
    "sitemap": {"loc": _ADDRESS, "lastmod": _CHANGED},
    "item": {"link": _ADDRESS, "pubDate": _PUBLISHED},
    "entry": {
        "updated": _CHANGED,
        "modified": _CHANGED,
        "published": _PUBLISHED,
        "issued": _PUBLISHED,
    },
}
_FOREIGN = (
    ("sitemap-news", {"publication_date": _PUBLISHED}),
    ("purl.org/dc/", {"date": _PUBLISHED}),
)
# https://www.w3.org/TR/NOTE-datetime; a blank for the T, and a time without a zone, are common.
_W3C = re.compile(
    r"(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:[T ](\d\d?:\d\d(?::\d\d)?)(?:[.,]\d+)? ?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.I
)


# What a date may mean beyond the instant that it is taken for; in the west a day ends twelve hours later.
_ZONES = timedelta(hours=12)
_YEAR, _MONTH, _DAY = (timedelta(days=days) + _ZONES for days in (366, 31, 1))
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """An absolute canonical URL, and what is said of it: when it changed, or was published; between `changed`
    and `until`, for a date may be a mere day. A hint of somebody who may not know.
    """

    url: str
    changed: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class _Draft:
    sort: str
    namespace: str
    fields: dict[int, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


class Listing:
    """The parser's target. `root` is the name of the first tag; `refused` counts what is listed and is no
    web address; `full`: there are more than `MOST`; `late`: nothing new came for too long; `deep`: too many
    tags are open.
    """

    def __init__(self, url: str) -> None:
        self.pages: dict[str, Listed] = {}
        self.sitemaps: dict[str, Listed] = {}
        self.root = ""
        self.deep = False
        self.refused = 0
        self.full = False
        self.late = False
        self._url = url
        self._late = time.thread_time() + LONGEST
        self._until = time.thread_time() + SECONDS
        self._draft: _Draft | None = None
        self._tag = ""
        self._text: list[str] | None = None
        self._room = 0
        self._depth = 0

    def over(self) -> bool:
        """Whether what was found is all there will be."""
        self.late = self.late or time.thread_time() > self._until
        return self.late or self.full or self.deep

    def add(self, found: dict[str, Listed], address: str, changed: str = "") -> None:
        """Add an address as it is written, relative or not."""
        url = urls.join(self._url, address) if address.strip() else None
        if url is None:
            self.refused += 1
        elif url not in found:
            self.full = self.full or len(found) >= MOST
            if not self.full:
                found[url] = Listed(url, *(period(changed) or ()))
                self._until = min(time.thread_time() + SECONDS, self._late)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, _, name = tag.rpartition("}")
        self._depth += 1
        self.deep = self.deep or self._depth > DEEPEST
        self.root = self.root or name.lower()
        self._text = None  # an address with a tag in it is none
        if name in _OWN and (name in ("url", "sitemap") or self.root in FEEDS):
            self._finish()
            self._draft = _Draft(name, namespace)
        elif self._draft:
            self._inside(self._draft, tag, namespace, name, attributes)

    def _inside(
        self, draft: _Draft, tag: str, namespace: str, name: str, attributes: Mapping[str, str]
    ) -> None:
        if name == "link" and attributes.get("href"):
            if attributes.get("rel", "alternate") != "alternate":
                return
            if draft.sort == "entry":
                draft.fields.setdefault(_ADDRESS, attributes["href"])
            elif draft.sort == "url" and len(draft.others) < MOST:  # the page in another language
                draft.others.append(attributes["href"])
        elif _sort(draft, namespace, name) is not None:
            self._tag, self._text, self._room = tag, [], urls.LONGEST

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
            self._room -= len(text)
            if self._room < 0 and self._text:
                self._text = None

    def end(self, tag: str) -> None:
        self._depth -= 1
        namespace, _, name = tag.rpartition("}")
        draft = self._draft
        if draft and self._text is not None and tag == self._tag:
            sort = _sort(draft, namespace, name)
            if sort is not None:
                draft.fields.setdefault(sort, "".join(self._text))
            self._text = None
        elif draft and name == draft.sort and namespace == draft.namespace:
            self._finish()

    def close(self) -> None:
        """The end of the file: an address that is cut there is none, one that is whole counts."""
        if self._draft and _ADDRESS in self._draft.fields:
            self._finish()

    def _finish(self) -> None:
        draft, self._draft = self._draft, None
        if draft is None:
            return
        fields = draft.fields
        into = self.sitemaps if draft.sort == "sitemap" else self.pages
        changed = fields.get(_CHANGED) or fields.get(_PUBLISHED) or ""
        for address in (fields.get(_ADDRESS, ""), *draft.others):
            # An ampersand in CDATA, or escaped twice: no address has `&amp;` in it.
            self.add(into, address.replace("&amp;", "&"), changed)


def _sort(draft: _Draft, namespace: str, name: str) -> int | None:
    """What a tag says of what is drafted. Pictures and films have addresses of their own."""
    if namespace == draft.namespace:
        return _OWN[draft.sort].get(name)
    return next((names.get(name) for mark, names in _FOREIGN if mark in namespace), None)


def period(text: str) -> tuple[datetime, datetime] | None:
    """A date as sitemaps and feeds write it (W3C, RFC 822): the first and the last instant, in UTC, that it
    may mean; None where it is none.

    What is not said, the month or the zone, is taken for the first or for UTC.
    """
    text = text.strip()[:60]
    try:
        found = _W3C.fullmatch(text)
        if not found:
            at = parsedate_to_datetime(text)
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            return at, at
        year, month, day, clock, zone = found.groups()
        plain = f"{year}-{int(month or 1):02}-{int(day or 1):02}T{(clock or '0:00').zfill(5)}"
        shift = "+0000" if zone in (None, "Z", "z") else zone.replace(":", "")
        seconds = plain.count(":") == 2
        form = "%Y-%m-%dT%H:%M:%S%z" if seconds else "%Y-%m-%dT%H:%M%z"
        at = datetime.strptime(plain + shift, form).astimezone(UTC)
        if clock:
            return at, at + (timedelta() if seconds else _MINUTE) + (timedelta() if zone else _ZONES)
        return at, at + (_DAY if day else _MONTH if month else _YEAR)
    except (ValueError, TypeError, OverflowError):
        return None
