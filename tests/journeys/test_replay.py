"""What was recorded is replayed by programs that are not ours: every page, at every date, the right bytes.

A site of which half the answers have validators is crawled three times. The second time nothing has changed:
all of it is kept as revisits, of both kinds. The third time one page has changed, so that there is a later
original which must not be shown for the second date.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from archive import warc
from tests import oracles
from tests.journeys.program import Person
from tests.sites import still
from tests.sites.server import Server, State

CHANGED = (still.path(7), still.path(8))
LARGE = pytest.param(2000, marks=[pytest.mark.nightly, pytest.mark.timeout(1800)])
WORDS = b"<p>The ferry was late for the first time."


@dataclass(frozen=True)
class Told:
    """Three crawls, and what the server would have shown: (URL, instant, status, body as coded)."""

    pages: int
    warcs: list[Path]
    answers: list[tuple[str, datetime, int, bytes]]
    profiles: list[str]


def later(state: State) -> State:
    changed = {
        path: replace(state[path], headers=(("Content-Type", "text/html"), ("ETag", '"new"')), body=WORDS)
        for path in CHANGED
    }
    return {**state, **changed}


@pytest.fixture(scope="module", params=[24, LARGE])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    person = Person(tmp_path_factory.mktemp("replay") / "home")
    first = still.mixed(request.param)
    answers, profiles = [], []
    with Server(first, conditional=True) as server:
        person.watch(server.url, "still")
        for run, state in enumerate((first, first, later(first))):
            server.state = state
            person.run_here("crawl")
            for record in warc.read(person.warcs[run]):
                if record.type in ("response", "revisit"):
                    url = record.uri or ""
                    page = state.get(url.removeprefix(server.url), state["*"])
                    answers.append((url, record.at, page.status, bytes(page.body)))
                    profiles.append(record.headers.get("WARC-Profile", "").rpartition("/")[2])
    yield Told(request.param, person.warcs, answers, profiles)


def plain(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def test_there_are_revisits_of_both_kinds(told: Told) -> None:
    kinds = {kind: told.profiles.count(kind) for kind in set(told.profiles)}
    requisites = still.IMAGES + 1
    everything = 2 * (told.pages + requisites) - len(CHANGED)
    assert kinds["server-not-modified"] + kinds["identical-payload-digest"] == everything
    assert min(kinds["server-not-modified"], kinds["identical-payload-digest"]) >= told.pages


@pytest.mark.parametrize("cdxj", [False, True], ids=["their index", "our CDXJ"])
def test_pywb_replays_every_page_at_every_date(told: Told, cdxj: bool) -> None:
    with oracles.pywb_replay(told.warcs, cdxj=cdxj) as replay:
        for url, at, status, body in told.answers:
            replayed = replay(url, at)
            assert (replayed.status, replayed.body) == (status, body), (url, at)


@pytest.fixture(scope="module")
def replayweb(told: Told) -> Iterator[oracles.ReplayWeb]:
    with oracles.replayweb_replay(told.warcs) as replay:
        yield replay


def expect(replay: oracles.ReplayWeb, told: Told) -> None:
    backwards = told.answers[::-1]  # a revisit is asked for before its original is known
    found = replay.fetch((url, at) for url, at, _, _ in backwards)
    for (url, at, status, body), replayed in zip(backwards, found, strict=True):
        assert (replayed.status, replayed.body) == (status, plain(body)), (url, at)


def test_replayweb_page_replays_every_page_at_every_date(replayweb: oracles.ReplayWeb, told: Told) -> None:
    expect(replayweb, told)


def test_replayweb_page_replays_from_our_cdxj(told: Told) -> None:
    with oracles.replayweb_replay(told.warcs, cdxj=True) as replay:
        expect(replay, told)


def test_a_browser_shows_archived_pages_with_style_and_images(
    replayweb: oracles.ReplayWeb, told: Told
) -> None:
    dates = [(url, at) for url, at, _, _ in told.answers if url.endswith(CHANGED[1])]
    for url, at in dates[:2]:
        replayweb.show(url, at)
        shown = replayweb.browser.run(SHOWN)
        assert shown["colour"] == still.COLOUR
        assert shown["images"] == [64] * still.IMAGES
    replayweb.show(*dates[2])
    assert replayweb.browser.run(SHOWN)["text"].strip() == "The ferry was late for the first time."


SHOWN = """(page => ({
  text: page.body.innerText,
  colour: page.querySelector("h1") && getComputedStyle(page.querySelector("h1")).color,
  images: [...page.images].map(image => image.naturalWidth),
}))(frame.contentDocument)"""
