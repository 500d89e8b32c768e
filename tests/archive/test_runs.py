"""The table of runs: what is begun, taken up again, and closed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import database, instants, runs
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


SCOPE = {"scope": {"within": "host"}}


def begun(engine: database.Engine, light: bool, settings: dict[str, object] = SCOPE) -> runs.Run:
    return runs.begin(engine, "gazette", settings, "test", light=light)


def test_until_all_was_seen_in_this_scope_there_are_no_light_runs(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    full = begun(engine, light=True)
    assert full.light is False
    finish(engine, full, runs.Outcome.SUCCEEDED)
    assert begun(engine, light=True, settings={"scope": {"within": "domain"}}).light is False
    assert begun(engine, light=True).light is True


def test_light_runs_are_made_while_a_full_one_waits(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    finish(engine, begun(engine, light=False), runs.Outcome.SUCCEEDED)
    full = begun(engine, light=False)
    finish(engine, full, runs.Outcome.STOPPED)
    light = begun(engine, light=True)
    assert light.light
    assert light.id != full.id
    finish(engine, light, runs.Outcome.SUCCEEDED)
    assert begun(engine, light=False).id == full.id


def test_a_light_run_that_was_left_behind_is_taken_up_before_the_next_full_one(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    finish(engine, begun(engine, light=False), runs.Outcome.SUCCEEDED)
    left = begun(engine, light=True)
    again = begun(engine, light=False)
    assert (again.id, again.light, again.resumed) == (left.id, True, 1)
    finish(engine, again, runs.Outcome.SUCCEEDED)
    assert begun(engine, light=False).light is False


def test_a_run_that_is_taken_up_answers_for_the_slot_that_it_was_taken_up_for(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    monday, tuesday = (datetime(2025, 1, day, 6, tzinfo=UTC) for day in (27, 28))
    first = runs.begin(engine, "gazette", {}, "test", monday)
    finish(engine, first, runs.Outcome.STOPPED)
    assert runs.begin(engine, "gazette", {}, "test", tuesday).id == first.id
    finish(engine, first, runs.Outcome.SUCCEEDED)
    for slot in (monday, tuesday):
        with pytest.raises(runs.SlotTaken):
            runs.begin(engine, "gazette", {}, "test", slot)


def test_a_full_run_answers_for_the_light_ones_that_were_due_when_it_began(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    full = runs.begin(engine, "gazette", SCOPE, "test", datetime(2025, 1, 27, 6, tzinfo=UTC))
    finish(engine, full, runs.Outcome.SUCCEEDED)
    with pytest.raises(runs.SlotTaken):
        runs.begin(engine, "gazette", SCOPE, "test", full.started - timedelta(minutes=5), light=True)
    assert runs.begin(engine, "gazette", SCOPE, "test", instants.now(), light=True).light


def test_what_another_has_finished_meanwhile_is_not_taken_up_nor_begun_anew(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    left = runs.begin(engine, "gazette", {}, "test")
    assert runs.begin(engine, "gazette", {}, "test", left.started, left=left.id).id == left.id
    finish(engine, left, runs.Outcome.SUCCEEDED)
    with pytest.raises(runs.SlotTaken):
        runs.begin(engine, "gazette", {}, "test", left.started, left=left.id)
