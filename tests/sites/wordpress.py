"""A blog made with WordPress: 600 posts, and the many addresses under which its themes and plugins show them.

For `tests.sites.server`. Posts are at /YYYY/MM/slug/. They are listed by /page/N/, by category, tag, author,
year, month and day, each in pages of ten; in `wp-sitemap.xml` and in the feed, ten at a time. A blog of fewer
posts has fewer categories and tags.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from html import escape
from urllib.parse import parse_qsl, quote

from tests.sites import wordpress_feeds
from tests.sites.article import TAGS, Article
from tests.sites.posts import (
    LAST,
    TEXT,
    XML,
    Steps,
    files,
    months,
    moved,
    page,
    posts,
    sitemap,
    steps,
    updated,
)
from tests.sites.server import Page, State
from tests.sites.theme import INLINE, blocks
from tests.sites.wordpress_feeds import Blog, author, identity, path

POSTS = 600
GAP = 3.0
ON_A_PAGE = 10

TRAPS = {
    "answers to comments": r"[?&]replytocom=",
    "sharing": r"[?&]share=",
    "feeds of posts": r"^/\d{4}/\d\d/[^/]+/feed/",
    "short addresses": r"^/\?p=",
    "program interface": r"^/wp-json/",
    "calendar": r"^/events/",
    "search": r"^/(?:\?s=|search/)",
}
"""What -> the addresses of it: regular expressions, searched in path and query."""


def state(at: int = 0, count: int = POSTS, on: date | None = None) -> State:
    """The blog before (0) and after (1) the `changes`."""
    ones = posts(count, GAP, at, on)
    blog = Blog("Harbour Notes", ones, {path(one): one for one in ones})
    return {**files(), **THEME, "*": partial(_answer, blog)}


def articles(at: int = 0, count: int = POSTS) -> tuple[str, ...]:
    """The paths of all posts."""
    return tuple(path(one) for one in posts(count, GAP, at))


def changes(count: int = POSTS) -> Steps:
    return steps(count, GAP)


def _categories(blog: Blog) -> tuple[str, ...]:
    return CATEGORIES[: max(2, len(blog.posts) // 100)]


def _category(blog: Blog, one: Article) -> str:
    names = _categories(blog)
    return names[one.number % len(names)]


def _tags(blog: Blog, one: Article) -> tuple[str, ...]:
    used = TAGS[: max(3, len(blog.posts) // 50)]
    return tuple(tag for tag in one.tags if tag in used)


def _answer(blog: Blog, target: str) -> Page:
    where, _, query = target.partition("?")
    asked = dict(parse_qsl(query))
    if where == "/robots.txt":
        return page(ROBOTS, TEXT)
    if "share" in asked:
        return moved(f"https://social.invalid/intent?url={quote(where)}", 302)
    if "p" in asked and where == "/":
        found = [one for one in blog.posts if str(identity(one)) == asked["p"]]
        return moved(path(found[0])) if found else _lost(blog)
    if where.startswith("/wp-sitemap"):
        return _sitemap(blog, where)
    if where.startswith("/wp-json/"):
        return wordpress_feeds.interface(blog, where, asked)
    if feed := re.fullmatch("(/.*)feed/(atom/)?", where):
        one = blog.paths.get(feed[1])
        return wordpress_feeds.feed(blog, _listed(blog, feed[1]), int(asked.get("paged", 1)), one)
    if one := blog.paths.get(where):
        return page(_post(blog, one, int(asked.get("replytocom", 0))))
    if where in ("/about/", "/contact/"):
        return page(_frame(blog, where, where.strip("/").title(), f"<p>{ABOUT}</p>"))
    if where.startswith("/events/"):
        return _events(blog, where)
    if not where.endswith("/"):
        return moved(f"{where}/" + (f"?{query}" if query else "")) if "." not in where else _lost(blog)
    return _archive(blog, where, asked)


def _lost(blog: Blog) -> Page:
    return page(_frame(blog, "/", "Page not found", "<p>It looks like nothing was found.</p>"), status=404)


def _archive(blog: Blog, where: str, asked: dict[str, str]) -> Page:
    """A list of posts, in pages."""
    base, number = re.fullmatch(r"(.*?/)(?:page/(\d+)/)?", where).groups()  # type: ignore[union-attr]  # `.*/` is any
    ones = blog.posts if "s" in asked else _listed(blog, base)
    start = (int(number or 1) - 1) * ON_A_PAGE
    shown = ones[start : start + ON_A_PAGE]
    if not shown or number == "1":
        return moved(base) if shown else _lost(blog)
    last = -(-len(ones) // ON_A_PAGE)
    return page(
        _frame(
            blog, where, "Archives", _entries(blog, shown) + _pager(base, int(number or 1), last), shown[0]
        )
    )


def _listed(blog: Blog, base: str) -> Sequence[Article]:
    """The posts that belong to the address of an archive; none if it is none."""
    kind, _, name = base.strip("/").partition("/")
    if not kind or kind == "comments":
        return blog.posts
    if dated := re.fullmatch(r"/(\d{4})/(?:(\d\d)/)?(?:(\d\d)/)?", base):
        begin = "-".join(part for part in dated.groups() if part)
        return [one for one in blog.posts if f"{one.published}".startswith(begin)]
    if kind == "category":
        return [one for one in blog.posts if _category(blog, one) == name]
    if kind == "tag":
        return [one for one in blog.posts if name in _tags(blog, one)]
    return [one for one in blog.posts if kind == "author" and author(one) == name]


def _sitemap(blog: Blog, where: str) -> Page:
    lists = {
        "posts-post": [(path(one), updated(one)) for one in blog.posts],
        "posts-page": [("/", None), ("/about/", None), ("/contact/", None)],
        "taxonomies-category": [(f"/category/{name}/", None) for name in _categories(blog)],
        "taxonomies-post_tag": [(f"/tag/{name}/", None) for name in _used(blog)],
        "users": [(f"/author/{name}/", None) for name in sorted({author(one) for one in blog.posts})],
    }
    if where == "/wp-sitemap.xml":
        return page(sitemap(((f"/wp-sitemap-{name}-1.xml", None) for name in lists), "sitemap"), XML)
    found = lists.get(where.removeprefix("/wp-sitemap-").removesuffix("-1.xml"))
    return page(sitemap(found), XML) if found else _lost(blog)


def _used(blog: Blog) -> list[str]:
    return sorted({tag for one in blog.posts for tag in _tags(blog, one)})


def _events(blog: Blog, where: str) -> Page:
    """The calendar of a plugin: every month has an earlier and a later one, and days."""
    found = re.fullmatch(r"/events/(?:(\d{4})-(\d\d)(?:-(\d\d))?/)?", where)
    if not found:
        return _lost(blog)
    try:
        day = date(int(found[1] or LAST.year), int(found[2] or LAST.month), int(found[3] or 1))
        near = [day.replace(day=1) - timedelta(days=1), day.replace(day=28) + timedelta(days=4)]
    except (ValueError, OverflowError):
        return _lost(blog)
    turns = "".join(
        f'<li><a href="\0url\0/events/{one:%Y-%m}/" rel="{rel}" class="tribe-events-c-nav__{rel}">'
        f"{one:%B %Y}</a></li>"
        for one, rel in zip(near, ("prev", "next"), strict=True)
    )
    days = "".join(f'<td><a href="\0url\0/events/{day:%Y-%m}-{at:02}/">{at}</a></td>' for at in range(1, 29))
    main = f"<h1>Events in {day:%B %Y}</h1><p>There are no upcoming events.</p><ul>{turns}</ul>"
    return page(
        _frame(
            blog,
            where,
            f"Events {day:%B %Y}",
            f'{main}<table class="tribe-events-calendar"><tr>{days}</tr></table>',
        )
    )


def _entries(blog: Blog, ones: Sequence[Article]) -> str:
    return "".join(
        f"""<article id="post-{identity(one)}"
