"""The frontier of one run: every URL that was met, with its state and reason, in an SQLite file.

It survives the death of the process at any moment: what was handed out and not finished is handed out again.
Nothing but the process that crawls writes it; others may read it at any time (WAL).
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from crawler import tables
from crawler.rows import RANK, SUBMISSION, Fetched, Found, Row, State, UrlKind

OUT_LIMIT = 100_000
"""So many URLs outside the scope are kept, with the rule, so that it can be asked why they were left out."""

ROBOTS_LIMIT = 1024 * 1024
"""Bytes of a robots.txt that are kept, as decoded."""

_BATCH = 10_000
_CHECKPOINT = 4000
"""Pages of the WAL before it goes into the file: what was written ten times meanwhile goes there once."""

_CACHE = 32 * 1024
"""KiB of pages that SQLite keeps in memory: with its own default, each new URL is a read at random."""

_COLUMNS = """id, url, host, kind, depth, hops, tries,
    (SELECT parent.url FROM url AS parent WHERE parent.id = url.via)"""
# A URL met again is taken up where it was left out before, was thought to be a mere requisite, farther or
# less urgent; it never falls behind the place that it had. A turn beyond its depth has the date of a sitemap
# in it.
_ADD = """
INSERT INTO url (url, host, kind, rank, turn, depth, hops, via, state, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (url) DO UPDATE SET kind = excluded.kind,
    rank = CASE WHEN url.kind = excluded.kind THEN min(url.rank, excluded.rank) ELSE excluded.rank END,
    turn = CASE WHEN url.kind = excluded.kind THEN min(url.turn, excluded.turn) ELSE excluded.turn END,
    depth = CASE WHEN url.kind = excluded.kind THEN min(url.depth, excluded.depth) ELSE excluded.depth END,
    hops = excluded.hops, via = excluded.via, state = excluded.state, reason = NULL
WHERE excluded.state = 'queued' AND (url.state = 'out'
    OR (url.state = 'queued' AND url.kind = 'requisite' AND excluded.kind IN ('page', 'feed'))
    OR (url.state = 'queued' AND url.kind = excluded.kind
        AND (excluded.depth < url.depth OR excluded.rank < url.rank))
    OR (url.state = 'queued' AND url.kind = excluded.kind AND excluded.depth = url.depth
        AND excluded.depth < excluded.turn AND excluded.turn < url.turn))
"""
# A look at the index for each rank, lazily: one look at all ranks would step over all that waits for a retry.
_RANKS = range(RANK[UrlKind.PAGE] + 1)
_FIRST = ", ".join(
    f"""(SELECT id FROM url WHERE state = 'queued' AND host = :host AND rank = {rank}
        AND {rank} BETWEEN :least AND :rank AND not_before <= :now ORDER BY not_before, turn, id LIMIT 1)"""  # noqa: S608 - composed of the constants above
    for rank in _RANKS
)
_TAKE = f"""
UPDATE url SET state = 'inflight' WHERE id = coalesce({_FIRST})
RETURNING {_COLUMNS}
"""  # noqa: S608 - composed of the constants above
_DUE = " UNION ALL ".join(
    f"""SELECT min(not_before) AS due FROM url
        WHERE state = 'queued' AND host = :host AND rank = {rank} AND {rank} <= :rank"""  # noqa: S608 - composed of the constants above
    for rank in _RANKS
)
_CLAIM = f"""
INSERT INTO url (url, host, kind, rank, depth, hops, state) VALUES (?, ?, ?, ?, 0, 0, 'inflight')
ON CONFLICT (url) DO UPDATE SET state = 'inflight', kind = excluded.kind, rank = excluded.rank, tries = 0
RETURNING {_COLUMNS}
"""  # noqa: S608 - composed of the constants above
_SIFTED = f"""
SELECT id, url, depth, state FROM url WHERE id > ? AND kind IN ('page', 'listing')
    AND (state IN ('queued', 'inflight')
        OR (state = 'out' AND reason NOT GLOB 'trap: *' AND reason NOT GLOB 'more than * redirects'
            AND reason NOT GLOB '{SUBMISSION}*'))
ORDER BY id LIMIT ?
"""  # noqa: S608 - composed of the constants above
_READMIT = """
UPDATE url SET state = 'queued', reason = NULL WHERE state = 'out' AND kind IN ('page', 'listing')
    AND host = :host AND reason = :reason AND via IN (
        SELECT id FROM url WHERE url IN (SELECT value FROM json_each(:sitemaps)) OR via IN (
            SELECT id FROM url WHERE url IN (SELECT value FROM json_each(:sitemaps))))
"""
_ANY_NEW = """
SELECT 1 FROM json_each(?) AS one WHERE NOT EXISTS (SELECT 1 FROM url WHERE url.url = one.value
    AND url.state <> 'out' AND (url.kind <> 'requisite' OR url.state <> 'queued')) LIMIT 1
"""
_LISTS = """
SELECT url, state = 'done' AND (status BETWEEN 200 AND 299 OR status = 304), id IN (
    SELECT via FROM url WHERE kind = 'page' AND state <> 'out'
) FROM url WHERE kind = 'listing' AND state <> 'out'
"""
# From host to host by the index, without looking at what each has.
_HOSTS = """
WITH RECURSIVE queued (host) AS (
    SELECT min(host) FROM url WHERE state = 'queued'
    UNION ALL
    SELECT (SELECT min(host) FROM url WHERE state = 'queued' AND host > queued.host) FROM queued
    WHERE queued.host IS NOT NULL
)
SELECT host FROM queued WHERE host IS NOT NULL
"""


class Frontier:
    """The frontier in `path`, which is made when it is not there. Not for use from several threads."""

    def __init__(self, path: Path) -> None:
        self._held = False
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        # No sync a commit: what a power cut takes from here is read again from the WARC, which has one.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        self._db.execute(f"PRAGMA cache_size = -{_CACHE}")
        with self._transaction():
            tables.ready(self._db, path)

    def close(self) -> None:
        """Let go of the file. Raises sqlite3.Error where what is still held back cannot be written; where it
        is lost already, somebody has heard of that.
        """
        try:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        finally:
            self._db.close()

    def hold(self) -> None:
        """Hold back what is written from now on until `commit` or `close`: a page that changes with every URL
        is then written once. A crash takes no more than a power cut does: what the WARC has is read again.
        """
        self._held = True
        self._db.execute("BEGIN")

    def commit(self) -> None:
        """Let go of what is held back."""
        self._check()
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def recall(self) -> None:
        """Queue again what a process that is gone had taken."""
        self._db.execute("UPDATE url SET state = 'queued' WHERE state = 'inflight'")

    def add(self, found: Iterable[Found], via: Row | None = None) -> set[str]:
        """Add what is not known yet; returns the hosts that may have something queued by it."""
        with self._transaction():
            return self._insert(found, via)

    def take(self, host: str, now: float, rank: int = RANK[UrlKind.PAGE], least: int = 0) -> Row | None:
        """Hand out the next URL of a host, of rank (`RANK`) `least` to `rank`; `now` in s since 1970."""
        rows = self._db.execute(_TAKE, {"host": host, "rank": rank, "least": least, "now": now}).fetchall()
        return _row(rows[0]) if rows else None

    def due(self, host: str, rank: int = RANK[UrlKind.PAGE]) -> float | None:
        """When `take` will next have one, in seconds since the epoch; None for never, as it stands."""
        asked = self._db.execute(f"SELECT min(due) FROM ({_DUE})", {"host": host, "rank": rank})  # noqa: S608 - composed of the constants above
        due = asked.fetchone()[0]
        return None if due is None else float(due)

    def claim(self, url: str, kind: UrlKind) -> Row:
        """Hand out this URL now, whatever its state is."""
        rows = self._db.execute(_CLAIM, (url, _host(url), kind, RANK[kind])).fetchall()
        return _row(rows[0])

    def finish(self, row: Row, state: State, fetched: Fetched, found: Iterable[Found] = ()) -> set[str]:
        """Close a URL and add what was found in it, in one transaction; returns hosts as `add` does."""
        with self._transaction():
            hosts = self._insert(found, row)
            self._update(row, state, fetched, 0.0, pages=row.kind is UrlKind.PAGE)
        return hosts

    def deny(self, row: Row, state: State, reason: str) -> None:
        """Close a URL that is not asked for at all."""
        self._db.execute("UPDATE url SET state = ?, reason = ? WHERE id = ?", (state, reason, row.id))

    def abandon(self, host: str, reason: str, most: int) -> int:
        """Close as failed what is queued of a host, at most so many URLs; returns how many there were."""
        sql = """UPDATE url SET state = 'failed', reason = ? WHERE id IN (
            SELECT id FROM url WHERE state = 'queued' AND host = ? LIMIT ?)"""
        return self._db.execute(sql, (reason, host, most)).rowcount

    def again(self, row: Row, fetched: Fetched, not_before: float) -> None:
        """Queue a URL for a further try. Instants in seconds since the epoch."""
        with self._transaction():
            self._update(row, State.QUEUED, fetched, not_before)

    def hear(self, origin: str, at: str, status: int | None, reason: str | None, body: bytes) -> None:
        """Keep what the robots.txt of an origin said at an instant (ISO 8601), as the run understood it.

        `status` is that of the last answer, None where none came; `reason`: why the file could not be read.
        """
        heard = (origin, at, status, reason, body[:ROBOTS_LIMIT])
        self._db.execute("INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?)", heard)

    def robots(self, origin: str) -> bytes | None:
        """The robots.txt of an origin as this run has heard it; empty where there is none."""
        sql = """SELECT iif(status BETWEEN 200 AND 299, body, x'') FROM robots
            WHERE origin = ? AND reason IS NULL"""
        row = self._db.execute(sql, (origin,)).fetchone()
        return bytes(row[0]) if row else None

    def readmit(self, host: str, reason: str, sitemaps: Iterable[str]) -> None:
        """Queue what was left out at a host for this reason, and listed by these sitemaps or theirs."""
        named = json.dumps(list(sitemaps))
        self._db.execute(_READMIT, {"host": host, "reason": reason, "sitemaps": named})

    def bring_back(self, host: str, reason: str) -> None:
        """Queue what was left out at a host for a reason like this (a pattern of GLOB)."""
        self._db.execute(
            """UPDATE url SET state = 'queued', reason = NULL
            WHERE state = 'out' AND host = ? AND reason GLOB ?""",
            (host, reason),
        )

    def any_new(self, addresses: Iterable[str]) -> bool:
        """Whether any of these URLs was not met yet, or only left out."""
        listed = json.dumps(list(addresses))
        return self._db.execute(_ANY_NEW, (listed,)).fetchone() is not None

    def lists(self) -> Iterator[tuple[str, bool, bool]]:
        """The lists that were let in: URL, whether it was read, whether pages were first found there."""
        if any(self.count(state, UrlKind.LISTING) for state in State if state is not State.OUT):
            for url, read, led in self._db.execute(_LISTS):
                yield url, bool(read), bool(led)

    def repeated(self, size: int) -> None:
        """Count a request that closes nothing, with the bytes that came."""
        self._db.execute(
            """UPDATE total SET n = n + CASE name WHEN 'requests' THEN 1 ELSE ? END
            WHERE name IN ('requests', 'bytes')""",
            (size,),
        )

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
        return [host for (host,) in self._db.execute(_HOSTS)]

    def count(self, state: State, kind: UrlKind | None = None) -> int:
        sql = "SELECT total(n) FROM tally WHERE state = ? AND (kind = ? OR ? IS NULL)"
        return int(self._db.execute(sql, (state, kind, kind)).fetchone()[0])

    def total(self, name: str) -> int:
        """`requests`, `bytes`, `pages`, each also with ` before` (see `rebase`); `file`, `offset`; `known`,
        which is how many URLs the crawl started from, as `fill` has it.
        """
        row = self._db.execute("SELECT n FROM total WHERE name = ?", (name,)).fetchone()
        return int(row[0])

    def rebase(self) -> None:
        """Let the limits begin anew: the next process of the run goes on from here."""
        for name in tables.LIMITED:
            self._db.execute("UPDATE total SET n = ? WHERE name = ?", (self.total(name), f"{name} before"))

    def beat(self) -> None:
        """Show those who look that this process is at work."""
        self._db.execute("UPDATE total SET n = n + 1 WHERE name = 'beats'")

    def mark(self, file: int, offset: int) -> None:
        """Note up to where in the run's WARC files all that was recorded is closed in here."""
        with self._transaction():
            self._db.execute(
                """UPDATE total SET n = CASE name WHEN 'file' THEN ? ELSE ? END
                WHERE name IN ('file', 'offset')""",
                (file, offset),
            )

    def marked(self) -> tuple[int, int]:
        """Number of a WARC file and offset in it: what comes before is closed, what comes after may be."""
        return self.total("file"), self.total("offset")

    def filled(self, scope: str) -> bool:
        """Whether all that the crawl starts from is in, under this scope; see `fill`."""
        return self._db.execute("SELECT 1 FROM filled WHERE scope = ?", (scope,)).fetchone() is not None

    def fill(self, scope: str, found: Iterable[Found]) -> None:
        """Add what the crawl starts from, and when all of it is in, note that it is; `scope` is a digest.

        May be broken off and done again at any point.
        """
        rest, known = iter(found), 0
        while batch := list(islice(rest, _BATCH)):
            self.add(batch)
            known += len(batch)
        self._db.execute("UPDATE total SET n = ? WHERE name = 'known'", (known,))
        self._db.execute("INSERT OR IGNORE INTO filled VALUES (?)", (scope,))

    def sift(self, rule: Callable[[str, int], str | None]) -> None:
        """Judge again, by URL and depth, the pages that wait and those that were left out by the scope.

        `rule` gives the reason to leave a page out, None to let it in. For a scope that has changed, while
        no process crawls.
        """
        last = 0
        while rows := self._db.execute(_SIFTED, (last, _BATCH)).fetchall():
            ruled = ((rule(url, depth), number, state) for number, url, depth, state in rows)
            moved = [
                (State.OUT if reason else State.QUEUED, reason, number)
                for reason, number, state in ruled
                if (reason is None) is (state == State.OUT)
            ]
            with self._transaction():
                self._db.executemany("UPDATE url SET state = ?, reason = ? WHERE id = ?", moved)
            last = rows[-1][0]

    def _insert(self, found: Iterable[Found], via: Row | None) -> set[str]:
        rows = []
        hosts = set()
        room: int | None = None
        for one in found:
            if one.state is State.OUT:
                room = (OUT_LIMIT - self.count(State.OUT) if room is None else room) - 1
                if room < 0:
                    continue
            host = _host(one.url)
            if one.state is State.QUEUED:
                hosts.add(host)
            parent = via.id if via else None
            rank, turn = one.place()
            rows.append(
                (one.url, host, one.kind, rank, turn, one.depth, one.hops, parent, one.state, one.reason)
            )
        if rows:
            self._db.executemany(_ADD, rows)
        return hosts

    def _update(
        self, row: Row, state: State, fetched: Fetched, not_before: float, pages: bool = False
    ) -> None:
        self._db.execute(
            """UPDATE url SET state = ?, status = ?, reason = ?, at = ?, tries = ?, not_before = ?
            WHERE id = ?""",
            (state, fetched.status, fetched.reason, fetched.at, row.tries + 1, not_before, row.id),
        )
        self._db.execute(
            """UPDATE total SET n = n + CASE name WHEN 'requests' THEN 1 WHEN 'bytes' THEN ? ELSE ? END
            WHERE name IN ('requests', 'bytes', 'pages')""",
            (fetched.size, pages),
        )

    def _check(self) -> None:
        """After some errors SQLite has taken back all that was held: nothing may follow then, least of all a
        mark behind what is lost.
        """
        if not self._db.in_transaction:
            raise sqlite3.OperationalError("what was held back was lost with an earlier error")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if self._held:
            self._check()
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A frontier's tables for one who only looks, also while the run goes on. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as db:
        yield db


def _host(url: str) -> str:
    """The host of a canonical URL, with its port."""
    return url.split("/", 3)[2]


def _row(values: tuple[int, str, str, str, int, int, int, str | None]) -> Row:
    number, url, host, kind, depth, hops, tries, via = values
    return Row(number, url, host, UrlKind(kind), depth, hops, tries, via)
