"""The test magazine's looks: the markup of four common themes, and everything that never stands still.

A sheet is markup with holes (`\\0name\\0`) that are filled anew at every request: side columns, related
posts, view counters, clocks, advertisements, tokens.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from random import Random

from tests.sites.article import TAGS, Article, Block
from tests.sites.prose import ENGLISH
from tests.sites.server import Asked

ROOT = "/wp-content/themes/tide"
STYLES = 4
"""How many themes there are; an article's number decides which is its own."""
IMAGES = 24
"""How many images there are; every third is on the second host."""


def image_path(number: int) -> str:
    return f"/uploads/{2018 + number % 5}/photo-{number:02}.png"


def image_url(number: int) -> str:
    number %= IMAGES
    return ("\0other\0" if number % 3 == 2 else "") + image_path(number)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's body: markup and holes in turn. `pool` are the articles that side columns may link to."""

    parts: Sequence[str]
    pool: Sequence[Article]

    def __call__(self, asked: Asked) -> bytes:
        rng = Random(asked.number)
        parts = list(self.parts)
        for hole in range(1, len(parts), 2):
            parts[hole] = _fill(parts[hole], rng, self.pool, asked)
        return "".join(parts).encode()


def sheet(markup: str, pool: Sequence[Article]) -> Sheet:
    return Sheet(markup.split("\0"), pool)


def _fill(hole: str, rng: Random, pool: Sequence[Article], asked: Asked) -> str:
    match hole:
        case "url":
            return asked.url
        case "other":
            return asked.other_url
        case "views":
            return f"{rng.randint(1000, 99_999):,}"
        case "clock":
            return f"{rng.randint(2, 59)} minutes ago"
        case "token":
            return f"{rng.getrandbits(128):032x}"
        case "related":
            return "".join(f"<li>{_link(one)}</li>" for one in rng.sample(pool, 4))
        case "ad":
            where = f"https://ads.invalid/click?id={rng.getrandbits(32)}"
            return f'<a href="{where}" rel="sponsored">{_slogan(rng)}</a>'
        case _:
            return _sidebar(rng, pool)


def _slogan(rng: Random) -> str:
    thing = rng.choice(ENGLISH.words["thing"])
    return f"Your next {thing}, now {rng.randint(5, 60)} % off until {rng.choice(ENGLISH.words['month'])}!"


def _link(one: Article) -> str:
    return f'<a href="{one.path}">{escape(one.title)}</a>'


def _sidebar(rng: Random, pool: Sequence[Article]) -> str:
    popular = [f"<li>{_link(one)} <span>({rng.randint(2, 900)})</span></li>" for one in rng.sample(pool, 5)]
    recent = [
        f'<li class="recentcomments"><span class="comment-author-link">{escape(one.author)}</span> on'
        f" {_link(one)}, {rng.randint(2, 59)} minutes ago</li>"
        for one in rng.sample(pool, 3)
    ]
    cloud = [f'<a href="/tag/{tag}/" class="tag-cloud-link">{tag}</a>' for tag in rng.sample(TAGS, 8)]
    return f"""
<section class="widget widget_search"><form role="search" action="/"><label>Search <input name="s"></label>
</form></section>
<section class="widget"><h2 class="widget-title">Most read</h2><ol>{"".join(popular)}</ol></section>
<section class="widget"><h2 class="widget-title">Recent comments</h2><ul>{"".join(recent)}</ul></section>
<section class="widget widget_tag_cloud"><h2 class="widget-title">Topics</h2>{" ".join(cloud)}</section>
<section class="widget"><div class="advertisement">{_slogan(rng)}</div>
<p>{rng.randint(3, 80)} readers are online. The weather: {rng.randint(-4, 28)} °C.</p></section>
"""


