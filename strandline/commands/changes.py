"""`strandline changes`: what changed on the watched sites."""

from typing import Annotated

import typer

from archive import access, model
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, say, table
from strandline.reading import archive_of, moment
from strandline.settings import enter, source


def changes(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|URL]", show_default=False, help="A source, or a page; else everything."
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", show_default=False, help=f"Only one kind: {', '.join(model.Kind)}."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", show_default=False, help="Only from this time on.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", show_default=False, help="Only up to this time.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", show_default=False, help="Only what this run found.")
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List changes, oldest first.

    A change happened after 'from' (the last capture of the old state) and not later than 'to'. The first
    capture of a site is the baseline and no change.
    """
    if kind is not None and kind not in list(model.Kind):
        raise Complaint(f"{kind!r} is no kind of change. The kinds are: {', '.join(model.Kind)}.")
    page = name is not None and "://" in name
    with archive_of(home) as archive:
        known = archive.runs()
        if name is not None and not page and name not in {row["source"] for row in known}:
            source(enter(home)[0], name)  # a name that nobody knows is a slip, not an empty answer
        if run is not None and run not in {row["run"] for row in known}:
            raise Complaint(f"There is no run {run!r}. The runs are listed by: strandline runs")
        rows = archive.changes(
            source=None if page else name,
            url=name if page else None,
            kind=kind,
            since=moment(since).start if since else None,
            until=moment(until).end if until else None,
            run=run,
        )
        if json:
            json_lines(rows)
            return
        listed = [_cells(row) for row in rows]
    if not listed:
        say("No change.")
        return
    table(["to", "kinds", "words", "versions", "url", "title"], listed)


def _cells(row: access.ChangeRow) -> list[object]:
    kinds = ", ".join(row["kinds"]) + (" (silent)" if row["announced"] is False else "")
    if row["moved_to"]:
        kinds += f" to {row['moved_to']}"
    if row["back_to"]:
        kinds += f", back to version {row['back_to']}"
    words = " ".join(f"{sign}{row[key]}" for sign, key in (("+", "added"), ("-", "removed")) if row[key])  # type: ignore[literal-required]  # both are keys
    numbers = (row["from_version"], row["to_version"])
    step = " → ".join("" if number is None else str(number) for number in numbers) if any(numbers) else ""
    return [row["to"], kinds, words, step, row["url"], row["title"]]
