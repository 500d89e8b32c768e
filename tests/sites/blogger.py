"""A blog on Blogger: 400 posts, and the thousands of other addresses that Blogger makes of them.

For `tests.sites.server`. Posts are at /YYYY/MM/slug.html. They are listed by the front page and from it by
`/search?updated-max=`, by year and month in the archive widget, by label under `/search/label/`, in
`sitemap.xml` and in the feed, which gives 150 at a time at most. robots.txt forbids all of `/search`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from html import escape
from urllib.parse import parse_qsl, quote

from tests.sites import blogger_feeds
from tests.sites.article import TAGS, Article
from tests.sites.blogger_feeds import Blog, number_of
from tests.sites.posts import (
    TEXT,
    XML,
    Steps,
    files,
    months,
    moved,
    page,
    posts,
    published,
    sitemap,
    steps,
    updated,
    years,
)
from tests.sites.server import Page, State
from tests.sites.theme import INLINE, blocks

POSTS = 400
GAP = 4.0
CAP = 150
"""So many entries are given at a time, by the feed and by the sitemap."""
ON_A_PAGE = 7
ON_A_LABEL_PAGE = 20

TRAPS = {
    "mobile twins": r"[?&]m=[01]",
    "comments": r"[?&]showComment=|/comments/default",
    "search": r"^/search",
    "entries of the feed": r"^/feeds/posts/(?:default/\d|summary)",
}
"""What -> the addresses of it: regular expressions, searched in path and query."""


def state(at: int = 0, count: int = POSTS, cap: int = CAP, on: date | None = None) -> State:
    """The blog before (0) and after (1) the `changes`. `cap` is for a blog of fewer posts."""
    ones = posts(count, GAP, at, on)
    blog = Blog("Tidewrack", ones, {path(one): one for one in ones}, cap)
    return {**files(), "*": partial(_answer, blog)}


def articles(at: int = 0, count: int = POSTS) -> tuple[str, ...]:
    """The paths of all posts."""
    return tuple(path(one) for one in posts(count, GAP, at))


def changes(count: int = POSTS) -> Steps:
    return steps(count, GAP)


def path(one: Article) -> str:
    return blogger_feeds.path(one)


def _answer(blog: Blog, target: str) -> Page:
    where, _, query = target.partition("?")
    asked = dict(parse_qsl(query))
    if where.startswith("/feeds/"):
        return blogger_feeds.answer(blog, where, asked)
    if where in ("/atom.xml", "/rss.xml"):
        rss = "?alt=rss" if where == "/rss.xml" else ""
        if asked.get("redirect") == "false":
            return blogger_feeds.answer(blog, "/feeds/posts/default", asked)
        return moved(f"/feeds/posts/default{rss}", 302)
    if where == "/robots.txt":
        return page(ROBOTS, TEXT)
    if where == "/sitemap.xml":
        return _sitemap(blog, asked)
    found = _html(blog, where, asked)
    if found is None:
        lost = "<p>Sorry, the page you were looking for in this blog does not exist.</p>"
        return page(_frame(blog, where, "Tidewrack", lost), status=404)
    markup, when = found
    return page(_mobile(markup) if asked.get("m") == "1" else markup, when=when)


def _html(blog: Blog, where: str, asked: dict[str, str]) -> tuple[str, datetime | None] | None:
    """The markup of a page, and when it was changed last."""
    if one := blog.paths.get(where):
        return _post(blog, one), updated(one)
    if where in PAGES:
        body = f"<h3 class='post-title entry-title'>{PAGES[where]}</h3><div class='post-body'>{ABOUT}</div>"
        return _frame(blog, where, PAGES[where], body), None
    if where == "/":
        return _listing(blog, "/", "Tidewrack", blog.posts[:ON_A_PAGE]), updated(blog.posts[0])
    if where.startswith("/search"):
        return _search(blog, where, asked), None
    if period := re.fullmatch(r"/(\d{4})/(?:(\d\d)/)?", where):
        year, month = period.groups()
        ones = months(blog.posts).get((int(year), int(month))) if month else years(blog.posts).get(int(year))
        return (_listing(blog, where, f"{month or ''} {year}", ones[:50]), None) if ones else None
    return None


def _sitemap(blog: Blog, asked: dict[str, str]) -> Page:
    starts = range(0, len(blog.posts), blog.cap)
    if "page" not in asked:
        parts = [(f"/sitemap.xml?page={number}", None) for number in range(1, len(starts) + 1)]
        return page(sitemap(parts, "sitemap"), XML)
    start = (int(asked["page"]) - 1) * blog.cap
    return page(sitemap((path(one), updated(one)) for one in blog.posts[start : start + blog.cap]), XML)


def _search(blog: Blog, where: str, asked: dict[str, str]) -> str:
    """By date, by label, or by words, which is a page for every word there is."""
    start = int(asked.get("start", 0))
    if asked.get("q"):
        more = quote(asked["q"])
        ones = blog.posts[start % len(blog.posts) :][:ON_A_LABEL_PAGE]
        words = "".join(f"<a href='\0url\0/search?q={more}+{word}'>{more} {word}</a> " for word in TAGS[:4])
        onward = f"/search?q={more}&amp;max-results=20&amp;start={start + 20}&amp;by-date=false"
        return _frame(blog, where, more, _posts(ones) + words + _older(onward))
    if label := re.fullmatch("/search/label/(.+)", where):
        tagged = [one for one in blog.posts if label[1] in one.tags]
        shown = _before(tagged, asked)[:ON_A_LABEL_PAGE]
        return _listing(blog, where, label[1], shown, tagged, ON_A_LABEL_PAGE)
    return _listing(blog, where, "Tidewrack", _before(blog.posts, asked)[:ON_A_PAGE])


def _before(ones: Sequence[Article], asked: dict[str, str]) -> Sequence[Article]:
    until = asked.get("updated-max", "9")
    return [one for one in ones if f"{published(one):%Y-%m-%dT%H:%M:%SZ}" < until]


def _listing(
    blog: Blog,
    where: str,
    title: str,
    ones: Sequence[Article],
    among: Sequence[Article] = (),
    size: int = ON_A_PAGE,
) -> str:
    """Posts in full, and the link to the older ones of those that they are `among`."""
    pager = ""
    among = among or blog.posts
    if ones and ones[-1] != among[-1]:
        place = where if where.startswith("/search/label/") else "/search"
        until = f"{published(ones[-1]):%Y-%m-%dT%H:%M:%SZ}"
        pager = _older(f"{place}?updated-max={until}&amp;max-results={size}")
    return _frame(blog, where, title, _posts(ones) + pager)


def _older(onward: str) -> str:
    return f"""<div class='blog-pager' id='blog-pager'><span id='blog-pager-older-link'>
