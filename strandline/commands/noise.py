"""`strandline noise`: what moves by itself on a site, and whether comparisons leave it out."""

from typing import Annotated

import typer

from archive import database, ingest
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, say, table
from strandline.settings import enter
from strandline.settings import source as known_source

LONGEST = 100
"""Characters of a block that the table shows."""


def noise(
    source: Annotated[str, typer.Argument(metavar="SOURCE", show_default=False, help="The source's name.")],
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="ID", show_default=False, help="Compare this block all the same."),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--leave-out", metavar="ID", show_default=False, help="Leave this block out."),
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the blocks that move by themselves on a site, and whether comparisons leave them out.

    Texts keep these blocks. What comes and goes is left out; what only looks like a counter is not, unless
    you say so. Both may be overruled, for what was captured so far too.
    """
    found, _ = enter(home)
    known_source(found, source)
    try:
        engine = database.open_index(found)
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error
    try:
        there = {row["id"] for row in ingest.rulings.noise(engine, source)}
        for ids, kept in ((keep or [], True), (leave_out or [], False)):
            if unknown := [name for name in ids if name not in there]:
                raise Complaint(f"{source} has no noise {unknown[0]!r}. See: strandline noise {source}")
            if ids:
                ingest.rulings.overrule(found, engine, source, ids, keep=kept)
        rows = ingest.rulings.noise(engine, source)
    finally:
        engine.dispose()
    if json:
        json_lines(rows)
    elif not rows:
        say(f"No noise is known of {source}: it takes some runs in which pages change.")
    else:
        table(["id", "kind", "left out", "pages", "block"], [_cells(row) for row in rows])


def _cells(row: ingest.rulings.NoiseRow) -> list[object]:
    block = row["block"]
    shown = block if len(block) <= LONGEST else block[: LONGEST - 1] + "…"
    return [row["id"], row["kind"], "yes" if row["left_out"] else "no", row["pages"], shown]
