"""`strandline runs`: what was crawled, when, and what came of it."""

from typing import Annotated, Any

import typer

from archive import access
from archive import runs as archived
from schedules import skipped
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
        left_out = skipped.read(archive.home, name)
        if not rows and name is not None:
            source(archive.home, name)  # a name that nobody knows is a slip, not an empty answer
    if json:
        json_lines([*rows, *map(_skipped, left_out)])
        return
    if not rows and not left_out:
        say("No run yet. Begin one with: strandline crawl")
        return
    counts = ("requests", "new", "edited", "moved", "gone", "failed")
    shown = ("run", "source", "light", "started", "outcome", *counts, "reason")
    every: list[dict[str, Any]] = [*map(dict, rows), *map(_skipped, left_out)]
    every.sort(key=lambda row: row["started"] or row["slot"])
    table(shown, ([row[key] for key in shown] for row in every), known.zone)


def _skipped(row: skipped.SkippedRow) -> dict[str, Any]:
    """A slot in which no run was begun, in the form of a run: `started` is its slot."""
    empty: dict[str, Any] = dict.fromkeys(access.RunRow.__annotations__, 0)
    return {
        **empty, "run": None, "source": row["source"], "slot": row["slot"], "started": None, "ended": None,
        "outcome": archived.Outcome.SKIPPED, "reason": row["reason"], "light": False, "imported": False,
    }  # fmt: skip
