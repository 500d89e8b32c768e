"""`strandline versions`: how often a page changed, and when."""

from typing import Annotated

import typer

from strandline.commands import HomeOption, JsonOption
from strandline.output import json_lines, table
from strandline.reading import archive_of, notes_on, said


def versions(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="The page's address.")],
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List the versions of a page, oldest first."""
    with archive_of(home) as archive:
        rows = archive.versions(url)
        notes = notes_on(archive, rows[0]["url"]) if rows else []
    told = [[one for one in notes if row["first"] <= one["at"] <= row["last"]] for row in rows]
    if json:
        json_lines({**row, "notes": some} for row, some in zip(rows, told, strict=True))
        return
    shown = ["number", "first", "last", "captures", "date", "author", "title", "file"]
    cells = [[dict(row)[key] for key in shown] for row in rows]
    if notes:
        shown.append("notes")
        cells = [[*row, list(map(said, some))] for row, some in zip(cells, told, strict=True)]
    table(shown, cells)
