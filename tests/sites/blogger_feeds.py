"""The feeds of the Blogger blog, as Google's Blogger API gives them: Atom with OpenSearch and threads, and
RSS."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.sites.article import Article
from tests.sites.posts import ATOM, RSS, Posts, page, published, updated
from tests.sites.server import Page
from tests.sites.theme import blocks

BLOG = 6_412_903_377_150_211_284
NAMESPACES = (
    "xmlns='http://www.w3.org/2005/Atom' xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/'"
    " xmlns:blogger='http://schemas.google.com/blogger/2008' xmlns:georss='http://www.georss.org/georss'"
    " xmlns:gd='http://schemas.google.com/g/2005' xmlns:thr='http://purl.org/syndication/thread/1.0'"
)
USUAL = 25
"""So many entries come if nobody says how many."""


@dataclass(frozen=True, slots=True)
class Blog:
    """`posts`, the newest first, and by their `paths`; `cap` is how many entries an answer has at most."""

    title: str
    posts: Posts
    paths: Mapping[str, Article]
    cap: int


def path(one: Article) -> str:
    return f"/{one.published:%Y/%m}/{one.slug}.html"


def number_of(one: Article) -> int:
    return 4_104_771_903_118_226_000 + one.number * 7919


def answer(blog: Blog, where: str, asked: Mapping[str, str]) -> Page:
    if comments := re.fullmatch(r"/feeds/(?:(\d+)/)?comments/default", where):
        return _comments(blog, where, comments[1])
    if one := re.fullmatch(r"/feeds/posts/default/(\d+)", where):
        found = [post for post in blog.posts if str(number_of(post)) == one[1]]
        return page(_entry(found[0], NAMESPACES), ATOM) if found else page("", ATOM, status=404)
    if posts := re.fullmatch(r"/feeds/posts/(default|summary)(?:/-/(.+))?", where):
        return _posts(blog, where, asked, posts[2])
    return page("", ATOM, status=404)


def _posts(blog: Blog, where: str, asked: Mapping[str, str], label: str | None) -> Page:
    order = updated if asked.get("orderby") == "updated" else published
    least, most = asked.get("updated-min", ""), asked.get("published-max", "9")
    ones = sorted(
        (
            one
            for one in blog.posts
            if (not label or label in one.tags)
            and _stamp(updated(one)) >= least
            and _stamp(published(one)) < most
        ),
        key=order,
        reverse=True,
    )
    start = max(1, int(asked.get("start-index", 1)))
    size = min(blog.cap, int(asked.get("max-results", USUAL)))
    shown = ones[start - 1 : start - 1 + size]
    newest = max(map(updated, ones), default=published(blog.posts[-1]))
    numbers = f"""<openSearch:totalResults>{len(ones)}</openSearch:totalResults>
<openSearch:startIndex>{start}</openSearch:startIndex><openSearch:itemsPerPage>{size}</openSearch:itemsPerPage>"""
    if asked.get("alt") == "rss":
        return page(_rss(blog, shown, numbers, newest), RSS, when=newest)
    keep = "".join(f"&amp;{name}={asked[name]}" for name in ("orderby", "updated-min") if name in asked)
    links = [("self", where)]
    if start > 1:
        links.append(("previous", f"{where}?start-index={max(1, start - size)}&amp;max-results={size}{keep}"))
    if start - 1 + size < len(ones):
        links.append(("next", f"{where}?start-index={start + size}&amp;max-results={size}{keep}"))
    onward = "".join(
        f"<link rel='{name}' type='application/atom+xml' href='\0url\0{to}'/>" for name, to in links
    )
    entries = "".join(_entry(one, "", summary="summary" in where) for one in shown)
    return page(
        f"""<?xml version='1.0' encoding='UTF-8'?><?xml-stylesheet
