"""What the table of runs says of a source's slots: from this alone it is computed what is due.

A part of `archive/access`. Asked every few minutes for years, so it reads a few rows by the index of slots,
and not the table.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict

from sqlalchemy import Connection, Engine, func, select

from archive.database import reading
from archive.runs import AHEAD, BY_REQUEST, Outcome, crawled
from archive.schema import runs

_COLUMNS = (
    runs.c.id, runs.c.slot, runs.c.started, runs.c.light, runs.c.outcome, runs.c.reason, runs.c.resumed
)  # fmt: skip


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
        return {source: _slots(connection, source, now + timedelta(days=AHEAD)) for source in sources}


def _slots(connection: Connection, source: str, horizon: datetime) -> SlotsRow:
    full = _newest(connection, source, False, None, horizon)
    light = _newest(connection, source, True, full.slot if full else None, horizon)
    # The light one is taken up first.
    left = next((one for one in (light, full) if one and _is_left(one)), None)
    last = connection.execute(
        select(func.max(runs.c.slot)).where(runs.c.source == source, crawled())
    ).scalar()
    return SlotsRow(
        full=full.slot if full else None,
        started=full.started if full else None,
        light=light.slot if light else None,
        left=LeftRow(run=left.id, slot=left.slot, light=left.light, resumed=left.resumed) if left else None,
        ahead=last if last and last > horizon else None,
    )


def _newest(
    connection: Connection, source: str, light: bool, after: datetime | None, horizon: datetime
) -> Any:
    """The newest run of a kind with a slot in these bounds, as a row; None where there is none."""
    mine = (runs.c.source == source) & crawled() & (runs.c.light == light)
    wanted = select(*_COLUMNS).where(mine, runs.c.slot <= horizon)
    if after is not None:
        wanted = wanted.where(runs.c.slot > after)
    return connection.execute(wanted.order_by(runs.c.slot.desc()).limit(1)).first()


def _is_left(run: Any) -> bool:
    return run.outcome is None or (run.outcome == Outcome.STOPPED and run.reason == BY_REQUEST)
