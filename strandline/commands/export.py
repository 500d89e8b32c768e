"""`strandline export`: give away what was kept, in the forms that others read."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archive import care
from strandline import __version__
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode
from strandline.gauge import counting
from strandline.output import json_lines, say
from strandline.reading import archive_of, moment
from strandline.settings import enter

SOFTWARE = f"Strandline/{__version__}"


class Form(StrEnum):
    """What can be made."""

    GIT = "git"
    WACZ = "wacz"
    WARC = "warc"
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    PARQUET = "parquet"


def export(
    form: Annotated[Form, typer.Argument(show_default=False, help="In which form.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", show_default=False, help="Only these sources; else all."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="PATH", show_default=False, help="The file or folder to make."
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", show_default=False, help="Not what was before.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", show_default=False, help="Not what came after.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Give away what was kept.

    git: a repository with a commit for each run, for 'git log -p'. wacz: a file for ReplayWeb.page. warc: the
    WARC files, or one of the captures of a time. jsonl, csv, parquet: versions with their texts, and changes.
    markdown: a file for each page with all its versions.
    """
    found, _ = enter(home)
    known = care.sources(found)
    if unknown := sorted(set(names or ()) - known):
        raise Complaint(f"{unknown[0]!r} is no source of this home. See: strandline sources")
    if output is None:
        raise Complaint(f"Say what to make, as in: strandline export {form} -o {_USUAL[form]}")
    span = care.Span(
        tuple(sorted(set(names or known))),
        moment(since).start if since else None,
        moment(until).end if until else None,
    )
    with archive_of(home) as archive, counting(form, unit=_UNITS.get(form, "rows")) as watch:
        order = care.Giving(archive, span, SOFTWARE, force, watch)
        told = _given(order, form, output)
    if json:
        json_lines([told])
    else:
        say(f"{output}: {', '.join(f'{count} {what}' for what, count in told.items())}")


_USUAL = {
    Form.GIT: "history", Form.WACZ: "archive.wacz", Form.WARC: "warcs", Form.JSONL: "tables",
    Form.CSV: "tables", Form.MARKDOWN: "pages", Form.PARQUET: "tables",
}  # fmt: skip


_UNITS = {Form.GIT: "runs", Form.WACZ: "bytes", Form.WARC: "bytes"}


def _given(order: care.Giving, form: Form, output: Path) -> dict[str, int]:
    try:
        return care.give(order, form, output)
    except (care.InTheWay, care.NoGit, care.NoParquet) as error:
        raise Complaint(str(error)) from error
    except (OSError, care.WarcError) as error:
        raise Complaint(f"{output} was not made: {error}", ExitCode.FAILED) from error
