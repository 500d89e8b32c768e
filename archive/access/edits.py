"""What a change did to the text, for those who search or group changes: a part of `archive/access`.

Nothing of it is stored: it is computed from the texts of the two versions, each in bounded time.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from archive import diff, edits, stored
from archive.access.archive import Archive
from archive.access.rows import ChangeRow
from archive.database import reading
from archive.diff import Diff
from archive.model import Kind, Openness, Text
from archive.schema import pages, versions

_SAID = frozenset({Kind.BODY, Kind.TITLE, Kind.AUTHOR, Kind.ENTRIES})
URLS = 1_000
"""So many pages of a group are named."""


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
    added, removed = (folded(words) if words else None for words in (what.added, what.removed))
    for row in rows:
        if what.silent and row["openness"] != Openness.SILENT:
            continue
        if what.redated and row["openness"] != Openness.REDATED:
            continue
        if row["added"] + row["removed"] < what.words:
            continue
        if (added or removed) and not _says(archive, row, added, removed):
            continue
        yield row


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
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.findall(r"\S+", letters))


def _says(archive: Archive, row: ChangeRow, added: str | None, removed: str | None) -> bool:
    both = texts(archive, row)
    if both is None:
        return False
    for words, text in ((removed, both[0]), (added, both[1])):
        if words and words not in folded(f"{text.title} {text.author} {text.text}"):
            return False  # which costs less than a comparison
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
