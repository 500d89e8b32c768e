"""`strandline pages`: the pages of a source."""

from typing import Annotated

import typer

from strandline.commands import HomeOption, JsonOption
from strandline.output import json_lines, say, table
from strandline.reading import archive_of
from strandline.settings import enter, source


def pages(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="The source.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Also images, stylesheets, redirects and errors.")
    ] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the pages of a source with their last verdict, captures and versions."""
    with archive_of(home) as archive:
        if name not in archive.source_summary():
            source(enter(home)[0], name)  # a name that nobody knows is a slip, not an empty answer
        rows = archive.pages(name, everything=everything)
        if json:
            json_lines(rows)
            return
        listed = [
            (
                row["url"],
                row["verdict"],
                row["captures"],
                row["versions"],
                row["last"],
                row["date"],
                row["title"],
            )
            for row in rows
        ]
    if not listed:
        say(f"No page of {name} yet. Crawl it with: strandline crawl {name}")
        return
    table(["url", "verdict", "captures", "versions", "last seen", "date", "title"], listed)
