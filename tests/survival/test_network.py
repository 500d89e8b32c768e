"""A network that is cut: the crawl sits it out, or ends in bounded time and says what failed."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.program import Person
from tests.sites.server import Server
from tests.survival import island, judge
from tests.survival.network import NAME, Cable

ARTICLES = 20
SITE = island.state(0, ARTICLES)


@pytest.fixture
def cable() -> Iterator[Cable]:
    with Cable() as laid:
        yield laid


def _until(server: Server, answers: int) -> None:
    deadline = time.monotonic() + 30
    while len(server.exchanges) < answers:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _articles(person: Person) -> set[str]:
    """The paths of the pages whose last answer was good."""
    pages = person.json("pages", "island")
    return {"/" + page["url"].split("/", 3)[3] for page in pages if page["verdict"] in ("new", "same")}


def _expected() -> set[str]:
    return {path for path in SITE if path == "/" or path.startswith(("/article/", "/list/"))}


def test_a_cut_of_a_second_is_sat_out(tmp_path: Path, cable: Cable) -> None:
    person = cable.person(tmp_path / "home")
    with cable.server(SITE, latency=0.02) as server:
        person.watch(server.url, "island")
        crawl = person.start("crawl")
        _until(server, 8)
        cable.pull()
        time.sleep(1)
        cable.plug()
        assert crawl.wait(60) == 0
    assert [run["outcome"] for run in person.json("runs")] == ["succeeded"]
    assert _articles(person) == _expected()
    judge.check(person, server.exchanges)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_a_cut_for_good_ends_the_run_which_says_what_failed_and_the_next_one_finishes(
    tmp_path: Path, cable: Cable
) -> None:
    person = cable.person(tmp_path / "home")
    with cable.server(SITE, latency=0.02) as server:
        person.watch(server.url, "island")
        crawl = person.start("crawl")
        _until(server, 12)
        cable.pull()
        assert crawl.wait(420) in (0, 1)
        (first,) = person.json("runs")
        assert first["outcome"] in ("partly", "failed", "stopped") and first["reason"]
        cable.plug()
        person.run("crawl")
    assert person.json("runs")[-1]["outcome"] == "succeeded"
    assert _articles(person) == _expected()
    judge.check(person)


@pytest.mark.nightly
@pytest.mark.timeout(600)
def test_connections_that_go_silent_end_by_the_limit_of_time(tmp_path: Path, cable: Cable) -> None:
    person = cable.person(tmp_path / "home")
    with cable.server(SITE, latency=0.02) as server:
        person.watch(server.url, "island")
        cable.swallow()
        began = time.monotonic()
        crawl = person.start("crawl", "--max-time", "100s")
        _until(server, 12)
        cable.pull()
        assert crawl.wait(200) in (0, 1)
        assert time.monotonic() - began < 130
        (first,) = person.json("runs")
        assert first["outcome"] != "succeeded" and first["reason"]
        cable.plug()
        person.run("crawl")
    assert person.json("runs")[-1]["outcome"] == "succeeded"
    assert _articles(person) == _expected()
    judge.check(person)


@pytest.mark.nightly
def test_a_name_that_does_not_resolve_fails_the_run_and_loses_nothing(tmp_path: Path, cable: Cable) -> None:
    person = cable.person(tmp_path / "home")
    with cable.server(SITE) as server:
        cable.name()
        person.watch(f"http://{NAME}:{server.port}", "island")
        person.run("crawl")
        assert _articles(person) == _expected()
        cable.forget()
        began = time.monotonic()
        person.run("crawl", code=1)
        assert time.monotonic() - began < 120
        failed = person.json("runs")[-1]
        assert failed["outcome"] == "failed" and "does not resolve" in failed["reason"]
        cable.name()
        person.run("crawl")
    assert person.json("runs")[-1]["outcome"] == "succeeded"
    assert {tuple(change["kinds"]) for change in person.json("changes")} == set()
    judge.check(person)
