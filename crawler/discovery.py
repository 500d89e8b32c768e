"""What an answer leads to: a pure function of the URL, what it was fetched as, and the message."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archive import feeds, http, urls
from crawler import links, sitemaps
from crawler.rows import FOLLOWED, Found, Row, Standing, State, UrlKind

HOPS = 10
"""So many redirects in a row are followed."""

REQUISITE_DEPTH = 3
"""A page's stylesheet is of depth 1, the one it imports of depth 2, a font named there of depth 3."""

SITEMAP_DEPTH = 2
"""An index in an index, and the sitemaps of that: what is listed deeper is left out."""

FEED_PAGES = 200
"""So many documents of one feed are read in a run, the one that the source names being the first."""

_FEED_START = 4096
_PAGE_BYTES = links.LARGEST + 1
_SITEMAP_BYTES = sitemaps.LARGEST + 1
_HTML = ("text/html", "application/xhtml+xml")
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_READ = (*_HTML, *_FEEDS, "text/css", "text/xml", "application/xml", "")
_DEEP = "listed by a sitemap index in an index in an index"
REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Discovery:
    """There may be more where the answer was `cut`, since it is too long or takes too long, or where it is
    `unread`, since it cannot be read. `reason` tells more of that, or of what else could
    not be read.
    """

    found: tuple[Found, ...] = ()
    cut: bool = False
    unread: bool = False
    reason: str | None = None


Known = Callable[[str, UrlKind, int], bool]


def _nothing(url: str, kind: UrlKind, depth: int) -> bool:
    return False


def discover(
    row: Row,
    kind: UrlKind,
    message: http.Message,
    requisites: bool = True,
    known: Known = _nothing,
) -> Discovery:
    """The URLs in an answer, in scope or not. `requisites`: whether those are wanted.

    A link is left out where `known(url, kind, depth)`: asked first, since most are on all pages of a site.

    A redirect leads to its target and nowhere else; an answer that is no success leads nowhere.
    """
    if message.status in REDIRECTS:
        return Discovery(tuple(_redirect(row, kind, message)))
    if not 200 <= message.status < 300:
        return Discovery()
    if kind is UrlKind.SITEMAP:
        return _sitemap(row, message)
    if kind is UrlKind.REQUISITE and (is_html(message) or row.depth >= REQUISITE_DEPTH):
        return Discovery()
    return linked(row, kind, page_links(row.url, message), requisites, known)


def page_links(url: str, message: http.Message) -> links.Links:
    """What a page or a style sheet refers to."""
    return links.find(message.decoded(_PAGE_BYTES), message.get("content-type"), url)


def linked(
    row: Row,
    kind: UrlKind,
    read: links.Links,
    requisites: bool = True,
    known: Known = _nothing,
) -> Discovery:
    """Links as they are noted of an answer; the rest as in `discover`."""
    found: list[Found] = []
    if requisites:
        deeper = row.depth + 1 if kind is UrlKind.REQUISITE else 1
        new = (url for url in read.requisites if not known(url, UrlKind.REQUISITE, deeper))
        found += [Found(url, UrlKind.REQUISITE, deeper) for url in new]
    if kind in FOLLOWED:
        deeper = row.depth + 1
        pages = (url for url in read.pages if not known(url, UrlKind.PAGE, deeper))
        found += [Found(url, UrlKind.PAGE, deeper) for url in pages]
    return Discovery(tuple(found), read.cut)


def wanted(kind: UrlKind, message: http.Message) -> int:
    """So many bytes of a body may be looked at for where they lead."""
    if kind is UrlKind.SITEMAP:
        return _SITEMAP_BYTES
    if kind is UrlKind.FEED:
        return feeds.LARGEST + 1
    content_type = (message.get("content-type") or "").partition(";")[0].strip().lower()
    return _PAGE_BYTES if content_type in _READ else 0


def legible(kind: UrlKind, start: bytes, first: Callable[[int], bytes]) -> http.Message:
    """The answer of which `start` is in memory, with as much more of its body as may be looked at; `first`
    gives that many bytes of it.
    """
    message = http.parse(start)
    most = len(start) - len(message.body) + wanted(kind, message)
    return http.parse(first(most)) if most > len(start) else message


def is_html(message: http.Message) -> bool:
    content_type = message.get("content-type") or ""
    return content_type.partition(";")[0].strip().lower() in _HTML


def location(url: str, message: http.Message) -> str | None:
    """Where a redirect leads: an absolute canonical URL, or None."""
    target = message.location()
    return urls.join(url, target) if target else None


def _redirect(row: Row, kind: UrlKind, message: http.Message) -> Iterator[Found]:
    target = location(row.url, message)
    if not target or target == row.url:
        return
    if row.hops < HOPS:
        yield Found(target, kind, row.depth, row.hops + 1)
    else:
        yield Found(target, kind, row.depth, row.hops + 1, State.OUT, f"more than {HOPS} redirects")


def _sitemap(row: Row, message: http.Message) -> Discovery:
    listed = sitemaps.parse(message.decoded(_SITEMAP_BYTES), row.url)
    found = [Found(one.url, UrlKind.PAGE, 1, changed=one.changed, until=one.until) for one in listed.pages]
    deeper = row.depth + 1
    state, reason = (State.OUT, _DEEP) if deeper > SITEMAP_DEPTH else (State.QUEUED, None)
    found += [
        Found(one.url, UrlKind.SITEMAP, deeper, 0, state, reason, changed=one.changed, until=one.until)
        for one in listed.sitemaps
    ]
    return Discovery(tuple(found), reason=listed.reason)


def is_feed(message: http.Message) -> bool:
    """Whether an answer is meant for a feed, whatever it calls itself."""
    return feeds.is_feed(message.decoded(_FEED_START))


def listed(
    row: Row, message: http.Message, met: Callable[[str], datetime | None], now: datetime, everything: bool
) -> Discovery:
    """What a feed leads to: its entries' pages, and where older entries are.

    `met(url)` is when the archive got the last good answer for a page. An entry's `updated` after that moves
    its page to the front, unless it is in the future. Older entries are looked for where the last one is new
    to the archive, or `everything` is asked for.
    """
    feed = feeds.parse(message.decoded(feeds.LARGEST + 1), row.url, message.get("content-type"))
    found: list[Found] = []
    news = False
    for entry in feed.entries:
        if entry.link is None:
            continue
        last = met(entry.link)
        news = last is None
        newest = max(filter(None, (entry.published, entry.updated)), default=None)
        told = int(newest.timestamp()) // 60 if newest and newest <= now else 0
        changed = last and entry.updated and last < entry.updated <= now
        standing = Standing.NEW if last is None else Standing.CHANGED if changed else Standing.SAME
        found.append(Found(entry.link, UrlKind.PAGE, 1, standing=standing, told=told))
    if (news or everything) and row.depth + 1 < FEED_PAGES:
        found += [Found(url, UrlKind.FEED, row.depth + 1) for url in feed.further]
    return Discovery(tuple(found), reason=feed.reason)
