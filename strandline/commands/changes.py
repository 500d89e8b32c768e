"""`strandline changes`: what changed on the watched sites."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from archive import access, model
from strandline import told
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, say, table, write
from strandline.progress import asking
from strandline.reading import archive_of, baseline, moment, notes_on, said
from strandline.settings import enter, source
from strandline.syndication import Feed, as_atom, as_json_feed


@dataclass(frozen=True)
class _Asked:
    """What is asked for by name."""

    source: str | None
    page: str | None
    kind: str | None
    run: str | None


class Format(StrEnum):
    """How changes are printed."""

    TABLE = "table"
    JSON = "json"
    ATOM = "atom"
    JSON_FEED = "jsonfeed"


_Name = Annotated[
    str | None,
    typer.Argument(metavar="[NAME|URL]", show_default=False, help="A source, or a page; else everything."),
]
_Source = Annotated[
    str | None, typer.Option("--source", metavar="NAME", show_default=False, help="Only of this source.")
]
_Kind = Annotated[
    str | None,
    typer.Option(metavar="KIND", show_default=False, help=f"Only one kind: {', '.join(model.Kind)}."),
]
_Silent = Annotated[bool, typer.Option("--silent", help="Only texts that changed while their date did not.")]
_Redated = Annotated[
    bool, typer.Option("--redated", help="Only dates that changed while their text did not.")
]
_Words = Annotated[int, typer.Option(metavar="N", min=0, help="Only with so many words added and removed.")]
_Added = Annotated[
    str | None, typer.Option(metavar="WORDS", show_default=False, help="Only where these words came.")
]
_Removed = Annotated[
    str | None, typer.Option(metavar="WORDS", show_default=False, help="Only where these words went.")
]
_Since = Annotated[
    str | None, typer.Option(metavar="WHEN", show_default=False, help="Only from this time on.")
]
_Until = Annotated[str | None, typer.Option(metavar="WHEN", show_default=False, help="Only up to this time.")]
_Run = Annotated[
    str | None, typer.Option(metavar="RUN", show_default=False, help="Only what this run found.")
]
_Baseline = Annotated[
    str | None,
    typer.Option("--baseline", metavar="DAY", show_default=False, help="Compare what stands with this day."),
]
_Grouped = Annotated[bool, typer.Option("--grouped", help="Show the same edit on many pages as one.")]
_Format = Annotated[Format, typer.Option("--format", help="atom and jsonfeed are feeds, with the diffs.")]
_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", show_default=False, help="Write the feed here."),
]


def changes(
    name: _Name = None,
    of: _Source = None,
    kind: _Kind = None,
    silent: _Silent = False,
    redated: _Redated = False,
    min_words: _Words = 0,
    added: _Added = None,
    removed: _Removed = None,
    since: _Since = None,
    until: _Until = None,
    run: _Run = None,
    day: _Baseline = None,
    grouped: _Grouped = False,
    format_: _Format = Format.TABLE,
    output: _Output = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """List changes, oldest first.

    A change happened after 'from' (the last capture of the old state) and not later than 'to'. The first
    capture of a site is the baseline and no change.
    """
    format_ = Format.JSON if json else format_
    what = access.Sought(silent, redated, min_words, added, removed)
    page = name if name is not None and "://" in name else None
    asked = _Asked(of or (name if page is None else None), page, kind, run)
    _check(asked, format_, output, grouped, since or until or run if day else None)
    with archive_of(home) as archive:
        _check_names(asked, archive, home)
        if day is not None:
            rows = _since(archive, asked, moment(baseline(home, day)).end)
        else:
            start = moment(baseline(home, since)).start if since else None
            end = moment(baseline(home, until)).end if until else None
            rows = archive.changes(
                source=asked.source, url=page, kind=kind, since=start, until=end, run=run
            )  # fmt: skip
        if format_ is Format.JSON:
            rows = access.sought(archive, rows, what)
        else:
            with asking("comparing") as show:  # the texts of a large archive take their time
                rows = iter(list(access.sought(archive, _telling(rows, show), what)))
        if format_ in (Format.ATOM, Format.JSON_FEED):
            _feed(archive, asked, list(rows), format_, output)
        elif format_ is Format.JSON:
            json_lines(_whole(archive, access.grouped(archive, rows) if grouped else rows))
        else:
            _table(archive, access.grouped(archive, rows) if grouped else rows)


def _check(asked: _Asked, format_: Format, output: Path | None, grouped: bool, clash: str | None) -> None:
    if asked.kind is not None and asked.kind not in list(model.Kind):
        raise Complaint(f"{asked.kind!r} is no kind of change. The kinds are: {', '.join(model.Kind)}.")
    is_feed = format_ in (Format.ATOM, Format.JSON_FEED)
    if output is not None and not is_feed:
        raise Complaint("-o FILE is for feeds: say --format atom or --format jsonfeed, or use '> FILE'.")
    if grouped and is_feed:
        raise Complaint("A feed has an entry for each change: leave out --grouped, or print --json.")
    if clash:
        raise Complaint("--baseline compares two states: leave out --since, --until and --run.")


def _check_names(asked: _Asked, archive: access.Archive, home: HomeOption) -> None:
    known = archive.runs()
    if asked.source is not None and asked.source not in {row["source"] for row in known}:
        source(enter(home)[0], asked.source)  # a name that nobody knows is a slip, not an empty answer
    if asked.run is not None and asked.run not in {row["run"] for row in known}:
        raise Complaint(f"There is no run {asked.run!r}. The runs are listed by: strandline runs")


def _since(archive: access.Archive, asked: _Asked, day: datetime) -> Iterator[access.ChangeRow]:
    """What stands now beside what stood on a day."""
    url = archive.versions(asked.page)[:1] if asked.page else []
    names = [asked.source] if asked.source else sorted({row["source"] for row in archive.runs()})
    for name in names:
        for row in access.since(archive, name, day, url[0]["url"] if url else None):
            if asked.kind is None or asked.kind in row["kinds"]:
                yield row


def _telling(rows: Iterable[access.ChangeRow], show: Callable[[str], None]) -> Iterator[access.ChangeRow]:
    for row in rows:
        show(row["url"])
        yield row


def _feed(
    archive: access.Archive,
    asked: _Asked,
    rows: list[access.ChangeRow],
    format_: Format,
    output: Path | None,
) -> None:
    runs = archive.runs(asked.source)
    ended = [row["ended"] for row in runs if row["ended"]]
    feed = Feed(
        title=f"Changes: {asked.page or asked.source or 'all sources'}",
        archive=runs[0]["run"] if runs else "",
        source=asked.page or asked.source,
        changes=rows,
        updated=max(ended) if ended else None,
    )
    text = (as_atom if format_ is Format.ATOM else as_json_feed)(feed, archive)
    if output is None:
        write(text.rstrip("\n"))
        return
    passing = output.with_name(f"{output.name}.tmp")
    passing.write_text(text, "utf-8")
    passing.replace(output)  # a reader never sees half of it


def _whole(archive: access.Archive, rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows with what is not in the index: entries, notes, and the two names of what was not announced."""
    notes = notes_on(archive)
    for row in rows:
        yield {
            **row,
            "silent": row["openness"] == "silent",
            "redated": row["openness"] == "redated",
            "entries": access.entry_counts(archive, row),  # type: ignore[arg-type]  # a row, or one with more
            "notes": _on(row, notes),
        }


def _on(row: Mapping[str, Any], notes: Iterable[access.NoteRow]) -> list[access.NoteRow]:
    return [one for one in notes if (one["url"], one["at"]) == (row["url"], row["to"])]


def _table(archive: access.Archive, rows: Iterable[Any]) -> None:
    notes = notes_on(archive)
    listed = [(row, _on(row, notes)) for row in rows]
    if not listed:
        say("No change.")
        return
    columns = ["to", "kinds", "words", "versions", "url", "title"]
    cells = [
        [row["to"], _kinds(archive, row), told.words(row), told.step(row), _where(row), row["title"]]
        for row, _ in listed
    ]
    if any(some for _, some in listed):
        columns.append("notes")
        cells = [[*row, list(map(said, some))] for row, (_, some) in zip(cells, listed, strict=True)]
    table(columns, cells)


def _kinds(archive: access.Archive, row: access.ChangeRow) -> str:
    counts = access.entry_counts(archive, row) or {}
    entries = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
    return told.kinds(row) + (f": {entries}" if entries else "")


def _where(row: Any) -> str:
    number = row.get("pages", 1)
    return f"{row['url']} and {number - 1:,} more" if number > 1 else str(row["url"])
