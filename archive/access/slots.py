"""What the table of runs says of a source's slots: from this alone it is computed what is due.

A part of `archive/access`. Asked every few minutes for years, so it reads a few rows by the index of slots,
and not the table.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import Connection, Engine

from archive import runs
from archive.database import reading


class LeftRow(TypedDict):
    """A run that ended without having come to its end: killed, or stopped by request."""

    run: str
    slot: datetime
    light: bool
    resumed: int


class SlotsRow(TypedDict):
    """The newest slot of a source's full runs and when that run began, the newest slot of a light run since,
    and the run that was left behind. `ahead` is a slot so far in the future that the clock was wrong then: it
    counts for nothing.
    """

    full: datetime | None
    started: datetime | None
    light: datetime | None
    left: LeftRow | None
    ahead: datetime | None


def slots_of(engine: Engine, sources: Iterable[str], now: datetime) -> dict[str, SlotsRow]:
    """By source; `now` is the present instant. A run that is under way is among those left behind: who holds
    the source's lock is not known here.
    """
    with reading(engine) as connection:
        return {source: _slots(connection, source, now) for source in sources}


def _slots(connection: Connection, source: str, now: datetime) -> SlotsRow:
    full, light, ahead = runs.last(connection, source, now)
    # The light one is taken up first.
    left = next((one for one in (light, full) if one and _is_left(one)), None)
    return SlotsRow(
        full=full.slot if full else None,
        started=full.started if full else None,
        light=light.slot if light else None,
        left=LeftRow(run=left.id, slot=left.slot, light=left.light, resumed=left.resumed) if left else None,
        ahead=ahead.slot if ahead else None,
    )


def _is_left(run: Any) -> bool:
    return run.outcome is None or (run.outcome == runs.Outcome.STOPPED and run.reason == runs.BY_REQUEST)
