"""What the WordPress blog offers to programs: its RSS feeds, ten posts at a time, and its JSON interface."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape

from tests.sites.article import Article
from tests.sites.posts import FIRST_NUMBER, HTML, RSS, Posts, page, published, updated
from tests.sites.server import Page
from tests.sites.theme import blocks

ON_A_FEED = 10
AUTHORS = ("ada", "tomas", "ines")
NAMESPACES = """xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
xmlns:slash="http://purl.org/rss/1.0/modules/slash/\""""


@dataclass(frozen=True, slots=True)
class Blog:
    """`posts`, the newest first, and by their `paths`."""

    title: str
    posts: Posts
    paths: Mapping[str, Article]


def path(one: Article) -> str:
    return one.path


def identity(one: Article) -> int:
    return (one.number - FIRST_NUMBER) * 3 + 17


def author(one: Article) -> str:
    return AUTHORS[one.number % len(AUTHORS)]


def feed(blog: Blog, ones: Sequence[Article], paged: int, of: Article | None) -> Page:
    """A page of a feed of posts; of the comments, where it is the feed `of` one post."""
    shown = ones[(paged - 1) * ON_A_FEED :][:ON_A_FEED]
    if not of and not shown:
        return page("<title>Page not found</title><p>Nothing was found.</p>", HTML, status=404)
    newest = max(map(updated, ones or blog.posts))
    items = "" if of else "".join(map(_item, shown))
    title = f"Comments on: {escape(of.title)}" if of else blog.title
    return page(
        f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
{NAMESPACES}>
<channel>
<title>{title}</title>
<atom:link href="\0url\0{path(of) if of else "/"}feed/" rel="self" type="application/rss+xml" />
<link>\0url\0{path(of) if of else "/"}</link>
<description></description>
<lastBuildDate>{format_datetime(newest)}</lastBuildDate>
<language>en-GB</language>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>
<generator>https://wordpress.org/?v=6.8.1</generator>
{items}</channel>
</rss>
""",
        RSS,
        when=newest,
    )


def _item(one: Article) -> str:
    tags = "".join(f"<category><![CDATA[{tag}]]></category>" for tag in one.tags)
    return f"""<item>
<title>{escape(one.title)}</title>
<link>\0url\0{path(one)}</link>
<comments>\0url\0{path(one)}#comments</comments>
<dc:creator><![CDATA[{author(one)}]]></dc:creator>
<pubDate>{format_datetime(published(one))}</pubDate>
{tags}
<guid isPermaLink="false">\0url\0/?p={identity(one)}</guid>
<description><![CDATA[{one.excerpt}]]></description>
<content:encoded><![CDATA[{"".join(blocks(one))}]]></content:encoded>
<wfw:commentRss>\0url\0{path(one)}feed/</wfw:commentRss>
<slash:comments>{one.number % 4}</slash:comments>
</item>
"""


def interface(blog: Blog, where: str, asked: Mapping[str, str]) -> Page:
    """Posts by their numbers, lists of them without end, and what is to be embedded."""
    ones = [one for one in blog.posts if where.endswith(f"/posts/{identity(one)}")]
    found = [
        {"id": identity(one), "link": f"\0url\0{path(one)}", "title": {"rendered": one.title}}
        for one in ones or blog.posts[: int(asked.get("per_page", 10))]
    ]
    told = json.dumps(found[0] if ones else found).replace("\\u0000", "\0")
    return page(told, "application/json; charset=UTF-8")
