"""`strandline status`: how everything stands, for people, for programs and for Prometheus."""

import os
from pathlib import Path
from typing import Annotated

import typer

from archive import database, space
from schedules import sources as source_files
from strandline import alerts, lookout, metrics
from strandline.channels import channels
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode
from strandline.output import json_lines, say, table, write
from strandline.settings import Notify, enter


def status(
    as_metrics: Annotated[bool, typer.Option("--metrics", help="Print it for Prometheus instead.")] = False,
    textfile: Annotated[
        Path | None,
        typer.Option(metavar="PATH", show_default=False, help="Write it for Prometheus to this file."),
    ] = None,
    test_notify: Annotated[
        bool, typer.Option("--test-notify", help="Send a test message to whom [notify] names.")
    ] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Tell how each source stands: its last run, the next one, and what is wrong with it or with the home.

    The exit code is 0 also where something is wrong.
    """
    found, settings = enter(home)
    if test_notify:
        _try_out(settings.notify)
        return
    sources, complaints = source_files.load_all(found)
    for complaint in complaints:
        say(f"strandline: {complaint}")
    try:
        seen = lookout.view(found, settings, sources)
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error
    if textfile is not None:
        _replace(textfile, metrics.text(seen))
    elif as_metrics:
        write(metrics.text(seen).rstrip("\n"))
    elif json:
        json_lines([*map(_row, seen.sources), _home_row(seen)])
    else:
        _show(seen)


def _row(stand: lookout.Stand) -> dict[str, object]:
    last = stand.last
    return {
        "source": stand.source,
        "last_run": last and last["moment"],
        "outcome": last and last["outcome"],
        "reason": last and last["reason"],
        "since": stand.since,
        "next": stand.next,
        "running": stand.running,
        "paused": stand.paused,
        "alarms": [{"kind": one.kind, "text": one.text} for one in stand.alarms],
    }


def _home_row(seen: lookout.View) -> dict[str, object]:
    house = seen.house
    return {
        "source": None,
        "free": house.free,
        "total": house.total,
        "reserve": house.reserve,
        "checked": house.checked,
        "damage": house.damage,
        "looked": house.looked,
        "alarms": [{"kind": one.kind, "text": one.text} for one in seen.alarms],
    }


def _show(seen: lookout.View) -> None:
    columns = ("source", "last_run", "outcome", "since", "next", "running", "alarms")
    rows = [_row(stand) for stand in seen.sources]
    for row, stand in zip(rows, seen.sources, strict=True):
        row["alarms"] = [f"{one.kind}: {one.text}" for one in stand.alarms]
        if stand.paused:
            row["next"] = "paused"
    if rows:
        table(columns, [[row[column] for column in columns] for row in rows])
    else:
        say("No source yet. Add one with: strandline add URL")
    house = seen.house
    write(f"disk: {space.amount(house.free)} of {space.amount(house.total)} free")
    write(f"last check: {house.checked:%Y-%m-%d %H:%M} UTC" if house.checked else "last check: none")
    looked = f"{house.looked:%Y-%m-%d %H:%M} UTC" if house.looked else "never"
    write(f"looked what is due: {looked}")
    for alarm in seen.alarms:
        write(f"{alarm.kind}: {alarm.text}")


def _try_out(settings: Notify) -> None:
    if not channels(settings):
        raise Complaint(
            "Nobody is named in strandline.toml to be told: set one of [notify.email], [notify.webhook], or "
            "'command' or 'apprise' under [notify]."
        )
    code = ExitCode.DONE
    for name, problem in alerts.try_out(settings):
        say(f"{name}: {f'not delivered: {problem}' if problem else 'delivered'}")
        code = max(code, ExitCode.FAILED if problem else ExitCode.DONE)
    if code:
        raise typer.Exit(code)


def _replace(path: Path, text: str) -> None:
    """Whoever reads the file meanwhile sees all of it or what was there before."""
    passing = path.with_name(f".{path.name}.{os.getpid()}")
    passing.write_text(text, "utf-8")
    passing.replace(path)
