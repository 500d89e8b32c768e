"""One run from beginning to end, with real children, against a real server."""

import fcntl
import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from archive import access, runs
from archive.home import Home
from crawler import harvest
from crawler.source import Fetch, Limits, Manners, ScopeRules, Source
from strandline import progress
from tests.journeys.program import Person
from tests.sites.server import Page, Server


def page(title: str, *links: str) -> Page:
    said = f"The {title} was seen off the north quay on Monday morning, and nobody knew what to make of it."
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return Page(
        body=f"<html><body><nav><ul>{anchors}</ul></nav><h1>{title}</h1><p>{said}</p></body></html>".encode()
    )


SITE = {
    "/": page("seal", "/oil", "/buoy"),
    "/oil": page("oil", "/"),
    "/buoy": page("buoy", "/"),
    "*": Page(404),
}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(SITE) as running:
        yield running


@pytest.fixture
def crawl(tmp_path: Path, server: Server) -> Callable[..., harvest.Report]:
    def run(**more: object) -> harvest.Report:
        watched = Source(
            name="quay",
            seeds=(f"{server.url}/",),
            manners=Manners(delay=0, allow_private=True),
            limits=more.pop("limits", Limits()),  # type: ignore[arg-type]  # a test gives what fits
            scope=more.pop("scope", ScopeRules()),  # type: ignore[arg-type]  # likewise
            fetch=Fetch(headers={"X-Key": "a secret"}),
        )
        given = {"contact": None, "software": "Strandline/test", "workers": 1, **more}
        return harvest.harvest(Home(tmp_path), watched, **given)  # type: ignore[arg-type]  # likewise

    return run


def kinds(root: Path) -> list[tuple[str, list[str]]]:
    with access.Archive(Home(root)) as archive:
        return [(row["url"].rsplit("/", 1)[1], row["kinds"]) for row in archive.changes()]


def test_a_run_leaves_sealed_warcs_a_report_and_a_row(
    tmp_path: Path, crawl: Callable[..., harvest.Report]
) -> None:
    report = crawl()
    assert (report.outcome, report.counts["new"], report.failures) == (runs.Outcome.SUCCEEDED, 3, ())
    (index, warc) = sorted(tmp_path.glob("warc/quay/*/*"))
    assert index.name == warc.name.replace(".warc.gz", ".cdxj")
    assert len(index.read_text().splitlines()) == report.requests
    assert warc.name.endswith(f"-{report.run}-00000.warc.gz")
    written = json.loads((tmp_path / "runs" / report.run / "report.json").read_text())
    assert (written["outcome"], written["requests"]) == ("succeeded", report.requests)
    with access.Archive(Home(tmp_path)) as archive:
        (row,) = archive.runs()
    assert (row["run"], row["outcome"], row["new"], row["ended"] is not None) == (
        report.run,
        "succeeded",
        3,
        True,
    )


def test_values_of_configured_headers_stay_out_of_the_index(
    tmp_path: Path, crawl: Callable[..., harvest.Report]
) -> None:
    crawl()
    assert b"a secret" not in (tmp_path / "archive.db").read_bytes()


def test_a_source_may_be_a_file(server: Server, crawl: Callable[..., harvest.Report]) -> None:
    server.state = {"/": Page(200, (("Content-Type", "text/plain"),), b"tide tables"), "*": Page(404)}
    assert crawl().outcome is runs.Outcome.SUCCEEDED


