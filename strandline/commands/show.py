"""`strandline show`: what a page said at some time."""

from typing import Annotated

import typer

from archive import access
from strandline.commands import HomeOption, JsonOption
from strandline.output import instant, json_lines, printable, write
from strandline.reading import archive_of, moment, notes_on, said


def show(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="The page's address.")],
    at: Annotated[
        str | None,
        typer.Option(metavar="WHEN", show_default=False, help="The time asked for; else the last version."),
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show the text of a page as it was at some time, and where its bytes are kept."""
    with archive_of(home) as archive:
        shown = archive.show(url, moment(at).end if at else None)
        row, _ = archive.version(url, shown["version"])
        notes = [one for one in notes_on(archive, row["url"]) if row["first"] <= one["at"] <= row["last"]]
    if json:
        json_lines([{**shown, "notes": notes}])
        return
    write(printable(_page(shown, notes), lines=True))


def _page(shown: access.Shown, notes: list[access.NoteRow]) -> str:
    warc = shown["warc"]
    head = {
        "url": shown["url"],
        "version": f"{shown['version']}, captured {instant(shown['at'])}",
        "title": shown["title"],
        "date": shown["date"],
        "author": shown["author"],
        "warning": shown["certificate"] and f"certificate {shown['certificate']}",
        "record": f"{warc['file']} at {warc['offset']}, {warc['record_id']}",
    }
    lines = [f"{key + ':':9}{value}" for key, value in head.items() if value is not None]
    lines += [f"note:    {said(one)}" for one in notes]
    return "\n".join([*lines, "", shown["text"]])
