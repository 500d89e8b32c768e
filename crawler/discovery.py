"""What an answer leads to: a pure function of the URL, what it was fetched as, and the message."""

from collections.abc import Iterator

from archive import http, urls
from crawler import links, sitemaps
from crawler.rows import Found, Row, State, UrlKind

HOPS = 10
"""So many redirects in a row are followed."""

REQUISITE_DEPTH = 3
"""A page's stylesheet is of depth 1, the one it imports of depth 2, a font named there of depth 3."""

SITEMAP_DEPTH = 3

_PAGE_BYTES = 16 * 1024 * 1024
_SITEMAP_BYTES = 50 * 1024 * 1024
_HTML = ("text/html", "application/xhtml+xml")
_REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})


def discover(row: Row, kind: UrlKind, message: http.Message, requisites: bool = True) -> tuple[Found, ...]:
    """The URLs in an answer, whether known or not, in scope or not. `requisites`: whether those are wanted.

    A redirect leads to its target and nowhere else; an answer that is no success leads nowhere.
    """
    if message.status in _REDIRECTS:
        return tuple(_redirect(row, kind, message))
    if not 200 <= message.status < 300:
        return ()
    if kind is UrlKind.SITEMAP:
        return tuple(_sitemap(row, message))
    if kind is UrlKind.REQUISITE and (is_html(message) or row.depth >= REQUISITE_DEPTH):
        return ()
    return tuple(linked(row, kind, page_links(row.url, message), requisites))


def page_links(url: str, message: http.Message) -> links.Links:
    """What a page or a style sheet refers to."""
    return links.find(message.decoded(_PAGE_BYTES), message.get("content-type"), url)


def linked(row: Row, kind: UrlKind, found: links.Links, requisites: bool = True) -> Iterator[Found]:
    """Links as they are noted of an answer."""
    if requisites:
        deeper = row.depth + 1 if kind is UrlKind.REQUISITE else 1
        for url in found.requisites:
            yield Found(url, UrlKind.REQUISITE, deeper)
    if kind is UrlKind.PAGE:
        for url in found.pages:
            yield Found(url, UrlKind.PAGE, row.depth + 1)


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


def _sitemap(row: Row, message: http.Message) -> Iterator[Found]:
    listed = sitemaps.parse(message.decoded(_SITEMAP_BYTES), row.url)
    for url in listed.pages:
        yield Found(url, UrlKind.PAGE, 1)
    if row.depth < SITEMAP_DEPTH:
        for url in listed.sitemaps:
            if urls.host(url) == row.host:
                yield Found(url, UrlKind.SITEMAP, row.depth + 1)
