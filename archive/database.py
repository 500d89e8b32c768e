"""Opening the index: SQLite by default, migrated to the present schema before anybody reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy import Engine as Engine
from sqlalchemy.exc import DatabaseError

from archive.home import Home
from archive.schema import REVISION

BUSY_SECONDS = 30


class DatabaseTrouble(Exception):
    """The index cannot be used; the message says which file, why, and what to do."""


def open_index(home: Home) -> Engine:
    """The engine of the home's index, created or migrated where needed.

    Raises DatabaseTrouble when the file is no index, cannot be written, or was written by a newer program.
    """
    path = home.database
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, path)
    except DatabaseError as error:
        engine.dispose()
        raise DatabaseTrouble(
            f"{path} cannot be used as the index ({error.orig}). Is the disk writable and not full? "
            "The index holds nothing that is not in the WARC files."
        ) from error
    except DatabaseTrouble:
        engine.dispose()
        raise
    return engine


def check(home: Home) -> str:
    """The schema version of the home's index, for `doctor`. Raises DatabaseTrouble as `open_index` does."""
    engine = open_index(home)
    try:
        with engine.connect() as connection:
            return _stored(connection) or "empty"
    finally:
        engine.dispose()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads: it takes no lock and never waits for a crawl that writes."""
    with engine.connect().execution_options(reading=True) as connection:
        yield connection


def _tune(connection: Any, _record: object) -> None:
    # The driver's own transaction handling commits before DDL; ours begins each transaction (see _begin).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # IMMEDIATE: two writers queue here, for at most BUSY_SECONDS, instead of failing at their first write.
    reading_only = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")


def _stored(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine, path: Path) -> None:
    with reading(engine) as connection:
        stored = _stored(connection)
    if stored is not None and stored > REVISION:
        raise DatabaseTrouble(
            f"{path} was written by a newer Strandline (schema {stored}). "
            "Upgrade Strandline; nothing was changed."
        )
    if stored != REVISION:
        with engine.begin() as connection:
            _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    # alembic takes 0.4 s to load: only an index that is new or old pays for it
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
