"""The same captures in any order and in any portions give the same history, and by any way of deriving it."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from archive import database, histories, schema
from archive.home import Home
from archive.ingest import Ingest
from archive.text import Extractors
from tests.sites.records import Answer, article, write
from tests.sites.walls import CHALLENGES, LOGINS, MISSING

MONDAY = datetime(2025, 1, 27, 6, tzinfo=UTC)
SITE = "https://gazette.example"
TALES = [
    article(
        f"Tale {n}",
        f"The crane was seen {n} times on Monday, and nobody in the harbour knew why. " * 3,
        "It had been silent all winter, for the ice came early.",
    )
    for n in range(4)
]
FRONT = article("The Gazette", "All that happens between the quay and the mill, told every day but Sunday.")
WALLS = [CHALLENGES["akamai"], LOGINS["login page"], MISSING["wordpress"], FRONT]
PAGES, DAYS = 12, 6


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(1) as made:
        yield made


def answers(day: int) -> list[Answer]:
    """A run: the front page, an article that stays, and others that are edited, missing or moved."""
    dice = random.Random(f"day {day}")
    at = MONDAY + timedelta(days=day)
    said = [Answer(f"{SITE}/", at, FRONT), Answer(f"{SITE}/calm", at, TALES[0])]
    for page in range(PAGES):
        url, seen = f"{SITE}/{page}", at + timedelta(minutes=page + 1)
        kind = dice.choice(["tale", "tale", "tale", "wall", "wall", 404, 404, 503, 304, "moved"])
        if isinstance(kind, int):
            said.append(Answer(url, seen, status=kind))
        elif kind == "moved":
            to = (("Location", f"{SITE}/{dice.randrange(PAGES)}"),)
            said.append(Answer(url, seen, status=301, headers=to))
        else:
            said.append(Answer(url, seen, dice.choice(TALES[: 2 + page % 3] if kind == "tale" else WALLS)))
    return said


def archived(
    root: Path, extractors: Extractors, order: Sequence[int], portion: int
) -> dict[str, list[object]]:
    """What the index says once the runs of all days were taken in some order, `portion` bytes at a time."""
    root.mkdir()
    home = Home(root)
    engine = database.open_index(home)
    with engine.begin() as connection:
        for day in range(DAYS):
            at = MONDAY + timedelta(days=day)
            row = {"id": f"run{day}", "source": "gazette", "slot": at, "started": at, "settings": {}}
            ended = {"ended": at + timedelta(hours=1), "outcome": "succeeded", "software": "a test"}
            connection.execute(schema.runs.insert().values(**row, **ended, light=day == 2))
    for day in order:
        file = write(home.warc / "gazette" / "2025" / f"gazette-{day}-run{day}-00000.warc.gz", answers(day))
        intake = Ingest(home, engine, extractors, "gazette", f"run{day}")
        while intake.take(file, most=1, size=portion):
            pass
        intake.conclude(complete=day != 4)
    with engine.begin() as connection:
        told = said(connection)
        histories.settle(connection, home, connection.execute(select(schema.pages.c.id)).scalars().all())
        assert said(connection) == told
    engine.dispose()
    return told


def said(connection: Connection) -> dict[str, list[object]]:
    """Everything that the rules decided, without the numbers of rows."""
    pages, captures = schema.pages, schema.captures
    heirs = pages.alias()
    tables = {
        "pages": select(pages.c.url, pages.c.verdict, pages.c.moved_to, heirs.c.url).outerjoin(
            heirs, heirs.c.id == pages.c.predecessor
        ),
        "captures": select(
            pages.c.url, captures.c.at, captures.c.verdict, captures.c.reason, captures.c.version
        ).join(pages),
        "versions": select(pages.c.url, *_without(schema.versions, "page", "text", "capture")).join(pages),
        "changes": select(pages.c.url, *_without(schema.changes, "page", "id")).join(pages),
    }
    return {
        name: sorted((tuple(row) for row in connection.execute(wanted)), key=repr)
        for name, wanted in tables.items()
    }


def _without(table: schema.Table, *left_out: str) -> list[schema.Column[object]]:
    return [column for column in table.c if column.name not in left_out]


@pytest.mark.parametrize("number", [1, pytest.param(30, marks=pytest.mark.nightly)])
def test_order_and_portions_do_not_matter(tmp_path: Path, extractors: Extractors, number: int) -> None:
    first = archived(tmp_path / "in order", extractors, range(DAYS), 16 * 1024 * 1024)
    kinds = {verdict for _, _, verdict, *_ in first["captures"]}  # type: ignore[misc]  # rows of five
    assert kinds >= {"new", "same", "edited", "moved", "gone", "back", "blocked", "failed"}
    reasons = {reason for _, _, _, reason, _ in first["captures"]}  # type: ignore[misc]  # the same
    assert "a soft 404: it shows the text of the front page" in reasons
    for turn in range(number):
        dice = random.Random(turn)
        order, portion = dice.sample(range(DAYS), DAYS), dice.choice((4_000, 16 * 1024 * 1024))
        assert archived(tmp_path / str(turn), extractors, order, portion) == first, (order, portion)
