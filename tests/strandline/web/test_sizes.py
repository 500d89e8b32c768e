"""Very large pages, and a page with very many captures: every answer stays small, and comes soon."""

import time
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from archive.home import Home
from benchmarks import large_home
from strandline.web import passes
from strandline.web.kept_origin import create_kept
from strandline.web.room import Room, secret_of
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Server, State
from tests.strandline.web.conftest import KEPT, ORIGIN, client_of

LARGEST = 3_000_000
"""Bytes of an answer."""
SECONDS = 8
"""A slow machine at other work needs some; what is not bounded takes minutes."""
night = pytest.mark.nightly
SENTENCE = "The harbour master counted {} boats on Monday, and wrote it down in the large book. "


def fetch(client: FlaskClient, address: str) -> str:
    """The answer, which is there in time and no larger than it may be."""
    began = time.monotonic()
    answer = client.get(address)
    assert time.monotonic() - began < SECONDS, address
    assert answer.status_code == 200 and len(answer.data) < LARGEST, (address, len(answer.data))
    return answer.text


def site(size: int, word: str) -> State:
    """Two pages: one of so many bytes in a single paragraph, one of very many paragraphs."""
    said = [SENTENCE.format(number) for number in range(size // len(SENTENCE))]
    said[len(said) // 2] += f"It was {word}. "
    short = [f"<p>{number} boats.</p>" for number in range(min(size // 17, 60_000))]
    short[len(short) // 2] = f"<p>It was {word} on that day in the harbour of the town.</p>"
    links = '<a href="/one">one</a> <a href="/many">many</a>'
    return {
        "/": page(f"<title>Front</title>{links}"),
        "/one": page(f"<title>One</title><article><h1>One</h1><p>{''.join(said)}</p></article>"),
        "/many": page(f"<title>Many</title><article><h1>Many</h1>{''.join(short)}</article>"),
    }


@pytest.mark.timeout(900)
@pytest.mark.parametrize("size", [400_000, pytest.param(10_000_000, marks=night)])
def test_a_very_large_page_breaks_no_page_of_ours(tmp_path: Path, size: int) -> None:
    person = Person(tmp_path / "home")
    with Server(site(size, "calm")) as server:
        person.watch(server.url)
        person.run_here("crawl")
        server.state = site(size, "stormy")
        person.run_here("crawl")
        urls = [f"{server.url}/{name}" for name in ("one", "many")]
    home = Home(person.home)
    client = client_of(home)
    its = Room(home=home, secret=secret_of(home), origin=ORIGIN, kept=KEPT)
    kept = create_kept(its).test_client()
    fetch(client, "/search?q=stormy")
    for url in urls:
        fetch(client, f"/page/{url}")
        fetch(client, f"/capture/{url}/2099")
        fetch(client, f"/view/{url}/2099")
        for look in ("inline", "side"):
            assert "stormy" in fetch(client, f"/change/{url}/1..2?look={look}")
        body = kept.get(f"/{passes.grant(its)}/2099/{url}").data
        assert len(body) < 2 * size, "what was archived, and no more"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("captures", [3_000, pytest.param(100_000, marks=night)])
def test_a_page_with_very_many_captures_is_told_of_in_parts(tmp_path: Path, captures: int) -> None:
    sizes = large_home.Sizes(pages=60, captures=captures + 600, sources=2, often=captures)
    large_home.make(tmp_path / "home", sizes, date(2025, 12, 31))
    client = client_of(Home(tmp_path / "home"))
    url = large_home.OFTEN
    shown = fetch(client, f"/page/{quote(url, safe=':/')}")
    number = client.get(f"/page.json/{url}").get_json()["page"]["captures"]
    assert number >= captures and f"{number:,} captures" in shown
    older = client.get(f"/page.json/{url}").get_json()["more"]
    fetch(client, f"/page/{url}?before={older}")
    for address in (f"/cdx?url={quote(url, safe='')}&limit=1000", f"/page.json/{url}", "/", "/changes"):
        fetch(client, address)
    answer = client.get(f"/cdx?url={quote(url, safe='')}")
    assert answer.text.count("\n") >= captures, "all of it where no limit is asked for, in pieces"
    fetch(client, f"/timemap/link/{url}")
    fetch(client, f"/source/{large_home.source_name(0)}")
