"""Which sources are due, from their cadences, the table of runs and the time: nothing else is remembered.

Pure. A source that has never run is due at once; after downtime the newest slot that was missed is due, once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive import access, runs
from crawler import source
from schedules import cadence


@dataclass(frozen=True, slots=True)
class Plan:
    """When a source is to be crawled; None for a kind of run that never is by itself."""

    source: str
    schedule: cadence.Cadence | None
    light: cadence.Cadence | None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is to be begun now. `left` is the one that is to be taken up instead of a new one."""

    source: str
    slot: datetime
    light: bool
    left: str | None = None


def plan(source: source.Source, zone: str = "UTC") -> Plan:
    """The plan of a source whose file was checked; `zone` holds where a cadence names none. Raises
    CadenceError.
    """

    def of(text: str | None) -> cadence.Cadence | None:
        parsed = cadence.parse(text, source.name, zone) if text is not None else None
        return None if parsed is None or parsed.manual else parsed

    return Plan(source.name, of(source.schedule), of(source.light), source.paused)


def due(
    plans: Iterable[Plan], slots: Mapping[str, access.SlotsRow], running: Collection[str], now: datetime
) -> list[Due]:
    """What is to be begun, the oldest overdue first; one run a source. `running` are being crawled now."""
    found = (turn(one, slots.get(one.source), now) for one in plans if one.source not in running)
    return sorted(filter(None, found), key=lambda one: (one.slot, one.source))


def overlapping(plan: Plan, row: access.SlotsRow | None, now: datetime) -> datetime | None:
    """The slot that came while a run of the source is under way, and has none of its own so far. A run that
    is being begun, and stands in no table yet, is about to have the slot that is due.
    """
    if row is None or row["left"] is None:
        return None
    found = turn(plan, {**row, "left": None}, now)
    return found.slot if found else None


def turn(plan: Plan, row: access.SlotsRow | None, now: datetime) -> Due | None:
    """What one source is to begin that is not running: what was left behind, else the full run that is due,
    which makes a light one needless, else the light one.
    """
    if plan.paused or not (plan.schedule or plan.light):
        return None
    left = row["left"] if row else None
    if left and left["resumed"] < runs.TAKEN_UP:
        return Due(plan.source, left["slot"], left["light"], left["run"])
    for light, its in ((False, plan.schedule), (True, plan.light)):
        slot = cadence.latest(its, now) if its else None
        if slot is not None and not _had(row, slot, light):
            return Due(plan.source, slot, light)
    return None


def following(plan: Plan, row: access.SlotsRow | None, now: datetime) -> tuple[datetime, bool] | None:
    """The next slot that will be due after `now`, and whether it is that of a light run; None where there is
    none. A slot that has had its run, because the clock was ahead, is left out.
    """
    if plan.paused:
        return None
    nexts = []
    for light, its in ((False, plan.schedule), (True, plan.light)):
        after = max([now, *_covered(row, light)])
        slot = next(cadence.fires(its, after), None) if its else None
        if slot is not None:
            nexts.append((slot, light))
    return min(nexts, default=None)


def _had(row: access.SlotsRow | None, slot: datetime, light: bool) -> bool:
    """Whether a run answers for the slot. No two have the same one, whatever their kinds."""
    if row is None:
        return False
    return slot in (row["full"], row["light"]) or any(slot <= one for one in _covered(row, light))


def _covered(row: access.SlotsRow | None, light: bool) -> list[datetime]:
    """The instants up to which the source's runs answer for slots of the kind. A full run stands for all the
    light ones that were due before it began.
    """
    if row is None:
        return []
    reached = (row["full"], row["light"], row["started"]) if light else (row["full"],)
    return [one for one in reached if one is not None]
