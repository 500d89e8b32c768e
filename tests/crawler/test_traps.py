"""Trap guards: ordinary sites pass whole, whatever their size, and sites without end end."""

import random
import re
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from hashlib import md5
from itertools import chain, count, permutations, product
from urllib.parse import quote

import pytest

from archive import urls
from crawler.traps import Traps, trap

YEAR = 2026
HEX = "0123456789abcdef0123456789abcdef"

ORDINARY = re.findall(
    r"\S+",
    """
https://example.org/
https://example.org/index.html
https://example.org/2011/05/17/high-water-at-six/
https://example.org/2011/05/17/high-water-at-six/comment-page-12/#comments
https://example.org/2011/05/17/
https://example.org/2011/05/page/3/
https://example.org/11/11/11/eleven-eleven/
https://example.org/2011/11/11/11/
https://example.org/?p=123
https://example.org/?page_id=7&preview=true
https://example.org/?m=201105
https://example.org/?cat=5&paged=37
https://example.org/?s=tide+table
https://example.org/category/news/boats/page/37/
https://example.org/tag/tide/tide-table/tide-table-2011/
https://example.org/wp-content/uploads/2011/05/high-water-768x512.jpg?resize=300%2C200&ssl=1
https://example.org/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fexample.org%2F2011%2F05%2F17%2Fhigh-water%2F&format=xml
https://blog.example.org/2012/03/tides.html?m=1
https://blog.example.org/search?updated-max=2012-03-01T00:00:00%2B02:00&max-results=20
https://blog.example.org/feeds/posts/default?start-index=26&max-results=25
https://example.org/node/12345
https://example.org/node/12345/revisions/678/view
https://example.org/taxonomy/term/5?page=37
https://example.org/search/site/tide?f%5B0%5D=type%3Aarticle&f%5B1%5D=year%3A2011
https://example.org/en/events/2027-09-12/world-congress-of-tides
https://example.org/events/2019/05/17/summer-fest
https://example.org/events/20456
https://example.org/calendar/2026-05
https://example.org/kalendar?month=5&year=2026
https://news.example.org/world/europe/2026-11-22/harbour-closed-3rd-time-id123456789.html
https://news.example.org/article.aspx?id=20281231
https://news.example.org/a/AB12CD34EF56?ref=section&utm_source=rss&utm_medium=feed
https://news.example.org/archive/1890/05/17/
https://news.example.org/zinas/latvija/2011/novembris/
https://news.example.org/sitemap/2011/05/17/2
https://news.example.org/2030-agenda-for-the-seas/
https://wiki.example.org/wiki/Tide
https://wiki.example.org/wiki/User:Tide/Tide/Tide
https://wiki.example.org/wiki/Special:RecentChangesLinked/Tide?days=30&limit=500&hideminor=1
https://wiki.example.org/w/index.php?title=Tide&action=history&offset=20110517120000%7C1234&limit=500
https://wiki.example.org/w/index.php?title=Tide&diff=1234567&oldid=1234566
https://wiki.example.org/w/index.php?title=Category:Seas&pagefrom=Low+water#mw-pages
https://forum.example.org/viewtopic.php?f=2&t=345&start=30
https://forum.example.org/viewtopic.php?p=987654#p987654
https://forum.example.org/memberlist.php?mode=viewprofile&u=123&sk=d&sd=a
https://forum.example.org/showthread.php?t=12345&page=37
https://forum.example.org/showthread.php?s=0123456789abcdef0123456789abcdef&t=12345
https://forum.example.org/threads/when-is-high-water.12345/page-37
https://forum.example.org/t/when-is-high-water/12345/37
https://forum.example.org/topic/2045/11
https://forum.example.org/index.php/topic,12345.msg98765.html
https://example.org/index.php?option=com_content&view=article&id=123:tide&catid=45&Itemid=67
https://example.org/shop/tide-clocks/brass?color=brass&sort=price_asc&page=3
https://example.org/product/12345-brass-tide-clock/reviews?page=2&per_page=20
https://example.org/tiles/0/0/0.png
https://example.org/tiles/1/1/1/1.png
https://example.org/media/a/a/a/aaa.jpg
https://example.org/docs/3.11/library/os.path.html
https://example.org/javadoc/org/example/tide/org/example/Tide.html
https://git.example.org/linux/tree/drivers/gpu/drm/amd/display/dc/dml/dcn30/display_mode_vba_30.c?h=v6.1&id=4a3c5d
https://example.org/doc/cms/lv/dokumenti/likumi/2011/05/17/likumi/likums-nr-5.pdf
https://example.org/item/0f8fad5b-d9cb-469f-a165-70867728950e
https://example.org/download?file=2011%2F05%2F17%2Ftide.pdf&token=0f8fad5bd9cb469fa16570867728950e
https://example.org/gallery?album=5&photo=12&size=large
https://example.org/(S(lit3py55t21z5v55vlm25s55))/orders.aspx
https://example.org/shop/cart.do;jsessionid=0123456789ABCDEF0123456789ABCDEF.node1
""",
)

