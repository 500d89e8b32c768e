"""Success needs evidence: how a run is judged by what its captures came to."""

from datetime import timedelta
from pathlib import Path

import pytest

from archive import database, instants, runs, schema
from archive.home import Home
from archive.runs import Outcome

SEED = "https://gazette.example/"


@pytest.fixture
def engine(tmp_path: Path) -> database.Engine:
    """A whole run `before` that found ten articles good."""
    home = Home(tmp_path)
    for folder in (home.sources, home.warc, home.text, home.runs):
        folder.mkdir(parents=True, exist_ok=True)
    made = database.open_index(home)
    with made.begin() as connection:
        for number in range(10):
            page = {"id": number, "source": "gazette", "url": f"{SEED}{number}", "article": True}
            connection.execute(schema.pages.insert().values(**page))
    _run(made, "before", ["new"] * 10, days=2, complete=True)
    return made


def _run(engine: database.Engine, name: str, verdicts: list[str], days: int, complete: bool = False) -> None:
    """A run so many days ago, with a capture of each of the first articles."""
    at = instants.now() - timedelta(days=days)
    with engine.begin() as connection:
        connection.execute(
            schema.runs.insert().values(
                id=name, source="gazette", slot=at, started=at, complete=complete,
                settings={"scope": 1}, software="test",
            )
        )  # fmt: skip
        file = {"name": f"{name}.warc.gz", "source": "gazette", "run": name}
        number = connection.execute(schema.warcs.insert().values(**file)).inserted_primary_key[0]
        for page, verdict in enumerate(verdicts):
            connection.execute(
                schema.captures.insert().values(
                    page=page, run=name, warc=number, offset=page, record="", at=at, status=200,
                    payload="", size=0, truncated=False, verdict=verdict,
                )
            )  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "failed", "outcome"),
    [
        (["same"] * 10, 0, Outcome.SUCCEEDED),
        (["same"] * 6, 4, Outcome.PARTLY),
        (["same"] * 5, 5, Outcome.PARTLY),
        (["same"] * 4, 6, Outcome.FAILED),
        (["same"] * 4, 0, Outcome.FAILED),  # six were never asked for
        (["same"] * 4 + ["gone"] * 6, 0, Outcome.SUCCEEDED),  # that a page is gone is an answer
        (["same"] * 5 + ["blocked"] * 5, 5, Outcome.PARTLY),
        (["same"] * 4 + ["blocked"] * 6, 6, Outcome.BLOCKED),
        (["blocked"], 9, Outcome.BLOCKED),
        ([], 10, Outcome.FAILED),
    ],
)
def test_a_full_run(engine: database.Engine, verdicts: list[str], failed: int, outcome: Outcome) -> None:
    _run(engine, "now", verdicts, days=1)
    assert runs.judged(engine, "now", False, failed, [SEED])[0] is outcome


def test_a_light_run_need_not_reach_what_is_known(engine: database.Engine) -> None:
    _run(engine, "now", ["same"], days=1)
    assert runs.judged(engine, "now", True, 0, [SEED])[0] is Outcome.SUCCEEDED
