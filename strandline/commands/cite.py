"""`strandline cite`: the citation of a version of a page, or of a change."""

from enum import StrEnum
from typing import Annotated

import typer

from archive import access
from strandline.citations import Citation, as_bibtex, as_csl, as_json, as_text
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, write
from strandline.reading import archive_of, number
from strandline.settings import enter, source


class Format(StrEnum):
    """How a citation is written."""

    TEXT = "text"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


def cite(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="The page's address.")],
    old: Annotated[
        str | None,
        typer.Argument(
            metavar="[VERSION|WHEN]", show_default=False, help="The version, or FROM; else the last."
        ),
    ] = None,
    new: Annotated[
        str | None,
        typer.Argument(metavar="TO", show_default=False, help="Cites the change from one to the other."),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="For a footnote, for BibTeX, or CSL-JSON.")
    ] = Format.TEXT,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Cite a version of a page, or the change between two: with the instants, and where the bytes are kept.

    A change is cited with the two captures between which it happened.
    """
    with archive_of(home) as archive:
        known = archive.versions(url)
        first = number(archive, url, old) if old else len(known)
        last = number(archive, url, new) if new else first
        if new and first >= last:
            raise Complaint(
                f"A change is cited from an earlier version to a later one, and these are {first} and "
                f"{last}; see: strandline versions {url}"
            )
        before = access.cited(archive, url, first) if new else None
        after = access.cited(archive, url, last)
    if before and before["extractor"] != after["extractor"]:
        raise Complaint(
            f"versions {first} and {last} of {url} were read by different extractors, so their difference "
            "would not be the page's."
        )
    citation = Citation(after, before, _about(home, after["source"]))
    if json:
        json_lines([as_json(citation)])
    else:
        write({Format.TEXT: as_text, Format.BIBTEX: as_bibtex, Format.CSL_JSON: as_csl}[format_](citation))


def _about(home: HomeOption, name: str) -> dict[str, str]:
    """What the source's file says of the collection; nothing where the file is gone."""
    try:
        about = source(enter(home)[0], name).about
    except Complaint:
        return {}
    return {key: value for key, value in about.model_dump().items() if value}
