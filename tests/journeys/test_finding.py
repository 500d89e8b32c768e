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

CALENDAR = "the months of its calendar are asked for, as far as there are articles in them, beside the lists"

COST = 1.3
"""So many requests an article, those for requisites and robots.txt not counted."""

ONCE = 25
"""So many more for a site that is shown at a fraction of its size: what it has once does not shrink."""

FEW = 20
"""So many addresses of a trap may be asked for before it is known to be one."""

MONTHS = 100
"""The same of a calendar: three empty months are looked into, and their days."""

SMALL = {
    "blogger": (blogger, {"count": 80, "cap": 30}),
    "wordpress": (wordpress, {"count": 120}),
    "news": (news, {"count": 100}),
    "letters": (letters, {}),
}
FULL = {"blogger": (blogger, {}), "wordpress": (wordpress, {}), "news": (news, {})}

_REQUISITE = re.compile(rb"\r\nContent-Type: (?:image/|text/css|text/javascript|font/)", re.IGNORECASE)


@dataclass
class Crawled:
    """A site after `add` and one `crawl`: what was asked for, and what there is of it."""

    site: ModuleType
    articles: set[str]
    asked: list[Exchange]
    pages: list[dict[str, Any]]
    run: dict[str, Any]
    url: str
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


def on_each(**lacking: str) -> pytest.MarkDecorator:
    """Each site; `lacking` are those on which the program does not do it yet, and why."""
    whys = {name: [pytest.mark.xfail(strict=True, reason=why)] for name, why in lacking.items()}
    params = [pytest.param((name, False), id=name, marks=whys.get(name, ())) for name in SMALL]
    params += [
        pytest.param((name, True), id=f"{name}-full", marks=[pytest.mark.nightly, *whys.get(name, ())])
        for name in FULL
    ]
    return pytest.mark.parametrize("crawled", params, indirect=True, scope="module")


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    rows = [f"{'site':16}{'articles':>9}{'found':>7}{'requests':>10}{'an article':>12}   traps"]
    yield rows
    print("\n" + "\n".join(rows))


@pytest.fixture(scope="module")
def crawled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, table: list[str]
) -> Crawled:
    name, full = request.param
    site, sizes = (FULL if full else SMALL)[name]
    person = Person(tmp_path_factory.mktemp("home") / "archive")
    with Server(site.state(**sizes)) as server:
        person.run("init", str(person.home))
        person.run("add", server.url, "--name", name, "--allow-private", "--delay", "0")
        person.run("crawl")
        asked = [one for one in server.exchanges if not _is_requisite(one)]
    (run,) = person.json("runs")
    articles = set(site.articles(**{"count": sizes["count"]} if "count" in sizes else {}))
    crawled = Crawled(
        site, articles, asked, person.json("pages", name), run, server.url, full or name not in FULL
    )
    traps = ", ".join(f"{many} {trap}" for trap, many in crawled.trapped().most_common())
    label = name + " (full)" * full
    table.append(
        f"{label:16}{len(articles):9}{len(crawled.found):7}{len(asked):10}{crawled.cost:12.2f}   {traps}"
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


@on_each(wordpress=CALENDAR)
def test_it_costs_little_more_than_the_articles(crawled: Crawled) -> None:
    once = 0 if crawled.full else ONCE
    assert len(crawled.asked) <= COST * len(crawled.articles) + once


@on_each()
def test_no_trap_is_gone_into(crawled: Crawled) -> None:
    def few(name: str) -> int:
        return MONTHS if name == "calendar" else FEW

    assert {name: many for name, many in crawled.trapped().items() if many > few(name)} == {}


@on_each()
def test_nothing_is_asked_for_twice_or_against_robots_txt(crawled: Crawled) -> None:
    asked = Counter((one.port, one.path) for one in crawled.asked)
    assert not [path for _, path in asked if re.match("/search|/wp-admin|/account", path)]
    assert {path: many for (_, path), many in asked.items() if many > 1 and path in crawled.articles} == {}
