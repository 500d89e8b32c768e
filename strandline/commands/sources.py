"""`strandline sources`: the sites that are watched."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from archive import access, instants
from crawler import polling
from schedules import sources as files
from strandline import output, settings, timetable
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import ExitCode
from strandline.reading import archive_of

_COLUMNS = ("name", "seeds", "schedule", "next", "last_run", "last_outcome", "pages", "poll")
_AHEAD = ("light", "upcoming", "upcoming_light")


def sources(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the next five times of each schedule, too.")
    ] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the sources, with their next and last run, and how often their feeds are worth a light run.

    A source whose file has a mistake is reported with file, line and key, and the exit code is 1.
    """
    found, known = settings.enter(home)
    loaded, complaints = files.load_all(found)
    now = instants.now()
    rows, shown = [], []
    with archive_of(found.root) as archive:
        summary = archive.source_summary()
        slots = access.slots_of(archive.engine, [source.name for source in loaded], now)
        for source in loaded:
            last_run, last_outcome, pages = summary.get(source.name, (None, None, 0))
            poll = polling.next_poll(archive, source, now)
            told = {"every": poll.every // timedelta(seconds=1), "next": poll.next} if poll else None
            its = timetable.standing(found, source, known.zone, slots, now)
            seen = (source.name, list(source.seeds), source.schedule)
            last = (last_run, last_outcome, pages)
            times = [timetable.ahead(one, now) for one in (its.plan.schedule, its.plan.light)]
            values = (*seen, its.next, *last, told, source.light, *times)
            rows.append(dict(zip(_COLUMNS + _AHEAD, values, strict=True)))
            ahead = (source.light, *map(timetable.shown, times)) if verbose else ()
            shown.append(
                (
                    *seen,
                    _next(its),
                    *last,
                    _shown(poll, now.astimezone(ZoneInfo(known.zone))) if poll else None,
                    *ahead,
                )
            )
    if json:
        output.json_lines(rows)
    elif rows:
        output.table(_COLUMNS + (_AHEAD if verbose else ()), shown, known.zone)
    elif not complaints:
        output.say(f"No sources yet. Begin with: {settings.command(found, 'add https://example.org/')}")
    for complaint in complaints:
        output.say(f"strandline: {complaint}")
    if complaints:
        raise typer.Exit(ExitCode.FAILED)


def _next(its: timetable.Standing) -> str | None:
    """The next slot in the source's zone; of one that is due, since when."""
    if its.running:
        return "running"
    slot = timetable.local(its)
    if slot is None:
        return "paused" if its.plan.paused else None
    return f"{'due since ' if its.due else ''}{timetable.shown([slot])[0]}"


def _shown(poll: polling.Poll, now: datetime) -> str:
    """`about every 2 h, next 14:10 UTC`, in the zone of `now`."""
    minutes = round(poll.every / timedelta(minutes=1))
    every = f"{minutes} min" if minutes < 90 else f"{round(minutes / 60)} h"
    if poll.next <= now:
        return f"about every {every}, next now"
    then = poll.next.astimezone(now.tzinfo)
    day = "" if then.date() == now.date() else f"{then:%Y-%m-%d} "
    return f"about every {every}, next {day}{then:%H:%M %Z}"
