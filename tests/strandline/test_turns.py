"""`crawl --due`, without a crawl: who has a turn, in what order, and what stops nobody."""

import fcntl
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive import instants, runs
from archive.home import Home
from crawler import harvest
from strandline import turns
from strandline.cli import main
from strandline.complaint import Complaint, ExitCode


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    monkeypatch.setenv("STRANDLINE_HOME", str(tmp_path))
    assert main(["init"]) == 0
    for name, schedule in (("a", "hourly"), ("b", "daily"), ("c", "weekly")):
        text = f'seeds = ["http://127.0.0.1:1/"]\nschedule = "{schedule}"\n'
        Home(tmp_path).source(name).write_text(text)
    capsys.readouterr()
    return Home(tmp_path)


@pytest.fixture
def crawled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were crawled, in order, on a Wednesday. `b` has a fault; another process is faster."""
    names: list[str] = []

    def run(desk: turns.Desk, source: Any, *_: object) -> harvest.Report:
        names.append(source.name)
        if source.name == "b":
            raise ZeroDivisionError("of b")
        if source.name == "c":
            raise Complaint("c: is being crawled", ExitCode.RUNNING)
        raise runs.SlotTaken

    monkeypatch.setattr(turns, "run", run)
    monkeypatch.setattr(instants, "now", lambda: datetime(2026, 6, 3, 12, tzinfo=UTC))
    return names


def test_the_oldest_overdue_comes_first_and_a_fault_stops_nobody(
    home: Home, crawled: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert turns.last_look(home) is None
    assert main(["crawl", "--due"]) == 1
    assert crawled == ["c", "b", "a", "a", "a"], "where a slot was taken it is looked again, not for ever"
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("strandline: b: a fault ended this run (ZeroDivisionError: of b).")
    assert turns.last_look(home) is not None


def test_what_is_being_crawled_has_no_turn(home: Home, crawled: list[str]) -> None:
    with home.lock("b").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert harvest.is_running(home, "b")
        assert main(["crawl", "--due"]) == 0
    assert "b" not in crawled
    assert not harvest.is_running(home, "b")


def test_four_work_at_a_time_in_a_home(home: Home, crawled: list[str]) -> None:
    with ExitStack() as others:
        for number in range(turns.PLACES):
            file = others.enter_context((home.runs / f".due-{number}.lock").open("a"))
            fcntl.flock(file, fcntl.LOCK_EX)
        assert main(["crawl", "--due"]) == 0
        assert crawled == []
    assert main(["crawl", "--due"]) == 1


def test_a_clock_that_was_never_set_is_refused(
    home: Home, crawled: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(instants, "now", lambda: datetime(1970, 1, 1, 0, 3, tzinfo=UTC))
    assert main(["crawl", "--due"]) == 2
    assert "The clock shows 1970-01-01, which cannot be." in capsys.readouterr().err
    assert crawled == []