class="post-{identity(one)} post type-post status-publish hentry">
<header class="entry-header"><h2 class="entry-title"><a href="\0url\0{path(one)}"
rel="bookmark">{escape(one.title)}</a></h2>
{_meta(one)}</header><div class="entry-content"><p>{escape(one.excerpt)}
<a href="\0url\0{path(one)}#more-{identity(one)}" class="more-link">Continue reading</a></p></div>
{_footer(blog, one)}</article>
"""
        for one in ones
    )


def _meta(one: Article) -> str:
    return f"""<div class="entry-meta"><span class="posted-on"><a href="\0url\0{path(one)}" rel="bookmark">
<time class="entry-date published"
datetime="{one.published}T08:00:00+00:00">{one.published:%d %B %Y}</time></a></span>
<span class="byline"><span class="author vcard"><a class="url fn n"
href="\0url\0/author/{author(one)}/">{author(one)}</a></span></span>
</div>"""


def _footer(blog: Blog, one: Article) -> str:
    tags = ", ".join(f'<a href="\0url\0/tag/{tag}/" rel="tag">{tag}</a>' for tag in _tags(blog, one))
    name = _category(blog, one)
    return f"""<footer class="entry-footer"><span class="cat-links">
<a href="\0url\0/category/{name}/" rel="category tag">{name}</a></span><span class="tags-links">{tags}</span>
<span class="comments-link"><a href="\0url\0{path(one)}#comments">{one.number % 4}
Comments</a></span></footer>"""


def _pager(base: str, number: int, last: int) -> str:
    near = sorted({1, number - 1, number, number + 1, last} & set(range(1, last + 1)))
    links = "".join(
        f'<a class="page-numbers" href="\0url\0{base}{f"page/{at}/" if at > 1 else ""}">{at}</a>'
        for at in near
    )
    return f'<nav class="navigation pagination"><div class="nav-links">{links}</div></nav>'


def _post(blog: Blog, one: Article, answered: int) -> str:
    at = blog.posts.index(one)
    near = {"next": blog.posts[at - 1] if at else None, "previous": (*blog.posts, None)[at + 1]}
    turns = "".join(
        f'<div class="nav-{rel}"><a href="\0url\0{path(other)}" rel="{rel[:4]}">{escape(other.title)}</a>'
        "</div>"
        for rel, other in near.items()
        if other
    )
    where, lines = f"\0url\0{path(one)}", "\n".join(blocks(one))
    shares = "".join(
        f'<li class="share-{name}"><a rel="nofollow noopener" class="share-{name} sd-button" target="_blank"'
        f' href="{where}?share={name}&amp;nb=1">{name.title()}</a></li>'
        for name in ("twitter", "facebook", "email")
    )
    main = f"""<article id="post-{identity(one)}"
