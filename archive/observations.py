"""The captures of a page as the rules of `archive/versions.py` see them: texts, redirects, circumstances."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from archive import fed, moves, stored
from archive.circumstances import Circumstances
from archive.model import Observation, Target
from archive.readings import Readings
from archive.schema import captures, pages, warcs
from archive.versions import APART, GONE

HOPS = 10
"""So many redirects in a row are followed."""


def of_page(
    connection: Connection, row: Row[Any], rows: Sequence[Row[Any]], read: Readings, around: Circumstances
) -> list[Observation]:
    """The observations of a page, from its row, its captures and what was read of them."""
    counted = _counted(rows)
    likes = moves.Likes(connection, row, rows, read, around)
    updates = fed.updates(connection, row.source, row.url)
    return [
        Observation(
            capture=seen.id,
            at=seen.at,
            status=seen.status,
            payload=seen.payload,
            target=_target(connection, row, seen.redirect),
            text=text,
            modified=text.modified if text else None,
            readings=read.others.get(seen.id, ()),
            truncated=seen.truncated,
            complete_before=around.complete_before(row.source, seen.run),
            unread=seen.unread,
            healthy=seen.id in counted or seen.status not in GONE or around.healthy(seen.run, row.id),
            front=around.front(row, seen.run, text),
            updated=max((one for one in updates if one <= seen.at), default=None),
            ruled=around.ruled(row.url, seen.at),
            own=moves.own(row.url, text),
            likes=likes.of(seen),
        )
        for seen, text in ((one, read.text(one.id)) for one in rows)
    ]


def _counted(rows: Iterable[Row[Any]]) -> set[int]:
    """The 404s that count whatever their runs were like, since one was seen long before: spares asking."""
    found: set[int] = set()
    first: datetime | None = None
    for seen in rows:
        if seen.status in GONE:
            first = first or seen.at
            if seen.at - first >= APART:
                found.add(seen.id)
        elif 200 <= seen.status < 400:
            first = None
    return found


def page(connection: Connection, page: int) -> Row[Any]:
    """A page's row."""
    return connection.execute(select(pages).where(pages.c.id == page)).one()


def captures_of(connection: Connection, page: int) -> list[Row[Any]]:
    """Its captures in order, each with the name of its WARC file."""
    wanted = (
        select(captures, warcs.c.name.label("warc_name"))
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(captures.c.page == page)
        .order_by(captures.c.at, captures.c.id)
    )
    return list(connection.execute(wanted))


def _target(connection: Connection, row: Row[Any], url: str | None) -> Target | None:
    """Where a redirect leads in the end; None for one that leads back to the page itself."""
    if url is None:
        return None
    final = _final(connection, row.source, url)
    if row.url in (url, final):
        return None
    known = select(pages.c.id).where(pages.c.source == row.source, pages.c.url == final)
    there = connection.execute(known).scalar()
    if there is None:
        return Target(final, None, None, seen=False)
    good = select(captures.c.at, captures.c.text).where(captures.c.page == there, captures.c.status == 200)
    first = connection.execute(good.order_by(captures.c.at).limit(1)).first()
    if first is None:
        return Target(final, None, None)
    text = stored.load(connection, [first.text])[first.text] if first.text else None
    return Target(final, first.at, text)


def _final(connection: Connection, source: str, url: str) -> str:
    """The end of a chain of redirects: over pages that never answered with anything else."""
    for _ in range(HOPS):
        of = (
            select(captures.c.redirect, captures.c.status)
            .join(pages, pages.c.id == captures.c.page)
            .where(pages.c.source == source, pages.c.url == url)
        )
        if connection.execute(of.where(captures.c.status == 200).limit(1)).first() is not None:
            return url
        further = of.where(captures.c.redirect.is_not(None)).order_by(captures.c.at.desc()).limit(1)
        row = connection.execute(further).first()
        if row is None or row.redirect == url:
            return url
        url = row.redirect
    return url
