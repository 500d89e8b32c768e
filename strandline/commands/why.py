"""`strandline why`: what became of a URL, or of a source's schedule, and why."""

import re
from dataclasses import asdict
from difflib import get_close_matches
from typing import Annotated

import typer

from archive import access, instants
from archive import home as homes
from crawler import why as reasons
from schedules import sources as files
from strandline import timetable, turns
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, printable, say, table, write
from strandline.reading import archive_of
from strandline.settings import Settings, enter, source


def why(
    url: Annotated[
        str, typer.Argument(metavar="URL|SOURCE", show_default=False, help="An address, or a source's name.")
    ],
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Tell what became of a URL and why: scope, robots.txt, tries, last good capture.

    Any URL may be asked for, also one that was never met. One answer for each source that knows it. Of a
    source it tells why it did not run by itself, and when it will.
    """
    found, known = enter(home)
    if _NAME.fullmatch(url) and found.source(url).is_file():
        _tell(found, known, url, json)
        return
    sources, complaints = files.load_all(found)
    with archive_of(found.root) as archive:
        try:
            answers = reasons.why(found, archive, sources, url)
        except ValueError as error:
            raise Complaint(_no_address(url, [source.name for source in sources], error)) from error
    for complaint in complaints:
        say(f"strandline: {complaint}")
    if json:
        json_lines(asdict(answer) for answer in answers)
        return
    for number, answer in enumerate(answers):
        _show(answer, first=number == 0)


_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def _no_address(text: str, names: list[str], error: ValueError) -> str:
    near = get_close_matches(text, names, 1)
    hint = f". Or did you mean the source {near[0]!r}?" if near else ""
    return f"{error}. Give the whole address of a page, as in: strandline why https://example.org/page{hint}"


def _tell(home: homes.Home, known: Settings, name: str, json: bool) -> None:
    """Why a source did not run, and when it will."""
    its, now = source(home, name), instants.now()
    with archive_of(home.root) as archive:
        standing = timetable.standing(
            home, its, known.zone, access.slots_of(archive.engine, [name], now), now
        )
        runs = [run for run in archive.runs(name) if not run["imported"]]
    told = list(timetable.reasons(home, standing, runs, known, now))
    last = runs[-1] if runs else None
    times = [timetable.ahead(one, now) for one in (standing.plan.schedule, standing.plan.light)]
    row: dict[str, object] = {
        "source": name,
        "paused": its.paused,
        "running": standing.running,
        "due": standing.due.slot if standing.due else None,
        "next": standing.next,
        "schedule": its.schedule,
        "upcoming": times[0],
        "light": its.light,
        "upcoming_light": times[1],
        "looked": turns.last_look(home),
        "last_run": last["run"] if last else None,
        "last_slot": last["slot"] if last else None,
        "last_outcome": last["outcome"] if last else None,
        "reasons": told,
    }
    if json:
        json_lines([row])
        return
    write(name)
    for key, slots in zip(("upcoming", "upcoming_light"), times, strict=True):
        row[key] = timetable.shown(slots)
    cells = [(f"  {key.replace('_', ' ')}", value) for key, value in row.items()][1:-1]
    table(("", ""), [cell for cell in cells if cell[1]], known.zone)
    write("")
    table(("", ""), [("  -", reason) for reason in told])


def _show(answer: reasons.Why, first: bool) -> None:
    if not first:
        write("")
    write(printable(answer.url))
    verdicts = ", ".join(str(one["verdict"]) for one in answer.history)
    seen = f"{answer.captures}, the newest: {verdicts}" if answer.captures else "none"
    rows = {
        "stands for": answer.twin,
        "source": answer.source,
        "state": answer.state + (f" (status {answer.status})" if answer.status else ""),
        "scope": f"{answer.scope}: {answer.rule}" if answer.scope else "unknown",
        "robots": answer.robots or "not known: robots.txt was not asked for",
        "tries": answer.tries,
        "captures": seen,
        "last good": answer.last_good or "never",
    }
    table(("", ""), [(f"  {name}", value) for name, value in rows.items() if value is not None])
    write("")
    table(("", ""), [("  -", reason) for reason in answer.reasons])
