"""`strandline diff`: what changed between two versions of a page."""

import re
from enum import StrEnum
from typing import Annotated

import typer

from archive import access
from archive import diff as engine
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.differences import Comparison, as_html, as_json, as_text, as_unified
from strandline.output import json_lines, say, write
from strandline.reading import archive_of, moment


class Format(StrEnum):
    """How a diff is printed."""

    TEXT = "text"
    UNIFIED = "unified"
    HTML = "html"
    JSON = "json"


def diff(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="The page's address.")],
    old: Annotated[
        str | None,
        typer.Argument(metavar="FROM", show_default=False, help="A version's number, a date or an instant."),
    ] = None,
    new: Annotated[
        str | None, typer.Argument(metavar="TO", show_default=False, help="Likewise; else the last version.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="text is for people, html for a page of its own.")
    ] = Format.TEXT,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show what changed between two versions of a page: without FROM and TO, between the last two."""
    with archive_of(home) as archive:
        last = len(archive.versions(url))
        if old is None and last < 2:
            say(f"{url} has {last or 'no'} version{'s' if last != 1 else ''}: nothing to compare with.")
            return
        before = last - 1 if old is None else _number(archive, url, old)
        after = last if new is None else _number(archive, url, new)
        comparison = _compare(archive, url, before, after)
    _print(comparison, Format.JSON if json else format_)


def _number(archive: access.Archive, url: str, asked: str) -> int:
    """The version meant by a number (`3`, `v3`) or by a time. Four figures are a year."""
    if match := re.fullmatch(r"v(\d{1,9})|(\d{1,3})", asked):
        return int(match[1] or match[2])
    return archive.version_at(url, moment(asked).end)


def _compare(archive: access.Archive, url: str, before: int, after: int) -> Comparison:
    (old, old_text), (new, new_text) = archive.version(url, before), archive.version(url, after)
    if old_text.extractor != new_text.extractor:
        raise Complaint(
            f"versions {before} and {after} of {url} were read by different extractors "
            f"({old_text.extractor}; {new_text.extractor}), so a difference would not be the page's."
        )
    return Comparison(
        url=old["url"],
        source_from=old["first"],
        source_to=new["first"],
        kinds=engine.kinds(old_text, new_text),
        diff=engine.compare(old_text, new_text),
        from_version=before,
        to_version=after,
    )


def _print(comparison: Comparison, format_: Format) -> None:
    if format_ is Format.JSON:
        json_lines([as_json(comparison)])
    elif format_ is Format.HTML:
        write(as_html(comparison))
    elif format_ is Format.UNIFIED:
        write(as_unified(comparison).rstrip("\n"))
    else:
        # rich takes 0.1 s to load: only this format pays for it
        from rich.console import Console

        Console(highlight=False, soft_wrap=True).print(as_text(comparison))
