"""Opening the index: SQLite by default, migrated to the present schema before anybody reads it."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy import Engine as Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from archive.home import Home
from archive.schema import REVISION

BUSY_SECONDS = 30

CONNECTIONS = 16
"""So many are kept for the next reader; each thread of the reading room has one at a time, seldom two."""

SEALED_BYTES = 4 * 1024**3
"""An index that is larger is not read once more after each run."""


class DatabaseTrouble(Exception):
    """The index cannot be used; the message says which file, why, and what to do."""


class Locked(DatabaseTrouble):
    """Another process has been writing to the index for longer than it is waited for."""


def open_index(home: Home) -> Engine:
    """The engine of the home's index, created or migrated where needed.

    Raises DatabaseTrouble when the file is no index, cannot be written, or was written by a newer program.
    """
    path = home.database
    # The one that was used last is used next: each that is used has 2 MB of the file in memory.
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS},
        pool_size=CONNECTIONS, max_overflow=-1, pool_use_lifo=True,
    )  # fmt: skip
    event.listen(engine, "connect", _tune)
    event.listen(engine, "begin", partial(_begin, path=path))
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


def sealed_by(path: Path) -> Path:
    """The file beside an index with its digest, as `sha256sum` writes it, as long as nobody writes to it."""
    return path.with_name(f"{path.name}.sha256")


def seal(home: Home) -> None:
    """Note the digest of the index once writing has ended: by it damage is found in parts of the file that no
    answer comes from. Where others write, or it is very large, there is none.
    """
    path = home.database
    if not path.exists() or path.stat().st_size > SEALED_BYTES:
        return
    with suppress(sqlite3.OperationalError, OSError):  # another process writes, or the disk is full
        _seal(path)


def _seal(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN IMMEDIATE")
        if not has_journal(path):
            passing = sealed_by(path).with_suffix(".tmp")
            passing.write_text(f"{file_digest(path)}  {path.name}\n")
            passing.replace(sealed_by(path))
        connection.execute("ROLLBACK")


def has_journal(path: Path) -> bool:
    """Whether a part of the index is still in its journal."""
    journal = path.with_name(f"{path.name}-wal")
    return journal.exists() and journal.stat().st_size > 0


def file_digest(path: Path) -> str:
    """The SHA-256 digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def _begin(connection: Connection, path: Path) -> None:
    # IMMEDIATE: two writers queue here, for at most BUSY_SECONDS, instead of failing at their first write.
    reading_only = connection.get_execution_options().get("reading", False)
    try:
        connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        raise Locked(
            f"{path} is locked: another program is writing to it for more than {BUSY_SECONDS} seconds. When "
            "it is done, or was ended, try again; 'fuser' and 'lsof' name those that have the file open."
        ) from error
    if not reading_only:
        sealed_by(path).unlink(missing_ok=True)


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
