"""Titles, texts, links and headers of a hostile site, where the reading room tells of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import pytest

from archive import access
from archive.home import Home
from strandline.web import changes_shown, pages, server
from tests.journeys.program import Person
from tests.sites import hostile
from tests.sites.posts import page
from tests.sites.server import Server, State
from tests.strandline.web.browser import browser, watch
from tests.strandline.web.conftest import client_of

NEW = "</ins></p><script>pwned=20</script>\u202egnp \u2066<img src=x onerror=pwned=21>"
LONG = "The boat number {} came in <i>late</i>, with nine of a crew and a cat on the roof of it."


@dataclass(frozen=True)
class Read:
    """The archive of a hostile site that was crawled twice, and its pages."""

    home: Home
    url: str
    pages: tuple[str, ...]


def states(canary: str) -> tuple[State, State]:
    """Between the two a sentence came to `/evil`, and half of a long page went."""
    first = hostile.site(canary)
    evil = hostile.article(canary)
    links = evil.replace("</article>", '</article><a href="/long">l</a>')
    said = evil.replace("</h1>", f"</h1><p>Said later: {escape(NEW)}</p>")
    long = [f"<p>{LONG.format(number)}</p>" for number in range(3_000)]
    lengths = (page(f"<article><h1>Long</h1>{''.join(some)}</article>") for some in (long, long[::2]))
    before, after = lengths
    return (
        {**first, "/evil": page(links), "/long": before},
        {**first, "/evil": page(said), "/long": after},
    )


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    person = Person(tmp_path_factory.mktemp("hostile") / "home")
    one, two = states("http://127.0.0.1:9")
    with Server(one) as site:
        person.watch(site.url, "hostile")
        person.run_here("crawl")
        site.state = two
        person.run_here("crawl")
        url = site.url
    home = Home(person.home)
    with access.Archive(home) as archive:
        met = tuple(row["url"] for row in archive.pages("hostile") if row["versions"])
    yield Read(home, url, met)


def addresses(read: Read) -> Iterator[str]:
    """All that is told of its pages."""
    for url in read.pages:
        page = quote(url, safe=":/")
        yield f"/page/{page}"
        yield f"/capture/{page}/2099"
    evil = f"{read.url}/evil"
    yield from (f"/why/{evil}", f"/sentences/{evil}", "/changes", "/")
    yield from (f"/change/{evil}/1..2?look={look}" for look in ("inline", "side", "page"))


def test_nothing_of_them_runs_leads_away_or_breaks_a_page(read: Read) -> None:
    assert len(read.pages) >= 5
    with server.serving(read.home, "127.0.0.1", 0) as served, browser() as chromium:
        watched = watch(chromium.new_context(viewport={"width": 360, "height": 700}))
        for address in addresses(read):
            watched.page.goto(served.url + address)
            assert watched.page.evaluate("typeof pwned") == "undefined"
            assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            assert watched.page.locator("main script, main img, main iframe, main object").count() == 0
            assert watched.said == [], address
        watched.only(served.url)


def test_what_came_is_marked_as_text(read: Read) -> None:
    html = client_of(read.home).get(f"/change/{read.url}/evil/1..2").text
    assert "Said later: &lt;/ins&gt;&lt;/p&gt;&lt;script&gt;" in html and "\u202e" not in html


def test_a_long_change_is_cut(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes_shown, "LONGEST", 50_000)
    monkeypatch.setattr(pages, "LONGEST", 50_000)
    client = client_of(read.home)
    for look in ("inline", "side"):
        answer = client.get(f"/change/{read.url}/long/1..2?look={look}")
        assert len(answer.data) < 500_000 and "More differs than is shown" in answer.text
    answer = client.get(f"/page/{read.url}/long")
    assert "The text is longer" in answer.text and len(answer.data) < 100_000
