"""The tables of a frontier (`crawler/frontier.py`): made, or brought to the present version."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from crawler.rows import State, UrlKind

VERSION = 3
"""Of the tables, kept as `user_version`; an older frontier is brought to it when a run is taken up."""

LIMITED = ("requests", "bytes", "pages")
"""The totals that a source's limits are about."""

_TABLES = """
CREATE TABLE url (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    hops INTEGER NOT NULL,
    via INTEGER REFERENCES url (id),
    state TEXT NOT NULL,
    reason TEXT,
    status INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    at TEXT,
    not_before REAL NOT NULL DEFAULT 0,
    turn INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX failed ON url (id) WHERE state = 'failed';
CREATE TABLE total (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tally (
    kind TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, state)
) WITHOUT ROWID;
CREATE TRIGGER url_added AFTER INSERT ON url BEGIN
    UPDATE tally SET n = n + 1 WHERE kind = new.kind AND state = new.state;
END;
CREATE TRIGGER url_changed AFTER UPDATE OF kind, state ON url BEGIN
    UPDATE tally SET n = n - 1 WHERE kind = old.kind AND state = old.state;
    UPDATE tally SET n = n + 1 WHERE kind = new.kind AND state = new.state;
END;
"""
_UPGRADE = """
ALTER TABLE url ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
UPDATE url SET rank = CASE depth WHEN 0 THEN 2 ELSE 4 END, turn = depth WHERE kind = 'page';
DROP INDEX queue;
"""
_SINCE_2 = """
CREATE INDEX queue ON url (host, rank, not_before, turn) WHERE state = 'queued';
CREATE INDEX taken ON url (id) WHERE state = 'inflight';
CREATE TABLE robots (
    origin TEXT PRIMARY KEY, at TEXT NOT NULL, status INTEGER, reason TEXT, body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE filled (scope TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class FrontierError(Exception):
    """A frontier that this program cannot read; the message says why, and what to do."""


def ready(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of the file `path`, unless it has them. Raises FrontierError."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise FrontierError(
            f"{path} is of a newer version of Strandline. Upgrade Strandline; nothing was changed."
        )
    if version == 0:
        _run(db, _TABLES + _SINCE_2)
    elif version == 1:
        _run(db, _UPGRADE + _SINCE_2)
    if version < VERSION:  # also for the kinds that the older program did not have
        pairs = [(kind, state) for kind in UrlKind for state in State]
        db.executemany("INSERT OR IGNORE INTO tally VALUES (?, ?, 0)", pairs)
        db.execute(f"PRAGMA user_version = {VERSION}")
    limited = (name + which for name in LIMITED for which in ("", " before"))
    names = [(name,) for name in ("file", "offset", "known", "beats", *limited)]
    db.executemany("INSERT OR IGNORE INTO total VALUES (?, 0)", names)


def _run(db: sqlite3.Connection, script: str) -> None:
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, so that they can be run in a transaction (`executescript` ends it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
