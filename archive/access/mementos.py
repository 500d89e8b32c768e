"""The mementos of a URL (RFC 7089), and the WARC record of a capture: a part of `archive/access`."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import TypedDict

from sqlalchemy import ColumnElement, select

from archive import held, http, urls, warc
from archive.access.archive import Archive, NotInArchive, find
from archive.database import reading
from archive.schema import captures, pages, warcs


class MementoRow(TypedDict):
    """A capture that stands for its URL at an instant; its record is in the WARC file at the offset."""

    at: datetime
    status: int
    content_type: str | None
    payload: str
    redirect: str | None
    file: str
    offset: int
    size: int


class AroundRow(TypedDict):
    """The mementos of a URL around an instant: `memento` is the nearest, prev and next its neighbours."""

    url: str
    first: MementoRow
    prev: MementoRow | None
    memento: MementoRow
    next: MementoRow | None
    last: MementoRow


def mementos(
    archive: Archive, url: str, before: datetime | None = None, most: int = 1000
) -> tuple[str, list[MementoRow]]:
    """The canonical URL and its mementos, the newest `most` of those before an instant, oldest first. Raises
    NotInArchive where there are none. What the server only called unmodified is none of its own.
    """
    with reading(archive.engine) as connection:
        page = str(find(connection, url).url)
    rows = _mementos(archive, page, (captures.c.at < before) if before else None, most)
    if not rows:
        raise _none(page)
    return page, rows[::-1]


def around(archive: Archive, url: str, at: datetime) -> AroundRow:
    """The mementos around an instant, which stands for its second as dates of HTTP do: of one in that second
    none is nearer. Raises NotInArchive where there are none.
    """
    try:
        page = urls.canonical(url)
    except ValueError as error:
        raise NotInArchive(str(error)) from error
    end = at.replace(microsecond=999_999)
    before = _mementos(archive, page, captures.c.at <= end, 2)
    after = _mementos(archive, page, captures.c.at > end, 2, newest=False)
    timed = [*before[::-1], *after]
    if not timed:
        raise _none(page)
    within = [row for row in before[:1] if row["at"] >= at.replace(microsecond=0)]
    near = within[0] if within else min(timed, key=lambda row: abs(row["at"] - at))
    place = timed.index(near)
    return AroundRow(
        url=page,
        first=_mementos(archive, page, None, 1, newest=False)[0],
        prev=timed[place - 1] if place else None,
        memento=near,
        next=timed[place + 1] if place + 1 < len(timed) else None,
        last=_mementos(archive, page, None, 1)[0],
    )


def _none(page: str) -> NotInArchive:
    return NotInArchive(f"{page} was never captured so that it could be shown.")


def _mementos(
    archive: Archive, page: str, when: ColumnElement[bool] | None, most: int, newest: bool = True
) -> list[MementoRow]:
    mine = select(pages.c.id).where(pages.c.url == page)
    wanted = (
        select(
            captures.c.at, captures.c.status, captures.c.content_type, captures.c.payload,
            captures.c.redirect, captures.c.offset, captures.c.size,
            warcs.c.name,
        )
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(captures.c.page.in_(mine), captures.c.status.between(200, 599), captures.c.status != 304)
    )  # fmt: skip
    if when is not None:
        wanted = wanted.where(when)
    order = captures.c.at.desc() if newest else captures.c.at
    with reading(archive.engine) as connection:
        return [
            MementoRow(
                at=row.at, status=row.status, content_type=row.content_type, payload=row.payload,
                redirect=row.redirect, file=row.name, offset=row.offset, size=row.size,
            )
            for row in connection.execute(wanted.order_by(order).limit(most))
        ]  # fmt: skip


def large_payload(archive: Archive, payload: str) -> tuple[str | None, Iterable[bytes]] | None:
    """The content-coding of a payload, and all of it so, in pieces; None where it cannot be read."""
    with reading(archive.engine) as connection:
        found = held.place(connection, archive.home, payload)
    try:
        coming = warc.pieces(*found) if found else iter(())
        message = http.parse(next(coming))
    except (OSError, StopIteration, warc.WarcError):
        return None
    return message.get("Content-Encoding"), http.payload(message, chain((message.body,), coming))


class RecordRow(TypedDict):
    """The place of a WARC record."""

    file: str
    offset: int


def record_of(archive: Archive, record: str) -> RecordRow | None:
    """Where the record of a capture is, by its id with or without angle brackets."""
    wanted = f"<{record.strip('<>')}>"
    with reading(archive.engine) as connection:
        row = connection.execute(
            select(warcs.c.name, captures.c.offset)
            .join(warcs, warcs.c.id == captures.c.warc)
            .where(captures.c.record.in_((wanted, wanted.strip("<>"))))
        ).first()
    return RecordRow(file=row.name, offset=row.offset) if row else None
