"""A newspaper: 300 articles of a month, in sections, with everything that leads to them twice.

For `tests.sites.server`. Articles are at /2026/03/slug-12345. They are in the sitemaps of their months, of
which there is an index, both gzipped; those of the last two days in a news sitemap; the last 20 in a feed.
Sections and the archive by day go on for ever, in both directions of time.
"""

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from itertools import cycle, islice
from random import Random
from urllib.parse import parse_qsl

from tests.sites.article import Article
from tests.sites.posts import (
    RSS,
    TEXT,
    XML,
    Posts,
    Steps,
    files,
    months,
    page,
    posts,
    published,
    sitemap,
    steps,
    updated,
)
from tests.sites.server import Asked, Page, State
from tests.sites.theme import INLINE, blocks

POSTS = 300
GAP = 0.08
ON_A_PAGE = 20

TRAPS = {
    "tracked links": r"[?&]utm_",
    "print views": r"[?&]print=|^/print/",
    "days without articles": r"^/archive/(?!2026/0[123]/)",
    "more of what was shown": r"[?&]offset=\d{3,}",
    "search": r"^/search",
}
"""What -> the addresses of it: regular expressions, searched in path and query."""


def state(at: int = 0, count: int = POSTS, on: date | None = None) -> State:
    """The newspaper before (0) and after (1) the `changes`."""
    ones = posts(count, GAP, at, on)
    return {**files(), **THEME, "*": partial(_answer, ones, {path(one): one for one in ones})}


def articles(at: int = 0, count: int = POSTS) -> tuple[str, ...]:
    """The paths of all articles."""
    return tuple(path(one) for one in posts(count, GAP, at))


def changes(count: int = POSTS) -> Steps:
    return steps(count, GAP)


def path(one: Article) -> str:
    return f"/{one.published:%Y/%m}/{one.slug}"


