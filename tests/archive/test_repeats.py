"""The short way for what has not changed comes to the same as deriving a page's history anew."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from archive import database, histories, ingest, repeats, runs, schema
from archive.home import Home
from archive.text import Extractors
from tests.sites.records import Answer, article, write

MONDAY = datetime(2025, 1, 27, 6, tzinfo=UTC)
SITE = "https://gazette.example"
TALES = [
    article(f"Tale {n}", f"The crane was seen {n} times on Monday, and nobody knew why. " * 3)
    for n in range(3)
]
SAYINGS = [*TALES, f"{TALES[0]}<!-- restyled -->", "<p></p>", "304", "404", "503", "301"]


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(1) as made:
        yield made


def answer(url: str, at: datetime, said: str) -> Answer:
    if said == "301":
        return Answer(url, at, status=301, headers=(("Location", f"{SITE}/0"),))
    return Answer(url, at, status=int(said)) if said.isdigit() else Answer(url, at, said)


def dump(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = {table.name: select(table) for table in (schema.pages, schema.captures, schema.versions)}
    tables["changes"] = select(*(column for column in schema.changes.c if column.name != "id"))
    return {
        name: sorted((tuple(row) for row in connection.execute(rows)), key=repr)
        for name, rows in tables.items()
    }


def test_deriving_everything_anew_changes_nothing(
    tmp_path: Path, extractors: Extractors, monkeypatch: pytest.MonkeyPatch
) -> None:
    short: list[int] = []
    settle = repeats.settle

    def counted(connection: Connection, touched: set[int]) -> set[int]:
        settled = settle(connection, touched)
        short.append(len(settled))
        return settled

    monkeypatch.setattr(repeats, "settle", counted)
    home = Home(tmp_path)
    engine = database.open_index(home)
    dice = random.Random(4)
    for day in range(7):
        run = runs.begin(engine, "gazette", {}, "a test")
        answers = [
            answer(f"{SITE}/{page}", MONDAY + timedelta(days=day, minutes=page), _said(dice, page, day))
            for page in range(24)
        ]
        file = write(home.warc / "gazette" / "2025" / f"gazette-{day}-{run.id}-00000.warc.gz", answers)
        ingest.Ingest(home, engine, extractors, "gazette", run.id).take(file)
    with engine.begin() as connection:
        before = dump(connection)
        histories.settle(connection, home, {row[0] for row in before["pages"]})
        assert dump(connection) == before
    assert 30 < sum(short) < 110
    engine.dispose()


def _said(dice: random.Random, page: int, day: int) -> str:
    """Mostly what it said the last time; a page of its own temper each."""
    own = random.Random(page * 1000 + day // 3)
    return dice.choice(SAYINGS) if dice.random() < 0.25 else own.choice(SAYINGS[: 2 + page % 7])
