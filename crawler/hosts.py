"""What runs share about hosts, in an SQLite file: turns, rests, and what robots.txt said.

It is a memory of hours, not a record: if the file is lost, hosts are asked once more than needed. Nothing
in it is fsynced for its own sake; after a power cut the last entries may be missing. Where it cannot be
read or written any more, a run goes on with a memory of its own.

Hosts are any strings on which the callers agree. Instants are seconds since the epoch, since processes
share no other clock; where an entry can only stem from a clock that has been set back since, it counts as
no entry.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

BODY_LIMIT = 1024 * 1024
"""Bytes of a robots.txt that are kept; RFC 9309, section 2.5, demands at least 500 KiB."""

COOLING_LIMIT = 86_400.0
"""Seconds of the longest rest that is kept."""

DELAY_LIMIT = 60.0
"""Seconds: for a source that asks a host more rarely than this, other runs do not wait."""

QUEUE_LIMIT = 32
"""Turns of one host that are reserved ahead; more than that stem from a clock that was set back since."""

_CLOSE = 0.001
"""Seconds by which a pause may be short: the clock of a pace and that of the day do not run quite alike."""

_LIFE = 2 * 86_400.0
_DAY = 86_400.0
_BUSY_SECONDS = 5.0
_SKEW = 60.0
_TURNED_AWAY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)

_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS turn (
        host TEXT PRIMARY KEY, at REAL NOT NULL, delay REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS asked (
        host TEXT PRIMARY KEY, at REAL NOT NULL, delay REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS rest (
        host TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS robots (
        origin TEXT PRIMARY KEY, at REAL NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL)""",
)

# Between two requests lies the longer of the delays that their processes keep.
_TURN = f"""
INSERT INTO turn VALUES (:host, :now, :delay)
ON CONFLICT (host) DO UPDATE SET delay = :delay, at = CASE
    WHEN at - :now > {QUEUE_LIMIT} * max(delay, :delay) THEN :now
    ELSE max(:now, at + max(delay, :delay)) END
RETURNING at
"""  # noqa: S608 - composed of the constant above
# What is later than that by a whole pause stems from a clock that was set back since.
_ASK = f"""
INSERT INTO asked VALUES (:host, :now, :delay)
ON CONFLICT (host) DO UPDATE SET at = :now, delay = :delay
    WHERE at + max(delay, :delay) <= :now + {_CLOSE} OR at > :now + max(delay, :delay)
RETURNING at
"""  # noqa: S608 - composed of the constant above
_FREE = "SELECT at + max(delay, :delay) FROM asked WHERE host = :host"
_SENT = "UPDATE asked SET at = max(at, :at) WHERE host = :host"
_REST = """
INSERT INTO rest VALUES (:host, :until)
ON CONFLICT (host) DO UPDATE SET until = CASE
    WHEN until > :latest THEN :until ELSE max(until, :until) END
"""

log = logging.getLogger(__name__)


class Hosts:
    """The file at the first of `paths` that can be used, made with its folder where it is missing.

    For one thread. A statement waits up to five seconds for other processes.
    """

    def __init__(self, *paths: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._db = self._open(paths)

    def close(self) -> None:
        """Let go of the file; what was reserved and not used blocks nobody for longer than its delay."""
        self._db.close()

    def turn(self, host: str, now: float, delay: float) -> float:
        """Reserve the host's next turn for this process: the instant at which it may send one request.

        All processes together keep `delay` seconds between their turns; where they differ, the longer
        delay on either side of the pause, up to DELAY_LIMIT. Turns are given in the order in which they
        were asked for. One that is not used is lost, and nobody waits longer for it than that. A delay
        of 0 reserves nothing.
        """
        if delay <= 0:
            return now
        values = {"host": host, "now": now, "delay": min(delay, DELAY_LIMIT)}
        ((at,),) = self._do(_TURN, values)
        return float(at)

    def ask(self, host: str, now: float, delay: float) -> float:
        """Ask for leave to send one request now, after a turn has come; returns `now`, or when to ask again.

        Of all processes one is given leave at a time: a turn that is used late puts the next ones off, so
        that no pause is shorter than the delay. It is as in `turn`.
        """
        if delay <= 0:
            return now
        values = {"host": host, "now": now, "delay": min(delay, DELAY_LIMIT)}
        if self._do(_ASK, values):
            return now
        rows = self._do(_FREE, values)
        return float(rows[0][0]) if rows else now

    def sent(self, host: str, at: float) -> None:
        """The request for which there was leave has gone out only now: the pause begins here."""
        self._do(_SENT, {"host": host, "at": at})

    def cool(self, host: str, until: float) -> None:
        """Let no process ask the host before that instant; a longer rest that it has stays."""
        latest = self._clock() + COOLING_LIMIT
        self._do(_REST, {"host": host, "until": min(until, latest), "latest": latest})

    def cooling(self, host: str) -> float:
        """The instant until which the host rests; 0 when it does not."""
        now = self._clock()
        rows = self._do("SELECT until FROM rest WHERE host = :host", {"host": host})
        return float(rows[0][0]) if rows and now < rows[0][0] <= now + COOLING_LIMIT else 0.0

    def remember_robots(self, origin: str, at: float, status: int, body: bytes) -> None:
        """Keep what was answered to the question for a robots.txt; at most BODY_LIMIT bytes of the body."""
        values = {"origin": origin, "at": at, "status": status, "body": body[:BODY_LIMIT]}
        self._do("INSERT OR REPLACE INTO robots VALUES (:origin, :at, :status, :body)", values)

    def robots(self, origin: str, now: float, life: float = _DAY) -> tuple[float, int, bytes] | None:
        """When it was asked for, status and body of the robots.txt that was heard at most `life` seconds ago.

        A day is the longest that RFC 9309, section 2.4, allows.
        """
        sql = "SELECT at, status, body FROM robots WHERE origin = :origin AND at > :since AND at <= :latest"
        rows = self._do(sql, {"origin": origin, "since": now - life, "latest": now + _SKEW})
        return (float(rows[0][0]), int(rows[0][1]), bytes(rows[0][2])) if rows else None

    def _do(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            log.warning("what other runs know of hosts is out of reach from now on: %s", error)
            self._db.close()
            self._db = self._open(())
            return self._db.execute(sql, values).fetchall()

    def _open(self, paths: tuple[Path, ...]) -> sqlite3.Connection:
        for path in paths:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                return _prepared(str(path), self._clock())
            except (OSError, sqlite3.DatabaseError) as error:
                log.warning("%s cannot be used: %s. It only remembers hours: it may be deleted.", path, error)
        return _prepared(":memory:", self._clock())


def _prepared(path: str, now: float) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        _share(db)
        # No fsync at commit: see above what a power cut may cost.
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA:
            db.execute(statement)
        _prune(db, now)
        db.execute("COMMIT")
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def _share(db: sqlite3.Connection) -> None:
    """Switch the file to WAL. Of several that do so at once, SQLite turns some away without waiting."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _TURNED_AWAY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _prune(db: sqlite3.Connection, now: float) -> None:
    """Forget what is older than two days, or as far in the future: no clock says that any more."""
    for table, column in (("turn", "at"), ("asked", "at"), ("rest", "until"), ("robots", "at")):
        sql = f"DELETE FROM {table} WHERE {column} NOT BETWEEN ? AND ?"  # noqa: S608 - constants above
        db.execute(sql, (now - _LIFE, now + _LIFE))
