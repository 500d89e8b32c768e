"""A run that stands still or grows too large has an end: by itself, and by force where the child is stuck."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from archive import access, care, runs, text
from archive.home import Home
from crawler import bounds, harvest
from crawler.bounds import Bounds, Stall
from crawler.source import Limits, Manners, Source
from tests.sites.server import Page, Server

QUAY = Page(body=b"<h1>Quay</h1><p>The seal was seen off the north quay on Monday, and on Tuesday again.</p>")


@pytest.fixture
def server() -> Iterator[Server]:
    """A site with one page that never answers."""
    front = Page(body=b'<h1>Boats</h1><p>Nine boats came in on Monday evening.</p><a href="/quay">quay</a>')
    with Server({"/": front, "/quay": hangs(), "*": Page(404)}) as running:
        yield running


def hangs() -> Page:
    def body(_: object) -> bytes:
        time.sleep(60)
        return b""

    return Page(body=body)


@pytest.fixture
def crawl(tmp_path: Path, server: Server) -> Callable[..., harvest.Report]:
    def run(watch: Callable[[harvest.Moment], None] = lambda _: None, **limits: float) -> harvest.Report:
        manners = Manners(delay=0, allow_private=True)
        source = Source(
            name="quay", seeds=(f"{server.url}/",), manners=manners, limits=Limits.model_validate(limits)
        )
        return harvest.harvest(
            Home(tmp_path), source, contact=None, software="Strandline/test", workers=1, watch=watch
        )

    return run


def test_a_run_in_which_nothing_comes_any_more_is_stalled_and_taken_up(
    tmp_path: Path, server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    began, home = time.monotonic(), Home(tmp_path)
    report = crawl(stall=0.03)
    assert (report.outcome, report.reason) == ("stalled", "nothing was fetched for 0.03 minutes")
    assert time.monotonic() - began < 20, "the page alone would have taken a minute"
    assert report.counts["new"] == 1
    assert not list(tmp_path.rglob("*.open"))
    (home.run(report.run) / "report.json").unlink()
    with text.Extractors(1) as extractors:
        care.rebuild(home, extractors)
    with access.Archive(home) as archive:
        (row,) = archive.runs()
    assert (row["outcome"], row["reason"]) == (report.outcome, report.reason), "the WARC alone tells it"
    server.state = {**server.state, "/quay": QUAY}
    again = crawl(stall=0.03)
    assert (again.run, again.outcome, again.counts["new"]) == (report.run, runs.Outcome.SUCCEEDED, 2)
    assert server.paths.count("/") == 1, "what was fetched is not fetched again"


def test_a_host_that_asked_for_a_rest_is_no_stall(
    server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    busy = Page(503, (("Content-Type", "text/plain"), ("Retry-After", "3")), b"Busy.")
    answers = iter((busy, QUAY))
    server.state = {**server.state, "/quay": lambda _path: next(answers, QUAY)}
    report = crawl(stall=0.02)
    assert (report.outcome, report.counts["new"]) == (runs.Outcome.SUCCEEDED, 2)


def test_a_child_with_too_much_memory_stops_and_the_run_goes_on(
    tmp_path: Path, server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    server.state = {**server.state, "/quay": QUAY}
    report = crawl(memory=50_000_000)
    assert (report.outcome, report.reason) == ("stopped", "the limit of 50 MB of memory")
    assert not list(tmp_path.rglob("*.open"))
    again = crawl()
    assert (again.run, again.outcome) == (report.run, runs.Outcome.SUCCEEDED)


def test_a_child_that_is_stuck_is_ended_by_force_and_not_started_again(
    server: Server, crawl: Callable[..., harvest.Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LATE_SECONDS", 1)
    stuck: list[int] = []

    def suspend(moment: harvest.Moment) -> None:
        if moment.progress.done and not stuck:
            stuck.append(
                next(one.pid for one in psutil.Process().children() if "crawler.child" in one.cmdline())
            )
            os.kill(stuck[0], signal.SIGSTOP)

    report = crawl(suspend, stall=0.03)
    assert (report.outcome, report.reason) == ("stalled", "the crawler was stuck, and was ended by force")
    server.state = {**server.state, "/quay": QUAY}
    again = crawl()
    assert (again.run, again.outcome, again.counts["new"]) == (report.run, runs.Outcome.SUCCEEDED, 2)


def test_only_the_time_counts_in_which_something_was_to_be_had() -> None:
    stall = Stall(0.1)
    times = [(float(at), 7, at < 100) for at in range(105)]
    assert not any(stall.stands(*one) for one in times), "it rested for most of it"
    assert stall.stands(105.0, 7, False)
    assert not stall.stands(106.0, 8, False), "something came"
    assert not stall.stands(10_000.0, 8, False), "the machine slept"


def test_a_child_that_needs_long_to_begin_is_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is taken up goes through what it has recorded first, which may be much."""
    now = 0.0
    sizes = {7: 1}
    monkeypatch.setattr(bounds, "resident", sizes.__getitem__)
    child = Bounds(Limits(stall=1, minutes=60), 7, beats=5, clock=lambda: now)
    now = 3000.0
    child.look(5)
    assert child.broken is None
    child.look(6)
    now = 3181.0
    child.look(6)
    assert child.broken == ("stalled", "the crawler was stuck, and was ended by force")


def test_a_child_is_given_a_moment_to_stop_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    sizes = {7: 2_000_000_000}
    monkeypatch.setattr(bounds, "resident", sizes.__getitem__)
    child = Bounds(Limits(minutes=1), 7, beats=0, clock=lambda: now)
    now = 9.0
    child.look(0)
    assert child.broken is None
    now = 10.0
    child.look(0)
    assert child.broken == ("stopped", "the limit of 1000 MB of memory")
    sizes[7] = 1
    late = Bounds(Limits(minutes=1), 7, beats=0, clock=lambda: now)
    now += 60 + bounds.LATE_SECONDS
    late.look(0)
    assert late.broken == ("stopped", "the limit of 1 minutes")


def test_a_run_that_is_left_behind_too_often_is_closed_and_another_begun(
    tmp_path: Path, server: Server, crawl: Callable[..., harvest.Report]
) -> None:
    """The fault may be its own. What it has recorded is kept."""

    def fall(moment: harvest.Moment) -> None:
        if moment.counts.get("captures"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crawl(fall)
    with sqlite3.connect(tmp_path / "archive.db") as db:
        db.execute("UPDATE runs SET resumed = ?", (runs.TAKEN_UP,))
    server.state = {**server.state, "/quay": QUAY}
    report = crawl()
    assert (report.outcome, report.resumed, report.counts["same"]) == (runs.Outcome.SUCCEEDED, 0, 1)
    with access.Archive(Home(tmp_path)) as archive:
        first, second = archive.runs()
    assert (first["outcome"], first["reason"]) == ("interrupted", "left behind 11 times")
    assert (second["run"], first["new"]) == (report.run, 1)
    assert not list(tmp_path.rglob("*.open"))