def test_all_requests_count_also_those_for_a_robots_txt_that_is_in_trouble(
    server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    server.state = {**SITE, "/robots.txt": Page(503)}
    report = crawl()
    assert report.requests == len(server.exchanges) == 3


def test_a_dead_site_is_a_failure_and_no_removal(
    tmp_path: Path, server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    crawl()
    server.state = {"*": Page(503)}
    report = crawl()
    assert report.outcome is runs.Outcome.FAILED
    assert report.reason is not None
    assert "503" in report.reason
    server.state = SITE
    assert crawl().outcome is runs.Outcome.SUCCEEDED
    assert kinds(tmp_path) == []


def test_a_page_that_nothing_links_to_any_more_is_asked_for_again(
    tmp_path: Path, server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    crawl()
    server.state = {"/": page("seal", "/buoy"), "/buoy": page("buoy", "/"), "*": Page(404)}
    crawl()
    assert ("oil", ["gone"]) in kinds(tmp_path)


def test_a_stopped_run_goes_on_where_it_was(server: Server, crawl: Callable[..., harvest.Report]) -> None:
    first = crawl(limits=Limits(pages=1))
    assert (first.outcome, first.counts["new"]) == (runs.Outcome.STOPPED, 1)
    second = crawl()
    assert (second.run, second.outcome, second.counts["new"]) == (first.run, runs.Outcome.SUCCEEDED, 3)
    assert sorted(path for path in server.paths if path in SITE) == ["/", "/buoy", "/oil"]


def test_a_child_that_dies_is_started_again(server: Server, crawl: Callable[..., harvest.Report]) -> None:
    server.latency = 0.3
    killed = threading.Event()

    def kill_the_child(moment: harvest.Moment) -> None:
        if moment.progress.done and not killed.is_set():
            killed.set()
            os.kill(_the_child(), signal.SIGKILL)
            server.latency = 0

    report = crawl(watch=kill_the_child)
    assert killed.is_set()
    assert (report.outcome, report.counts["new"]) == (runs.Outcome.SUCCEEDED, 3)


def test_each_run_goes_as_deep_as_the_first_and_no_deeper(
    tmp_path: Path, server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    chain = ("/", "/oil", "/buoy", "/crane", "/ferry")
    server.state = {one: page(f"thing {one}", after) for one, after in pairwise(chain)} | {"*": Page(404)}
    for _ in range(3):
        crawl(scope=ScopeRules(depth=2))
    assert {path for path in server.paths if path in chain} == {"/", "/oil", "/buoy"}
    assert kinds(tmp_path) == []


def test_one_source_is_crawled_once_at_a_time(tmp_path: Path, crawl: Callable[..., harvest.Report]) -> None:
    (tmp_path / "runs").mkdir()
    with Home(tmp_path).lock("quay").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(harvest.AlreadyRunning, match="quay is being crawled by another process"):
            crawl()


def test_a_child_that_hangs_is_ended_by_force(
    server: Server, crawl: Callable[..., harvest.Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "STOP_SECONDS", 1)
    server.latency = 0.3
    stopped: list[int] = []

    def hang(moment: harvest.Moment) -> None:
        if moment.progress.done and not stopped:
            stopped.append(_the_child())
            os.kill(stopped[0], signal.SIGSTOP)

    report = crawl(watch=hang, stopping=lambda: bool(stopped))
    assert report.outcome is runs.Outcome.STOPPED
    server.latency = 0
    again = crawl()
    assert (again.run, again.outcome, again.counts["new"]) == (report.run, runs.Outcome.SUCCEEDED, 3)


def test_an_orphaned_child_keeps_its_source_locked(tmp_path: Path, server: Server) -> None:
    """Nobody may take up a run while a child whose parent was killed is still writing."""
    server.latency = 1.0
    person = Person(tmp_path / "home")
    person.watch(server.url, "quay")
    parent = person.start("crawl")
    while not list(person.home.rglob("*.open")):
        assert parent.poll() is None
    (child,) = psutil.Process(parent.pid).children()
    child.suspend()
    parent.kill()
    parent.wait()
    try:
        person.run_here("crawl", code=3)
    finally:
        child.resume()
    child.wait(15)
    server.latency = 0
    person.run_here("crawl")
    assert person.json("runs")[0]["outcome"] == "succeeded"


def test_a_run_that_is_taken_up_again_says_which_of_its_numbers_are_of_the_last_part(
    crawl: Callable[..., harvest.Report], server: Server
) -> None:
    first = crawl(limits=Limits(pages=1))
    assert (first.outcome, first.resumed) == (runs.Outcome.STOPPED, 0)
    assert re.search(rf" {first.requests} requests, [0-9.]+ k?B in [0-9.]+ s$", progress.summary(first))
    server.latency = 0.1  # there is time to look
    moments: list[harvest.Moment] = []
    second = crawl(watch=moments.append)
    assert (second.run, second.outcome, second.resumed) == (first.run, runs.Outcome.SUCCEEDED, 1)
    assert second.requests == len(server.exchanges) > first.requests
    whole = rf" {second.requests} requests, [0-9.]+ k?B in the whole run, which was taken up again once; "
    assert re.search(rf"{whole}the last part took [0-9.]+ s$", progress.summary(second))
    assert harvest.as_json(second)["resumed"] == 1
    # The rate is that of the last part, too.
    assert {moment.progress.pages_done - moment.pages for moment in moments} == {1}


def test_stopping_ends_the_run_cleanly(
    server: Server, tmp_path: Path, crawl: Callable[..., harvest.Report]
) -> None:
    server.latency = 0.3
    report = crawl(stopping=lambda: len(server.exchanges) > 1)
    assert (report.outcome, report.reason) == (runs.Outcome.STOPPED, "stopped by request")
    assert not list(tmp_path.rglob("*.open"))


def _the_child() -> int:
    """The crawler process that this process has started."""
    return next(one.pid for one in psutil.Process().children() if "crawler.child" in one.cmdline())
