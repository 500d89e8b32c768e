"""The daemon: it crawls what is due, stands kills of itself and of its runs, and ends when it is told to."""

import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import psutil
import pytest

from tests.journeys.hardship import Trial
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Server, State

SOON = 'schedule = "every 1 minutes"'


def site(pages: int = 4) -> State:
    links = "".join(f'<a href="/{n}">{n}</a>' for n in range(pages))
    text = "The harbour master counted nine boats on Monday evening, and wrote it down in the large book."
    stories = {
        f"/{n}": page(f"<title>Story {n}</title><article><h1>Story {n}</h1><p>{text}</p></article>")
        for n in range(pages)
    }
    return {"/": page(f"<title>Stories</title>{links}"), **stories}


def watch(person: Person, server: Server, name: str, delay: float = 0, path: str = "/") -> None:
    """Add a source that is due every minute, and now."""
    words = ("--name", name, "--no-probe", "--allow-private", "--delay", str(delay))
    person.run("add", f"{server.url}{path}", *words)
    file = person.home / "sources" / f"{name}.toml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith(("schedule", "light"))]
    file.write_text("\n".join([SOON, *lines]))


@pytest.fixture
def person(tmp_path: Path) -> Person:
    person = Person(tmp_path / "home")
    person.run("init", str(person.home))
    return person


