"""The front page: how each source stands, what is wrong, and what happened on each day of a year."""

from typing import Any

from flask import Blueprint, Response

from archive import access, database, instants
from schedules import sources as source_files
from strandline import lookout, metrics
from strandline.web import answers, calendar
from strandline.web.room import Room, room

area = Blueprint("overview", __name__)

RECENT = 12
"""So many of the newest changes are on the front page."""


@answers.page(area, "/", "overview.html")
def overview() -> dict[str, Any]:
    """How everything stands."""
    its = room()
    seen, complaints = view(its)
    year = answers.whole("year", instants.now().year, 9999)
    return {
        "sources": [standing(its, one) for one in seen.sources],
        "alarms": [{"kind": one.kind, "text": one.text} for one in seen.alarms],
        "complaints": complaints,
        "disk": {"free": seen.house.free, "total": seen.house.total, "reserve": seen.house.reserve},
        "checked": seen.house.checked,
        "damage": seen.house.damage,
        "looked": seen.house.looked,
        "calendar": calendar.year(its.days, None, year),
        "recent": access.changes_page(its.archive, {}, most=RECENT, grouped=True)[0],
    }


def view(its: Room) -> tuple[lookout.View, list[str]]:
    """The home as it stands, or stood a moment ago, and what is wrong with its source files."""

    def find() -> tuple[lookout.View, list[str]]:
        loaded, complaints = source_files.load_all(its.home)
        return lookout.view(its.home, its.settings, loaded), complaints

    return its.latest("view", find).get(_written(its))


def _written(its: Room) -> tuple[object, ...]:
    """When the files were written that it stands as it does by."""
    files = [its.home.settings, *sorted(its.home.sources.glob("*.toml"))]
    return tuple((file.name, file.stat().st_mtime_ns) for file in files if file.exists())


def standing(its: Room, stand: lookout.Stand) -> dict[str, Any]:
    """How one source stands, as `status --json` has it, with one word for it: `health`."""
    last = stand.last
    return {
        "source": stand.source,
        "health": health(stand),
        "last_run": last and last["moment"],
        "run": last and last["run"],
        "outcome": last and last["outcome"],
        "reason": last and last["reason"],
        "since": stand.since,
        "next": stand.next,
        "running": stand.running,
        "paused": stand.paused,
        "alarms": [{"kind": one.kind, "text": one.text} for one in stand.alarms],
    }


def health(stand: lookout.Stand) -> str:
    """`running`, `paused`, `alarm`, `good`, `poor`, or `waiting` where there was no run yet."""
    if stand.running:
        return "running"
    if stand.paused:
        return "paused"
    if stand.alarms:
        return "alarm"
    if stand.last is None:
        return "waiting"
    return "good" if stand.last["outcome"] == "succeeded" else "poor"


@area.get("/metrics")
def gauges() -> Response:
    """The state of the home for Prometheus."""
    return Response(metrics.text(view(room())[0]), content_type="text/plain; version=0.0.4; charset=utf-8")


@area.get("/health")
def health_of_server() -> Response:
    """Whether the index can be read: for whoever watches the server."""
    with database.reading(room().archive.engine) as connection:
        connection.exec_driver_sql("SELECT 1")
    return Response("ok\n", content_type="text/plain; charset=utf-8")
