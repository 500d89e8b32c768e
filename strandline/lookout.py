"""How the home and its sources stand, for `status`; and who is told of it after runs that nobody watches."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from archive import access, database, instants, runs, space
from archive import home as homes
from crawler import source as watched
from schedules import sources as source_files
from strandline import alarms, alerts, channels, retention, timetable, turns
from strandline.complaint import ExitCode
from strandline.crawling import Desk
from strandline.output import say
from strandline.settings import Ping, Settings


@dataclass(frozen=True, slots=True)
class Stand:
    """A source at one moment. `since` is when its last runs began to end as the last did."""

    source: str
    last: access.LatelyRow | None
    since: datetime | None
    next: datetime | None
    running: bool
    paused: bool
    alarms: list[alarms.Alarm]


@dataclass(frozen=True, slots=True)
class View:
    """All that `status` shows."""

    sources: list[Stand]
    house: alarms.House
    alarms: list[alarms.Alarm]


def view(home: homes.Home, settings: Settings, sources: Iterable[watched.Source]) -> View:
    """The home as it stands now. Raises archive.database.DatabaseTrouble."""
    now, every = instants.now(), list(sources)
    stands, begun = [], []
    with access.Archive(home) as archive:
        slots = access.slots_of(archive.engine, [one.name for one in every], now)
        for one in every:
            rows = access.lately(archive.engine, one.name)
            begun += [rows[-1]["moment"]] if rows else []
            standing = timetable.standing(home, one, settings.zone, slots, now)
            found = [] if one.paused else list(alarms.of_source(one.name, rows, settings.alarms, now))
            if not one.paused:
                full = [row for row in rows if not row["light"]][: alarms.LOOKED_BACK]
                lost = access.shrunk(archive.engine, [row["run"] for row in full])
                found += alarms.of_texts(one.name, full, lost)
            last = rows[0] if rows else None
            since = None if last is None else _since(rows, last["outcome"])
            stands.append(Stand(one.name, last, since, standing.next, standing.running, one.paused, found))
    scheduled = any(not one.paused and (one.schedule or one.light) for one in every)
    house = _house(home, settings, scheduled, min(begun, default=None))
    return View(stands, house, list(alarms.of_house(house, settings.alarms, now)))


def _since(rows: list[access.LatelyRow], outcome: str) -> datetime:
    found = rows[0]["moment"]
    for row in rows:
        if row["outcome"] != outcome:
            break
        found = row["moment"]
    return found


def _house(home: homes.Home, settings: Settings, scheduled: bool, begun: datetime | None) -> alarms.House:
    disk = space.look(home.root)
    checked, damage = None, 0
    try:
        found = json.loads(home.checked.read_text("utf-8"))
        checked, damage = instants.parse(found["at"]), int(found["damage"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return alarms.House(
        free=disk.free,
        total=disk.total,
        reserve=space.reserve(disk, settings.disk.reserve),
        checked=checked,
        damage=damage,
        looked=turns.last_look(home),
        scheduled=scheduled,
        begun=begun,
    )


def tell(
    home: homes.Home, settings: Settings, sources: Iterable[watched.Source], only: str | None = None
) -> None:
    """Tell what has changed with the home and its sources, or with one alone. A fault is a warning."""
    every = list(sources)
    if not channels.channels(settings.notify):
        return
    try:
        seen = view(home, settings, [one for one in every if only in (None, one.name)])
    except (database.DatabaseTrouble, OSError) as error:
        say(f"strandline: warning: nobody could be told of troubles: {error}")
        return
    # Of these nothing new is known.
    unclear = {
        one.source
        for one in seen.sources
        if one.paused
        or one.last is None
        or one.last["outcome"] in (runs.Outcome.STOPPED, runs.Outcome.SKIPPED)
    }
    found = [one for stand in seen.sources for one in stand.alarms] + ([] if only else seen.alarms)

    def concerns(key: str) -> bool:
        source = key.split("/")[0]
        return source not in unclear and (source == only if only else True)

    alerts.tell(home, settings.notify, found, concerns)


def heard(desk: Desk) -> Desk:
    """A desk whose due runs are told of: each is pinged, its news sent at once unless a digest is wanted."""

    def ended(name: str, code: ExitCode) -> None:
        if not desk.received:
            ping(desk.settings, name, "fail" if code else "success")
            if not desk.settings.notify.digest:
                tell(desk.home, desk.settings, source_files.load_all(desk.home)[0], only=name)

    return replace(desk, began=lambda name: ping(desk.settings, name, "start"), ended=ended)


def follow(home: homes.Home, settings: Settings) -> None:
    """What follows runs that nobody watches: telling what has changed, and clearing the folders of old runs.
    Nothing of it changes what came of the runs.
    """
    tell(home, settings, source_files.load_all(home)[0])
    try:
        retention.tidy(home, settings.keep.runs)
    except (OSError, database.DatabaseTrouble) as error:
        say(f"strandline: warning: folders of old runs were not removed: {error}")


def ping(settings: Settings, source: str | None, moment: str) -> None:
    """Tell the dead man's switch of a source, or that of all, that something `start`s, or was a `success` or
    `fail`.
    """
    its = settings.notify.ping if source is None else settings.notify.pings.get(source, Ping())
    url: str | None = getattr(its, moment)
    if url is None:
        return
    try:
        channels.ping(url)
    except channels.ChannelError as error:
        say(f"strandline: warning: the ping ({moment}) did not come through: {error}")
