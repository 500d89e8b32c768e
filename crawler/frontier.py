"""The frontier of one run: every URL that was met, with its state and reason, in an SQLite file.

It survives the death of the process at any moment: what was handed out and not finished is handed out again.
Nothing but the process that crawls writes it; others may read it at any time (WAL).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archive import urls
from crawler.rows import RANK, Fetched, Found, Row, State, UrlKind

OUT_LIMIT = 100_000
"""So many URLs outside the scope are kept, with the rule, so that it can be asked why they were left out."""


_SCHEMA = """
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
    not_before REAL NOT NULL DEFAULT 0
);
CREATE INDEX queue ON url (host, rank, not_before) WHERE state = 'queued';
CREATE INDEX failed ON url (id) WHERE state = 'failed';
CREATE TABLE host (host TEXT PRIMARY KEY, cool_until REAL NOT NULL) WITHOUT ROWID;
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
PRAGMA user_version = 1;
"""
_COLUMNS = """id, url, host, kind, depth, hops, tries,
    (SELECT parent.url FROM url AS parent WHERE parent.id = url.via)"""
# A URL met again is taken up where it was left out before, was thought to be a mere requisite, or farther.
_ADD = """
INSERT INTO url (url, host, kind, rank, depth, hops, via, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (url) DO UPDATE SET kind = excluded.kind, rank = excluded.rank, depth = excluded.depth,
    hops = excluded.hops, via = excluded.via, state = excluded.state, reason = NULL
WHERE excluded.state = 'queued' AND (url.state = 'out'
    OR (url.state = 'queued' AND url.kind = 'requisite' AND excluded.kind = 'page')
    OR (url.state = 'queued' AND url.kind = excluded.kind AND excluded.depth < url.depth))
"""
_TAKE = f"""
UPDATE url SET state = 'inflight' WHERE id = (
    SELECT id FROM url WHERE state = 'queued' AND host = ? AND rank = ? AND not_before <= ?
    ORDER BY not_before, id LIMIT 1)
RETURNING {_COLUMNS}
"""  # noqa: S608 - composed of the constants above
_CLAIM = f"""
INSERT INTO url (url, host, kind, rank, depth, hops, state) VALUES (?, ?, ?, ?, 0, 0, 'inflight')
ON CONFLICT (url) DO UPDATE SET state = 'inflight', kind = excluded.kind, rank = excluded.rank, tries = 0
RETURNING {_COLUMNS}
"""  # noqa: S608 - composed of the constants above


class Frontier:
    """The frontier in `path`, which is made when it is not there. Not for use from several threads."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        # No sync a commit: what a power cut takes from here is read again from the WARC, which has one.
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self._transaction():
            if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                self._make()

    def close(self) -> None:
        self._db.close()

    def recall(self) -> None:
        """Queue again what a process that is gone had taken."""
        self._db.execute("UPDATE url SET state = 'queued' WHERE state = 'inflight'")

    def add(self, found: Iterable[Found], via: Row | None = None) -> set[str]:
        """Add what is not known yet; returns the hosts that may have something queued by it."""
        with self._transaction():
            return self._insert(found, via)

    def take(self, host: str, now: float, rank: int = RANK[UrlKind.PAGE]) -> Row | None:
        """Hand out the next URL of a host, up to a rank (`RANK`); `now` in seconds since the epoch."""
        for each in range(rank + 1):
            rows = self._db.execute(_TAKE, (host, each, now)).fetchall()
            if rows:
                return _row(rows[0])
        return None

    def due(self, host: str, rank: int = RANK[UrlKind.PAGE]) -> float | None:
        """When `take` will next have one, in seconds since the epoch; None for never, as it stands."""
        sql = "SELECT min(not_before) FROM url WHERE state = 'queued' AND host = ? AND rank = ?"
        first = [self._db.execute(sql, (host, each)).fetchone()[0] for each in range(rank + 1)]
        return min((float(instant) for instant in first if instant is not None), default=None)

    def claim(self, url: str, kind: UrlKind) -> Row:
        """Hand out this URL now, whatever its state is."""
        rows = self._db.execute(_CLAIM, (url, urls.host(url), kind, RANK[kind])).fetchall()
        return _row(rows[0])

    def finish(
        self, row: Row, state: State, fetched: Fetched, found: Iterable[Found] = (), cool_until: float = 0
    ) -> set[str]:
        """Close a URL and add what was found in it, in one transaction; returns hosts as `add` does."""
        with self._transaction():
            hosts = self._insert(found, row)
            self._update(row, state, fetched, 0.0)
            if row.kind is UrlKind.PAGE:
                self._count("pages", 1)
            self._cool(row.host, cool_until)
        return hosts

    def deny(self, row: Row, state: State, reason: str) -> None:
        """Close a URL that is not asked for at all."""
        self._db.execute("UPDATE url SET state = ?, reason = ? WHERE id = ?", (state, reason, row.id))

    def again(self, row: Row, fetched: Fetched, not_before: float, cool_until: float = 0) -> None:
        """Queue a URL for a further try. Instants in seconds since the epoch."""
        with self._transaction():
            self._update(row, State.QUEUED, fetched, not_before)
            self._cool(row.host, cool_until)

    def release(self, row: Row) -> None:
        """Give a URL back as if it had not been taken."""
        self._db.execute("UPDATE url SET state = 'queued' WHERE id = ?", (row.id,))

    def reopen(self, url: str) -> set[str]:
        """Queue again a URL that was answered with a redirect; returns hosts as `add` does."""
        rows = self._db.execute(
            """UPDATE url SET state = 'queued'
            WHERE url = ? AND state = 'done' AND status BETWEEN 300 AND 399 RETURNING host""",
            (url,),
        ).fetchall()
        return {host for (host,) in rows}

    def unfinished(self, url: str, at: str) -> Row | None:
        """The URL's row, if it is still to be fetched and its last attempt was before `at` (ISO 8601)."""
        sql = f"""SELECT {_COLUMNS} FROM url
            WHERE url = ? AND state IN ('queued', 'inflight') AND (at IS NULL OR at < ?)"""  # noqa: S608 - composed of the constants above
        row = self._db.execute(sql, (url, at)).fetchone()
        return _row(row) if row else None

    def hosts(self) -> list[str]:
        """The hosts that have something queued."""
        return [host for (host,) in self._db.execute("SELECT DISTINCT host FROM url WHERE state = 'queued'")]

    def cooling(self, host: str) -> float:
        """Until when the host asked to be left alone, in seconds since the epoch; 0 where it did not."""
        row = self._db.execute("SELECT cool_until FROM host WHERE host = ?", (host,)).fetchone()
        return float(row[0]) if row else 0.0

    def count(self, state: State, kind: UrlKind | None = None) -> int:
        sql = "SELECT total(n) FROM tally WHERE state = ? AND (kind = ? OR ? IS NULL)"
        return int(self._db.execute(sql, (state, kind, kind)).fetchone()[0])

    def total(self, name: str) -> int:
        """One of `requests`, `bytes`, `pages`; or `pages before`, `bytes before`: see `rebase`."""
        row = self._db.execute("SELECT n FROM total WHERE name = ?", (name,)).fetchone()
        return int(row[0])

    def rebase(self) -> None:
        """Let the limits of pages and bytes begin anew: the next process of the run goes on from here."""
        for name in ("pages", "bytes"):
            self._db.execute("UPDATE total SET n = ? WHERE name = ?", (self.total(name), f"{name} before"))

    def _make(self) -> None:
        for statement in _statements(_SCHEMA):
            self._db.execute(statement)
        names = ("requests", "bytes", "pages", "pages before", "bytes before")
        self._db.executemany("INSERT INTO total VALUES (?, 0)", [(name,) for name in names])
        pairs = [(kind, state) for kind in UrlKind for state in State]
        self._db.executemany("INSERT INTO tally VALUES (?, ?, 0)", pairs)

    def _insert(self, found: Iterable[Found], via: Row | None) -> set[str]:
        rows = []
        hosts = set()
        room = OUT_LIMIT - self.count(State.OUT)
        for one in found:
            if one.state is State.OUT:
                room -= 1
                if room < 0:
                    continue
            host = urls.host(one.url)
            if one.state is State.QUEUED:
                hosts.add(host)
            parent = via.id if via else None
            rows.append(
                (one.url, host, one.kind, RANK[one.kind], one.depth, one.hops, parent, one.state, one.reason)
            )
        self._db.executemany(_ADD, rows)
        return hosts

    def _update(self, row: Row, state: State, fetched: Fetched, not_before: float) -> None:
        self._db.execute(
            """UPDATE url SET state = ?, status = ?, reason = ?, at = ?, tries = ?, not_before = ?
            WHERE id = ?""",
            (state, fetched.status, fetched.reason, fetched.at, row.tries + 1, not_before, row.id),
        )
        self._count("requests", 1)
        self._count("bytes", fetched.size)

    def _count(self, name: str, more: int) -> None:
        self._db.execute("UPDATE total SET n = n + ? WHERE name = ?", (more, name))

    def _cool(self, host: str, until: float) -> None:
        if until:
            sql = "INSERT INTO host VALUES (?, ?) ON CONFLICT (host) DO UPDATE SET cool_until = ?"
            self._db.execute(sql, (host, until, until))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _row(values: tuple[int, str, str, str, int, int, int, str | None]) -> Row:
    number, url, host, kind, depth, hops, tries, via = values
    return Row(number, url, host, UrlKind(kind), depth, hops, tries, via)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, so that they can be run in a transaction (`executescript` ends it)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