<a class='blog-pager-older-link' href='\0url\0{onward}' id='Blog1_blog-pager-older-link'
title='Older Posts'>Older Posts</a>
</span><a class='home-link' href='\0url\0/'>Home</a></div>"""


def _posts(ones: Sequence[Article]) -> str:
    return "".join(_entry(one) for one in ones)


def _entry(one: Article) -> str:
    labels = ",\n".join(f"<a href='\0url\0/search/label/{tag}' rel='tag'>{tag}</a>" for tag in one.tags)
    lines = "\n".join(blocks(one))
    return f"""<div class='date-outer'><h2 class='date-header'><span>{one.published:%A, %d %B %Y}</span></h2>
<div class='date-posts'><div class='post-outer'>
<div class='post hentry uncustomized-post-template' itemprop='blogPost' itemscope='itemscope'
itemtype='http://schema.org/BlogPosting'>
<a name='{number_of(one)}'></a>
<h3 class='post-title entry-title' itemprop='name'><a href='\0url\0{path(one)}'>{escape(one.title)}</a></h3>
<div class='post-header'><div class='post-header-line-1'></div></div>
<div class='post-body entry-content' id='post-body-{number_of(one)}' itemprop='description articleBody'>
{lines}
<div style='clear: both;'></div></div>
<div class='post-footer'><div class='post-footer-line post-footer-line-1'>
<span class='post-author vcard'>Posted by <span class='fn'
itemprop='author'>{escape(one.author)}</span></span>
<span class='post-timestamp'>at <a class='timestamp-link' href='\0url\0{path(one)}' rel='bookmark'
title='permanent link'>
<abbr class='published' itemprop='datePublished'
title='{published(one):%Y-%m-%dT%H:%M:%S%z}'>{published(one):%H:%M}</abbr></a></span>
<span class='post-comment-link'><a class='comment-link'
href='\0url\0{path(one)}#comment-form'>{one.number % 4} comments:</a></span>
<span class='post-icons'><span class='item-action'>
<a href='https://www.blogger.com/email-post.g?blogID={BLOG}&amp;postID={number_of(one)}'
title='Email Post'>Email</a></span></span>
<div class='post-share-buttons'><a class='goog-inline-block share-button sb-twitter' target='_blank'
href='https://www.blogger.com/share-post.g?blogID={BLOG}&amp;postID={number_of(one)}&amp;target=x'
>Share</a></div></div>
<div class='post-footer-line post-footer-line-2'><span class='post-labels'>Labels:
{labels}</span></div></div></div></div></div></div>
"""


def _post(blog: Blog, one: Article) -> str:
    at = blog.posts.index(one)
    near = {"newer": blog.posts[at - 1] if at else None, "older": (*blog.posts, None)[at + 1]}
    pager = "".join(
        f"<span id='blog-pager-{name}-link'><a class='blog-pager-{name}-link' href='\0url\0{path(other)}'"
        f" title='{name.title()} Post'>{name.title()} Post</a></span>\n"
        for name, other in near.items()
        if other
    )
    feed = f"\0url\0/feeds/{number_of(one)}/comments/default"
    head = f'<link rel="alternate" type="application/atom+xml" title="Tidewrack - Atom" href="{feed}" />\n'
    main = f"""{_entry(one)}<div class='comments' id='comments'><h4>{one.number % 4} comments:</h4>
