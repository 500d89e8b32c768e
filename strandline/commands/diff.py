"""`strandline diff`: what changed between two versions of a page."""

from enum import StrEnum
from typing import Annotated

import typer

from archive import access, instants
from strandline.commands import HomeOption, JsonOption
from strandline.comparing import compare, compare_links, compare_pages, rendered
from strandline.complaint import Complaint
from strandline.differences import Comparison, as_json, as_text, as_unified
from strandline.fragment import as_html
from strandline.output import json_lines, printable, say, write
from strandline.reading import archive_of, baseline, number


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
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", show_default=False, help="FROM: a day, or one that [baselines] names."),
    ] = None,
    page: Annotated[
        bool, typer.Option("--page", help="Compare all that the page shows, menus and all.")
    ] = False,
    links: Annotated[bool, typer.Option("--links", help="Compare where the page's links lead.")] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show what changed between two versions of a page: without FROM and TO, between the last two."""
    if since is not None:
        if old is not None:
            raise Complaint("Say either FROM or --since, not both: both tell where the comparison begins.")
        old = baseline(home, since)
    if page and links:
        raise Complaint("--page and --links are two questions: ask one after the other.")
    with archive_of(home) as archive:
        last = len(archive.versions(url))
        if old is None and last < 2:
            say(f"{url} has {last or 'no'} version{'s' if last != 1 else ''}: nothing to compare with.")
            return
        before = last - 1 if old is None else number(archive, url, old)
        after = last if new is None else number(archive, url, new)
        if links:
            _print_links(archive, url, before, after, Format.JSON if json else format_)
            return
        comparison = (compare_pages if page else compare)(archive, url, before, after)
    _print(comparison, Format.JSON if json else format_)


def _print_links(archive: access.Archive, url: str, before: int, after: int, format_: Format) -> None:
    (old, shown), (new, shows) = rendered(archive, url, before), rendered(archive, url, after)
    came = dict(shows.links)
    found = compare_links(shown.links, shows.links)
    if format_ is Format.JSON:
        sides = {"from": instants.iso(old["first"]), "to": instants.iso(new["first"])}
        steps = [{"op": op, "link": link, "text": name} for op, link, name in found]
        numbers = {"from_version": before, "to_version": after}
        json_lines([{"url": old["url"], **sides, **numbers, "links": steps}])
    elif format_ is not Format.TEXT:
        raise Complaint("The links are printed as text or with --json only.")
    elif not found:
        say(f"All {len(came):,} links lead where they led before.")
    for op, link, name in found if format_ is Format.TEXT else ():
        write(printable(f"{'+' if op == 'insert' else '-'} {link}{name and f'  {name}'}"))


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
