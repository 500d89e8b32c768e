"""Which capture shows a URL as it was at an instant, for a look at it: a part of `archive/access`."""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict

from sqlalchemy import select

from archive import held, urls
from archive.access.archive import Archive
from archive.access.past import is_good
from archive.database import reading
from archive.schema import captures, pages


class NearRow(TypedDict):
    """A capture that can be shown; `redirect` is where it leads."""

    url: str
    at: datetime
    status: int
    content_type: str | None
    payload: str
    redirect: str | None
    size: int


def nearest(archive: Archive, url: str, at: datetime, *, exact: bool = False) -> NearRow | None:
    """The capture nearest to an instant of those that show something or redirect; `exact`: the last one up to
    it, whatever it is. None where the URL was never captured so.
    """
    try:
        wanted = urls.canonical(url)
    except ValueError:
        return None
    columns = (
        captures.c.at, captures.c.status, captures.c.content_type, captures.c.payload, captures.c.redirect,
        captures.c.size,
    )  # fmt: skip
    with reading(archive.engine) as connection:
        mine = select(pages.c.id).where(pages.c.url == wanted)
        found = select(*columns).where(captures.c.page.in_(mine))
        if not exact:
            found = found.where(is_good() | captures.c.redirect.is_not(None))
        before = found.where(captures.c.at <= at).order_by(captures.c.at.desc()).limit(1)
        after = found.where(captures.c.at > at).order_by(captures.c.at).limit(1)
        rows = [connection.execute(one).first() for one in ((before,) if exact else (before, after))]
    near = min((row for row in rows if row), key=lambda row: abs(row.at - at), default=None)
    if near is None:
        return None
    return NearRow(
        url=wanted, at=near.at, status=near.status, content_type=near.content_type, payload=near.payload,
        redirect=near.redirect, size=near.size,
    )  # fmt: skip


def payload_of(archive: Archive, payload: str) -> bytes | None:
    """The start of a payload after content-decoding; None where no record that holds it can be read."""
    with reading(archive.engine) as connection:
        return held.body(connection, archive.home, payload)


def kept_among(archive: Archive, some: Collection[str]) -> set[str]:
    """Which of some canonical URLs were ever captured."""
    found: set[str] = set()
    listed = list(some)
    with reading(archive.engine) as connection:
        for start in range(0, len(listed), 500):
            wanted = select(pages.c.url).where(pages.c.url.in_(listed[start : start + 500]))
            found.update(connection.execute(wanted).scalars())
    return found
