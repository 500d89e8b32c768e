"""The archived page itself: what it looked like, and that nothing of it gets out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.home import Home
from strandline.web import passes, server
from strandline.web.kept_origin import create_kept
from strandline.web.room import Room, secret_of
from tests.journeys.program import Person
from tests.sites import hostile
from tests.sites.posts import page
from tests.sites.server import Server
from tests.strandline.conftest import Gazette
from tests.strandline.web.browser import browser, watch
from tests.strandline.web.conftest import KEPT, ORIGIN


@dataclass(frozen=True)
class Trap:
    """A hostile site's archive, and the server that must hear of nobody."""

    home: Home
    url: str
    canary: Server


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    person = Person(tmp_path_factory.mktemp("trap") / "home")
    with Server({"*": page("live")}) as canary:
        with Server(hostile.site(canary.url)) as site:
            person.watch(site.url, "trap")
            person.run_here("crawl")
            url = site.url
        canary.exchanges.clear()
        yield Trap(Home(person.home), url, canary)


@contextmanager
def kept(home: Home) -> Iterator[tuple[FlaskClient, Room]]:
    its = Room(home=home, secret=secret_of(home), origin=ORIGIN, kept=KEPT)
    yield create_kept(its).test_client(), its


def test_a_page_is_shown_as_it_was_with_its_requisites(gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    with kept(Home(gazette.home)) as (client, its):
        at = gazette.json("versions", url)[0]["first"].translate(str.maketrans("", "", "-:TZ"))
        start = f"/{passes.grant(its)}/{at}/{url}"
        answer = client.get(start, headers={"Sec-Fetch-Dest": "iframe"})
        assert "the council decided" in answer.text and "agreed in principle" not in answer.text
        assert f'href="/{passes.grant(its)}/' in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'") and "unsafe" not in policy
        style = client.get(f"/{passes.grant(its)}/{at}/{gazette.page('')}style.css")
        assert style.status_code == 200 and style.content_type.startswith("text/css")


def test_nobody_looks_without_a_pass(gazette: Gazette) -> None:
    with kept(Home(gazette.home)) as (client, its):
        assert client.get(f"/{'0' * 24}/2025/{gazette.page('')}").status_code == 403
        assert client.get(f"/{passes.grant(its)}/2025/https://never.example/").status_code == 404
        wrong = client.get(
            f"/{passes.grant(its)}/2025/{gazette.page('')}", headers={"Host": "rebound.example"}
        )
        assert wrong.status_code == 421


def test_a_frame_tells_what_is_missing(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("seal")
    at = gazette.json("versions", url)[0]["first"].translate(str.maketrans("", "", "-:TZ"))
    told = client.get(f"/view.json/{url}/{at}").get_json()
    assert told["requisites"]["wanted"] == told["requisites"]["kept"] > 0
    assert told["frame"].startswith(f"http://localhost:{KEPT.rsplit(':', 1)[1]}/")
    answer = client.get(f"/view/{url}/{at}")
    assert 'sandbox=""' in answer.text and "frame-src http" in answer.headers["Content-Security-Policy"]


def test_a_hostile_page_neither_runs_nor_asks_for_anything(trap: Trap) -> None:
    with server.serving(trap.home, "127.0.0.1", 0) as served, browser() as chromium:
        origins = served.url, str(served.room.kept)
        for path in ("/evil", "/", "/pic.svg", "/style.css", "/rtl"):
            watched = watch(chromium.new_context())
            watched.page.goto(f"{served.url}/view/{trap.url}{path}/2099", wait_until="networkidle")
            for frame in watched.page.frames:
                assert frame.evaluate("typeof pwned") == "undefined"
            watched.only(*origins)
            assert [one for one in watched.said if one.startswith("dialog")] == []
        watched = watch(chromium.new_context())
        watched.page.goto(f"{served.url}/view/{trap.url}/evil/2099", wait_until="networkidle")
        inner = watched.page.frames[1]
        look = "e => getComputedStyle(e).color"
        assert inner.eval_on_selector("#styled", look) == "rgb(4, 5, 6)"
        assert inner.eval_on_selector("h1", look) == "rgb(1, 2, 3)"
        assert inner.eval_on_selector("img[alt=fine]", "e => e.naturalWidth") > 0
        assert inner.eval_on_selector("img[alt=svg]", "e => e.naturalWidth") == 20
        watched.page.goto(inner.url, wait_until="networkidle")  # straight there, without our frame
        assert watched.page.evaluate("typeof pwned") == "undefined"
        watched.only(*origins)
    assert trap.canary.paths == []


def test_a_person_goes_from_page_to_page_in_the_archive(gazette: Gazette, served: server.Serving) -> None:
    with browser() as chromium:
        watched = watch(chromium.new_context())
        watched.page.goto(f"{served.url}/view/{gazette.page('')}/2099", wait_until="networkidle")
        inner = watched.page.frame_locator("iframe")
        inner.locator("text=A seal on the slipway").first.click()
        inner.locator("h1:has-text('A seal on the slipway')").wait_for()
        assert "seal" in watched.page.frames[1].url
        watched.only(served.url, str(served.room.kept))


def test_it_is_told_where_pywb_is_missing(
    gazette: Gazette, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    gazette.run("replay", code=2)
