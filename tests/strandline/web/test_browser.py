"""The reading room in a real browser: what people do there, by mouse, by keyboard, and without scripts."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from archive.home import Home
from strandline.demo import site
from strandline.web import server
from tests.oracles.replayed import FOLDER, missing
from tests.strandline.conftest import Gazette
from tests.strandline.web.browser import Watched, browser, watch

AXE = FOLDER / "axe" / "package" / "axe.min.js"
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as launched:
        yield launched


@pytest.fixture
def person(chromium: Browser, served: server.Serving) -> Iterator[Watched]:
    """Somebody at a desk; in the end nothing was asked of anybody else, and nothing was complained of."""
    watched = watch(chromium.new_context(base_url=served.url))
    yield watched
    watched.only(served.url, str(served.room.kept))
    assert [one for one in watched.said if one.startswith(("error", "dialog"))] == []
    watched.page.context.close()


def addresses(gazette: Gazette) -> list[str]:
    """Every kind of page."""
    url = gazette.page("breakwater")
    first = gazette.json("versions", url)[0]["first"].translate(str.maketrans("", "", "-:TZ"))
    run = gazette.json("runs")[-1]["run"]
    return [
        "/", "/changes?grouped=1&openness=silent", "/search?q=harbour", "/sources", "/source/gazette",
        "/source/gazette/edit", "/add", "/runs", f"/run/{run}", "/notes", f"/page/{url}",
        f"/capture/{url}/{first}", f"/change/{url}/1..2", f"/change/{url}/1..2?look=side",
        f"/change/{url}/1..2?look=page", f"/view/{url}/{first}", f"/why/{url}",
        "/page/https://never.example/", "/sign-in",
    ]  # fmt: skip


def violations(context: BrowserContext, address: str) -> list[dict[str, Any]]:
    """What axe finds on a page that is serious or worse; the archived page in its frame is left out."""
    page = context.new_page()
    page.goto(address)
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run({exclude: [['iframe']]}, {iframes: false})")
    page.close()
    return [
        {"id": one["id"], "nodes": [node["html"][:200] for node in one["nodes"]][:3]}
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


night = pytest.mark.nightly


@pytest.mark.parametrize(
    ("scheme", "some"),
    [
        ("light", slice(0, None, 2)),
        ("dark", slice(1, None, 2)),
        pytest.param("light", slice(None), marks=night),
        pytest.param("dark", slice(None), marks=night),
    ],
)
def test_everybody_can_read_every_page(
    chromium: Browser, served: server.Serving, gazette: Gazette, scheme: Any, some: slice
) -> None:
    if not AXE.exists():
        missing("no axe; `./run tests` fetches it with npm")
    # axe is put into the page from outside
    context = chromium.new_context(base_url=served.url, color_scheme=scheme, bypass_csp=True)
    found = {address: violations(context, address) for address in addresses(gazette)[some]}
    context.close()
    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_no_page_is_wider_than_a_phone(chromium: Browser, served: server.Serving, gazette: Gazette) -> None:
    context = chromium.new_context(base_url=served.url, viewport=PHONE)  # type: ignore[arg-type]  # width and height
    page = context.new_page()
    wide = {}
    for address in addresses(gazette):
        page.goto(address)
        over = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        if over > 0:
            wide[address] = over
    context.close()
    assert wide == {}


def test_every_page_is_read_without_scripts(
    chromium: Browser, served: server.Serving, gazette: Gazette
) -> None:
    context = chromium.new_context(base_url=served.url, java_script_enabled=False)
    page = context.new_page()
    for address in addresses(gazette):
        page.goto(address)
        assert page.locator("h1").first.is_visible(), address
    page.goto(f"/change/{gazette.page('breakwater')}/1..2")
    assert page.locator("ins").first.inner_text() == "agreed in principle"
    context.close()


def test_the_keyboard_leads_through_a_page(person: Watched) -> None:
    page = person.page
    page.goto("/changes")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break  # all around
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none", page.evaluate("document.activeElement.outerHTML")
    assert {"source", "kind", "since", "Show"} <= reached


def test_find_what_changed_last_week_and_read_a_silent_edit_and_cite_it(person: Watched) -> None:
    page = person.page
    page.goto("/")
    page.click("nav >> text=Changes")
    page.fill("#since", "last week")
    page.fill("#until", "today")
    page.select_option("#openness", "silent")
    page.select_option("#kind", "body")
    page.click("text=Show >> nth=0")
    assert page.locator("tbody tr").count() == 2
    page.click("text=The council and the breakwater")
    assert page.locator("ins").first.inner_text() == "agreed in principle"
    page.keyboard.press("j")
    assert page.locator(".current-mark").count() == 1
    page.click("text=Side by side")
    assert page.locator("td del").first.inner_text() == "decided"
    cited = page.locator("#citation").inner_text()
    assert re.search(r"Changed between .*Z and .*Z, from version 1 to version 2 of 2", cited)
    assert "sha256:" in cited and "Hanne Lund" in cited


def test_find_when_a_phrase_vanished(person: Watched, gazette: Gazette) -> None:
    page = person.page
    page.goto("/")
    page.fill("input[name=q]", '"married to the mayor\'s sister"')
    page.keyboard.press("Enter")
    assert page.locator("mark").first.inner_text() == "married to the mayor's sister"
    said = page.locator(".said").first
    assert "vanished" in said.inner_text()
    said.locator("a").last.click()
    assert page.url.startswith(page.url.split("/change/")[0] + f"/change/{gazette.page('letter')}")
    assert "mayor's sister" in page.locator("del").first.inner_text()


def test_look_at_the_archived_page(person: Watched, gazette: Gazette) -> None:
    page = person.page
    page.goto(f"/page/{gazette.page('breakwater')}")
    page.click("text=See the archived page")
    page.frame_locator("iframe").locator("text=agreed in principle").first.wait_for()
    assert page.locator("iframe.kept").get_attribute("sandbox") == ""
    page.locator("a[rel=prev]").first.click()
    page.frame_locator("iframe").locator("text=the council decided").first.wait_for()


@pytest.fixture
def own(gazette: Gazette, tmp_path: Path, chromium: Browser) -> Iterator[tuple[Watched, Home]]:
    """Somebody with a home of their own."""

    home = Home(tmp_path / "home")
    shutil.copytree(gazette.home, home.root)
    with server.serving(home, "127.0.0.1", 0) as served:
        watched = watch(chromium.new_context(base_url=served.url))
        yield watched, home
        watched.only(served.url, str(served.room.kept))
        assert [one for one in watched.said if one.startswith(("error", "dialog"))] == []
        watched.page.context.close()


def test_note_something(own: tuple[Watched, Home], gazette: Gazette) -> None:
    page = own[0].page
    page.goto(f"/change/{gazette.page('breakwater')}/1..2")
    page.fill("#note-text", "They softened it.\nSee the minutes.")
    page.click("text=Write it down")
    assert "was written down" in page.locator(".flash").inner_text()
    page.goto(f"/page/{gazette.page('breakwater')}")
    assert "They softened it." in page.locator(".notes").inner_text()


def test_add_a_source_and_watch_its_first_run(own: tuple[Watched, Home]) -> None:
    page = own[0].page
    with site.serve() as served:
        page.goto("/")
        page.click("text=Watch a site")
        page.fill("#url", served.url)
        page.fill("#name", "again")
        page.check("input[name=allow_private]")
        page.click("text=Look at it")
        page.wait_for_selector("text=What the first crawl would do", timeout=60_000)
        page.fill("#text", page.input_value("#text").replace("delay = 1.0", "delay = 0.05"))
        page.click("text=Watch it, and crawl it now")
        page.wait_for_selector("text=is watched from now on")
        page.goto("/runs?source=again")
        page.click("tbody a >> nth=0")
        page.wait_for_selector("#outcome:has-text('succeeded')", timeout=60_000)
    assert "What it did not fetch" in page.content() and own[1].source("again").is_file()