class="post-{identity(one)} post type-post status-publish hentry">
<header class="entry-header"><h1 class="entry-title">{escape(one.title)}</h1>{_meta(one)}</header>
<div class="entry-content">
{lines}
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul>{shares}</ul></div></div>
{_footer(blog, one)}</article>
<nav class="navigation post-navigation"><div class="nav-links">{turns}</div></nav>
<div id="comments" class="comments-area"><ol class="comment-list">{_comments(one)}</ol>
<div id="respond" class="comment-respond"><h3>{"Answer" if answered else "Leave a comment"}
<small><a rel="nofollow" href="{path(one)}#respond">Cancel reply</a></small></h3>
<form action="\0url\0/wp-comments-post.php" method="post"><textarea name="comment"></textarea></form></div>
<p><a href="{where}feed/">RSS feed for comments on this post.</a> <a href="{where}trackback/"
rel="trackback">TrackBack</a></p></div>"""
    encoded = quote(path(one), safe="")
    head = f"""<link rel="alternate" type="application/rss+xml" title="Comments" href="{where}feed/" />
<link rel="alternate" title="JSON" type="application/json"
href="\0url\0/wp-json/wp/v2/posts/{identity(one)}" />
<link rel='shortlink' href='\0url\0/?p={identity(one)}' />
<link rel="alternate" title="oEmbed (JSON)" type="application/json+oembed"
href="\0url\0/wp-json/oembed/1.0/embed?url={encoded}" />
<link rel="alternate" title="oEmbed (XML)" type="text/xml+oembed"
href="\0url\0/wp-json/oembed/1.0/embed?url={encoded}&#038;format=xml" />
"""
    return _frame(blog, path(one), one.title, main, one, head)


def _comments(one: Article) -> str:
    return "".join(
        f"""<li id="comment-{comment}" class="comment even depth-1"><div class="comment-metadata">
<a href="\0url\0{path(one)}#comment-{comment}">{one.published:%d %B %Y}</a></div><p>I walked past it only
yesterday.</p>
<div class="reply"><a rel="nofollow" class="comment-reply-link" data-commentid="{comment}"
href="\0url\0{path(one)}?replytocom={comment}#respond">Reply</a></div></li>"""
        for comment in range(identity(one) * 4, identity(one) * 4 + one.number % 4)
    )


def _calendar(blog: Blog, shown: Article) -> str:
    """WordPress's own calendar: links to days with posts, and to the months beside that have any."""
    kept = list(months(blog.posts))
    here = kept.index((shown.published.year, shown.published.month))
    days = sorted({one.published for one in months(blog.posts)[kept[here]]})
    cells = "".join(f'<td><a href="\0url\0/{day:%Y/%m/%d}/">{day.day}</a></td>' for day in days)
    turns = "".join(
        f'<span class="wp-calendar-nav-{name}"><a href="\0url\0/{year}/{month:02}/">{year}/{month}</a></span>'
        for name, at in (("prev", here + 1), ("next", here - 1))
        if 0 <= at < len(kept)
        for year, month in [kept[at]]
    )
    return f'<table id="wp-calendar" class="wp-calendar-table"><tr>{cells}</tr></table><nav>{turns}</nav>'


