"""The daemon's looks: what is begun, and what rests."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import database, schema
from archive.home import Home
from crawler.source import Source
from schedules import skipped
from schedules.due import Due
from schedules.service import Service

ENDS_BADLY = [sys.executable, "-c", "raise SystemExit(1)"]
STAYS = [sys.executable, "-c", "import time; time.sleep(60)"]


class Runs:
    """What was begun, in its order; each is a process that does `what`."""

    def __init__(self, what: list[str]) -> None:
        self.what = what
        self.begun: list[Due] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def __call__(self, source: Source, turn: Due) -> "subprocess.Popen[bytes]":
        self.begun.append(turn)
        self.processes.append(subprocess.Popen(self.what))
        return self.processes[-1]

    def wait(self) -> None:
        for process in self.processes:
            process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "sources").mkdir()
    yield Home(tmp_path)


def add(home: Home, name: str, seed: str) -> None:
    text = f'seeds = ["{seed}"]\nschedule = "monthly on the last day"\n'
    (home.sources / f"{name}.toml").write_text(text)


def test_sources_at_one_site_take_turns_and_no_more_than_the_limit_run(home: Home) -> None:
    for name, seed in (
        ("a", "https://a.example.org/"),
        ("b", "https://b.example.org/"),
        ("c", "https://c.example.net/"),
        ("d", "https://d.example.com/"),
    ):
        add(home, name, seed)
    runs = Runs(STAYS)
    service = Service(home, runs, 2, print)
    try:
        service.look()
        service.look()
        assert [one.source for one in runs.begun] == ["a", "c"]
    finally:
        service.stop()
    assert all(process.poll() is not None for process in runs.processes)
    service.look()
    assert len(runs.begun) == 2, "nothing is begun after the end"


def test_the_zone_that_is_not_said_is_asked_for_at_each_look(home: Home) -> None:
    add(home, "a", "https://a.example.org/")
    zones = iter(["UTC", "Pacific/Auckland"])
    runs = Runs(ENDS_BADLY)
    service = Service(home, runs, 2, print, lambda: next(zones))
    try:
        service.look()
        runs.wait()
        service.look()
    finally:
        service.stop()
    assert [one.slot.hour for one in runs.begun] in ([0, 11], [0, 12]), "midnight there is another turn"


def test_what_ended_badly_rests_before_the_same_turn_and_not_before_another(home: Home) -> None:
    add(home, "a", "https://a.example.org/")
    runs, said = Runs(ENDS_BADLY), list[str]()
    service = Service(home, runs, 2, said.append)
    for _ in range(3):
        service.look()
        runs.wait()
    assert len(runs.begun) == 1
    rest = service.rests["a"]
    rest.until = 0.0
    service.look()
    runs.wait()
    service.look()
    assert len(runs.begun) == 2
    assert service.rests["a"].seconds == 2 * rest.seconds, "longer each time"
    service.rests["a"].turn = Due("a", runs.begun[0].slot, light=True)
    service.look()
    assert len(runs.begun) == 3, "another turn is another matter"


def test_a_broken_edit_leaves_the_source_as_it_was_and_is_told_once(home: Home) -> None:
    add(home, "a", "https://a.example.org/")
    said = list[str]()
    service = Service(home, Runs(ENDS_BADLY), 2, said.append)
    service.look()
    (home.sources / "a.toml").write_text("seeds = 7\n")
    service.look()
    service.look()
    assert service.good["a"].seeds == ("https://a.example.org/",)
    assert len(said) == 2 and "goes on as it was" in said[1]
    (home.sources / "a.toml").unlink()
    service.look()
    assert service.good == {}


def test_a_slot_that_comes_while_its_source_is_crawled_is_written_down(home: Home) -> None:
    (home.sources / "a.toml").write_text('seeds = ["https://a.example.org/"]\nschedule = "every 1 minutes"\n')
    runs = Runs(STAYS)
    service = Service(home, runs, 2, print)
    try:
        service.look()
        (turn,) = runs.begun
        earlier = turn.slot - timedelta(minutes=3)
        engine = database.open_index(home)
        with engine.begin() as connection:
            run = schema.runs.insert().values(id="r", source="a", slot=earlier, started=earlier)
            connection.execute(run.values(settings={}, software="x"))
        engine.dispose()
        service.look()
        service.look()
        assert [(row["source"], row["reason"]) for row in skipped.read(home)] == [("a", skipped.OVERLAP)]
    finally:
        service.stop()
