"""What a citation of a version names, so that anybody finds the bytes again: a part of `archive/access`."""

from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import select

from archive.access.archive import Archive
from archive.access.rows import Warc
from archive.database import reading
from archive.schema import captures, runs, warcs


class CitedRow(TypedDict):
    """A version with its evidence. `first` and `last` are the captures that show it; what the page was
    between captures nobody saw. `warc_sha256` is None while the file is written.
    `program` is what recorded it, `extractor` what read it.
    """

    url: str
    source: str
    version: int
    versions: int
    title: str | None
    date: date | None
    author: str | None
    language: str | None
    first: datetime
    last: datetime
    captures: int
    status: int
    warc: Warc
    warc_sha256: str | None
    payload: str
    text_sha256: str
    extractor: str
    program: str  # fmt: skip


def cited(archive: Archive, url: str, number: int) -> CitedRow:
    """What is known of a version. Raises NotInArchive."""
    row, text = archive.version(url, number)
    shown = archive.show(url, row["first"])
    wanted = (
        select(captures.c.payload, runs.c.source, runs.c.software, warcs.c.sha256)
        .join(runs, runs.c.id == captures.c.run)
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(captures.c.record == shown["warc"]["record_id"], warcs.c.name == shown["warc"]["file"])
    )
    with reading(archive.engine) as connection:
        of = connection.execute(wanted.limit(1)).one()
    return CitedRow(
        url=row["url"], source=of.source, version=number, versions=archive.last_version(url) or 0,
        title=row["title"], date=row["date"], author=row["author"], language=text.language,
        first=row["first"], last=row["last"], captures=row["captures"], status=shown["status"],
        warc=shown["warc"], warc_sha256=of.sha256, payload=of.payload, text_sha256=row["text_sha256"],
        extractor=text.extractor, program=of.software,
    )  # fmt: skip
