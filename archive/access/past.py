"""What became of one URL of a source so far, from its captures: a part of `archive/access`."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, func, or_, select

from archive.access.rows import CaptureRow, PastRow
from archive.model import Verdict
from archive.schema import captures, pages, versions, warcs

NEWEST = 5
"""So many captures are told one by one."""

_POOR = (Verdict.BLOCKED, Verdict.FAILED, Verdict.GONE)


def past(connection: Connection, source: str, url: str) -> PastRow | None:
    """The captures of a canonical URL, newest first, and what they come to; None where there are none."""
    page = connection.execute(select(pages).where(pages.c.source == source, pages.c.url == url)).first()
    if page is None:
        return None
    mine = captures.c.page == page.id
    total = select(func.count(), func.count(captures.c.run.distinct()), func.min(captures.c.at)).where(mine)
    number, in_runs, first = connection.execute(total).one()
    rows = connection.execute(located(mine).limit(NEWEST)).all()
    if not rows:
        return None
    good = connection.execute(located(and_(mine, is_good())).limit(1)).first()
    last = select(versions.c.number, versions.c.first).where(versions.c.page == page.id)
    version = connection.execute(last.order_by(versions.c.number.desc()).limit(1)).first()
    return PastRow(
        url=page.url, source=source, article=page.article, depth=page.depth, verdict=page.verdict,
        captures=number, runs=in_runs, first=first,
        first_run=connection.execute(_first_run(mine)).scalar_one(),
        last_good=good.at if good else None,
        unchanged_since=version.first if version else _same_since(connection, page.id, good),
        versions=version.number if version else 0, moved_to=page.moved_to,
        newest=[capture_row(row) for row in rows],
    )  # fmt: skip


def located(which: ColumnElement[bool]) -> Select[Any]:
    """Captures, the newest first, with where the one before each begins in its WARC file."""
    other = captures.alias()
    before = select(func.max(other.c.offset)).where(
        other.c.warc == captures.c.warc, other.c.offset < captures.c.offset
    )
    behind = func.coalesce(before.scalar_subquery(), 0).label("behind")
    wanted = select(captures, warcs.c.name, behind).join(warcs, warcs.c.id == captures.c.warc).where(which)
    return wanted.order_by(captures.c.at.desc(), captures.c.id.desc())


def _first_run(which: ColumnElement[bool]) -> Select[Any]:
    return select(captures.c.run).where(which).order_by(captures.c.at, captures.c.id).limit(1)


def is_good(of: FromClause = captures) -> ColumnElement[bool]:
    """Captures that show the page, or say that it is as it was; `of` may be an alias of the table."""
    return and_(
        or_(of.c.status.between(200, 299), of.c.status == 304),
        of.c.truncated.is_(False),
        of.c.unread.is_(None),
        or_(of.c.verdict.is_(None), of.c.verdict.not_in(_POOR)),
    )


def _same_since(connection: Connection, page: int, good: Row[Any] | None) -> datetime | None:
    """The first of the last good captures that have the same payload; of what has no versions."""
    if good is None:
        return None
    mine = and_(captures.c.page == page, is_good())
    other = captures.c.payload.not_in((good.payload, ""))
    changed = connection.execute(select(func.max(captures.c.at)).where(mine, other)).scalar()
    since = select(func.min(captures.c.at)).where(mine)
    if changed is not None:
        since = since.where(captures.c.at > changed)
    first: datetime | None = connection.execute(since).scalar()
    return first


def capture_row(row: Row[Any]) -> CaptureRow:
    """A capture of which `located` told."""
    return CaptureRow(
        run=row.run, at=row.at, status=row.status, verdict=row.verdict, reason=row.reason, size=row.size,
        truncated=row.truncated, unread=row.unread, redirect=row.redirect, revisit=row.revisit,
        file=row.name, offset=row.offset, record=row.record, behind=row.behind,
    )  # fmt: skip