TRAPS = {
    "https://example.org/a/b/a/b/a/b": "trap: a/b repeated 3 times in the path",
    "https://example.org/x/about/about/about/": "trap: about repeated 3 times in the path",
    "https://example.org/1/2/1/2/1/2/1/2/1/2/1/2": "trap: 1/2 repeated 6 times in the path",
    "https://example.org/a/new/b/new/c/new/d/new/e/new/": "trap: new 5 times in the path",
    "https://example.org" + "".join(f"/{n}" for n in range(26)): "trap: 26 path segments > 25",
    "https://example.org/" + "a" * 2029: "trap: 2049 characters > 2048",
    "https://example.org/in?to=/in%3Fto%3D/in%253Fto%253D/": "trap: to nested 3 times in the query",
    "https://example.org/?lang=lv&lang=lv&lang=lv": "trap: lang=lv repeated 3 times in the query",
}


@pytest.mark.parametrize("url", ORDINARY)
def test_ordinary_urls_pass(url: str) -> None:
    assert Traps(YEAR).trap(urls.canonical(url)) is None


def test_ordinary_urls_of_one_site_pass_together() -> None:
    traps = Traps(YEAR)
    assert [url for url in map(urls.canonical, ORDINARY) if traps.trap(url)] == []


@pytest.mark.parametrize(("url", "rule"), TRAPS.items())
def test_some_traps_show_in_the_url(url: str, rule: str) -> None:
    assert urls.canonical(url) == url
    assert trap(url) == Traps(YEAR).trap(url) == rule


# Large ordinary sites: every URL of them must pass, in any order.


def dated_archive() -> Iterator[str]:
    for day in (date(2006, 1, 1) + timedelta(n) for n in range(20 * 365)):
        yield f"/{day:%Y/%m}/"
        yield f"/{day:%Y/%m/%d}/"
        yield f"/{day:%Y/%m/%d}/page/2/"
        yield f"/{day:%Y/%m/%d}/tide-of-the-day-{day.toordinal()}/"
        yield f"/?m={day:%Y%m%d}"
        yield f"/archive.php?year={day:%Y}&month={day.month}&day={day.day}"
        yield f"/archive?date={day:%Y-%m-%d}&page=2"


def wordpress() -> Iterator[str]:
    for n in range(1, 8_000):
        yield f"/?p={n}"
        yield f"/?cat={n % 40}&paged={n // 40}"
        yield f"/index.php?lang=lv&cat={n % 40}&paged={n // 40}"


def forum() -> Iterator[str]:
    for thread, page in product(range(4_000), range(4)):
        yield f"/viewtopic.php?f={thread % 30}&t={thread}&start={page * 15}"
        yield f"/showthread.php?t={thread}&page={page}"
        yield f"/topic/{thread}/{page:02d}"


def wiki() -> Iterator[str]:
    for n in range(4_000):
        yield f"/w/index.php?title=Page_{n}&action=history&limit=500&offset={n}"
        yield f"/w/index.php?title=Page_{n % 50}&diff={n + 1}&oldid={n}"
        yield f"/wiki/Page_{n}/Talk/Archive_{n % 7}"


def joomla() -> Iterator[str]:
    for n in range(8_000):
        yield f"/index.php?option=com_content&view=article&id={n}&catid={n % 45}&Itemid={n % 67}"


def documentation() -> Iterator[str]:
    for version, language, page in product(range(8), ("lv", "en", "de", "fr"), range(200)):
        yield f"/{language}/{version}.0/library/page-{page}.html"


def sources() -> Iterator[str]:
    names = ("src", "test", "include", "lib", "tools")
    for project, (a, b), n in product(range(40), permutations(names, 2), range(8)):
        yield f"/git/project-{project}/tree/{a}/{b}/file-{n}.c?h=main"
        yield f"/git/project-{project}/tree/{a}/{b}/{a}/?h=main"


