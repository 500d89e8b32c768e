"""When the pages of a source were asked, and how they were found: what a light run goes by.

A part of `archive/access`.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, String, and_, case, cast, func, or_, select

from archive.access.past import is_good
from archive.access.rows import PolledRow, VisitedRow
from archive.model import Verdict
from archive.schema import captures, changes, pages, versions, warcs

_ABSENT = (404, 410)
_TELLING = tuple(one for one in Verdict if one not in (Verdict.BLOCKED, Verdict.FAILED))
_BATCH = 1000
_BUSY = (408, 429)
"""Answers below 500 that say nothing of the page."""


def visited(connection: Connection, source: str) -> Iterator[VisitedRow]:
    """The source's articles that are where they were, each with its record."""
    rows = connection.execute(_articles(source).execution_options(yield_per=_BATCH))
    for _, of_page in groupby(rows, attrgetter("id")):
        yield _record(list(of_page))


def answered(connection: Connection, source: str) -> Iterator[str]:
    """Every URL of the source that was answered once. Not those that never were, or only with trouble of the
    server: they are still to be had.
    """
    told = and_(captures.c.status.between(200, 499), captures.c.status.not_in(_BUSY))
    any_answer = select(captures.c.id).where(captures.c.page == pages.c.id, told).exists()
    wanted = select(pages.c.url).where(pages.c.source == source, any_answer).order_by(pages.c.url)
    for row in connection.execute(wanted.execution_options(yield_per=_BATCH)):
        yield row.url


def polled(connection: Connection, source: str, url: str) -> PolledRow | None:
    """The record of a canonical URL that is asked for as a feed; None where it never was answered."""
    mine = (
        captures.c.page
        == select(pages.c.id).where(pages.c.source == source, pages.c.url == url).scalar_subquery()
    )
    last = connection.execute(select(captures).where(mine).order_by(captures.c.at.desc()).limit(1)).first()
    if last is None:
        return None
    whole = and_(
        mine, captures.c.status == 200, captures.c.revisit.is_(None), captures.c.truncated.is_(False)
    )
    at = func.min(captures.c.at)
    firsts = select(at).where(whole).group_by(captures.c.payload).order_by(at)
    newest = select(warcs.c.name, captures.c.offset).join(warcs, warcs.c.id == captures.c.warc).where(whole)
    place = connection.execute(newest.order_by(captures.c.at.desc()).limit(1)).first()
    return PolledRow(
        asked=last.at, status=last.status, redirect=last.redirect,
        appeared=list(connection.execute(firsts).scalars())[1:],
        file=place.name if place else None, offset=place.offset if place else 0,
    )  # fmt: skip


def _articles(source: str) -> Select[Any]:
    """A row for each version of each page, or one where a page has none."""
    mine = captures.c.page == pages.c.id
    new = and_(
        changes.c.page == pages.c.id,
        changes.c.to_version == 1,
        cast(changes.c.kinds, String).contains('"new"'),
    )
    there = and_(pages.c.moved_to.is_(None), or_(pages.c.verdict.is_(None), pages.c.verdict != Verdict.GONE))
    return (
        select(
            *(pages.c.id, pages.c.url, pages.c.depth, versions.c.number, versions.c.first, versions.c.last),
            select(func.min(captures.c.at)).where(mine).scalar_subquery().label("begun"),
            select(func.max(captures.c.at)).where(mine).scalar_subquery().label("asked"),
            select(func.min(changes.c.to_at)).where(new).scalar_subquery().label("born"),
        )
        .outerjoin(versions, versions.c.page == pages.c.id)
        .where(pages.c.source == source, pages.c.article, there)
        .order_by(pages.c.id, versions.c.number)
    )


def _record(rows: list[Row[Any]]) -> VisitedRow:
    page = rows[0]
    if page.number is None:  # no text, so no versions
        visits = [(page.begun, False), (page.asked, False)]
    else:
        visits = [visit for row in rows for visit in ((row.first, row.number > 1), (row.last, False))]
    return VisitedRow(
        url=page.url, depth=page.depth or 0, asked=page.asked, born=page.born, visits=visits,
    )  # fmt: skip


def originals(source: str) -> Select[Any]:
    """The whole answers that revisits may refer to. Page by page, so that it takes no memory and reads no
    more than the newest captures of each.

    A wall is no original: to its validators a server may say "not modified" of the page behind it.
    """
    every = captures.alias()
    mine = every.c.page == pages.c.id
    whole = (
        (every.c.status == 200)
        & every.c.revisit.is_(None)
        & is_good(every)
        & (every.c.size > 0)
        & warcs.c.sealed
    )
    newest = select(every.c.id).join(warcs, warcs.c.id == every.c.warc).where(mine, whole)
    newest = newest.order_by(every.c.at.desc(), every.c.id.desc()).limit(1).correlate(pages)
    number = select(func.count()).select_from(every).where(mine).correlate(pages)
    last = select(func.max(every.c.at)).where(mine).correlate(pages)
    told = last.where(or_(is_good(every), every.c.status.in_(_ABSENT)))
    # Where the last capture of an article was good, the index of the captures alone has the answer.
    met = case((pages.c.verdict.in_(_TELLING), last.scalar_subquery()), else_=told.scalar_subquery())
    counted = (number.scalar_subquery().label("captures"), met.label("met"))
    named = (captures.c[name] for name in ("run", "at", "payload", "etag", "modified", "offset"))
    return (
        select(*named, pages.c.url, warcs.c.name, *counted)
        .select_from(pages)
        .join(captures, captures.c.id == newest.scalar_subquery())
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(pages.c.source == source)
        .order_by(pages.c.url)
    )