<div id='Blog1_comments-block-wrapper'><dl id='comments-block'>{_comments(one)}</dl></div>
<p class='comment-footer'><a href='https://www.blogger.com/comment/frame/{BLOG}?po={number_of(one)}'>Post a
Comment</a></p></div>
<div class='blog-pager' id='blog-pager'>{pager}<a class='home-link' href='\0url\0/'>Home</a></div>
<div class='post-feeds'><div class='feed-links'>Subscribe to:
<a class='feed-link' href='{feed}' target='_blank' type='application/atom+xml'>Post Comments
(Atom)</a></div></div>"""
    return _frame(blog, path(one), one.title, main, head, one)


def _comments(one: Article) -> str:
    return "".join(
        f"<dt class='comment-author' id='c{stamp}'>Wanda said...</dt>"
        f"<dd class='comment-body'><p>I walked past it only yesterday.</p></dd><dd class='comment-footer'>"
        f"<span class='comment-timestamp'><a href='\0url\0{path(one)}?showComment={stamp}#c{stamp}'"
        f" title='comment permalink'>{one.published:%d %B %Y}</a></span></dd>"
        for number in range(one.number % 4)
        for stamp in [int(published(one).timestamp() * 1000) + number * 86_400_000]
    )


def _archive(blog: Blog, shown: Article | None) -> str:
    """The archive widget: years, in each its months, in the month of the post that is shown the posts."""
    by_month = months(blog.posts)
    opened = shown or blog.posts[0]
    parts = []
    for year, ones in years(blog.posts).items():
        inner = []
        for (of, month), within in by_month.items():
            if of == year:
                is_open = (of, month) == (opened.published.year, opened.published.month)
                links = (f"<li><a href='\0url\0{path(one)}'>{escape(one.title)}</a></li>" for one in within)
                lines = f"<ul class='posts'>{''.join(links)}</ul>" if is_open else ""
                inner.append(_period(f"/{of}/{month:02}/", f"{within[0].published:%B}", len(within), lines))
        parts.append(_period(f"/{year}/", str(year), len(ones), "".join(inner)))
    return "".join(parts)


def _period(where: str, name: str, count: int, inner: str) -> str:
    return f"""<ul class='hierarchy'><li class='archivedate {"expanded" if inner else "collapsed"}'>