def _widgets(blog: Blog, shown: Article) -> str:
    recent = "".join(
        f'<li><a href="\0url\0{path(one)}">{escape(one.title)}</a></li>' for one in blog.posts[:5]
    )
    talk = "".join(
        '<li class="recentcomments">Wanda on'
        f' <a href="\0url\0/?p={identity(one)}#comment-{identity(one) * 4}">it</a></li>'
        for one in blog.posts[:3]
    )
    dated = "".join(
        f'<li><a href="\0url\0/{year}/{month:02}/">{year}/{month}</a>&nbsp;({len(ones)})</li>'
        for (year, month), ones in months(blog.posts).items()
    )
    sorts = "".join(
        f'<li class="cat-item"><a href="\0url\0/category/{name}/">{name}</a></li>'
        for name in _categories(blog)
    )
    cloud = " ".join(f'<a href="\0url\0/tag/{tag}/" class="tag-cloud-link">{tag}</a>' for tag in _used(blog))
    return f"""<aside id="secondary" class="widget-area">
<section class="widget widget_search"><form role="search" method="get" action="\0url\0/"><input
name="s"></form></section>
<section class="widget widget_recent_entries"><ul>{recent}</ul></section>
<section class="widget widget_recent_comments"><ul id="recentcomments">{talk}</ul></section>
<section class="widget widget_calendar"><div id="calendar_wrap">{_calendar(blog, shown)}</div></section>
<section class="widget tribe-events-widget"><a href="\0url\0/events/">All events</a>
<a href="\0url\0/events/{LAST:%Y-%m}/">This month</a></section>
<section class="widget widget_archive"><ul>{dated}</ul></section>
<section class="widget widget_categories"><ul>{sorts}</ul></section>
<section class="widget widget_tag_cloud">{cloud}</section>
<section class="widget widget_meta"><ul><li><a href="\0url\0/wp-login.php">Log in</a></li>
<li><a href="\0url\0/feed/">Entries feed</a></li><li><a href="\0url\0/comments/feed/">Comments
feed</a></li></ul></section></aside>"""


def _frame(
    blog: Blog, where: str, title: str, main: str, shown: Article | None = None, head: str = ""
) -> str:
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} &#8211; {blog.title}</title>
<link rel="alternate" type="application/rss+xml" title="{blog.title} &raquo; Feed" href="\0url\0/feed/" />
<link rel="alternate" type="application/rss+xml" title="{blog.title} &raquo; Comments Feed"
href="\0url\0/comments/feed/" />
<link rel='stylesheet' id='tide-style-css' href='\0url\0/wp-content/themes/tide/style.css?ver=6.8.1'
media='all' />
<script src="\0url\0/wp-includes/js/comment-reply.min.js?ver=6.8.1" id="comment-reply-js" async></script>
<style id='global-styles-inline-css'>:root {{ {INLINE} }}</style>
<link rel="https://api.w.org/" href="\0url\0/wp-json/" />
<link rel="EditURI" type="application/rsd+xml" title="RSD" href="\0url\0/xmlrpc.php?rsd" />
<meta name="generator" content="WordPress 6.8.1" />
<link rel="canonical" href="\0url\0{where}" />
{head}</head>
<body class="wp-embed-responsive wp-theme-tide">
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="\0url\0/"
rel="home">{blog.title}</a></p>
<nav><ul class="menu"><li><a href="\0url\0/about/">About</a></li><li><a
href="\0url\0/contact/">Contact</a></li></ul></nav></header>
<div id="content" class="site-content"><main id="main" class="site-main">
{main}
</main>
{_widgets(blog, shown or blog.posts[0])}
</div>
<footer id="colophon" class="site-footer">Proudly powered by <a href="https://wordpress.org/">WordPress</a>.
\0views\0 visits</footer>
</body>
</html>
"""


THEME = {
    "/wp-content/themes/tide/style.css?ver=6.8.1": page("body { font: 18px serif }\n", "text/css"),
    "/wp-includes/js/comment-reply.min.js?ver=6.8.1": page("addComment = {};\n", "text/javascript"),
}
CATEGORIES = ("news", "boats", "people", "weather", "reports", "letters")
ABOUT = "What happens in the harbour of Saltmere and in the streets behind it, told by those who work there."
ROBOTS = """User-agent: *
Disallow: /wp-admin/
Allow: /wp-admin/admin-ajax.php

Sitemap: \0url\0/wp-sitemap.xml
"""
