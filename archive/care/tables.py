"""Versions and changes as tables for other programs: JSON Lines, CSV, Parquet; and as Markdown for people."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from archive import access, instants
from archive.access import ChangeRow, GivenRow
from archive.care.naming import path_of

Row = Mapping[str, Any]
Watch = Callable[[int, int], object]
"""Is told how many rows were written, of how many is not known (0)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AT_ONCE = 1000


class NoParquet(Exception):
    """The library that writes Parquet is not installed."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is asked for: of these sources, and of this time where it is bounded."""

    sources: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None


def write(archive: access.Archive, kind: str, folder: Path, span: Span, watch: Watch) -> dict[str, int]:
    """Write `versions` and `changes` into a new folder, as jsonl, csv or parquet. Returns how many."""
    writer = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet}[kind]
    told: dict[str, int] = {}
    folder.mkdir()
    tables: tuple[tuple[str, type, Iterable[Row]], ...] = (
        ("versions", GivenRow, versions_of(archive, span)),
        ("changes", ChangeRow, changes_of(archive, span)),
    )
    for name, row, rows in tables:
        told[name] = writer(folder / f"{name}.{kind}", list(row.__annotations__), _counted(rows, watch))
    return told


def _counted(rows: Iterable[Row], watch: Watch) -> Iterator[Row]:
    for done, row in enumerate(rows, 1):
        yield row
        watch(done, 0)


def versions_of(archive: access.Archive, span: Span) -> Iterator[GivenRow]:
    """The versions that stood in a span."""
    return access.given(archive, span.sources, span.since, span.until)


def changes_of(archive: access.Archive, span: Span) -> Iterator[ChangeRow]:
    """The changes of a span, source by source."""
    for source in span.sources:
        yield from archive.changes(source=source, since=span.since, until=span.until)


def _jsonl(path: Path, _columns: list[str], rows: Iterable[Row]) -> int:
    number = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")
            number += 1
    return number


def _csv(path: Path, columns: list[str], rows: Iterable[Row]) -> int:
    """As spreadsheets read it: UTF-8 with a byte order mark. A text that they would take for a formula begins
    with an apostrophe.
    """
    number = 0
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row[name]) for name in columns])
            number += 1
    return number


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, list):
        return " ".join(map(str, value))
    return _plain(value) if isinstance(value, date) else value


def _parquet(path: Path, columns: list[str], rows: Iterable[Row]) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise NoParquet(
            "Parquet needs the library pyarrow. Install it with: pip install 'strandline[parquet]'"
        ) from error
    types = {
        "instant": pyarrow.timestamp("us", tz="UTC"), "day": pyarrow.date32(), "number": pyarrow.int64(),
        "share": pyarrow.float64(), "truth": pyarrow.bool_(), "list": pyarrow.list_(pyarrow.string()),
        "text": pyarrow.string(),
    }  # fmt: skip
    schema = pyarrow.schema([(name, types[_TYPES.get(name, "text")]) for name in columns])
    number, left = 0, iter(rows)
    with parquet.ParquetWriter(path, schema) as writer:
        while batch := list(islice(left, _AT_ONCE)):
            writer.write_table(pyarrow.Table.from_pylist([dict(one) for one in batch], schema))
            number += len(batch)
    return number


_TYPES = {
    **dict.fromkeys(("first", "last", "from", "to"), "instant"),
    **dict.fromkeys(("number", "captures", "warc_offset", "from_version", "to_version"), "number"),
    **dict.fromkeys(("added", "removed", "changed", "back_to"), "number"),
    "date": "day", "share": "share", "announced": "truth", "kinds": "list",
}  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instants.iso(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def markdown(archive: access.Archive, folder: Path, span: Span, watch: Watch) -> int:
    """A file for each page, with all its versions, the newest first, and what changed between them. Returns
    the number of versions.
    """
    folder.mkdir()
    done = 0
    rows = versions_of(archive, span)
    for (source, url), group in groupby(rows, key=lambda row: (row["source"], row["url"])):
        known = list(group)
        changed = {row["to_version"]: row for row in archive.changes(source=source, url=url)}
        path = folder / path_of(source, url)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(f"# {_line(known[-1]['title'] or url)}\n\n<{url}>\n")
            file.writelines(_version(row, changed.get(row["number"])) for row in reversed(known))
        done += len(known)
        watch(done, 0)
    return done


def _version(row: GivenRow, change: ChangeRow | None) -> str:
    seen = f"Seen from {row['first']:%Y-%m-%d %H:%M:%S} to {row['last']:%Y-%m-%d %H:%M:%S} UTC"
    told = [f"## Version {row['number']}", f"{seen}, in {row['captures']} captures."]
    if change and row["number"] > 1:
        openness = f" ({change['openness']})" if change["openness"] else ""
        words = f"{change['added']} words added, {change['removed']} removed"
        told.append(f"Changed: {', '.join(change['kinds'])}{openness}; {words}.")
    stated = {"Title": row["title"], "Author": row["author"], "Date": row["date"]}
    told += [f"{name}: {_line(str(value))}" for name, value in stated.items() if value]
    place = f"{row['warc']} at {row['warc_offset']}, {row['warc_record']}"
    told.append(f"WARC record: {place}; SHA-256 of the text: {row['text_sha256']}")
    return "\n" + "\n\n".join([*told, row["text"]]) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())
