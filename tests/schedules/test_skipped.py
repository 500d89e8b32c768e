"""Slots in which no run was begun are written down once, and told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.home import Home
from crawler.source import Source
from schedules import due, skipped

NOW = datetime(2026, 5, 10, 12, 30, tzinfo=UTC)
SLOT = datetime(2026, 5, 10, 12, 0, tzinfo=UTC)


def test_a_slot_is_written_down_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert skipped.read(home) == []
    assert skipped.note(home, "a", SLOT, skipped.OVERLAP)
    assert not skipped.note(home, "a", SLOT, skipped.OVERLAP)
    assert skipped.note(home, "b", SLOT, "the disk had no room for a run")
    assert [(row["source"], row["slot"], row["reason"]) for row in skipped.read(home, "a")] == [
        ("a", SLOT, skipped.OVERLAP)
    ]
    assert len(skipped.read(home)) == 2


def test_a_torn_line_hides_no_other_and_a_long_file_is_halved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    for hours in range(10):
        skipped.note(home, "a", SLOT + timedelta(hours=hours), skipped.OVERLAP)
    with (home.runs / "skipped.jsonl").open("ab") as file:
        file.write(b'{"source": "a", "sl\n')
    assert len(skipped.read(home)) == 10
    monkeypatch.setattr(skipped, "LARGEST", 100)
    skipped.note(home, "a", SLOT - timedelta(hours=1), skipped.OVERLAP)
    kept = skipped.read(home)
    assert 5 <= len(kept) <= 6 and kept[-1]["slot"] == SLOT - timedelta(hours=1)


@pytest.mark.parametrize(("had", "expected"), [(SLOT - timedelta(hours=1), SLOT), (SLOT, None)])
def test_a_slot_that_comes_while_a_run_is_under_way_is_an_overlap(
    had: datetime, expected: datetime | None
) -> None:
    plan = due.plan(Source(name="a", seeds=("https://a.example/",), schedule="every 1 hour"))
    row = {"full": had, "started": had, "light": None, "ahead": None,
           "left": {"run": "r", "slot": had, "light": False, "resumed": 0}}  # fmt: skip
    found = due.overlapping(plan, row, NOW)  # type: ignore[arg-type]  # the row of a table
    assert found == expected
    assert due.overlapping(plan, None, NOW) is None


def test_a_run_that_has_just_been_begun_is_no_overlap() -> None:
    plan = due.plan(Source(name="a", seeds=("https://a.example/",), schedule="every 1 hour"))
    row = {"full": None, "started": None, "light": None, "ahead": None, "left": None}
    assert due.overlapping(plan, row, NOW) is None  # type: ignore[arg-type]  # the row of a table
