"""What became of the addresses of one run: counted, and those listed that were not fetched, with the reasons.

Read from the run's frontier, also while it goes on. Once the folders of old runs are cleared there is none.
"""

import sqlite3
from dataclasses import dataclass

from archive import home as homes
from crawler.frontier import reading
from crawler.rows import FOLLOWED, State

__all__ = ["STATES", "Count", "Left", "count", "left"]

STATES = (State.FAILED, State.ROBOTS, State.OUT)
"""What is listed: what failed, what robots.txt disallows, what is out of scope."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many addresses are in each state, of all and of pages alone; `requests` and `bytes` so far."""

    all: dict[str, int]
    pages: dict[str, int]
    requests: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Left:
    """An address that was not fetched; `id` is its place in the list, `via` where it was found."""

    id: int
    url: str
    kind: str
    state: str
    reason: str | None
    status: int | None
    tries: int
    via: str | None


def count(home: homes.Home, run: str) -> Count | None:
    """None where the run's frontier is not there, or cannot be read."""
    path = home.run(run) / "frontier.db"
    if not path.is_file():
        return None
    try:
        with reading(path) as db:
            tallied = db.execute("SELECT kind, state, n FROM tally WHERE n > 0").fetchall()
            totals = dict(db.execute("SELECT name, n FROM total").fetchall())
    except sqlite3.Error:
        return None
    every: dict[str, int] = {}
    pages: dict[str, int] = {}
    for kind, state, number in tallied:
        every[state] = every.get(state, 0) + number
        if kind in FOLLOWED:
            pages[state] = pages.get(state, 0) + number
    return Count(every, pages, totals.get("requests", 0), totals.get("bytes", 0))


def left(home: homes.Home, run: str, after: int = 0, state: str | None = None, most: int = 100) -> list[Left]:
    """At most so many addresses that were not fetched, in the order in which they were met, `after` an id."""
    path = home.run(run) / "frontier.db"
    states = [one for one in STATES if state in (None, one)]
    if not path.is_file() or not states:
        return []
    holes = ", ".join("?" * len(states))
    query = (
        "SELECT id, url, kind, state, reason, status, tries, "  # noqa: S608 - only question marks are put in
        "(SELECT parent.url FROM url AS parent WHERE parent.id = url.via) "
        f"FROM url WHERE id > ? AND state IN ({holes}) ORDER BY id LIMIT ?"
    )
    try:
        with reading(path) as db:
            return [Left(*row) for row in db.execute(query, (after, *states, most))]
    except sqlite3.Error:
        return []
