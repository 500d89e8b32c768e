"""Captures that say again what the page said last: settled without deriving the page's whole history anew.

On a site that stands still that is nearly all of them. The rules are those of `archive/versions.py`, of which
this is the plainest case; whatever is not plainly that case is left to `archive/histories.py`.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, update

from archive import circumstances
from archive.model import Verdict
from archive.schema import captures, pages, versions

_GOOD = (Verdict.NEW, Verdict.SAME, Verdict.EDITED, Verdict.RESTYLED, Verdict.BACK)


def settle(connection: Connection, touched: Iterable[int]) -> set[int]:
    """Settle those of the pages whose one new capture is their newest and repeats the one before it, which
    was good. Returns these pages. Every other capture of them must have been settled before.
    """
    newest: dict[int, list[Row[Any]]] = {}
    some = set(touched)
    # What a front page says decides over other pages, too; one that had moved by its text is there after all.
    moved = select(pages.c.id).where(pages.c.id.in_(some), pages.c.moved_to.is_not(None))
    plain = some - circumstances.fronts(connection, some) - set(connection.execute(moved).scalars())
    for row in connection.execute(_newest(plain)):
        newest.setdefault(row.page, []).append(row)
    found = [rows[0] for rows in newest.values() if len(rows) == 2 and _repeats(*rows)]
    if not found:
        return set()
    settled = {row.page for row in found}
    of_page = select(versions.c.page, func.max(versions.c.number).label("number")).where(
        versions.c.page.in_(settled)
    )
    numbers = {row.page: row.number for row in connection.execute(of_page.group_by(versions.c.page))}
    connection.execute(
        update(captures).where(captures.c.id == bindparam("its")).values(version=bindparam("number")),
        [{"its": row.id, "number": numbers.get(row.page)} for row in found],
    )
    connection.execute(
        update(captures).where(captures.c.id.in_([row.id for row in found])).values(verdict=Verdict.SAME)
    )
    stretched = [
        {"of": row.page, "n": numbers[row.page], "at": row.at} for row in found if row.page in numbers
    ]
    if stretched:
        connection.execute(
            update(versions)
            .where(versions.c.page == bindparam("of"), versions.c.number == bindparam("n"))
            .values(last=bindparam("at"), captures=versions.c.captures + 1),
            stretched,
        )
    connection.execute(update(pages).where(pages.c.id.in_(settled)).values(verdict=Verdict.SAME))
    return settled


def _newest(touched: Iterable[int]) -> Any:
    """The two newest captures of each page that has exactly one that is not settled, the newer first."""
    place = func.row_number().over(
        partition_by=captures.c.page, order_by=(captures.c.at.desc(), captures.c.id.desc())
    )
    waiting = func.sum(case((captures.c.verdict.is_(None), 1), else_=0)).over(partition_by=captures.c.page)
    ranked = (
        select(
            *(captures.c.id, captures.c.page, captures.c.at, captures.c.status, captures.c.payload),
            *(captures.c.text, captures.c.truncated, captures.c.unread, captures.c.verdict),
            captures.c.reason,
            place.label("place"),
            waiting.label("waiting"),
        )
        .where(captures.c.page.in_(set(touched)))
        .subquery()
    )
    wanted = select(ranked).where(ranked.c.place <= 2, ranked.c.waiting == 1)
    return wanted.order_by(ranked.c.page, ranked.c.place)


def _repeats(new: Row[Any], old: Row[Any]) -> bool:
    if new.verdict is not None or old.verdict not in _GOOD or old.reason is not None:
        return False
    if new.status == 304:
        return True
    whole = new.status == 200 and not new.truncated and new.unread is None
    return bool(whole and old.status == 200 and (new.payload, new.text) == (old.payload, old.text))
