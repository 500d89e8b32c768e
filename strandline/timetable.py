"""When the sources run by themselves, and why one does not: for `sources`, `add` and `why SOURCE`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from archive import access
from archive import home as homes
from crawler import harvest
from crawler import source as watched
from schedules import cadence, due
from strandline import settings, turns

COUNT = 5
"""So many slots are shown ahead."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands at one moment. `next` is the slot of the run that is due, else of the next one."""

    plan: due.Plan
    row: access.SlotsRow | None
    due: due.Due | None
    running: bool
    next: datetime | None


def standing(
    home: homes.Home,
    source: watched.Source,
    zone: str,
    slots: Mapping[str, access.SlotsRow],
    now: datetime,
) -> Standing:
    """From its plan, its row of the table of runs and its lock; `zone` is that of the settings."""
    plan, row = due.plan(source, zone), slots.get(source.name)
    running = harvest.is_running(home, source.name)
    turn = None if running else due.turn(plan, row, now)
    following = due.following(plan, row, now)
    upcoming = turn.slot if turn else following[0] if following else None
    return Standing(plan, row, turn, running, upcoming)


def ahead(its: cadence.Cadence | None, now: datetime) -> list[datetime]:
    """The next slots of a cadence, in its zone."""
    return cadence.upcoming(its, now, COUNT) if its else []


def shown(slots: list[datetime]) -> list[str]:
    """Slots for people: `Sun 2026-03-29 06:00 EEST`."""
    return [
        f"{slot:%a %Y-%m-%d %H:%M}{f':{slot:%S}' if slot.second else ''} {slot.tzname() or ''}".rstrip()
        for slot in slots
    ]


def reasons(
    home: homes.Home, its: Standing, runs: list[access.RunRow], known: settings.Settings, now: datetime
) -> Iterator[str]:
    """Why the source did not run, and when it will; `runs` are its own, oldest first."""
    name, last = its.plan.source, runs[-1] if runs else None
    if its.running:
        yield "It is being crawled at this moment. Slots that come meanwhile are made up for by one run."
    if its.plan.paused:
        yield f"It rests: paused = true stands in sources/{name}.toml."
    elif not (its.plan.schedule or its.plan.light):
        crawl = settings.command(home, f"crawl {name}")
        yield f"It has no schedule in sources/{name}.toml: it is crawled only by hand, with: {crawl}"
    elif its.due:
        yield from _waiting(home, its.due, its.row, last, now.astimezone(ZoneInfo(known.zone)))
    elif (slot := local(its)) and not its.running:
        yield f"Nothing is due: its runs answer for all slots so far. The next is {shown([slot])[0]}."
    if last and last["outcome"] == "blocked":
        yield f"Its last run was blocked: {last['reason']}. It is tried again when its next slot comes."
    if last and last["outcome"] == "failed":
        yield f"Its last run failed: {last['reason']}. It is tried again when its next slot comes."
    if known.contact is None:
        yield "No contact is set in strandline.toml: a source on a public host is not crawled without one."
    if its.row and its.row["ahead"]:
        yield (
            f"A run has the slot {its.row['ahead']:%Y-%m-%d %H:%M} UTC, which is far in the future: the "
            "clock was wrong when it began. That run counts for nothing."
        )


def _waiting(
    home: homes.Home, turn: due.Due, row: access.SlotsRow | None, last: access.RunRow | None, now: datetime
) -> Iterator[str]:
    # Instants are told in the zone of `now`.
    kind = "light run" if turn.light else "full run"
    if turn.left:
        resumed = row["left"]["resumed"] if row and row["left"] else 0
        yield (
            f"Run {turn.left} ({kind}) was left behind: its process was killed, or stopped by request. It is "
            f"taken up next{f'; that was tried {resumed} times already' if resumed else ''}."
        )
    elif last is None:
        yield "It has never run, so it is due at once."
    else:
        yield f"A {kind} is due since {turn.slot.astimezone(now.tzinfo):%Y-%m-%d %H:%M %Z}."
    looked = turns.last_look(home)
    if looked is None:
        yield (
            "Nobody has looked yet what is due in this home: cron or systemd must call 'crawl --due'; what "
            f"to give them is printed by: {settings.command(home, 'cron')}"
        )
    else:
        minutes = int((now - looked).total_seconds() / 60)
        ago = f"{minutes} minutes ago" if minutes < 180 else f"{minutes // 60} hours ago"
        yield (
            f"'crawl --due' looked last at {looked.astimezone(now.tzinfo):%Y-%m-%d %H:%M %Z}, {ago}. It runs "
            "one source after the other, the oldest overdue first, and says on stderr what keeps it from one."
        )


def local(its: Standing) -> datetime | None:
    """The slot that is next, in the zone of the source's schedule."""
    zoned = its.plan.schedule or its.plan.light
    return its.next.astimezone(ZoneInfo(zoned.zone)) if its.next and zoned else its.next
