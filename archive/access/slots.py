"""What the table of runs says of each source's slots: from this alone it is computed what is due.

A part of `archive/access`.
"""

from datetime import datetime, timedelta
from typing import TypedDict

from sqlalchemy import Connection, Engine, Row, func, or_, select

from archive.database import reading
from archive.runs import AHEAD, BY_REQUEST, Outcome
from archive.schema import runs


class LeftRow(TypedDict):
    """A run that ended without having come to its end: killed, or stopped by request."""

    run: str
    slot: datetime
    light: bool
    resumed: int


class SlotsRow(TypedDict):
    """The newest slot of a source's full and of its light runs, the newest start of a full one, and the run
    that was left behind. `ahead` is a slot so far in the future that the clock was wrong then: it counts for
    nothing.
    """

    full: datetime | None
    light: datetime | None
    started: datetime | None
    left: LeftRow | None
    ahead: datetime | None


def slots_of(engine: Engine, now: datetime) -> dict[str, SlotsRow]:
    """By source; one without runs is not there. A run that is under way is among those left behind: who holds
    the source's lock is not known here. `now` is the present instant.
    """
    with reading(engine) as connection:
        return _slots(connection, now)


def _slots(connection: Connection, now: datetime) -> dict[str, SlotsRow]:
    found: dict[str, SlotsRow] = {}
    newest = func.max(runs.c.slot), func.max(runs.c.started)
    grouped = select(runs.c.source, runs.c.light, *newest).group_by(runs.c.source, runs.c.light)
    horizon = now + timedelta(days=AHEAD)
    for source, light, slot, started in connection.execute(grouped.where(runs.c.slot <= horizon)):
        row = found.setdefault(source, _nothing())
        if light:
            row["light"] = slot
        else:
            row["full"], row["started"] = slot, started
    ahead = select(runs.c.source, func.max(runs.c.slot)).where(runs.c.slot > horizon)
    for source, slot in connection.execute(ahead.group_by(runs.c.source)):
        found.setdefault(source, _nothing())["ahead"] = slot
    for one in _unfinished(connection):
        left = LeftRow(run=one.id, slot=one.slot, light=one.light, resumed=one.resumed)
        found.setdefault(one.source, _nothing())["left"] = left
    return found


def _unfinished(connection: Connection) -> list[Row[tuple[str, str, datetime, bool, int]]]:
    """The newest run of each source and kind, if it was left behind; the light ones last, for they are taken
    up first.
    """
    last = select(runs.c.source, runs.c.light, func.max(runs.c.started).label("started"))
    latest = last.group_by(runs.c.source, runs.c.light).subquery()
    is_latest = (
        (latest.c.source == runs.c.source)
        & (latest.c.light == runs.c.light)
        & (latest.c.started == runs.c.started)
    )
    by_request = (runs.c.outcome == Outcome.STOPPED) & (runs.c.reason == BY_REQUEST)
    wanted = (
        select(runs.c.id, runs.c.source, runs.c.slot, runs.c.light, runs.c.resumed)
        .join(latest, is_latest)
        .where(or_(runs.c.outcome.is_(None), by_request))
        .order_by(runs.c.light)
    )
    return list(connection.execute(wanted))


def _nothing() -> SlotsRow:
    return SlotsRow(full=None, light=None, started=None, left=None, ahead=None)
