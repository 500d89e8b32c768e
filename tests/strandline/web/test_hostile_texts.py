"""What a hostile site says, names and sends, on every page of the reading room that tells of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from archive import access
from archive.home import Home
from strandline.web import changes_shown, pages, server
from tests.journeys.program import Person
from tests.sites import hostile, records
from tests.sites.posts import page
from tests.sites.server import Page, Server, State
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
    run: str


MARKUP = "<script>pwned=30</script>\"'><img src=x onerror=pwned=31>\u202e"
"""What is put wherever a person, a file or a server may say something."""


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
        {**first, "/evil": page(said), "/long": after, "/words": Page(500, body=b"<script>pwned=32</script>"),
         "/rtl": Page(302, (("Location", "http://127.0.0.1:9/<script>pwned=33</script>"),))},
    )  # fmt: skip


def strange(folder: Path) -> Path:
    """A WARC file of another program with a name, addresses and headers that are markup."""
    headers = (
        ("Content-Type", "text/html;<script>pwned=34</script>"),
        ("X-<b>", "<script>pwned=35</script>"),
    )
    text = records.article(f"Strange {escape(MARKUP)}", LONG.format(1), LONG.format(2), extra=MARKUP)
    url = "http://strange.example/?<script>pwned=36</script>=\"'><b onclick=pwned=37>"
    days = (datetime(2025, 1, day, tzinfo=UTC) for day in (1, 2))
    answers = [records.Answer(url, day, text, headers=headers) for day in days]
    return records.write(folder / "<img src=x onerror=pwned=38>.warc.gz", answers)


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
    taken = strange(tmp_path_factory.mktemp("strange"))
    person.run_here("import", str(taken), "--source", "strange")
    person.run_here("note", f"{url}/evil", "1", MARKUP)
    (person.home / "sources" / "broken.toml").write_text(f"seeds = [{json.dumps(MARKUP)}]\n")
    home = Home(person.home)
    with access.Archive(home) as archive:
        names = ("hostile", "strange")
        met = tuple(row["url"] for name in names for row in archive.pages(name) if row["versions"])
    yield Read(home, url, met, person.json("runs", "hostile")[-1]["run"])


def addresses(read: Read) -> Iterator[str]:
    """All that is told of its pages, and all that is said of what was asked."""
    for url in read.pages:
        page = quote(url, safe=":/")
        yield f"/page/{page}"
        yield f"/capture/{page}/2099"
    evil, markup = f"{read.url}/evil", quote(MARKUP, safe="")
    yield from (f"/why/{evil}", f"/sentences/{evil}", f"/why/{read.url}/words", f"/why/http://{markup}/")
    yield from (f"/change/{evil}/1..2?look={look}" for look in ("inline", "side", "page"))
    yield from (
        "/",
        "/changes?grouped=1",
        "/sources",
        "/runs",
        f"/run/{read.run}",
        "/notes",
        "/add",
        "/sign-in",
    )
    for name in ("hostile", "strange", "broken"):
        yield from (f"/source/{name}", f"/source/{name}/edit")
    yield from (f"/search?{urlencode({'q': one})}" for one in ("evil", "pwned", MARKUP, f'"{MARKUP}'))
    for name in ("source", "kind", "added", "since", "words", "before"):
        yield f"/changes?{urlencode({name: MARKUP})}"
    for one in ("search", "runs", "notes", "add"):
        yield f"/{one}?{urlencode(dict.fromkeys(('q', 'source', 'language', 'url', 'page'), MARKUP))}"
    yield from (
        f"/{one}/{markup}" for one in ("source", "run", "page", "capture", "change", "view", "nothing")
    )


def test_nothing_of_them_runs_leads_away_or_breaks_a_page(read: Read) -> None:
    assert len(read.pages) >= 5
    with server.serving(read.home, "127.0.0.1", 0) as served, browser() as chromium:
        watched = watch(chromium.new_context(viewport={"width": 360, "height": 700}))
        for address in addresses(read):
            watched.page.goto(served.url + address)
            assert watched.page.evaluate("typeof pwned") == "undefined", address
            assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            assert watched.page.locator("main script, main img, main iframe, main object").count() == 0
            assert watched.page.locator("h1").first.is_visible(), address
            said = [one for one in watched.said if "responded with a status of 4" not in one]
            assert said == [], address
        watched.only(served.url)


def test_feeds_and_frames_run_nothing_either(read: Read) -> None:
    """What is made for programs is opened in a browser too."""
    page, strange_page = (quote(one, safe=":/") for one in (f"{read.url}/evil", read.pages[-1]))
    with server.serving(read.home, "127.0.0.1", 0) as served, browser() as chromium:
        watched = watch(chromium.new_context())
        for address in (
            "/changes.feed", "/changes.json", f"/page.json/{page}", "/metrics",
            f"/cdx?url={quote(read.pages[-1], safe='')}", f"/source.json/{quote(MARKUP)}",
            f"/view/{page}/2099", f"/view/{strange_page}/2099", f"/change/{page}/1..2?look=archived",
        ):  # fmt: skip
            watched.page.goto(served.url + address)
            for frame in watched.page.frames:
                assert frame.evaluate("typeof pwned") == "undefined", address
        watched.only(served.url, str(served.room.kept))
        assert [one for one in watched.said if one.startswith("dialog")] == []


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
