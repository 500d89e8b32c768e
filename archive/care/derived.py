"""Whether the index says what the WARC files say: its histories are derived anew in a copy, and compared."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, except_, select, update

from archive import database, histories, runs, schema
from archive.care.fixity import REBUILD, Finding
from archive.database import Engine
from archive.home import Home

INDEX = "archive.db"
SHOWN = 20
"""So many findings of a kind are told one by one."""

_TABLES = (
    *(schema.pages, schema.captures, schema.versions, schema.changes),
    *(schema.likenesses, schema.noise),
)
_CHUNK = 200
_LONGEST = 200


def copy(path: Path, to: Path) -> None:
    """A copy of an index as it is at this moment, also while it is written. Raises sqlite3.DatabaseError."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as there,
        closing(sqlite3.connect(to)) as here,
    ):
        there.backup(here)


def unsound(path: Path) -> Iterator[Finding]:
    """What SQLite itself finds wrong with an index. Raises sqlite3.DatabaseError."""
    with closing(sqlite3.connect(path)) as connection:
        for (said,) in connection.execute(f"PRAGMA integrity_check({SHOWN})"):
            if said != "ok":
                yield Finding(INDEX, f"the index is damaged: {said}", REBUILD)
        for table, row, other, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(SHOWN):
            yield Finding(INDEX, f"row {row} of {table} names a row of {other} that is not there", REBUILD)


def forget(connection: Connection, source: str) -> None:
    """Take from a copy what answers tell of pages, so that it can be told again."""
    mine = update(schema.pages).where(schema.pages.c.source == source)
    connection.execute(mine.values(article=False, depth=None, fed=None))
    connection.execute(schema.fed.delete().where(schema.fed.c.source == source))


def again(home: Home, engine: Engine, source: str) -> None:
    """Derive the histories of a source in a copy, and learn its noise, which is done when a run has ended."""
    mine = select(schema.pages.c.id).where(schema.pages.c.source == source).order_by(schema.pages.c.id)
    with database.reading(engine) as connection:
        found = connection.execute(mine).scalars().all()
    for start in range(0, len(found), _CHUNK):
        with engine.begin() as connection:
            histories.settle(connection, home, found[start : start + _CHUNK])
    last = select(schema.runs.c.outcome).where(schema.runs.c.source == source)
    with engine.begin() as connection:
        if connection.execute(last.order_by(schema.runs.c.started.desc()).limit(1)).scalar() is not None:
            histories.hush(connection, home, source)


def differing(engine: Engine, index: Path, *, told: bool) -> Iterator[Finding]:
    """Where an index does not say what was derived anew in the copy of it that `engine` is for. `told`: all
    answers could be read, so what these tell of pages is there too.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT", reading=True) as connection:
        connection.exec_driver_sql("ATTACH DATABASE ? AS other", (str(index),))
        for table in (*_TABLES, *((schema.fed,) if told else ())):
            there = table.to_metadata(MetaData(), schema="other")
            for one, other, what in (
                (there, table, "it has a row that does not follow from the WARC files"),
                (table, there, "it lacks a row that follows from the WARC files"),
            ):
                rows = connection.execute(except_(_rows(one, told), _rows(other, told)).limit(SHOWN))
                for row in rows.mappings():
                    yield Finding(INDEX, f"table {table.name}: {what}: {_shown(row)}", REBUILD)


def miscounted(engine: Engine, source: str) -> Iterator[Finding]:
    """The runs of a source that came to something else, by what was derived anew in the copy."""
    with database.reading(engine) as connection:
        for run, was, now in runs.recounted(connection, schema.runs.c.source == source):
            if was != now:
                yield Finding(INDEX, f"run {run} has other counts: {was} where {now} follow", REBUILD)


def _rows(table: Table, told: bool) -> Any:
    """The rows but for the numbers that nothing refers to, which come anew each time, and for the digests of
    edits, which an index that is older than they are has not.
    """
    left_out = {"id", "edit"} if table.name in ("changes", "fed") else set()
    if table.name == "pages" and not told:
        left_out = {"article", "depth", "fed"}
    return select(*(column for column in table.c if column.name not in left_out))


def _shown(row: Any) -> str:
    told = ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"
