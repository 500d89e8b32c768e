"""`strandline sources`: the sites that are watched."""

from datetime import datetime, timedelta

import typer

from archive import instants
from crawler import polling
from schedules import sources as files
from strandline import output, settings
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import ExitCode
from strandline.reading import archive_of

_COLUMNS = ("name", "seeds", "schedule", "next", "last_run", "last_outcome", "pages", "poll")


def sources(json: JsonOption = False, home: HomeOption = None) -> None:
    """List the sources, with their last run, and how often their feeds are worth a light run.

    A source whose file has a mistake is reported with file, line and key, and the exit code is 1.
    """
    found, _ = settings.enter(home)
    loaded, complaints = files.load_all(found)
    now = instants.now()
    rows, polls = [], []
    with archive_of(found.root) as archive:
        summary = archive.source_summary()
        for source in loaded:
            last_run, last_outcome, pages = summary.get(source.name, (None, None, 0))
            poll = polling.next_poll(archive, source, now)
            told = {"every": poll.every // timedelta(seconds=1), "next": poll.next} if poll else None
            values = (source.name, list(source.seeds), source.schedule, None, last_run, last_outcome, pages)
            rows.append(dict(zip(_COLUMNS, (*values, told), strict=True)))
            polls.append(_shown(poll, now) if poll else None)
    if json:
        output.json_lines(rows)
    elif rows:
        shown = [{**row, "poll": poll} for row, poll in zip(rows, polls, strict=True)]
        output.table(_COLUMNS, [tuple(row.values()) for row in shown])
    elif not complaints:
        output.say(f"No sources yet. Begin with: {settings.command(found, 'add https://example.org/')}")
    for complaint in complaints:
        output.say(f"strandline: {complaint}")
    if complaints:
        raise typer.Exit(ExitCode.FAILED)


def _shown(poll: polling.Poll, now: datetime) -> str:
    """`about every 2 h, next 14:10 UTC`."""
    minutes = round(poll.every / timedelta(minutes=1))
    every = f"{minutes} min" if minutes < 90 else f"{round(minutes / 60)} h"
    if poll.next <= now:
        return f"about every {every}, next now"
    day = "" if poll.next.date() == now.date() else f"{poll.next:%Y-%m-%d} "
    return f"about every {every}, next {day}{poll.next:%H:%M} UTC"