class Daemon:
    """`strandline serve` at work."""

    def __init__(self, person: Person, **environment: str) -> None:
        self.log = person.home.with_name(f"serve-{time.monotonic_ns()}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*person.program, "serve", "--port", "0", "--every", "0.5", "--jobs", "3"],
                env={**person.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def children(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return list(psutil.Process(self.process.pid).children(recursive=True))
        return []

    def said(self) -> str:
        return self.log.read_text()


@contextmanager
def serving(person: Person, **environment: str) -> Iterator[Daemon]:
    daemon = Daemon(person, **environment)
    try:
        yield daemon
    finally:
        with suppress(ProcessLookupError):
            daemon.process.send_signal(signal.SIGTERM)
        daemon.process.wait(timeout=20)


def until(condition: Any, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.2)


def ended(person: Person, *names: str) -> bool:
    """Whether each of the sources has had a run that came to its end."""
    rows = person.json("runs") if (person.home / "archive.db").exists() else []
    return set(names) <= {row["source"] for row in rows if row["outcome"] == "succeeded"}


def test_all_that_is_due_is_crawled_and_sources_at_one_site_take_turns(person: Person) -> None:
    with ExitStack() as stack:
        one, other = (stack.enter_context(Server(site())) for _ in range(2))
        watch(person, one, "first", delay=0.3)
        watch(person, one, "second", delay=0.3, path="/1")
        watch(person, other, "third")
        (person.home / "sources" / "broken.toml").write_text("seeds = 7\n")
        with serving(person) as daemon:
            until(lambda: ended(person, "first", "second", "third"))
            assert daemon.said().count("broken.toml") == 1, "told once"
            assert person.run("serve", code=3) == ""
        assert daemon.process.returncode == 143
        runs = [row for row in person.json("runs") if row["source"] in ("first", "second")]
        spans = sorted((row["started"], row["ended"]) for row in runs if row["ended"])
        assert all(before[1] <= after[0] for before, after in pairwise(spans)), "at one site one at a time"
        assert "archive/" not in daemon.said() and "Traceback" not in daemon.said()


@pytest.mark.nightly  # by day the hard times below have kills, too
def test_kills_lose_no_source_and_leave_no_zombie(person: Person) -> None:
    names = [f"source{n}" for n in range(4)]
    with ExitStack() as stack:
        for name in names:
            watch(person, stack.enter_context(Server(site(6))), name, delay=0.1)
        for number in range(2):
            daemon = Daemon(person)
            until(daemon.children)
            time.sleep(0.8 + number / 3)
            for child in daemon.children()[number % 2 :: 2]:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            if number % 2:
                daemon.process.kill()
            else:
                time.sleep(1)
                assert not [one for one in daemon.children() if one.status() == psutil.STATUS_ZOMBIE]
                daemon.process.send_signal(signal.SIGTERM)
            daemon.process.wait(timeout=15)
        with serving(person):
            until(lambda: ended(person, *names), 60)
    for name in names:
        pages = person.json("pages", name)
        assert len([one for one in pages if one["versions"]]) >= 6
    assert person.json("check") == []


def test_it_ends_within_ten_seconds_and_the_run_is_taken_up(person: Person) -> None:
    with Server(site(16)) as server:
        watch(person, server, "slow", delay=0.25)
        with serving(person) as daemon:
            until(lambda: len(daemon.children()) > 1)
            time.sleep(2.5)
            began = time.monotonic()
            daemon.process.send_signal(signal.SIGINT)
            assert daemon.process.wait(timeout=15) == 130
            assert time.monotonic() - began < 10
        (row,) = [one for one in person.json("runs") if one["run"]]
        assert (row["outcome"], row["reason"]) == ("stopped", "stopped by request")
        assert not [path for path in person.warcs if path.name.endswith(".open")]
        with serving(person):
            until(lambda: ended(person, "slow"))
        assert person.json("runs")[0]["resumed"] == 1


@pytest.mark.nightly  # it waits for the next minute
def test_an_edit_counts_at_once_and_a_broken_one_does_not(person: Person) -> None:
    with Server(site()) as server:
        watch(person, server, "edited")
        file = person.home / "sources" / "edited.toml"
        good = file.read_text()
        with serving(person) as daemon:
            until(lambda: ended(person, "edited"))
            file.write_text(good.replace("seeds", "sedes", 1))
            (person.home / "strandline.toml").write_text("contact = 7\n")
            until(lambda: "goes on as it was before this edit" in daemon.said())
            before = len(rows(person))
            until(lambda: len(rows(person)) > before, 75)


def rows(person: Person) -> list[tuple[str, ...]]:
    """The runs by the index itself: with a broken strandline.toml no command answers."""
    with sqlite3.connect(person.home / "archive.db") as db:
        return db.execute("SELECT id FROM runs WHERE ended IS NOT NULL").fetchall()


def test_systemd_is_told(person: Person, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(path))
        channel.settimeout(20)
        with serving(person, NOTIFY_SOCKET=str(path)) as daemon:
            wanted = {b"READY=1", b"WATCHDOG=1", b"STATUS=0 sources; nothing is due"}
            while wanted:
                wanted.discard(channel.recv(1000))
            daemon.process.send_signal(signal.SIGTERM)
            while channel.recv(1000) != b"STOPPING=1":
                pass


def test_the_daemon_stands_hard_times(person: Person) -> None:
    """The small form of `benchmarks/daemon.py`: servers in trouble, and kills of the daemon and its runs."""
    found = Trial(person, sources=6, minutes=(1,), jobs=3).run(12, kills=4, chance=Random(7))
    assert (found.missed, found.never, found.overlaps, found.left_over) == ([], [], set(), [])
    assert (found.kills, found.zombies, found.untrue) == (4, set(), [])
    assert found.stopped_in < 10
    assert person.json("check") == []


@pytest.mark.nightly
@pytest.mark.timeout(900)  # the full form takes ten minutes
def test_the_daemon_stands_hard_times_for_long(person: Person) -> None:
    found = Trial(person, sources=30, minutes=(3, 4, 5)).run(600, kills=20, chance=Random(1))
    assert (found.missed, found.never, found.unwell) == ([], [], [])
    assert (found.overlaps, found.left_over) == (set(), [])
    assert (found.kills, found.zombies, found.untrue) == (20, set(), [])
    assert found.told >= 2
    before, after = found.memory
    assert after < 1.1 * before