<a class='toggle' href='javascript:void(0)'><span class='zippy'>&#9658;&#160;</span></a>
<a class='post-count-link' href='\0url\0{where}'>{name}</a> <span class='post-count'
dir='ltr'>({count})</span>
{inner}</li></ul>
"""


def _frame(
    blog: Blog, where: str, title: str, main: str, head: str = "", shown: Article | None = None
) -> str:
    labels = "".join(f"<li><a dir='ltr' href='\0url\0/search/label/{tag}'>{tag}</a></li>" for tag in TAGS)
    searches = "".join(f"<li><a href='\0url\0/search?q={tag}'>{tag}</a></li>" for tag in TAGS[:3])
    pages = "".join(f"<li><a href='\0url\0{place}'>{name}</a></li>" for place, name in PAGES.items())
    return f"""<!DOCTYPE html>
<html class='v2' dir='ltr' lang='en' xmlns='http://www.w3.org/1999/xhtml'
xmlns:b='http://www.google.com/2005/gml/b'>
<head>
<meta content='width=1100' name='viewport'/>
<meta content='text/html; charset=UTF-8' http-equiv='Content-Type'/>
<meta content='blogger' name='generator'/>
<link href='\0url\0/favicon.ico' rel='icon' type='image/x-icon'/>
<link href='\0url\0{where}' rel='canonical'/>
<link rel="alternate" type="application/atom+xml" title="Tidewrack - Atom"
href="\0url\0/feeds/posts/default" />
<link rel="alternate" type="application/rss+xml" title="Tidewrack - RSS"
href="\0url\0/feeds/posts/default?alt=rss" />
<link rel="service.post" type="application/atom+xml" title="Tidewrack - Atom"
href="https://www.blogger.com/feeds/{BLOG}/posts/default" />
{head}<meta content='\0url\0{where}' property='og:url'/>
<meta content='{escape(title, quote=True)}' property='og:title'/>
<title>Tidewrack: {escape(title)}</title>
<style id='page-skin-1' type='text/css'><!--
{INLINE}
--></style>
</head>
<body class='loading variant-simple'>
<div class='navbar section' id='navbar'><form action='\0url\0/search'><input name='q'/></form></div>
<div class='header section' id='header'><h1 class='title'><a href='\0url\0/'>Tidewrack</a></h1></div>
<div class='tabs section' id='crosscol'><ul>{pages}</ul></div>
<div class='main section' id='main'><div class='widget Blog' data-version='1' id='Blog1'><div
class='blog-posts hfeed'>
{main}
</div></div></div>
<div class='sidebar section' id='sidebar-right-1'>
<div class='widget BlogArchive' data-version='1' id='BlogArchive1'><h2>Blog Archive</h2>
<div class='widget-content'><div id='ArchiveList'><div
id='BlogArchive1_ArchiveList'>{_archive(blog, shown)}</div></div></div></div>
<div class='widget Label' data-version='1' id='Label1'><h2>Labels</h2><ul>{labels}</ul></div>
<div class='widget HTML' data-version='1' id='HTML1'><h2>Often looked for</h2><ul>{searches}</ul></div>
<div class='widget Stats' data-version='1' id='Stats1'><h2>Total Pageviews</h2><span
id='Stats1_totalCount'>\0views\0</span></div>
<div class='widget Subscribe'><a class='feed-reader-link' href='\0url\0/feeds/posts/default'>Posts</a>
<a class='feed-reader-link' href='\0url\0/feeds/comments/default'>All Comments</a></div></div>
<div class='footer'><div class='mobile-link'><a href='\0url\0{where}?m=1'>View mobile version</a></div>
Powered by <a href='https://www.blogger.com'>Blogger</a>.</div>
</body>
</html>
"""


def _mobile(markup: str) -> str:
    """The twin for small screens: the same, each link in it to another twin."""
    twins = re.sub(r"(<a [^>]*href='\0url\0/(?!feeds)[^'?#]*)(?=['#])", r"\1?m=1", markup)
    markup = re.sub(r"\?m=1'>View mobile version", "?m=0'>View web version", twins)
    return markup.replace("class='loading variant-simple'", "class='loading mobile variant-simple'")


BLOG = blogger_feeds.BLOG
PAGES = {"/p/about.html": "About this blog", "/p/books.html": "Books I have read"}
ABOUT = (
    "<p>What the sea leaves on the beach between Saltmere and Quarry End, since the year of the flood.</p>"
)
ROBOTS = """User-agent: Mediapartners-Google
Disallow:\x20

User-agent: *
Disallow: /search
Disallow: /share-widget
Allow: /

Sitemap: \0url\0/sitemap.xml
"""