SIDEBARS = (
    '<aside class="sidebar">\0sidebar\0</aside>',
    '<div id="secondary" class="widget-area">\0sidebar\0</div>',
)
MENU = "".join(f'<li class="menu-item"><a href="/tag/{tag}/">{tag.title()}</a></li>' for tag in TAGS[:6])
INLINE = "".join(
    f"--wp--preset--spacing--{step}: {step / 16:.3f}rem; --wp--preset--color--c{step}: #{step * 5077:06x};\n"
    for step in range(150)
)
"""What such sites put into the head of every page, by the kilobyte."""


def frame(path: str, title: str, head: str, main: str, style: int, language: str = "en") -> str:
    """A whole page around its main column."""
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{escape(title)} – The Ebb</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf-token" content="\0token\0">
<link rel="canonical" href="\0url\0{path}">
<link rel="icon" href="{image_path(0)}">
<link rel="stylesheet" href="{ROOT}/style.css?ver=6.4">
<link rel="stylesheet" media="print" href="{ROOT}/print.css">
<style id="global-styles-inline-css">:root {{ {INLINE} }}</style>
{head}</head>
<body class="wp-theme-tide style-{style}">
<a class="skip-link" href="#content">Skip to content</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="/" rel="home">The Ebb</a></p>
<nav class="main-navigation"><ul><li><a href="/about/">About</a></li>{MENU}</ul></nav></header>
<div id="page" class="site-content">
{main}
{SIDEBARS[style % 2]}
</div>
<footer id="colophon" class="site-footer"><p>© The Ebb, a magazine for people who like to wait.
<a href="/private/">Members</a> Page made in \0views\0 ms, \0clock\0.</p>
<form method="post" action="/subscribe"><input type="hidden" name="_wpnonce" value="\0token\0">
<label>News by mail <input type="email" name="mail"></label></form></footer>
<div class="cookie-notice" role="dialog"><p>We use cookies. <button>Fine</button></p></div>
<script src="{ROOT}/tide.js?ver=6.4" defer></script>
<script>window.ebb = {{nonce: '\0token\0', views: '\0views\0'}};</script>
</body>
</html>
"""


def blocks(one: Article) -> list[str]:
    """The article's own markup, block by block."""
    return [_block(block, one.number) for block in one.blocks]


def _block(block: Block, number: int) -> str:
    lines = [escape(line, quote=False) for line in block.lines]
    match block.kind:
        case "h2":
            return f"<h2>{lines[0]}</h2>"
        case "quote":
            return f"<blockquote><p>{' '.join(lines)}</p></blockquote>"
        case "list":
            return "<ul>\n" + "\n".join(f"<li>{line}</li>" for line in lines) + "\n</ul>"
        case "figure":
            small, large = image_url(number), image_url(number + 1)
            return (
                f'<figure class="wp-caption"><img src="{small}" srcset="{small} 1x, {large} 2x" alt="">'
                f'<figcaption class="wp-caption-text">{lines[0]}</figcaption></figure>'
            )
    return f"<p>{' '.join(lines)}</p>"


def _day(one: Article) -> str:
    return f"{one.published.day} {one.published:%B %Y}"


def _tags(one: Article) -> str:
    return ", ".join(f'<a href="/tag/{tag}/" rel="tag">{tag}</a>' for tag in one.tags)


def article_markup(one: Article) -> str:
    """The article's page in the theme its number gives it."""
    style = one.number % STYLES
    main = (_twenty, _classic, _related_inside, _news)[style](one)
    head = f"""<meta property="og:type" content="article">
<meta property="og:title" content="{escape(one.title)}">
<meta property="article:modified_time" content="{one.modified}T09:30:00+00:00">
"""
    if style in (0, 3):
        head += f'<meta property="article:published_time" content="{one.published}T08:00:00+00:00">\n'
    if style == 3:
        head += _linked_data(one)
    return frame(one.path, one.title, head, main, style, one.language)


def _linked_data(one: Article) -> str:
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "datePublished": f"{one.published}T08:00:00+00:00",
        "dateModified": f"{one.modified}T09:30:00+00:00",
        "author": {"@type": "Person", "name": one.author},
    }
    return f'<script type="application/ld+json">{json.dumps(about)}</script>\n'