def events() -> Iterator[str]:
    for n in range(6_000):
        yield f"/events/{n}"
        yield f"/events/{2010 + n % 18}/{n % 12 + 1:02d}/{n % 28 + 1:02d}/event-{n}/"
        yield f"/events?id={200_000 + n}"


@pytest.mark.parametrize(
    "site", [dated_archive, wordpress, forum, wiki, joomla, documentation, sources, events]
)
def test_a_large_ordinary_site_passes_whole(site: Callable[[], Iterable[str]]) -> None:
    pages = [f"https://example.org{target}" for target in site()]
    random.Random(1).shuffle(pages)
    traps = Traps(YEAR)
    assert [page for page in pages if traps.trap(page)] == []


# Sites without end. Each is a function from the target of a page to the links that it holds.

ARTICLES = [f"/article-{n}" for n in range(30)]


def path_loop(target: str) -> Iterable[str]:
    yield from ("about/", "team/", "boats/")


def stray_links(target: str) -> Iterable[str]:
    yield from (f"{name}/" for name in ("about", "team", "boats", "tides", "harbour", "contact", "shop"))


def calendar(target: str) -> Iterable[str]:
    _, _, year, month, *_ = [*target.split("/"), "", ""]
    number = int(year) * 12 + int(month) - 1 if month.isdigit() else YEAR * 12
    for near in (number - 1, number + 1):
        yield f"/calendar/{near // 12}/{near % 12 + 1:02d}"
    for day in range(1, 29):
        yield f"/calendar/{number // 12}/{number % 12 + 1:02d}/{day:02d}"


def calendar_in_query(target: str) -> Iterable[str]:
    month, _, year = target.removeprefix("/index.php?month=").partition("&year=")
    number = int(year) * 12 + int(month) - 1 if year.isdigit() else YEAR * 12
    for near, view in product((number - 1, number + 1), ("week", "list", "grid")):
        yield f"/index.php?month={near % 12 + 1}&year={near // 12}"
        yield f"/events/{near // 12}-{near % 12 + 1:02d}/{view}"


def months(target: str) -> Iterable[str]:
    year, _, month = target.strip("/").partition("/")
    number = int(year) * 12 + int(month) - 1 if month.isdigit() else YEAR * 12
    for near in (number - 1, number + 1):
        yield f"/{near // 12}/{near % 12 + 1:02d}/"


def sessions(target: str, ids: Iterator[int] = count()) -> Iterable[str]:  # noqa: B008 - one count is meant
    for n in range(60):
        session = md5(str(next(ids)).encode()).hexdigest()
        yield f"/page-{n};jsessionid={session}"
        yield f"/view.php?PHPSESSID={session}&n={n}"
        yield f"/show.php?n={n}&sid={session}"


def facets(target: str) -> Iterable[str]:
    chosen = dict(part.split("=") for part in target.partition("?")[2].split("&") if part)
    names = ("color", "size", "brand", "material", "price", "rating")
    for name, value in product(names, range(5)):
        yield query("/shop", {**chosen, name: f"{name[0]}{value}"})
    for order, page in product(("price", "name", "new"), range(1, 5)):
        yield query("/shop", {**chosen, "sort": order})
        yield query("/shop", {**chosen, "page": f"{page}"})


def many_facets(target: str) -> Iterable[str]:
    chosen = {part.partition("=")[2] for part in target.partition("?")[2].split("&") if part}
    for value in range(30):
        values = sorted(chosen ^ {f"topic:{value}"})
        yield query("/search", {f"f%5B{n}%5D": one for n, one in enumerate(values)})


def listed_facets(target: str) -> Iterable[str]:
    chosen = set(target.partition("tags=")[2].split(",")) - {""}
    for value in range(30):
        yield query("/search", {"tags": ",".join(sorted(chosen ^ {f"t{value}"}))})


def growing(target: str) -> Iterable[str]:
    yield f"/login?return={quote(target, safe='/')}"
    yield f"{target}{'&' if '?' in target else '?'}ref=menu"


def query(path: str, parameters: dict[str, str]) -> str:
    return f"{path}?" + "&".join(f"{name}={value}" for name, value in parameters.items())


