"""What the archive holds already: for each URL the record that a revisit may refer to, and for each page when
it was met last.

A list made when the run begins, in an SQLite file of the run's folder: what is recorded later does not change
what this run refers to, so it goes on as it began when it is taken up again.
"""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from archive import http, instants, warc
from crawler.discovery import legible
from crawler.rows import UrlKind

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
"""WARC 1.1, section 6.7."""

_LONGEST = 1024
"""A validator of more characters is not sent back: servers refuse requests that are too large."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

_SCHEMAS = (
    """CREATE TABLE original (
    url TEXT PRIMARY KEY, at TEXT NOT NULL, payload TEXT NOT NULL, etag TEXT, modified TEXT,
    ask INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL
) WITHOUT ROWID""",
    "CREATE TABLE met (url TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
)
_START = 1024 * 1024
_LATELY = 64
"""So many are kept in memory: each is asked for when its URL is, and again when the answer has come."""


@dataclass(frozen=True, slots=True)
class Original:
    """A response record that is sealed on the disk: its URL, instant, payload digest and place.

    `ask`: whether the server is to be asked for what is newer only, with the validators `etag` and
    `modified` as it sent them.
    """

    url: str
    at: datetime
    payload: str
    etag: str | None
    modified: str | None
    ask: bool
    file: str
    offset: int

    def conditions(self) -> dict[str, str]:
        """The request headers that ask for what is newer only (RFC 9110, section 13.1)."""
        if not self.ask:
            return {}
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        fit = {name: value for name, value in given.items() if value and len(value) <= _LONGEST}
        return {name: value for name, value in fit.items() if not _CONTROL.search(value)}


def write(path: Path, originals: Iterable[Original], met: Iterable[tuple[str, datetime]] = ()) -> None:
    """Make the list, unless the run has one already. A crash leaves the whole list or none.

    `met` are pages with the instants of their last good answers.
    """
    if path.exists():
        return
    passing = path.with_suffix(".tmp")
    passing.unlink(missing_ok=True)
    with closing(sqlite3.connect(passing)) as db, db:
        for schema in _SCHEMAS:
            db.execute(schema)
        rows = (
            (
                one.url,
                instants.iso(one.at),
                one.payload,
                one.etag,
                one.modified,
                one.ask,
                one.file,
                one.offset,
            )
            for one in originals
        )
        db.executemany("INSERT INTO original VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.executemany("INSERT INTO met VALUES (?, ?)", ((url, instants.iso(at)) for url, at in met))
    passing.replace(path)


class Originals:
    """The list in `path`; `folder` is where the source's WARC files are, one folder a year."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        # Nobody writes the list any more: its locks are taken once for all questions.
        self._db.execute("BEGIN")
        self._folder = folder
        self.get = lru_cache(_LATELY)(self._get)
        """The record that a revisit of a URL may refer to."""

    def close(self) -> None:
        self._db.close()

    def _get(self, url: str) -> Original | None:
        row = self._db.execute("SELECT * FROM original WHERE url = ?", (url,)).fetchone()
        if row is None:
            return None
        url, at, payload, etag, modified, ask, file, offset = row
        return Original(url, instants.parse(at), payload, etag, modified, bool(ask), file, offset)

    def met(self, url: str) -> datetime | None:
        """When the archive got the last good answer of a page, a redirect being one; None where it has none,
        and in the list of an older program, which had no such table.
        """
        try:
            row = self._db.execute("SELECT at FROM met WHERE url = ?", (url,)).fetchone()
        except sqlite3.OperationalError:
            row = None
        original = None if row else self.get(url)
        return instants.parse(row[0]) if row else original.at if original else None

    def message(self, url: str, kind: UrlKind = UrlKind.PAGE) -> http.Message | None:
        """The answer that the record holds, as far as it may be looked at for links; None where there is none
        or it cannot be read.
        """
        original = self.get(url)
        if original is None:
            return None
        try:
            path = next(self._folder.glob(f"*/{original.file}"))
            first = partial(warc.first, path, original.offset)
            return legible(kind, first(_START), first)
        except (StopIteration, OSError, warc.WarcError):
            return None
