"""What somebody should be told of: troubles of single sources and of the home. Pure.

A trouble is named by a key that stays the same as long as it lasts, `SOURCE/run` or `home/disk`; what is told
of it is told when it comes, when its kind changes, and when it is over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from archive import access, runs, space
from strandline.settings import Alarms

GAPS = 3
"""So many gaps between runs with new entries make a habit."""

SAME = 3
"""So many full runs in which nothing but 304 came are odd: a cache in between may answer for the site."""

LEAST = 5
"""Of fewer pages a share says nothing."""

FEWER = 0.2
"""So great a share of the pages that lost most of their text is odd: a wall, or a broken template."""

LOOKED_BACK = 10
"""So many full runs are looked at for that."""

_QUIET = frozenset({runs.Outcome.STOPPED, runs.Outcome.SKIPPED})
"""After these, what was true before still is."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A trouble that lasts. `source` is None for one of the home."""

    key: str
    kind: str
    text: str
    source: str | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True)
class House:
    """How the home stands. `scheduled`: whether any source runs by itself; `begun`: its first run."""

    free: int
    total: int
    reserve: int
    checked: datetime | None
    damage: int
    looked: datetime | None
    scheduled: bool
    begun: datetime | None


def of_source(name: str, rows: Sequence[access.LatelyRow], wanted: Alarms, now: datetime) -> Iterator[Alarm]:
    """The troubles of a source; `rows` are its last runs, the newest first."""
    told = [row for row in rows if row["outcome"] not in _QUIET]
    if not told:
        return
    last = told[0]
    if last["outcome"] not in runs.WELL:
        robots = "robots.txt" in (last["reason"] or "")
        kind = "robots" if robots else last["outcome"]
        yield Alarm(f"{name}/run", kind, last["reason"] or last["outcome"], name, last["run"])
        return
    asked = last["good"] + last["failed"]
    if asked >= LEAST and last["failed"] > wanted.errors * asked and _grew(told):
        yield Alarm(
            f"{name}/errors", "errors", f"{last['failed']} of {asked} pages failed", name, last["run"]
        )
    full = [row for row in told if not row["light"]][:SAME]
    if len(full) == SAME and all(row["captures"] == row["revisits"] > 0 for row in full):
        said = f"nothing but 304 in the last {SAME} full runs: a cache may answer for the site"
        yield Alarm(f"{name}/unchanged", "unchanged", said, name, last["run"])
    yield from _silent(name, told, wanted, now)


def _grew(rows: Sequence[access.LatelyRow]) -> bool:
    """Whether the last run failed with a greater share than was usual before."""
    shares = [row["failed"] / max(row["good"] + row["failed"], 1) for row in rows[:20]]
    return len(shares) < 2 or shares[0] > 2 * median(shares[1:])


def _silent(name: str, rows: Sequence[access.LatelyRow], wanted: Alarms, now: datetime) -> Iterator[Alarm]:
    """No new page for many times the usual gap. The first run is left out: all was new to it."""
    fresh = [row["moment"] for row in rows if row["new"]]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(fresh)]
    if len(gaps) < GAPS:
        return
    usual, since = median(gaps), (rows[0]["moment"] - fresh[0]).total_seconds()
    # Up to the last run: where nobody asks, nobody can tell.
    if since > wanted.silent * usual and now >= fresh[0]:
        said = f"nothing new since {fresh[0]:%Y-%m-%d %H:%M} UTC; usually there is within {_span(usual)}"
        yield Alarm(f"{name}/silent", "silent", said, name, rows[0]["run"])


def _span(seconds: float) -> str:
    for size, word in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{seconds:.0f} seconds"


def of_house(house: House, wanted: Alarms, now: datetime) -> Iterator[Alarm]:
    """The troubles of the home."""
    if house.free < house.reserve:
        said = f"{space.amount(house.free)} are free, {space.amount(house.reserve)} are to stay free"
        yield Alarm("home/disk", "full", said)
    elif house.free < 2 * house.reserve:
        said = f"{space.amount(house.free)} are free; crawls stop at {space.amount(house.reserve)}"
        yield Alarm("home/disk", "filling", said)
    if house.damage:
        yield Alarm("home/check", "damage", f"the last check found {house.damage} things damaged")
    elif (since := house.checked or house.begun) and now - since > timedelta(days=wanted.check):
        when = f"since {house.checked:%Y-%m-%d}" if house.checked else "yet"
        yield Alarm("home/check", "overdue", f"nothing was checked {when}: run strandline check")
    if house.scheduled and house.begun:
        if house.looked is None:
            yield Alarm("home/scheduler", "unseen", "nobody has looked yet what is due")
        elif now - house.looked > timedelta(hours=wanted.scheduler):
            yield Alarm(
                "home/scheduler",
                "unseen",
                f"nobody looked what is due since {house.looked:%Y-%m-%d %H:%M} UTC",
            )


def of_texts(
    name: str, rows: Sequence[access.LatelyRow], shrunk: Sequence[access.ShrunkRow]
) -> Iterator[Alarm]:
    """That the texts of many pages shrank, until as many have grown again; `shrunk` are of the same runs, the
    newest first.
    """
    grew = 0
    for row, one in zip(rows, shrunk, strict=True):
        if one["shrank"] >= LEAST and one["shrank"] > FEWER * row["good"] and grew < one["shrank"] / 2:
            said = (
                f"{one['shrank']} of {row['good']} pages lost most of their text on {row['moment']:%Y-%m-%d}"
            )
            yield Alarm(f"{name}/shrinking", "shrinking", said, name, row["run"])
            return
        grew += one["grew"]
