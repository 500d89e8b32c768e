"""`strandline note`: what a person has to say about a capture, kept beside the archive."""

import re
from typing import Annotated

import typer

from archive import access, ingest
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, say, table, write
from strandline.reading import archive_of, moment, number

notes = access.notes


def note(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", show_default=False, help="The page's address.")
    ] = None,
    first: Annotated[
        str | None,
        typer.Argument(
            metavar="[VERSION|WHEN]", show_default=False, help="Which capture; else the last version."
        ),
    ] = None,
    second: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", show_default=False, help="What there is to say.")
    ] = None,
    verdict: Annotated[
        str | None,
        typer.Option(
            metavar="VERDICT",
            show_default=False,
            help=f"What the capture is, against what was made of it: {', '.join(notes.VERDICTS)}.",
        ),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the notes, of URL or all.")] = False,
    delete: Annotated[
        str | None, typer.Option(metavar="ID", show_default=False, help="Let a note no longer stand.")
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Write a note on a page at some time; 'show', 'versions' and 'changes' tell it.

    Notes are kept in notes.jsonl, by URL and the instant of the capture: a rebuild loses none.
    """
    if delete is not None:
        _delete(home, delete)
    elif listed:
        _list(home, url, json)
    elif url is None:
        raise Complaint("Say which page the note is on, as in: strandline note URL 'what there is to say'")
    else:
        when, text = (first, second) if second is not None or verdict else (None, first)
        _add(home, url, when, text, verdict, json)


def _add(
    home: HomeOption, url: str, when: str | None, text: str | None, verdict: str | None, json: bool
) -> None:
    if verdict is not None and verdict not in notes.VERDICTS:
        raise Complaint(f"{verdict!r} is no verdict of yours. These are: {', '.join(notes.VERDICTS)}.")
    if not (text and text.strip()) and verdict is None:
        raise Complaint(
            f"The note says nothing. Write it as in: strandline note {url} 'what there is to say'"
        )
    with archive_of(home) as archive:
        if when is None or re.fullmatch(r"v\d{1,9}|\d{1,3}", when):
            row, _ = archive.version(url, number(archive, url, when or "v" + str(len(archive.versions(url)))))
            page, at = row["url"], row["first"]
        else:
            page, at = access.capture_at(archive, url, moment(when).end)
        try:
            made = notes.add(archive.home, page, at, text or "", verdict)
            if verdict is not None:
                ingest.overrule(archive.home, archive.engine, page)
        except ValueError as error:
            raise Complaint(str(error)) from error
    if json:
        json_lines([access.note_row(made)])
    else:
        write(f"{made.id}  on {page} as captured {at:%Y-%m-%d %H:%M:%S} UTC")


def _list(home: HomeOption, url: str | None, json: bool) -> None:
    with archive_of(home) as archive:
        wanted = access.capture_at(archive, url, moment("now").end)[0] if url else None
        found = notes.read(archive.home, wanted)
    if json:
        json_lines(map(access.note_row, found))
    elif not found:
        say("No note.")
    else:
        cells = [(one.id, one.url, one.at, one.verdict, one.text) for one in found]
        table(("id", "url", "captured", "verdict", "note"), cells)


def _delete(home: HomeOption, id: str) -> None:
    with archive_of(home) as archive:
        found = next((one for one in notes.read(archive.home) if one.id == id), None)
        if found is None or not notes.delete(archive.home, id):
            raise Complaint(f"There is no note {id!r}. The notes are listed by: strandline note --list")
        if found.verdict is not None:
            ingest.overrule(archive.home, archive.engine, found.url)
    write(f"{id} no longer stands.")
