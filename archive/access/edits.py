"""What a change did to the text, for those who search or group changes: a part of `archive/access`.

Nothing of it is stored: it is computed from the texts of the two versions, each in bounded time.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import func, select

from archive import diff, edits, stored
from archive.access.archive import Archive
from archive.access.rows import ChangeRow
from archive.database import reading
from archive.diff import Diff
from archive.gathered import gathered
from archive.model import Kind, Openness, Text
from archive.schema import pages, versions
from archive.schema import texts as stored_texts

_SAID = frozenset({Kind.BODY, Kind.TITLE, Kind.AUTHOR, Kind.ENTRIES})
URLS = 1_000
"""So many pages of a group are named."""
_BATCH = 100
"""So many changes are looked at together."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What changes are asked for. `added` and `removed` are words that must have come or gone, in one piece;
    case and accents do not matter. `words`: so many were added and removed at least.
    """

    silent: bool = False
    redated: bool = False
    words: int = 0
    added: str | None = None
    removed: str | None = None


def sought(archive: Archive, rows: Iterable[ChangeRow], what: Sought) -> Iterator[ChangeRow]:
    """Those of the changes that are asked for."""
    for some in _in_parts(row for row in rows if _fits(row, what)):
        if not (what.added or what.removed):
            yield from some
            continue
        added, removed = (folded(words) if words else None for words in (what.added, what.removed))
        # Which sides have the words at all costs a tenth of a comparison.
        before = _having(archive, [(row, row["from_version"]) for row in some], removed)
        after = _having(archive, [(row, row["to_version"]) for row in some], added)
        for row, *both in zip(some, before, after, strict=True):
            if all(both) and _says(archive, row, added, removed):
                yield row


def _fits(row: ChangeRow, what: Sought) -> bool:
    return (
        not (what.silent and row["openness"] != Openness.SILENT)
        and not (what.redated and row["openness"] != Openness.REDATED)
        and row["added"] + row["removed"] >= what.words
    )


def _in_parts(rows: Iterable[ChangeRow]) -> Iterator[list[ChangeRow]]:
    left = iter(rows)
    while some := list(islice(left, _BATCH)):
        yield some


def _having(archive: Archive, sides: list[tuple[ChangeRow, int | None]], words: str | None) -> list[bool]:
    """For the version on one side of each change, whether it has the words; where none are asked for, yes."""
    if not words:
        return [True] * len(sides)
    each = func.json_each(
        json.dumps([(row["source"], row["url"], number) for row, number in sides])
    ).table_valued("key", "value")
    source, url, number = (func.json_extract(each.c.value, f"$[{place}]") for place in range(3))
    wanted = (
        select(each.c.key.label("place"), stored_texts.c.title, stored_texts.c.author, stored_texts.c.text)
        .select_from(each)
        .join(pages, (pages.c.source == source) & (pages.c.url == url))
        .join(versions, (versions.c.page == pages.c.id) & (versions.c.number == number))
        .join(stored_texts, stored_texts.c.id == versions.c.text)
    )
    found = [False] * len(sides)
    with reading(archive.engine) as connection:
        for row in gathered(connection, wanted):
            found[row.place] = words in folded(f"{row.title or ''} {row.author or ''} {row.text}")
    return found


def texts(archive: Archive, row: ChangeRow) -> tuple[Text, Text] | None:
    """The texts before and after; None where the text is not what changed, or is not known."""
    numbers = row["from_version"], row["to_version"]
    if Kind.MOVED in row["kinds"] or numbers == (None, None):
        return None
    before, after = (_text(archive, row, number) if number else None for number in numbers)
    known = after or before
    if known is None or (before is None and Kind.NEW not in row["kinds"]):
        return None
    if before and after and before.extractor != after.extractor:
        return None
    empty = Text(None, None, None, None, "", (), known.extractor)
    return before or empty, after or empty


def _text(archive: Archive, row: ChangeRow, number: int) -> Text | None:
    wanted = (
        select(versions.c.text)
        .join(pages, pages.c.id == versions.c.page)
        .where(pages.c.source == row["source"], pages.c.url == row["url"], versions.c.number == number)
    )
    with reading(archive.engine) as connection:
        text = connection.execute(wanted).scalar()
        return None if text is None else stored.load(connection, [text])[text]


def edit(archive: Archive, row: ChangeRow) -> Diff | None:
    """What came and went with a change; of a page that is new or gone, all of it."""
    both = texts(archive, row)
    return diff.compare(*both) if both else None


def entry_counts(archive: Archive, row: ChangeRow) -> dict[str, int] | None:
    """How many entries a change added, removed, edited, reordered; None where it is not about entries."""
    both = texts(archive, row) if Kind.ENTRIES in row["kinds"] else None
    return diff.entry_counts(*both) if both else None


def folded(text: str) -> str:
    """Without case, accents and what sort of white space it is."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.findall(r"\S+", letters))


def _says(archive: Archive, row: ChangeRow, added: str | None, removed: str | None) -> bool:
    both = texts(archive, row)
    if both is None:
        return False
    came, went = edits.sides(diff.compare(*both))
    return all(
        not words or any(words in folded(part) for part in parts)
        for words, parts in ((added, came), (removed, went))
    )


def grouped(archive: Archive, rows: Iterable[ChangeRow]) -> list[dict[str, Any]]:
    """The changes, the same edit on several pages of a source as one: the first, with `pages`, how many they
    are, `urls` and `last`, when the last was seen.
    """
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = row["source"], _signature(archive, row)
        if key not in groups:
            groups[key] = {**row, "pages": 0, "urls": [], "last": row["to"]}
        group = groups[key]
        if row["url"] not in group["urls"]:
            group["pages"] += 1
            group["urls"] += [row["url"]] if len(group["urls"]) < URLS else []
        group["last"] = row["to"]
    return list(groups.values())


def _signature(archive: Archive, row: ChangeRow) -> str:
    """Equal for the same edit. What is new, gone or moved is an event of its own page."""
    own = {Kind.NEW, Kind.GONE, Kind.MOVED, Kind.BACK}
    compared = edit(archive, row) if own.isdisjoint(row["kinds"]) else None
    return edits.digest(row["kinds"], compared) or f"{row['url']} {row['to']}"
