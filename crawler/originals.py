"""What the archive holds already: for each URL the record that a revisit may refer to, and when it was met.

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
    url TEXT PRIMARY KEY, at TEXT NOT NULL, met TEXT NOT NULL, payload TEXT NOT NULL, etag TEXT,
    modified TEXT, ask INTEGER NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL
) WITHOUT ROWID""",
    "CREATE TABLE redirected (url TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
)
_START = 1024 * 1024
_LATELY = 64
"""So many are kept in memory: each is asked for when its URL is, and again when the answer has come."""


@dataclass(frozen=True, slots=True)
class Original:
    """A response record that is sealed on the disk: its URL, instant, payload digest and place.

    `met` is when the server last told how it is, which may be later: also that it is as it was, or gone.
    `ask`: whether the server is to be asked for what is newer only, with the validators `etag` and
    `modified` as it sent them.
    """

    url: str
    at: datetime
    met: datetime
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


def write(path: Path, originals: Iterable[Original], redirected: Iterable[tuple[str, datetime]] = ()) -> None:
    """Make the list, unless the run has one already. A crash leaves the whole list or none.

    `redirected` are URLs with the instants at which they last led elsewhere.
    """
    if path.exists():
        return
    passing = path.with_suffix(".tmp")
    passing.unlink(missing_ok=True)
    with closing(sqlite3.connect(passing)) as db, db:
        for schema in _SCHEMAS:
            db.execute(schema)
        db.executemany("INSERT INTO original VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, originals))
        moves = ((url, instants.iso(at)) for url, at in redirected)
        db.executemany("INSERT INTO redirected VALUES (?, ?)", moves)
    passing.replace(path)


def _row(one: Original) -> tuple[object, ...]:
    times = (instants.iso(one.at), instants.iso(one.met))
    return (one.url, *times, one.payload, one.etag, one.modified, one.ask, one.file, one.offset)


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
        # The list of an older program does not say when a URL was met.
        url, at, *met, payload, etag, modified, ask, file, offset = row
        times = [instants.parse(one) for one in (at, *met)]
        return Original(url, times[0], times[-1], payload, etag, modified, bool(ask), file, offset)

    def met(self, url: str) -> datetime | None:
        """When the archive last learned how it is with a URL that was there once; None where it never was."""
        try:
            row = self._db.execute("SELECT at FROM redirected WHERE url = ?", (url,)).fetchone()
        except sqlite3.OperationalError:  # the list of an older program
            row = None
        original = self.get(url)
        times = [instants.parse(row[0])] if row else []
        return max((*times, original.met) if original else times, default=None)

    def message(self, url: str, kind: UrlKind = UrlKind.PAGE) -> http.Message | None:
        """The answer that the record holds, as far as it may be looked at for links; None where there is none
        or it cannot be read.
        """
        original = self.get(url)
        return recorded(self._folder, original.file, original.offset, kind) if original else None


def recorded(folder: Path, file: str, offset: int, kind: UrlKind) -> http.Message | None:
    """The answer that a record holds, as far as it may be looked at; None where it cannot be read. `folder`
    is that of the source's WARC files.
    """
    try:
        first = partial(warc.first, next(folder.glob(f"*/{file}")), offset)
        return legible(kind, first(_START), first)
    except (StopIteration, OSError, warc.WarcError):
        return None
