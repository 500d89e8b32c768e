"""`strandline runs`: what was crawled, when, and what came of it."""

from typing import Annotated

import typer

from strandline.commands import HomeOption, JsonOption
from strandline.output import json_lines, say, table
from strandline.reading import archive_of
from strandline.settings import enter, source


def runs(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", show_default=False, help="A source; else all of them.")
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the crawls, oldest first, with their outcomes and counts."""
    _, known = enter(home)
    with archive_of(home) as archive:
        rows = archive.runs(name)
        if not rows and name is not None:
            source(archive.home, name)  # a name that nobody knows is a slip, not an empty answer
    if json:
        json_lines(rows)
        return
    if not rows:
        say("No run yet. Begin one with: strandline crawl")
        return
    counts = ("requests", "new", "edited", "moved", "gone", "failed")
    shown = ("run", "source", "light", "started", "outcome", *counts, "reason")
    table(shown, ([row[key] for key in shown] for row in map(dict, rows)), known.zone)