def _sections(ones: Posts) -> tuple[str, ...]:
    return SECTIONS[: max(2, len(ones) // 60)]


def _section(ones: Posts, one: Article) -> str:
    names = _sections(ones)
    return names[one.number % len(names)]


def _answer(ones: Posts, paths: dict[str, Article], target: str) -> Page:
    where, _, query = target.partition("?")
    asked = dict(parse_qsl(query))
    if where == "/robots.txt":
        return page(ROBOTS, TEXT)
    if where == "/rss.xml":
        return _feed(ones[:20])
    if "sitemap" in where:
        return _sitemap(ones, where)
    if where == "/search":
        return page(_frame(ones, "Search", _teasers(ones[:ON_A_PAGE])))
    if one := paths.get(where):
        return page(_print(one) if "print" in asked else _article(ones, one), when=updated(one))
    if printed := re.fullmatch(r"/print/(\d+)", where):
        found = [one for one in ones if str(one.number) == printed[1]]
        return page(_print(found[0])) if found else _lost(ones)
    if where in ("/about", "/contact"):
        return page(_frame(ones, where[1:].title(), f"<p>{ABOUT}</p>"))
    if day := re.fullmatch(r"/archive/(\d{4})/(\d\d)/(\d\d)", where):
        return _day(ones, *map(int, day.groups()))
    if where == "/":
        return page(_frame(ones, "Today", _teasers(ones[:15])))
    if where.strip("/") in _sections(ones) and where.endswith("/"):
        within = [one for one in ones if _section(ones, one) == where.strip("/")]
        return _part(ones, where, within, int(asked.get("offset", 0)))
    return _lost(ones)


def _lost(ones: Posts) -> Page:
    return page(_frame(ones, "Not found", "<h1>This page does not exist.</h1>"), status=404)


def _part(ones: Posts, where: str, within: Sequence[Article], offset: int) -> Page:
    """Articles of a section. After the last come the first again, and always there are more."""
    shown = list(islice(cycle(within), offset % len(within), offset % len(within) + ON_A_PAGE))
    more = f'<a class="load-more" data-infinite href="{where}?offset={offset + ON_A_PAGE}">Load more</a>'
    return page(_frame(ones, where.strip("/").title(), f'<div class="river">{_teasers(shown)}</div>{more}'))


def _day(ones: Posts, year: int, month: int, day: int) -> Page:
    try:
        here = date(year, month, day)
        before, after = here - timedelta(days=1), here + timedelta(days=1)
    except (ValueError, OverflowError):
        return _lost(ones)
    shown = [one for one in ones if one.published == here]
    turns = f"""<nav class="archive-nav"><a rel="prev" href="/archive/{before:%Y/%m/%d}">The day before</a>
<a rel="next" href="/archive/{after:%Y/%m/%d}">The day after</a></nav>"""
    return page(
        _frame(ones, f"{here:%d %B %Y}", turns + (_teasers(shown) or "<p>No articles on this day.</p>"))
    )


def _sitemap(ones: Posts, where: str) -> Page:
    by_month = {
        f"/sitemaps/sitemap-{year}-{month:02}.xml.gz": of for (year, month), of in months(ones).items()
    }
    if where == "/sitemap_index.xml.gz":
        parts = [(name, max(map(updated, of))) for name, of in by_month.items()]
        return _packed(page(sitemap([*parts, ("/sitemaps/sitemap-pages.xml.gz", None)], "sitemap"), XML))
    if where == "/sitemaps/sitemap-pages.xml.gz":
        pages = ["/", "/about", "/contact", *(f"/{name}/" for name in _sections(ones))]
        return _packed(page(sitemap((name, None) for name in pages), XML))
    if where == "/news-sitemap.xml":
        return page(_news_sitemap(ones), XML)
    if where in by_month:
        return _packed(page(sitemap((path(one), updated(one)) for one in by_month[where]), XML))
    return _lost(ones)


def _packed(plain: Page) -> Page:
    """A gzipped file, which is not a coding of the answer."""

    def body(asked: Asked) -> bytes:
        assert callable(plain.body)
        return gzip.compress(plain.body(asked), mtime=0)

    return replace(plain, headers=(("Content-Type", "application/x-gzip"),), body=body, gzip=False)


def _news_sitemap(ones: Posts) -> str:
    since = ones[0].published - timedelta(days=2)
    lines = "".join(
        f"<url><loc>\0url\0{path(one)}</loc><news:news>"
        f"<news:publication><news:name>The Saltmere Gazette</news:name>"
        f"<news:language>en</news:language></news:publication>"
        f"<news:publication_date>{published(one).isoformat()}</news:publication_date>"
        f"<news:title>{escape(one.title)}</news:title></news:news></url>\n"
        for one in ones
        if one.published > since
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{lines}</urlset>
"""


def _feed(ones: Posts) -> Page:
    items = "".join(
        f"<item><title>{escape(one.title)}</title>"
        f"<link>\0url\0{path(one)}?utm_source=rss&amp;utm_medium=feed</link>"
        f'<guid isPermaLink="true">\0url\0{path(one)}</guid>'
        f"<pubDate>{format_datetime(published(one))}</pubDate><description>{escape(one.excerpt)}</description></item>\n"
        for one in ones
    )
    return page(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>The Saltmere
Gazette</title><link>\0url\0/</link><description>News</description>
<ttl>15</ttl>{items}</channel></rss>
""",
        RSS,
        when=updated(ones[0]),
    )


def _teasers(ones: Sequence[Article]) -> str:
    return "".join(
        f"""<article class="teaser"><h2><a href="{path(one)}">{escape(one.title)}</a></h2>
<p>{escape(one.excerpt)}</p><time
datetime="{published(one).isoformat()}">{one.published:%d %B}</time></article>
"""
        for one in ones
    )


def _article(ones: Posts, one: Article) -> str:
    where, name = path(one), _section(ones, one)
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "datePublished": published(one).isoformat(),
        "dateModified": updated(one).isoformat(),
        "author": [{"@type": "Person", "name": one.author}],
    }
    lines = "\n".join(blocks(one))
    related, tipped = (
        "".join(f'<li><a href="{path(other)}{query}">{escape(other.title)}</a></li>' for other in others)
        for dice in [Random(one.number)]
        for others, query in ((dice.sample(ones, 4), ""), (dice.sample(ones, 6), TRACKED))
    )
    main = f"""<article class="story"><p class="breadcrumbs"><a href="/">Home</a> › <a
href="/{name}/">{name.title()}</a></p>
<h1 class="headline">{escape(one.title)}</h1><p class="byline">By {escape(one.author)},
<time datetime="{published(one).isoformat()}">{one.published:%d %B %Y}</time></p>
<ul class="tools"><li><a href="{where}?print=1" rel="nofollow">Print</a></li><li><a
href="/print/{one.number}">Plain view</a></li>
<li><a href="https://social.invalid/share?u=\0url\0{where}">Share</a></li></ul>
<div class="article-body">
{lines}
</div>
<aside class="related"><h2>More about this</h2><ul>{related}</ul></aside>
<aside class="recommended"><h2>Recommended</h2><ul>{tipped}</ul></aside>
<p>All of <a href="/archive/{one.published:%Y/%m/%d}">{one.published:%d %B}</a></p></article>"""
    head = f'<link rel="canonical" href="\0url\0{where}">\n<link rel="amphtml" href="\0url\0/amp{where}">\n'
    head += f'<script type="application/ld+json">{json.dumps(about)}</script>\n'
    return _frame(ones, one.title, main, head)


def _print(one: Article) -> str:
    lines = "\n".join(blocks(one))
    return f"""<!DOCTYPE html><html lang="en"><head><title>{escape(one.title)}</title><meta name="robots"
content="noindex">
<link rel="canonical" href="\0url\0{path(one)}"></head><body
onload="window.print()"><h1>{escape(one.title)}</h1>
{lines}<p><a href="{path(one)}">Back to the article</a></p></body></html>
"""


def _frame(ones: Posts, title: str, main: str, head: str = "") -> str:
    menu = "".join(f'<li><a href="/{name}/">{name.title()}</a></li>' for name in _sections(ones))
    read = "".join(
        f'<li><a href="{path(one)}?utm_source=most-read&amp;utm_medium=box&amp;utm_campaign=p{at}">'
        f"{escape(one.title)}</a></li>"
        for at, one in enumerate(Random("most read").sample(ones, 10))
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(title)} | The Saltmere Gazette</title>
<link rel="alternate" type="application/rss+xml" title="The Saltmere Gazette" href="/rss.xml">
<link rel="stylesheet" href="/static/gazette.css?v=41">
<script src="/static/gazette.js?v=41" defer></script>
<style>:root {{ {INLINE} }}</style>
{head}</head>
<body>
<header><p class="masthead"><a href="/">The Saltmere Gazette</a></p><nav><ul>{menu}
<li><a href="/archive/{ones[0].published:%Y/%m/%d}">Archive</a></li></ul></nav>
<form action="/search"><input name="q"></form></header>
<main>
{main}
</main>
<aside class="most-read"><h2>Most read</h2><ol>{read}</ol></aside>
<footer><a href="/about">About us</a> <a href="/contact">Contact</a> <a href="/account/login">Log in</a>
\0views\0</footer>
</body>
</html>
"""


THEME = {
    "/static/gazette.css?v=41": page("body { font: 17px serif }\n", "text/css"),
    "/static/gazette.js?v=41": page("window.gazette = {};\n", "text/javascript"),
}
TRACKED = "?utm_source=article&amp;utm_medium=recommended"
SECTIONS = ("harbour", "town", "culture", "sport", "letters")
ABOUT = "The Saltmere Gazette has been printed since 1871, and is read on telephones since somewhat later."
ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /search

Sitemap: \0url\0/sitemap_index.xml.gz
Sitemap: \0url\0/news-sitemap.xml
"""
