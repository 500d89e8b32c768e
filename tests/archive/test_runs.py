"""The table of runs: what is begun, taken up again, and closed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import database, runs
from archive.home import Home


def finish(engine: database.Engine, run: runs.Run, outcome: runs.Outcome) -> None:
    runs.finish(engine, run.id, outcome=outcome, reason=None, complete=True, requests=3, received=99)


def test_a_run_left_behind_is_taken_up_and_not_begun_twice(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    first = runs.begin(engine, "gazette", {}, "test")
    again = runs.begin(engine, "gazette", {}, "test")
    assert (again.id, again.started, again.resumed) == (first.id, first.started, 1)


def test_a_stopped_run_is_taken_up_and_one_that_ended_is_not(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    first = runs.begin(engine, "gazette", {}, "test")
    finish(engine, first, runs.Outcome.STOPPED)
    again = runs.begin(engine, "gazette", {}, "test")
    assert again.id == first.id
    finish(engine, again, runs.Outcome.SUCCEEDED)
    assert runs.begin(engine, "gazette", {}, "test").id != first.id


def test_sources_do_not_share_runs(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    assert runs.begin(engine, "one", {}, "test").id != runs.begin(engine, "two", {}, "test").id


def test_a_slot_is_run_once(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    slot = datetime(2025, 1, 27, 6, tzinfo=UTC)
    finish(engine, runs.begin(engine, "gazette", {}, "test", slot), runs.Outcome.SUCCEEDED)
    with pytest.raises(ValueError, match="has already had its run of 2025-01-27"):
        runs.begin(engine, "gazette", {}, "test", slot)
