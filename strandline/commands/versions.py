"""`strandline versions`: how often a page changed, and when."""

from typing import Annotated

import typer

from strandline.commands import HomeOption, JsonOption
from strandline.output import json_lines, table
from strandline.reading import archive_of


def versions(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="The page's address.")],
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the versions of a page, oldest first."""
    with archive_of(home) as archive:
        rows = archive.versions(url)
    if json:
        json_lines(rows)
        return
    shown = ("number", "first", "last", "captures", "date", "author", "title", "file")
    table(shown, ([dict(row)[key] for key in shown] for row in rows))
