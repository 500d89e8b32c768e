"""The Ebb: a magazine of 300 articles in two dated states, of which it is known what changed between them.

`state_a()` and `state_b()` are for `tests.sites.server`. `EXPECTED` is the truth about the articles: path ->
kinds of change; every path that is neither there nor in `LISTINGS` is unchanged. Side columns, related posts,
counters, clocks, tokens and advertisements differ at every request, in both states.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from random import Random

from tests.sites.article import EDITS, TAGS, Article, article, edited, retitled
from tests.sites.server import OTHER, Asked, Page, State
from tests.sites.theme import (
    IMAGES,
    ROOT,
    STYLES,
    article_markup,
    entry_markup,
    frame,
    image_path,
    png,
    sheet,
)

ARTICLES = 300
ON_A_PAGE = 10
ON_A_TAG_PAGE = 25
FIRST = date(2018, 3, 1)

Articles = tuple[Article, ...]


def _newest_first(articles: Iterable[Article]) -> Articles:
    return tuple(sorted(articles, key=lambda one: (one.published, one.number), reverse=True))


def _published(number: int) -> date:
    return FIRST + timedelta(days=7 * number)


BEFORE: Articles = _newest_first(article(number, _published(number)) for number in range(ARTICLES))
"""The articles of state A, the newest first."""

_spare = list(BEFORE)
Random("what changes").shuffle(_spare)


def _take(change: Callable[[Article], Article | None]) -> tuple[Article, Article]:
    """The next article that the change applies to, and what becomes of it."""
    for one in _spare:
        after = change(one)
        if after is not None:
            _spare.remove(one)
            return one, after
    raise AssertionError("no article is left for this change")


def _edit(edit: str, style: int) -> tuple[Article, Article]:
    return _take(lambda one: edited(one, edit) if one.number % STYLES == style else None)


EDITED = {edit: _edit(edit, at % STYLES) for at, edit in enumerate(EDITS)}
"""What was edited -> the article before and after."""

RETITLED = tuple(_take(retitled) for _ in range(2))
REMOVED = tuple(_take(lambda one: one)[0] for _ in range(4))
MOVED = _take(lambda one: replace(one, slug=f"the-same-{one.number}"))
"""The moved article at its old address and at its new one; the text is the same."""

_DAYS = [*(_published(number) for number in range(ARTICLES, ARTICLES + 4)), date(2020, 6, 5)]
ADDED: Articles = tuple(article(number, day) for number, day in enumerate(_DAYS, ARTICLES))
"""Four new articles, and one that was dated back by years."""


def _after() -> Articles:
    steps = dict([*EDITED.values(), *RETITLED, MOVED])
    return _newest_first([*(steps.get(one, one) for one in BEFORE if one not in REMOVED), *ADDED])


AFTER: Articles = _after()
"""The articles of state B, the newest first."""

EXPECTED: dict[str, set[str]] = {
    **{after.path: {"body"} for _, after in EDITED.values()},
    **{after.path: {"title"} for _, after in RETITLED},
    **{one.path: {"new"} for one in ADDED},
    **{one.path: {"gone"} for one in REMOVED},
    MOVED[0].path: {"moved"},
}
"""Path -> kinds of its change from state A to state B. The moved article is under its old address."""

MOVED_TO = MOVED[1].path


def state_a() -> State:
    return _state(BEFORE)


def state_b() -> State:
    moved = Page(301, (("Location", MOVED_TO), ("Content-Type", "text/html")), b"<p>Moved.</p>\n")
    return {**_state(AFTER), MOVED[0].path: moved}


def sized(articles: int) -> State:
    """State A with another number of articles, for benchmarks; many of them lie closer together in time."""
    days = [FIRST + timedelta(days=number * 7 * ARTICLES // articles) for number in range(articles)]
    return _state(_newest_first(article(number, day) for number, day in enumerate(days)))


def listings(articles: Articles) -> dict[str, Articles]:
    """Path -> the articles listed there: the front page, the paged archive, the tag pages."""
    found = _paged("/", articles, ON_A_PAGE)
    for tag in TAGS:
        found |= _paged(f"/tag/{tag}/", [one for one in articles if tag in one.tags], ON_A_TAG_PAGE)
    return found


def _paged(path: str, articles: Sequence[Article], size: int) -> dict[str, Articles]:
    starts = range(0, len(articles), size)
    return {
        path if not start else f"{path}page/{start // size + 1}/": tuple(articles[start : start + size])
        for start in starts
    }


def _listed(articles: Articles) -> dict[str, list[tuple[str, str, str]]]:
    return {
        path: [(one.path, one.title, one.excerpt) for one in ones]
        for path, ones in listings(articles).items()
    }


_LISTED = _listed(BEFORE), _listed(AFTER)
LISTINGS: set[str] = {
    path for path in _LISTED[0] | _LISTED[1] if _LISTED[0].get(path) != _LISTED[1].get(path)
}
"""The listings whose entries came, went or changed from state A to state B."""


def _state(articles: Articles) -> State:
    pages: dict[str, Page] = {**_files(articles), **_private()}
    for one in articles:
        pages[one.path] = _page(article_markup(one), articles, one.number, one)
    lists = listings(articles)
    for number, (path, ones) in enumerate(lists.items()):
        pages[path] = _page(_listing(path, ones, _siblings(path, lists)), articles, number)
    about = '<main id="content"><article class="page"><h1>About</h1>' + ABOUT + "</article></main>"
    pages["/about/"] = _page(frame("/about/", "About", "", about, 0), articles, 0)
    lost = '<main id="content"><h1>Not found</h1><p>This page has gone out with the tide.</p></main>'
    return pages | {"*": replace(_page(frame("/", "Not found", "", lost, 1), articles, 0), status=404)}


def _page(markup: str, articles: Articles, number: int, one: Article | None = None) -> Page:
    """A page in one of four framings; every third article has validators (of what does not move)."""
    headers = [("Content-Type", "text/html; charset=UTF-8")]
    if one and number % 3 == 0:
        modified = datetime(one.modified.year, one.modified.month, one.modified.day, 9, 30, tzinfo=UTC)
        headers += [("ETag", f'W/"{hashlib.sha256(markup.encode()).hexdigest()[:16]}"')]
        headers += [("Last-Modified", format_datetime(modified, usegmt=True))]
    chunked, coded = number % 2 == 1, number % 4 >= 2
    return Page(
        headers=tuple(headers),
        body=sheet(markup, articles),
        chunked=chunked,
        gzip=coded,
        cookie=number % 5 < 3,
    )


def _siblings(path: str, paths: Iterable[str]) -> list[str]:
    return [other for other in paths if other.split("page/")[0] == path.split("page/")[0]]


def _listing(path: str, ones: Articles, siblings: Sequence[str]) -> str:
    links = " ".join(
        f'<a class="page-numbers" href="{other}">{at}</a>' for at, other in enumerate(siblings, 1)
    )
    paging = f'<nav class="navigation pagination">{links}</nav>'
    if path.startswith("/tag/"):
        heading = path.split("/")[2].title()
        items = "\n".join(f'<li><a href="{one.path}">{one.title}</a> {one.published}</li>' for one in ones)
        main = (
            f'<main id="content"><h1 class="page-title">{heading}</h1>\n<ul>\n{items}\n</ul>\n{paging}</main>'
        )
    else:
        heading = "A magazine for people who like to wait"
        main = f'<main id="content">{"".join(entry_markup(one) for one in ones)}\n{paging}</main>'
    return frame(path, heading, "", main, 0)


def _file(kind: str, body: bytes) -> Page:
    tag = hashlib.sha256(body).hexdigest()[:16]
    when = ("Last-Modified", "Thu, 01 Mar 2018 08:00:00 GMT")
    return Page(headers=(("Content-Type", kind), ("ETag", f'"{tag}"'), when), body=body)


def _files(articles: Articles) -> dict[str, Page]:
    images = {image_path(number): _file("image/png", png(number)) for number in range(IMAGES)}
    here = {path: page for at, (path, page) in enumerate(images.items()) if at % 3 != 2}
    there = {OTHER + path: page for at, (path, page) in enumerate(images.items()) if at % 3 == 2}
    paths = ["/", "/about/", *(one.path for one in articles)]
    return {
        **here,
        **there,
        f"{ROOT}/style.css?ver=6.4": replace(_file("text/css", STYLE), gzip=True),
        f"{ROOT}/print.css": _file("text/css", b".sidebar, #secondary { display: none }\n"),
        f"{ROOT}/tide.js?ver=6.4": replace(_file("text/javascript", SCRIPT), chunked=True),
        f"{ROOT}/fonts/tide.woff2": _file("font/woff2", b"wOF2" + bytes(range(256)) * 8),
        f"{ROOT}/images/paper.png": _file("image/png", png(999, 8, 8)),
        "/robots.txt": Page(headers=(("Content-Type", "text/plain"),), body=_robots),
        "/sitemap.xml": Page(headers=(("Content-Type", "application/xml"),), body=_Sitemap(paths)),
    }


def _private() -> dict[str, Page]:
    """What robots.txt keeps out of every archive: a crawler that asks for it is at fault."""
    return {"/private/": Page(body=b'<p>Members only. <a href="/private/list">List</a></p>\n')}


def _robots(asked: Asked) -> bytes:
    return f"User-agent: *\nDisallow: /private/\n\nSitemap: {asked.url}/sitemap.xml\n".encode()


class _Sitemap:
    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths

    def __call__(self, asked: Asked) -> bytes:
        locations = "\n".join(f"<url><loc>{asked.url}{path}</loc></url>" for path in self._paths)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
            f"{locations}\n</urlset>\n"
        ).encode()


ABOUT = """
<p>The Ebb appears once a week and has done so since the spring of 2018. It is written by people who live near
water and have other things to do.</p>
<p>We print what we could check. Where we were wrong we say so under the article, with the date, and we do not
change a text without a word about it. Readers who find that we did may keep the copy and send us the
bill.</p>
<p>Letters reach us at The Ebb, 4 Rope Walk, Saltmere. Photographs are returned when a stamped envelope comes
with them. The office is open on Thursdays from ten to four.</p>
"""

STYLE = f"""@font-face {{ font-family: Tide; src: url("fonts/tide.woff2") format("woff2") }}
body {{ font: 18px/1.5 Tide, Georgia, serif; background: #fffdf8 url({ROOT}/images/paper.png) }}
.sidebar, #secondary {{ float: right; width: 18rem; font-size: 15px }}
.wp-caption-text {{ color: #666; font-style: italic }}
""".encode()

SCRIPT = b"document.documentElement.classList.add('js');\n" * 40
