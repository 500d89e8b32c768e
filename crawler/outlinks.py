"""The links of the pages of a run, kept for later runs: what has not changed need not be parsed again.

A file in the run's folder, of use for as long as later runs refer to answers of this one. It may be missing
or deleted: then the page is read from the WARC file and parsed.
"""

import json
import sqlite3
import zlib
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


class Outlinks:
    """Keeps the links of the run in the folder `own`; knows those of the runs beside it."""

    def __init__(self, own: Path) -> None:
        self._runs = own.parent
        self._db = sqlite3.connect(own / "links.db", isolation_level=None)
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(_SCHEMA)
        self._waiting = 0
        self._others: dict[str, sqlite3.Connection | None] = {}

    def close(self) -> None:
        self._commit()
        self._db.close()
        self._forget()

    def keep(self, url: str, at: str, links: Links) -> None:
        """Note the links of the answer that was got at this instant (ISO 8601)."""
        if not self._waiting:
            self._db.execute("BEGIN")
        packed = zlib.compress(json.dumps([links.pages, links.requisites]).encode(), 1)
        self._db.execute("INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?)", (url, at, _PROGRAM, packed))
        self._waiting += 1
        if self._waiting >= _COMMIT:
            self._commit()

    def of(self, original: Original) -> Links | None:
        """The links of an answer of an earlier run, or None where they are not known."""
        db = self._of_run(original.file.rsplit("-", 2)[1])
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
            uri = f"{path.resolve().as_uri()}?mode=ro"
            self._others[run] = sqlite3.connect(uri, uri=True) if path.exists() else None
        return self._others[run]

    def _commit(self) -> None:
        if self._waiting:
            self._db.execute("COMMIT")
            self._waiting = 0

    def _forget(self) -> None:
        for db in self._others.values():
            if db is not None:
                db.close()
        self._others.clear()
