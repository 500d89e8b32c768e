"""The bytes of a payload, wherever in a home's WARC files they are."""

from pathlib import Path

from sqlalchemy import Connection, select

from archive import http, warc
from archive.answers import PAGE_BYTES
from archive.home import Home
from archive.schema import captures, warcs

BLOCK_BYTES = PAGE_BYTES + 1024 * 1024
"""So much of a record is read for the text of its page: more than it needs, uncoded and with its head."""


def place(connection: Connection, home: Home, payload: str) -> tuple[Path, int] | None:
    """A WARC file, and where in it a record begins that holds a payload; None where none does."""
    wanted = (
        select(warcs.c.name, captures.c.offset)
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(captures.c.payload == payload, captures.c.revisit.is_(None))
    )
    row = connection.execute(wanted.limit(1)).first()
    path = row and next(
        (path for name in (row.name, f"{row.name}.open") for path in home.warc.glob(f"*/*/{name}")), None
    )
    return (path, row.offset) if row and path else None


def body(connection: Connection, home: Home, payload: str) -> bytes | None:
    """The start of a payload after content-decoding, up to PAGE_BYTES, by its digest; None where no record
    that holds it can be read.
    """
    found = place(connection, home, payload)
    if found is None:
        return None
    try:
        return http.parse(warc.first(*found, BLOCK_BYTES)).decoded(PAGE_BYTES)
    except (OSError, warc.WarcError):
        return None
