"""When the pages of a source were asked, and how they were found: what a light run goes by.

A part of `archive/access.py`.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, String, and_, cast, func, or_, select

from archive.model import Verdict
from archive.rows import VisitedRow
from archive.schema import captures, changes, pages, versions

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