ENDLESS = [
    path_loop,
    stray_links,
    calendar,
    calendar_in_query,
    months,
    sessions,
    facets,
    many_facets,
    listed_facets,
    growing,
]


def crawl(links: Callable[[str], Iterable[str]], traps: Traps | None) -> list[str]:
    """The URLs fetched of a site, breadth first, 2,000 at the most."""
    home = "https://example.org"
    found = [f"{home}/"]
    known = set(found)
    for url in found:
        for link in chain(ARTICLES if len(url) == 20 else (), links(url.removeprefix(home))):
            joined = f"{home}{link}" if link.startswith("/") else f"{url[: url.rindex('/') + 1]}{link}"
            if joined not in known:
                known.add(joined)
                if traps is None or traps.trap(joined) is None:
                    found.append(joined)
                    if len(found) == 2000:
                        return found
    return found


@pytest.mark.parametrize("links", ENDLESS)
def test_a_site_without_end_ends(links: Callable[[str], Iterable[str]]) -> None:
    assert len(crawl(links, None)) == 2000
    found = crawl(links, Traps(YEAR))
    assert len(found) < 2000
    assert {f"https://example.org{article}" for article in ARTICLES} <= set(found)


def test_each_page_is_asked_for_under_one_session_id() -> None:
    traps = Traps(YEAR)
    one, two = (f"https://example.org/view.php?t=5&sid={digit}{HEX}" for digit in "ab")
    assert (traps.trap(one), traps.trap(one)) == (None, None)
    assert traps.trap(two) == f"trap: known under another session id than sid=b{HEX}"
    assert traps.trap(two.replace("t=5", "t=6")) is None


def test_the_rule_names_what_was_too_many() -> None:
    traps = Traps(YEAR, variants=3)
    rules = [traps.trap(f"https://example.org/shop?sort={order}") for order in "abcdefg"]
    assert rules[:4] == [None] * 4
    assert rules[4] == "trap: more than 3 recombined parameters of example.org/shop"
    rules = [traps.trap(f"https://example.org/calendar/2026-{month:02d}") for month in range(1, 6)]
    assert rules == [None] * 3 + ["trap: more than 3 pages of calendar example.org/calendar/0"] * 2
    assert traps.trap("https://other.example/shop?sort=a") is None


def test_what_was_let_through_stays_so_and_a_second_run_decides_alike() -> None:
    traps = Traps(YEAR)
    found = crawl(many_facets, traps)
    assert [url for url in found if traps.trap(url)] == []
    assert crawl(many_facets, Traps(YEAR)) == found


def test_what_it_keeps_in_mind_is_bounded_and_traps_still_end() -> None:
    traps = Traps(YEAR, memory=5_000)
    tracemalloc.start()
    try:
        for n in range(4_000):
            traps.trap(f"https://example.org/view?kind={n % 7}&n={n}")
            traps.trap(f"https://example.org/folder-{n}/page?color=red&size={n}&sort=price")
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert used < 2_000_000
    assert len(crawl(months, traps)) < 2000


def test_a_full_shape_is_not_forgotten_while_it_is_asked_for() -> None:
    traps = Traps(YEAR, variants=3, memory=500)
    for n in range(1_000):
        rule = traps.trap(f"https://example.org/shop?sort={n}")
        traps.trap(f"https://example.org/view-{n}?color=red&size=m")
        assert (rule is None) == (n < 4)


def test_a_url_takes_microseconds() -> None:
    pages = [urls.canonical(url) for url in ORDINARY]
    traps = Traps(YEAR)

    def seconds() -> float:
        began = time.process_time()
        for url in pages:
            traps.trap(url)
        return (time.process_time() - began) / len(pages)

    assert min(seconds() for _ in range(30)) < 50e-6  # 15 where nothing else runs


def test_hostile_urls_take_no_time_either() -> None:
    parts = ("a/" * 1000, "a=1&" * 500, ";" * 2000, "1," * 1000, "2031-" * 400, "1/" * 1000, "s=" * 900)
    traps = Traps(YEAR)
    began = time.process_time()
    for part in parts:
        for n in range(10):
            traps.trap(f"https://example.org/x{n}?{part}"[:2048])
            traps.trap(f"https://example.org/{part}{n}"[:2048])
            traps.trap(f"https://example.org/calendar{n}?b{n}={part}"[:2048])
    assert (time.process_time() - began) / (len(parts) * 30) < 0.002
