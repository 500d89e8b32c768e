"""The links of the pages of a run, kept for later runs: what has not changed need not be parsed again.

A file in the run's folder, of use for as long as later runs refer to answers of this one. It may be missing,
deleted or damaged: then the page is read from the WARC file and parsed. No run ends for trouble with it.
"""

import json
import logging
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from archive import instants
from crawler.links import Links
from crawler.originals import Original

_PROGRAM = version("strandline")  # another release may find other links in the same page
_SCHEMA = """
CREATE TABLE IF NOT EXISTS link (
    url TEXT NOT NULL, at TEXT NOT NULL, program TEXT NOT NULL, links BLOB NOT NULL, PRIMARY KEY (url, at)
) WITHOUT ROWID
"""
_COMMIT = 200
"""Pages after which what was kept is committed; what a crash takes is parsed again."""

_OPEN = 16
"""So many files of earlier runs are open at once."""

log = logging.getLogger(__name__)


class Outlinks:
    """Keeps the links of the run in the folder `own`; knows those of the runs beside it."""

    def __init__(self, own: Path) -> None:
        self._runs = own.parent
        self._db: sqlite3.Connection | None = _opened(own / "links.db")
        self._waiting = 0
        self._others: dict[str, sqlite3.Connection | None] = {}

    def close(self) -> None:
        self._do(self._commit)
        if self._db is not None:
            self._db.close()
        self._forget()

    def keep(self, url: str, at: str, links: Links) -> None:
        """Note the links of the answer that was got at this instant (ISO 8601)."""
        packed = zlib.compress(json.dumps([links.pages, links.requisites]).encode(), 1)
        self._do(lambda db: self._insert(db, (url, at, _PROGRAM, packed)))

    def of(self, original: Original) -> Links | None:
        """The links of an answer of an earlier run, or None where they are not known."""
        db = self._of_run(original.file.rpartition("-")[0].rpartition("-")[2])  # of a foreign file: none
        sql = "SELECT links FROM link WHERE url = ? AND at = ? AND program = ?"
        with suppress(sqlite3.Error, ValueError, zlib.error):
            key = (original.url, instants.iso(original.at), _PROGRAM)
            row = db.execute(sql, key).fetchone() if db else None
            if row:
                pages, requisites = json.loads(zlib.decompress(row[0]))
                return Links(tuple(pages), tuple(requisites))
        return None

    def _of_run(self, run: str) -> sqlite3.Connection | None:
        if run not in self._others:
            if len(self._others) >= _OPEN:
                self._forget()
            path = self._runs / run / "links.db"
            self._others[run] = _reading(path) if path.exists() else None
        return self._others[run]

    def _do(self, write: Callable[[sqlite3.Connection], None]) -> None:
        if self._db is None:
            return
        try:
            write(self._db)
        except sqlite3.Error as error:
            log.warning("the links of this run are not kept any more: %s", error)
            self._db.close()
            self._db = None

    def _insert(self, db: sqlite3.Connection, row: tuple[str, str, str, bytes]) -> None:
        if not self._waiting:
            db.execute("BEGIN")
        db.execute("INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?)", row)
        self._waiting += 1
        if self._waiting >= _COMMIT:
            self._commit(db)

    def _commit(self, db: sqlite3.Connection) -> None:
        if self._waiting:
            db.execute("COMMIT")
            self._waiting = 0

    def _forget(self) -> None:
        for db in self._others.values():
            if db is not None:
                db.close()
        self._others.clear()


def _reading(path: Path) -> sqlite3.Connection:
    """The file of a run that is over, which nobody writes: its locks are taken once for all questions."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    db.execute("BEGIN")
    return db


def _opened(path: Path) -> sqlite3.Connection:
    """The file; begun anew where it cannot be read, as a power cut may leave it."""
    try:
        return _prepared(path)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous = OFF")
        db.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db
