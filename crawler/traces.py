"""What the frontiers of runs know of one URL and of its robots.txt; read-only, also while a run goes on."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from archive import home as homes
from archive import instants
from crawler.frontier import reading
from crawler.manners import Heard, origin
from crawler.rows import State, UrlKind
from crawler.tables import VERSION

_URL = """SELECT kind, state, reason, status, tries, depth, at, not_before,
    (SELECT parent.url FROM url AS parent WHERE parent.id = url.via) FROM url WHERE url = ?"""


@dataclass(frozen=True, slots=True)
class Trace:
    """A URL in the frontier of one run. `via` is where it was found, `at` its last attempt, `due` when it is
    asked again, if that is so.
    """

    run: str
    kind: UrlKind
    state: State
    reason: str | None
    status: int | None
    tries: int
    depth: int
    via: str | None
    at: datetime | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """What one run knows; `robots` is what it heard for the robots.txt. `trouble`: why its frontier could
    not be read.
    """

    trace: Trace | None = None
    robots: Heard | None = None
    trouble: str | None = None


def look(path: Path, run: str, url: str, of: str) -> Look:
    """Look a canonical URL, and the robots.txt `of` its origin, up in the frontier of a run."""
    if not path.is_file():
        return Look()
    try:
        with reading(path) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                return Look(trouble=f"{path} is of a newer version of Strandline")
            return Look(_trace(db, run, url), _robots(db, of) if version > 1 else None)
    except sqlite3.Error as error:
        return Look(trouble=f"{path} cannot be read: {error}")


def _trace(db: sqlite3.Connection, run: str, url: str) -> Trace | None:
    row = db.execute(_URL, (url,)).fetchone()
    if row is None:
        return None
    kind, state, reason, status, tries, depth, at, not_before, via = row
    return Trace(
        run, UrlKind(kind), State(state), reason, status, tries, depth, via,
        instants.parse(at) if at else None,
        datetime.fromtimestamp(not_before, UTC) if not_before else None,
    )  # fmt: skip


def _robots(db: sqlite3.Connection, of: str) -> Heard | None:
    row = db.execute("SELECT at, status, reason, body FROM robots WHERE origin = ?", (of,)).fetchone()
    return Heard(instants.parse(row[0]), *row[1:]) if row else None


MOST = 2000
"""So many frontiers are looked into for a URL that is in none of them."""

_ROBOTS_MOST = 20
"""So many more for a robots.txt, when the URL is found."""


@dataclass(frozen=True, slots=True)
class Search:
    """The newest trace of a URL, after `missed` newer runs that did not meet it, and the last robots.txt."""

    trace: Trace | None
    robots: Heard | None
    missed: int
    troubles: tuple[str, ...]


def search(home: homes.Home, runs: Iterable[str], url: str) -> Search:
    """Look through runs, the newest first, until the URL is found."""
    trace, robots, missed, since = None, None, 0, 0
    troubles: list[str] = []
    for run in islice(runs, MOST):
        seen = look(home.run(run) / "frontier.db", run, url, origin(url))
        troubles += [seen.trouble] if seen.trouble else []
        robots = robots or seen.robots
        if trace is None:
            trace = seen.trace
            missed += trace is None
        since += trace is not None
        if trace and (robots or since > _ROBOTS_MOST):
            break
    return Search(trace, robots, missed, tuple(troubles))
