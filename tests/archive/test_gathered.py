"""Rows in one step are the rows that come one by one."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from archive import database
from archive.gathered import gathered
from archive.home import Home
from archive.schema import captures, changes, fed, texts

HARD = 'a "b" \\ \n\0 é 海 \U0001f41a \u200f \u2028'
TEXT = {
    "payload": "sha256:1", "extractor": "e", "title": HARD, "date": date(2025, 1, 27), "author": None,
    "text": HARD, "entries": [{"title": HARD}], "reasons": [], "sha256": "1",
}  # fmt: skip


def test_the_same_rows_in_the_same_order(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    at = datetime(2025, 1, 27, 6, 0, 0, 123456, tzinfo=UTC)
    with engine.begin() as connection:
        connection.execute(texts.insert(), [TEXT, {**TEXT, "payload": "sha256:2", "title": None}])
        feeds = [
            {"source": "s", "url": "u", "feed": "f", "at": at, "updated": at.replace(year=year)}
            for year in range(1990, 2020)
        ]
        connection.execute(fed.insert(), feeds)
    with database.reading(engine) as connection:
        for wanted in (
            select(texts).order_by(texts.c.id.desc()),
            select(fed.c.updated, fed.c.at).where(fed.c.id > 3).order_by(fed.c.updated.desc()).limit(9),
            select(captures, changes.c.id.label("change")).join(changes, changes.c.page == captures.c.page),
        ):
            assert gathered(connection, wanted) == [tuple(row) for row in connection.execute(wanted)]
        newest = gathered(connection, select(fed).order_by(fed.c.updated.desc()))[0]
        assert (newest.updated.year, newest.published) == (2019, None)
    engine.dispose()
