"""One address and one crawl: all articles of a site are found, at little cost, and no trap is gone into.

`./run tests tests/journeys/test_finding.py -s` prints how many were found, and for how many requests.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from tests.journeys.program import Person
from tests.sites import blogger, letters, news, wordpress
from tests.sites.server import Exchange, Server

COST = 1.3
"""So many requests an article, those for requisites and robots.txt not counted."""

ONCE = 25
"""So many more for a site that is shown at a fraction of its size: what it has once does not shrink. Nor does
the look that `add` takes at it, which counts at full size only.
"""

FEW = 20
"""So many addresses of a trap may be asked for before it is known to be one."""

SMALL = {
    "blogger": (blogger, {"count": 50, "cap": 20}),
    "wordpress": (wordpress, {"count": 150}),
    "news": (news, {"count": 60}),
    "letters": (letters, {}),
}
FULL = {"blogger": (blogger, {}), "wordpress": (wordpress, {}), "news": (news, {})}

_REQUISITE = re.compile(rb"\r\nContent-Type: (?:image/|text/css|text/javascript|font/)", re.IGNORECASE)


@dataclass
class Crawled:
    """A site after `add` and one `crawl`: what was asked for, `looks` of it by `add`, and what there is."""

    site: ModuleType
    articles: set[str]
    asked: list[Exchange]
    looks: int
    pages: list[dict[str, Any]]
    run: dict[str, Any]
    url: str
    person: Person
    full: bool

    @property
    def found(self) -> set[str]:
        return {page["url"].removeprefix(self.url) for page in self.pages if page["versions"]} & self.articles

    @property
    def cost(self) -> float:
        return len(self.asked) / len(self.articles)

    def trapped(self) -> Counter[str]:
        """How many addresses of each trap were asked for."""
        paths = {one.path for one in self.asked}
        traps = self.site.TRAPS.items()
        return Counter(name for path in paths for name, pattern in traps if re.search(pattern, path))


def on_each(*names: str) -> pytest.MarkDecorator:
    """Each site, or these."""
    params = [pytest.param((name, False), id=name) for name in names or SMALL]
    full = [name for name in FULL if name in (names or FULL)]
    params += [pytest.param((name, True), id=f"{name}-full", marks=pytest.mark.nightly) for name in full]
    return pytest.mark.parametrize("crawled", params, indirect=True, scope="module")


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    rows = [f"{'site':16}{'articles':>9}{'found':>7}{'requests':>10}{'an article':>12}   traps"]
    yield rows
    print("\n" + "\n".join(rows))


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Person:
    person = Person(tmp_path_factory.mktemp("home") / "archive")
    person.run_here("init", str(person.home))
    return person


@pytest.fixture(scope="module")
def crawled(request: pytest.FixtureRequest, person: Person, table: list[str]) -> Crawled:
    site_name, full = request.param
    name = f"{site_name}-full" if full else site_name
    site, sizes = (FULL if full else SMALL)[site_name]
    with Server(site.state(**sizes)) as server:
        person.run_here("add", server.url, "--name", name, "--allow-private", "--delay", "0")
        looks = sum(not _is_requisite(one) for one in server.exchanges)
        (run,) = person.json("crawl", name)
        asked = [one for one in server.exchanges if not _is_requisite(one)]
    articles = set(site.articles(**{"count": sizes["count"]} if "count" in sizes else {}))
    pages, whole = person.json("pages", name), full or site_name not in FULL
    crawled = Crawled(site, articles, asked, looks, pages, run, server.url, person, whole)
    traps = ", ".join(f"{many} {trap}" for trap, many in crawled.trapped().most_common())
    table.append(
        f"{name:16}{len(articles):9}{len(crawled.found):7}{len(asked):10}{crawled.cost:12.2f}   {traps}"
    )
    return crawled


def _is_requisite(one: Exchange) -> bool:
    head = one.response.partition(b"\r\n\r\n")[0]
    return one.path == "/robots.txt" or _REQUISITE.search(head) is not None


@pytest.mark.timeout(300)
@on_each()
def test_every_article_is_found(crawled: Crawled) -> None:
    assert crawled.articles - crawled.found == set()


@on_each()
def test_the_crawl_ends_by_itself(crawled: Crawled) -> None:
    assert crawled.run["outcome"] == "succeeded"
    assert crawled.run["reason"] is None


@on_each()
def test_it_costs_little_more_than_the_articles(crawled: Crawled) -> None:
    once = 0 if crawled.full else ONCE + crawled.looks
    assert len(crawled.asked) <= COST * len(crawled.articles) + once


@on_each()
def test_no_trap_is_gone_into(crawled: Crawled) -> None:
    assert {name: many for name, many in crawled.trapped().items() if many > FEW} == {}


@on_each("wordpress")
def test_lists_that_lead_to_nothing_new_are_left_out_and_why_tells(crawled: Crawled) -> None:
    paths = {one.path for one in crawled.asked}
    number = next(number for number in range(2, 60) if f"/page/{number}/" not in paths)
    [told] = crawled.person.json("why", f"{crawled.url}/page/{number}/")
    assert re.fullmatch("not needed: [0-9]+ pages of posts led to nothing new", told["rule"])
    assert f"Left out in run {crawled.run['run']}: {told['rule']}." in told["reasons"]
    log = (crawled.person.home / "runs" / crawled.run["run"] / "log.jsonl").read_text()
    assert re.search(
        "pages of posts, by preset wordpress: [0-9]+ left out, for others led to nothing new", log
    )


@on_each()
def test_nothing_is_asked_for_twice_or_against_robots_txt(crawled: Crawled) -> None:
    asked = Counter((one.port, one.path) for one in crawled.asked)
    assert not [path for _, path in asked if re.match("/search|/wp-admin|/account", path)]
    assert {path: many for (_, path), many in asked.items() if many > 1 and path in crawled.articles} == {}
