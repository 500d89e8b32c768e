"""What runs share about hosts: several real processes, killed ones among them, on one file."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, pairwise
from pathlib import Path

import pytest

from crawler.hosts import BODY_LIMIT, COOLING_LIMIT, DELAY_LIMIT, QUEUE_LIMIT, Hosts

ROOT = Path(__file__).parents[2]
NOW = 1_800_000_000.0
HOST = "example.org"
DAY = 86_400.0

# Takes turns as fast as it may, and prints the instants.
ASKER = """
import sys, time
from pathlib import Path
from crawler.hosts import Hosts
path, delay, times = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
hosts = Hosts(path)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(times):
    at = hosts.turn("example.org", time.time(), delay)
    time.sleep(max(0.0, at - time.time()))
    print(repr(at), flush=True)
"""


class Clock:
    """A clock that shows what it is set to."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "hosts.db"


@pytest.fixture
def hosts(path: Path, clock: Clock) -> Iterator[Hosts]:
    hosts = Hosts(path, clock=clock)
    yield hosts
    hosts.close()


def start(path: Path, delay: float, times: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", ASKER, str(path), str(delay), str(times)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def started(path: Path, delay: float, times: int, count: int = 4) -> list["subprocess.Popen[str]"]:
    """Processes that opened the file, new as it is, all at once, and then began together."""
    processes = [start(path, delay, times) for _ in range(count)]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in processes:
        go(process)
    return processes


def test_turns_are_a_delay_apart(hosts: Hosts) -> None:
    assert [hosts.turn(HOST, NOW, 2.0) for _ in range(3)] == [NOW, NOW + 2, NOW + 4]
    assert hosts.turn("other.example", NOW, 2.0) == NOW
    assert hosts.turn(HOST, NOW + 60, 2.0) == NOW + 60


def test_leave_is_given_a_delay_after_the_request_that_was_sent_last(path: Path, hosts: Hosts) -> None:
    other = Hosts(path)
    assert hosts.ask(HOST, NOW, 2.0) == NOW
    hosts.sent(HOST, NOW + 0.5)  # connecting took so long
    assert other.ask(HOST, NOW + 2, 1.0) == NOW + 2.5
    assert other.ask(HOST, NOW + 2.5, 1.0) == NOW + 2.5
    assert hosts.ask(HOST, NOW + 2.5, 2.0) == NOW + 4.5
    assert hosts.ask("other.example", NOW, 2.0) == NOW
    # A clock that was set back by an hour.
    assert hosts.ask(HOST, NOW - 3600, 2.0) == NOW - 3600
    other.close()


def test_the_longer_delay_counts_on_either_side(hosts: Hosts) -> None:
    turns = [hosts.turn(HOST, NOW, delay) for delay in (1.0, 10.0, 1.0, 1.0)]
    assert turns == [NOW, NOW + 10, NOW + 20, NOW + 21]


def test_a_source_that_asks_very_rarely_does_not_stop_the_others(hosts: Hosts) -> None:
    assert [hosts.turn(HOST, NOW, delay) for delay in (3600.0, 1.0)] == [NOW, NOW + DELAY_LIMIT]


def test_without_a_delay_nothing_is_written(path: Path, hosts: Hosts) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # a write would have to wait for this
    began = time.perf_counter()
    assert [hosts.turn(HOST, NOW + n, 0.0) for n in range(1000)] == [NOW + n for n in range(1000)]
    assert time.perf_counter() - began < 2
    other.close()


def test_a_turn_is_cheap(hosts: Hosts) -> None:
    def seconds() -> float:
        began = time.process_time()
        for n in range(500):
            hosts.turn(f"{n}.example", NOW, 1.0)
        return (time.process_time() - began) / 500

    assert min(seconds() for _ in range(3)) < 0.0005


def test_four_processes_keep_the_delay_and_none_starves(path: Path) -> None:
    delay, times = 0.01, 40
    processes = started(path, delay, times)
    turns = [[float(line) for line in process.communicate(timeout=30)[0].split()] for process in processes]
    together = sorted(chain.from_iterable(turns))
    assert len(together) == 4 * times
    assert min(later - earlier for earlier, later in pairwise(together)) > delay * 0.99
    # When the first has had all its turns, the others have had nearly as many.
    first = min(own[-1] for own in turns)
    assert min(sum(at <= first for at in own) for own in turns) > times / 2


def test_what_a_killed_process_had_reserved_blocks_nobody_for_long(path: Path) -> None:
    delay = 0.02
    processes = started(path, delay, 10_000)
    time.sleep(0.5)
    for process in processes:
        process.send_signal(signal.SIGKILL)
    for process in processes:
        process.communicate(timeout=30)
    hosts = Hosts(path)
    now = time.time()
    assert hosts.turn(HOST, now, delay) <= now + 6 * delay
    hosts.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_turns_reserved_by_a_clock_that_ran_ahead_are_forgotten(hosts: Hosts) -> None:
    hosts.turn(HOST, NOW + 3600, 1.0)
    assert hosts.turn(HOST, NOW, 1.0) == NOW
    assert hosts.turn(HOST, NOW, 1.0) == NOW + 1


def test_a_clock_a_little_behind_still_keeps_the_delay(hosts: Hosts) -> None:
    hosts.turn(HOST, NOW, 1.0)
    assert hosts.turn(HOST, NOW - 5, 1.0) == NOW + 1


def test_a_long_queue_is_kept_as_long_as_the_limit(hosts: Hosts) -> None:
    turns = [hosts.turn(HOST, NOW, 1.0) for _ in range(QUEUE_LIMIT + 1)]
    assert turns == [NOW + n for n in range(QUEUE_LIMIT + 1)]


def test_a_rest_is_known_to_all_and_ends(path: Path, hosts: Hosts, clock: Clock) -> None:
    other = Hosts(path, clock=clock)
    assert other.cooling(HOST) == 0
    hosts.cool(HOST, NOW + 120)
    hosts.cool(HOST, NOW + 30)
    assert (other.cooling(HOST), other.cooling("other.example")) == (NOW + 120, 0)
    clock.now = NOW + 120
    assert other.cooling(HOST) == 0
    other.close()


def test_no_host_rests_for_ever(hosts: Hosts, clock: Clock) -> None:
    hosts.cool(HOST, NOW + 400 * DAY)
    assert hosts.cooling(HOST) == NOW + COOLING_LIMIT
    clock.now = NOW - 30 * DAY  # it was ahead by a month when the rest began
    assert hosts.cooling(HOST) == 0
    hosts.cool(HOST, clock.now + 60)
    assert hosts.cooling(HOST) == clock.now + 60


def test_robots_are_kept_for_a_day(hosts: Hosts) -> None:
    assert hosts.robots(HOST, NOW) is None
    hosts.remember_robots(HOST, NOW, 200, b"User-agent: *\nDisallow: /x")
    assert hosts.robots(HOST, NOW + DAY - 1) == (NOW, 200, b"User-agent: *\nDisallow: /x")
    assert hosts.robots(HOST, NOW + DAY) is None
    assert hosts.robots(HOST, NOW + 600, life=300) is None
    hosts.remember_robots(HOST, NOW + 600, 404, b"")
    assert hosts.robots(HOST, NOW + 601, life=300) == (NOW + 600, 404, b"")


def test_robots_of_the_future_do_not_count(hosts: Hosts) -> None:
    hosts.remember_robots(HOST, NOW + 3600, 200, b"x")
    assert hosts.robots(HOST, NOW) is None


def test_a_large_robots_body_is_cut(hosts: Hosts) -> None:
    hosts.remember_robots(HOST, NOW, 200, bytes(BODY_LIMIT + 1))
    found = hosts.robots(HOST, NOW)
    assert found and len(found[2]) == BODY_LIMIT


def test_what_is_old_goes_when_the_file_is_opened(path: Path, hosts: Hosts, clock: Clock) -> None:
    for host, at in (("old.example", NOW - 3 * DAY), ("new.example", NOW), ("odd.example", NOW + 9 * DAY)):
        hosts.turn(host, at, 1.0)
        hosts.remember_robots(host, at, 200, b"")
    hosts.cool("new.example", NOW + 60)
    hosts.cool("old.example", NOW - 3 * DAY)
    Hosts(path, clock=clock).close()
    db = sqlite3.connect(path)
    for table in ("turn", "rest", "robots"):
        name = "origin" if table == "robots" else "host"
        assert db.execute(f"SELECT {name} FROM {table}").fetchall() == [("new.example",)], table
    db.close()


def test_where_one_file_cannot_be_used_the_next_is(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.write_bytes(b"tide table " * 1000)
    second = path.with_name("second.db")
    hosts = Hosts(path, second)
    assert "hosts.db cannot be used" in caplog.text
    assert "may be deleted" in caplog.text
    assert [hosts.turn(HOST, NOW, 1.0) for _ in range(2)] == [NOW, NOW + 1]
    hosts.close()
    with closing(sqlite3.connect(second)) as db:
        assert db.execute("SELECT host FROM turn").fetchall() == [(HOST,)]
    assert path.read_bytes() == b"tide table " * 1000


def test_a_run_goes_on_alone_where_there_is_no_file_at_all(path: Path) -> None:
    path.parent.write_bytes(b"a file where the folder should be")
    hosts = Hosts(path)
    assert [hosts.turn(HOST, NOW, 1.0) for _ in range(2)] == [NOW, NOW + 1]
    hosts.close()


def test_a_run_goes_on_alone_when_the_file_breaks(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hosts = Hosts(path)
    hosts.turn(HOST, NOW, 1.0)
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE turn")
    assert [hosts.turn(HOST, NOW, 1.0) for _ in range(2)] == [NOW, NOW + 1]
    assert "out of reach" in caplog.text
    hosts.close()
