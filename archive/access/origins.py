"""Which version brought each sentence of a page, and which took it: a part of `archive/access`."""

from datetime import datetime
from typing import TypedDict

from archive import blame
from archive.access.archive import Archive, NotInArchive
from archive.access.rows import VersionRow
from archive.model import Text

VERSIONS = 1_000
"""Of a page with more, the newest are looked at."""


class SentenceRow(TypedDict):
    sentence: str
    version: int
    since: datetime
    returned: int | None
    removed: int | None  # fmt: skip


class OriginsRow(TypedDict):
    """`from_version` is the first one looked at: earlier ones have another extractor, or are too many."""

    url: str
    from_version: int
    to_version: int
    sentences: list[SentenceRow]
    removed: list[SentenceRow]


def origins(archive: Archive, url: str, most: int = VERSIONS) -> OriginsRow:
    """The sentences of a page's last version and those that were removed, as far back as so many versions.

    Raises NotInArchive.
    """
    rows = archive.versions(url)
    if not rows:
        raise NotInArchive(f"{url} has no version; see why: strandline why {url}")
    texts: list[tuple[int, Text]] = []
    for row in reversed(rows[-most:]):
        text = archive.version(url, row["number"])[1]
        if texts and text.extractor != texts[0][1].extractor:
            break  # a difference would be the extractors'
        texts.append((row["number"], text))
    standing, removed = blame.blame(reversed(texts))
    by_number = {row["number"]: row for row in rows}
    return OriginsRow(
        url=rows[0]["url"],
        from_version=texts[-1][0],
        to_version=rows[-1]["number"],
        sentences=[_row(one, by_number) for one in standing],
        removed=[_row(one, by_number) for one in removed],
    )


def _row(one: blame.Sentence, rows: dict[int, VersionRow]) -> SentenceRow:
    return SentenceRow(
        sentence=one.text, version=one.brought, since=rows[one.brought]["first"],
        returned=one.returned, removed=one.removed,
    )  # fmt: skip
