"""What the sites of many posts share: their posts in two dated states, and answers made when asked for.

State 1 is a day later than state 0: one post is new, an old one was edited, another is withdrawn. `on` is the
day of the edit where it is to be another, as one that lies between two crawls.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from itertools import groupby

from tests.sites.article import Article, article, edited
from tests.sites.server import OTHER, Asked, Page
from tests.sites.theme import IMAGES, image_path, png

LAST = date(2026, 3, 20)
"""The day of the newest post of state 0."""

FIRST_NUMBER = 10_000
HTML = "text/html; charset=UTF-8"
XML = "application/xml; charset=UTF-8"
ATOM = "application/atom+xml; charset=UTF-8"
RSS = "application/rss+xml; charset=UTF-8"
TEXT = "text/plain; charset=UTF-8"

Posts = tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    """What happens from state 0 to state 1; `edited` as it is afterwards."""

    new: Article
    edited: Article
    withdrawn: Article


@lru_cache
def posts(count: int, gap: float, at: int = 0, on: date | None = None) -> Posts:
    """The newest first: so many in state 0, one in `gap` days."""
    before = [_post(number, count, gap) for number in range(count)]
    if at:
        done = steps(count, gap, on)
        kept = (one for one in before if one.number != done.withdrawn.number)
        before = [done.edited if one.number == done.edited.number else one for one in kept]
        before.append(done.new)
    return tuple(sorted(before, key=published, reverse=True))


@lru_cache
def steps(count: int, gap: float, on: date | None = None) -> Steps:
    old = [_post(number, count, gap) for number in range(count // 5, count // 2)]
    tomorrow = LAST + timedelta(days=1)
    changed = next(after for one in old if (after := edited(one, "sentence added")))
    withdrawn = next(one for one in reversed(old) if one.number != changed.number)
    new = replace(_post(count, count, gap), published=tomorrow, modified=tomorrow)
    return Steps(new, replace(changed, modified=on or tomorrow), withdrawn)


def _post(number: int, count: int, gap: float) -> Article:
    return article(FIRST_NUMBER + number, LAST - timedelta(days=int((count - 1 - number) * gap)))


def published(one: Article) -> datetime:
    """Between eight and twenty o'clock, no two posts of a day in the same minute."""
    hour, minute = divmod(one.number * 47 % 719, 60)
    return datetime(one.published.year, one.published.month, one.published.day, 8 + hour, minute, tzinfo=UTC)


def updated(one: Article) -> datetime:
    return published(replace(one, published=one.modified))


def months(ones: Iterable[Article]) -> dict[tuple[int, int], Posts]:
    """Year and month -> its posts; both in the order of the posts, the newest first."""
    grouped = groupby(ones, lambda one: (one.published.year, one.published.month))
    return {month: tuple(group) for month, group in grouped}


def years(ones: Iterable[Article]) -> dict[int, Posts]:
    return {year: tuple(group) for year, group in groupby(ones, lambda one: one.published.year)}


def page(markup: str, kind: str = HTML, when: datetime | None = None, status: int = 200) -> Page:
    """An answer; with `when`, it has validators.

    In the markup `\\0url\\0` and `\\0other\\0` are the hosts' addresses, `\\0views\\0` the request's number.
    """
    headers = [("Content-Type", kind)]
    if when:
        headers.append(("ETag", f'W/"{zlib.crc32(markup.encode()):08x}"'))
        headers.append(("Last-Modified", format_datetime(when, usegmt=True)))

    def body(asked: Asked) -> bytes:
        holes = {"url": asked.url, "other": asked.other_url, "views": str(asked.number)}
        return re.sub("\0(url|other|views)\0", lambda hole: holes[hole[1]], markup).encode()

    return Page(status, tuple(headers), body, gzip=True)


def moved(path: str, status: int = 301) -> Page:
    """A redirect to a path of the site, or to an address elsewhere."""
    return Page(status, (("Location", path), ("Content-Type", HTML)), b"<p>Moved.</p>\n")


@lru_cache
def files() -> dict[str, Page]:
    """The images that `theme.blocks` shows, a third of them on the second host, and an icon."""
    found = {
        (OTHER if number % 3 == 2 else "") + image_path(number): Page(
            headers=(("Content-Type", "image/png"),), body=png(number)
        )
        for number in range(IMAGES)
    }
    return {**found, "/favicon.ico": found[image_path(0)]}


def sitemap(addresses: Iterable[tuple[str, datetime | None]], of: str = "url") -> str:
    """A sitemap of paths and when they were changed; an index of sitemaps, with `of="sitemap"`."""
    root = "urlset" if of == "url" else "sitemapindex"
    lines = [
        f"<{of}><loc>\0url\0{path.replace('&', '&amp;')}</loc>"
        + (f"<lastmod>{when:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if when else "")
        + f"</{of}>\n"
        for path, when in addresses
    ]
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
        f"{''.join(lines)}</{root}>\n"
    )