def _twenty(one: Article) -> str:
    lines = "\n".join(blocks(one))
    return f"""<main id="content"><article id="post-{one.number}" class="post type-post hentry">
<header class="entry-header"><h1 class="entry-title">{escape(one.title)}</h1>
<div class="entry-meta"><span class="posted-on"><time class="entry-date published"
datetime="{one.published}T08:00:00+00:00">{_day(one)}</time></span>
<span class="byline">by <span class="author vcard">{escape(one.author)}</span></span>
<span class="post-views">\0views\0 views</span></div></header>
<div class="entry-content">
{lines}
</div>
<footer class="entry-footer">Posted in {_tags(one)}</footer></article>
<nav class="post-navigation related-posts"><h2>You may also like</h2><ul>\0related\0</ul></nav></main>"""


def _classic(one: Article) -> str:
    lines = "\n".join(blocks(one))
    return f"""<div id="content"><div class="post" id="post-{one.number}">
<h1 class="post-title">{escape(one.title)}</h1>
<p class="postmetadata">{_day(one)} by <a href="/about/" rel="author">{escape(one.author)}</a></p>
<div class="post-body">
{lines}
</div>
<p class="post-tags">Tags: {_tags(one)}</p></div>
<div id="comments" class="comments-area"><h2 class="comments-title">One thought</h2>
<ol class="comment-list"><li class="comment"><div class="comment-meta">Wanda, \0clock\0</div>
<div class="comment-content"><p>I walked past it only yesterday.</p></div></li></ol></div></div>"""


def _related_inside(one: Article) -> str:
    lines = "\n".join(blocks(one))
    return f"""<main id="content"><article class="post hentry">
<h1 class="entry-title">{escape(one.title)}</h1>
<p class="entry-meta"><span class="author">{escape(one.author)}</span> ·
<time datetime="{one.published}">{_day(one)}</time></p>
<div class="entry-content">
{lines}
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3>
<ul><li>Mail</li><li>Print</li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><ul>\0related\0</ul></div>
</div>
<footer>{_tags(one)}</footer></article></main>"""


def _news(one: Article) -> str:
    parts = blocks(one)
    parts.insert(3, '<div class="ad-slot advertisement" aria-label="Advertisement">\0ad\0</div>')
    lines = "\n".join(parts)
    return f"""<main id="content"><article class="story"><h1 class="headline">{escape(one.title)}</h1>
<div class="article-meta"><span class="byline">By {escape(one.author)}</span>
<time datetime="{one.published}T08:00:00Z">{_day(one)}</time>
<span class="view-count">\0views\0 reads</span></div>
<div class="article-body">
{lines}
</div>
<form class="newsletter-signup" method="post"><input type="hidden" name="csrf" value="\0token\0">
<label>Get such stories by mail <input type="email" name="mail"></label></form>
<section class="related-articles"><h2>More stories</h2><ul>\0related\0</ul></section>
<p class="tags">{_tags(one)}</p></article></main>"""


def entry_markup(one: Article) -> str:
    """The article as an entry of the front page and the paged archive."""
    return f"""<article id="post-{one.number}" class="post type-post hentry"><header class="entry-header">
<h2 class="entry-title"><a href="{one.path}" rel="bookmark">{escape(one.title)}</a></h2>
<div class="entry-meta"><time class="entry-date" datetime="{one.published}">{_day(one)}</time>
by {escape(one.author)}</div></header>
<div class="entry-summary"><p>{escape(one.excerpt)}
<a class="more-link" href="{one.path}">Continue reading</a></p></div></article>
"""


def png(number: int, width: int = 64, height: int = 48) -> bytes:
    """A small valid image, different for every number."""
    rng = Random(f"image {number}")
    red, green, blue = (rng.randrange(256) for _ in range(3))
    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in ((red + x) % 256, (green + y) % 256, blue))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")