href="https://www.blogger.com/styles/atom.css" type="text/css"?>
<feed {NAMESPACES}><id>tag:blogger.com,1999:blog-{BLOG}</id><updated>{_stamp(newest)}</updated>
<title type='text'>{blog.title}</title><subtitle type='html'></subtitle>
<link rel='http://schemas.google.com/g/2005#feed' type='application/atom+xml'
href='\0url\0/feeds/posts/default'/>
<link rel='alternate' type='text/html' href='\0url\0/'/><link rel='hub'
href='http://pubsubhubbub.appspot.com/'/>{onward}
<author><name>Ada Brindle</name><uri>https://www.blogger.com/profile/09117723</uri><email>noreply@blogger.com</email></author>
<generator version='7.00' uri='https://www.blogger.com'>Blogger</generator>{numbers}
{entries}</feed>
""",
        ATOM,
        when=newest,
    )


def _entry(one: Article, namespaces: str, summary: bool = False) -> str:
    number, where = number_of(one), f"\0url\0{path(one)}"
    labels = "".join(f"<category scheme='http://www.blogger.com/atom/ns#' term='{tag}'/>" for tag in one.tags)
    text = escape(one.excerpt) if summary else escape("".join(blocks(one)), quote=False)
    body = f"<summary type='text'>{text}</summary>" if summary else f"<content type='html'>{text}</content>"
    return f"""<entry{" " * bool(namespaces)}{namespaces}>
<id>tag:blogger.com,1999:blog-{BLOG}.post-{number}</id>
<published>{_stamp(published(one))}</published><updated>{_stamp(updated(one))}</updated>{labels}
<title type='text'>{escape(one.title)}</title>{body}
<link rel='replies' type='application/atom+xml' href='\0url\0/feeds/{number}/comments/default'
title='Post Comments'/>
<link rel='replies' type='text/html' href='{where}#comment-form' title='{one.number % 4} Comments'/>
<link rel='edit' type='application/atom+xml'
href='https://www.blogger.com/feeds/{BLOG}/posts/default/{number}'/>
<link rel='self' type='application/atom+xml' href='\0url\0/feeds/posts/default/{number}'/>
<link rel='alternate' type='text/html' href='{where}' title='{escape(one.title, quote=True)}'/>
<author><name>{escape(one.author)}</name><email>noreply@blogger.com</email></author>
<thr:total>{one.number % 4}</thr:total></entry>
"""


def _rss(blog: Blog, ones: Sequence[Article], numbers: str, newest: datetime) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>tag:blogger.com,1999:blog-{BLOG}.post-{number_of(one)}</guid>"
        f"<pubDate>{format_datetime(published(one))}</pubDate><atom:updated>{_stamp(updated(one))}</atom:updated>"
        f"<title>{escape(one.title)}</title><description>{escape(''.join(blocks(one)))}</description>"
        f"<link>\0url\0{path(one)}</link><author>noreply@blogger.com ({escape(one.author)})</author></item>\n"
        for one in ones
    )
    return f"""<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'
xmlns:atom='http://www.w3.org/2005/Atom'
xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/'><channel><atom:id>tag:blogger.com,1999:blog-{BLOG}</atom:id>
<lastBuildDate>{format_datetime(newest)}</lastBuildDate><title>{blog.title}</title><link>\0url\0/</link>
<generator>Blogger</generator>{numbers}
{items}</channel></rss>
"""


def _comments(blog: Blog, where: str, number: str | None) -> Page:
    """Those of one post, or the latest of all."""
    ones = [one for one in blog.posts if not number or str(number_of(one)) == number]
    if not ones:
        return page("", ATOM, status=404)
    entries = "".join(
        f"<entry><id>tag:blogger.com,1999:blog-{BLOG}.post-{number_of(one) + 1}</id>"
        f"<title type='text'>It</title>"
        f"<published>{_stamp(published(one))}</published><updated>{_stamp(published(one))}</updated>"
        f"<content type='html'>I walked past it only yesterday.</content>"
        f"<link rel='alternate' type='text/html' href='\0url\0{path(one)}?showComment={stamp}#c{stamp}'/>"
        f"<thr:in-reply-to href='\0url\0{path(one)}' type='text/html'/></entry>"
        for one in ones[:USUAL]
        if one.number % 4
        for stamp in [int(published(one).timestamp() * 1000)]
    )
    return page(
        f"<?xml version='1.0' encoding='UTF-8'?><feed {NAMESPACES}>"
        f"<id>tag:blogger.com,1999:blog-{BLOG}.comments</id>"
        f"<title type='text'>Comments on {blog.title}</title>"
        f"<link rel='self' href='\0url\0{where}'/>{entries}</feed>\n",
        ATOM,
    )


def _stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
