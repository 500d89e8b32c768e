"""Which folders of runs are cleared, and what is left of them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from archive import database, instants, runs, schema
from archive.home import Home
from strandline import retention


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Eight runs a day apart, r1 the oldest of 100 days ago; r2 was stopped, r3 never closed."""
    made = Home(tmp_path)
    for folder in (made.sources, made.warc, made.text, made.runs):
        folder.mkdir(parents=True, exist_ok=True)
    made.settings.write_text("format = 1\n")
    engine = database.open_index(made)
    began = instants.now() - timedelta(days=101)
    with engine.begin() as connection:
        for number in range(1, 9):
            at = began + timedelta(days=number)
            outcome = runs.Outcome.STOPPED if number == 2 else runs.Outcome.SUCCEEDED
            connection.execute(
                schema.runs.insert().values(
                    id=f"r{number}", source="gazette", slot=at, started=at, ended=at, outcome=outcome,
                    settings={}, software="test",
                )
            )  # fmt: skip
            made.run(f"r{number}").mkdir()
            (made.run(f"r{number}") / "report.json").write_text("{}")
            (made.run(f"r{number}") / "frontier.db").write_text("x")
        never = update(schema.runs).where(schema.runs.c.id == "r3")
        connection.execute(never.values(ended=None, outcome=None))
    engine.dispose()
    return made


def full(home: Home) -> set[str]:
    return {path.parent.name for path in home.runs.glob("*/frontier.db")}


def test_old_runs_keep_their_reports_and_those_to_be_taken_up_keep_all(home: Home) -> None:
    assert retention.tidy(home, 90) == 1
    assert full(home) == {"r2", "r3", "r4", "r5", "r6", "r7", "r8"}
    assert len(list(home.runs.glob("*/report.json"))) == 8
    assert retention.tidy(home, 90) == 0


def test_young_runs_keep_all(home: Home) -> None:
    assert retention.tidy(home, 365) == 0
    assert len(full(home)) == 8
