"""What happens when: rows of the table in docs/operations.md that no other test shows, and who shows each."""

import ast
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from archive import database
from strandline.cli import main
from tests.journeys.program import Person
from tests.journeys.test_due import SITE, from_cron, scheduled
from tests.sites.server import Asked, Page, Server
from tests.torture import certificates

ROOT = Path(__file__).parents[2]


@pytest.fixture
def person(tmp_path: Path) -> Person:
    made = Person(tmp_path / "home")
    made.run_here("init", str(made.home))
    return made


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<html><body><p>The harbour opens.</p></body></html>"
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def expired(folder: Path) -> Iterator[str]:
    """A site whose certificate ran out yesterday."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.socket = certificates.context("tls-expired", folder).wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_an_expired_certificate_is_noted_and_stops_nothing(person: Person, tmp_path: Path) -> None:
    with expired(tmp_path) as url:
        scheduled(person, url, "gazette")
        code, said = from_cron(person)
    assert code == 0, said
    (run,) = person.json("runs")
    assert run["outcome"] == "succeeded"
    (shown,) = person.json("show", url)
    assert "expired" in shown["certificate"]


HOLD = """
import sqlite3, sys
index = sqlite3.connect(sys.argv[1], isolation_level=None)
index.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(person: Person) -> Iterator[subprocess.Popen[str]]:
    """Another process is writing to the index, until its input ends."""
    words = [sys.executable, "-c", HOLD, str(person.home / "archive.db")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_an_index_that_is_locked_for_a_while_is_waited_for(person: Person) -> None:
    with Server(SITE) as server:
        scheduled(person, server.url, "gazette")
        person.json("runs")  # makes the index
        with held(person) as other:
            process = person.start("crawl", "--due")
            time.sleep(2)
            assert process.poll() is None
            assert server.exchanges == [], "no run is begun that is not in the index"
            other.kill()
            assert process.wait(60) == 0
    assert [run["outcome"] for run in person.json("runs")] == ["succeeded"]


def test_an_index_that_stays_locked_is_told_and_the_slot_is_kept(
    person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with Server(SITE) as server:
        scheduled(person, server.url, "gazette")
        person.json("runs")
        with held(person):
            assert main(["--home", str(person.home), "crawl", "--due"]) == 1
            said = capsys.readouterr().err
            assert "another program is writing to" in said, said
            assert "report" not in said
        assert from_cron(person) == (0, "")
    assert [run["outcome"] for run in person.json("runs")] == ["succeeded"]


def test_an_index_that_is_locked_in_the_middle_of_a_run_is_read_into_later(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    person.json("runs")
    with ExitStack() as stack:

        def lock(_: Asked) -> bytes:
            stack.enter_context(held(person))
            return b"<html><body><p>About the ships.</p></body></html>"

        def wait(_: Asked) -> bytes:
            time.sleep(1.5)  # the first pages are to be read in now, and cannot be
            stack.close()
            return b"<html><body><p>About the tides.</p></body></html>"

        with Server({**SITE, "/a": Page(body=lock), "/b": Page(body=wait)}) as server:
            scheduled(person, server.url, "gazette")
            assert main(["--home", str(person.home), "crawl", "--due"]) == 0
    (run,) = person.json("runs")
    assert (run["outcome"], run["resumed"], run["new"]) == ("succeeded", 0, 3)


def test_a_site_that_blocks_is_told_and_stops_no_other(person: Person) -> None:
    with Server(SITE) as well, Server({"*": Page(403, body=b"<h1>Access denied</h1>")}) as blocks:
        scheduled(person, blocks.url, "blocks")
        scheduled(person, well.url, "gazette")
        code, said = from_cron(person)
    assert code == 1
    assert said.startswith("blocks: ")
    outcomes = {run["source"]: run["outcome"] for run in person.json("runs")}
    assert outcomes == {"gazette": "succeeded", "blocks": "blocked"}


def test_sigterm_while_a_server_is_slow_ends_it_in_time_and_loses_nothing(person: Person) -> None:
    """Each answer takes its time; those that are under way are waited for."""
    with Server(SITE, latency=1.5) as server:
        scheduled(person, server.url, "gazette")
        process = person.start("crawl", "--due")
        until = time.monotonic() + 60
        while not any(one.path == "/" for one in server.exchanges):
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.5)
        begun = time.monotonic()
        process.terminate()
        assert process.wait(10) == 143
        assert time.monotonic() - begun < 10
        (run,) = person.json("runs")
        assert run["outcome"] == "stopped"
        assert not list((person.home / "warc").rglob("*.open")), "the file is sealed"
        server.latency = 0
        assert from_cron(person) == (0, "")
    (run,) = person.json("runs")
    assert (run["outcome"], run["resumed"]) == ("succeeded", 1)
    assert {row["url"] for row in person.json("pages", "gazette")} >= {
        f"{server.url}/{path}" for path in ("", "a", "b")
    }


BACKED = {
    "the machine was down": ("tests/schedules/test_due.py::test_every_slot_is_run_once_or_caught_up_once",),
    "the power fails during a crawl": (
        "tests/journeys/test_due.py::test_a_run_that_was_killed_is_taken_up_by_the_next_one",
        "tests/survival/test_kills.py::test_a_few_kills_lose_nothing_and_double_nothing",
    ),
    "two `crawl --due`": ("tests/journeys/test_due.py::test_two_at_once_crawl_a_slot_once",),
    "a crawl takes longer": (
        "tests/strandline/test_turns.py::test_what_is_being_crawled_has_no_turn",
        "tests/schedules/test_due.py::test_every_slot_is_run_once_or_caught_up_once",
    ),
    "the clock is set back": ("tests/schedules/test_due.py::test_every_slot_is_run_once_or_caught_up_once",),
    "the clock is set forward": (
        "tests/schedules/test_due.py::test_every_slot_is_run_once_or_caught_up_once",
    ),
    "the clock was years ahead": (
        "tests/schedules/test_due.py::test_a_clock_that_was_years_ahead_once_stops_no_source",
    ),
    "the clock was never set": (
        "tests/strandline/test_turns.py::test_a_clock_that_was_never_set_is_refused",
    ),
    "clocks change": (
        "tests/schedules/test_cadence.py::test_a_daily_run_fires_once_on_every_day_of_two_years",
    ),
    "a source file is broken": ("tests/journeys/test_due.py::test_one_broken_source_never_stops_another",),
    "`strandline.toml` is broken": ("tests/journeys/test_cron.py::test_with_nothing_in_the_environment",),
    "a site is down": (
        "tests/journeys/test_cron.py::test_with_nothing_in_the_environment",
        "tests/survival/test_network.py::test_a_cut_for_good_ends_the_run_which_says_what_failed_and_the_next_one_finishes",
    ),
    "a site blocks": (
        "tests/journeys/test_operations.py::test_a_site_that_blocks_is_told_and_stops_no_other",
    ),
    "a certificate has expired": (
        "tests/journeys/test_operations.py::test_an_expired_certificate_is_noted_and_stops_nothing",
    ),
    "the index is locked": (
        "tests/journeys/test_operations.py::test_an_index_that_is_locked_for_a_while_is_waited_for",
        "tests/journeys/test_operations.py::test_an_index_that_stays_locked_is_told_and_the_slot_is_kept",
        "tests/journeys/test_operations.py::test_an_index_that_is_locked_in_the_middle_of_a_run_is_read_into_later",
    ),
    "a WARC file is damaged": ("tests/journeys/test_cron.py::test_with_nothing_in_the_environment",),
    "SIGTERM": (
        "tests/journeys/test_operations.py::test_sigterm_while_a_server_is_slow_ends_it_in_time_and_loses_nothing",
    ),
    "a server answers nothing": (
        "tests/crawler/test_bounds.py::test_a_run_in_which_nothing_comes_any_more_is_stalled_and_taken_up",
    ),
    "a crawl takes more memory": (
        "tests/crawler/test_bounds.py::test_a_child_with_too_much_memory_stops_and_the_run_goes_on",
        "tests/journeys/test_due.py::test_a_run_that_stopped_at_its_limit_waits_for_the_next_slot",
    ),
    "the process that crawls is stuck": (
        "tests/crawler/test_bounds.py::test_a_child_that_is_stuck_is_ended_by_force_and_not_started_again",
    ),
    "no contact is set": ("tests/journeys/test_due.py::test_one_broken_source_never_stops_another",),
    "the disk is full": (
        "tests/journeys/test_cron.py::test_with_nothing_in_the_environment",
        "tests/survival/test_space.py::test_a_crawl_stops_before_the_disk_is_full_and_goes_on_when_there_is_room",
    ),
}
"""How each row of the table begins, and the tests that show it."""


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_row_of_the_table_is_shown_by_a_test() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    part = page.partition("## What happens when\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", part, re.MULTILINE)[2:]
    assert len(rows) == len(BACKED)
    for row in rows:
        assert any(row.startswith(begins) for begins in BACKED), f"no test is named for: {row}"
    for begins, tests in BACKED.items():
        assert any(row.startswith(begins) for row in rows), f"the table has no row: {begins}"
        for test in tests:
            file, _, name = test.partition("::")
            assert name in functions(file), f"{begins}: there is no {test}"
