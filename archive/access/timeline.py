"""A page through time, as it is drawn and turned over: a part of `archive/access`.

A page may have a hundred thousand captures. What is drawn of them is counted by an index, day by day or hour
by hour, and what is told of them one by one is a stretch of the list.
"""

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Connection, Select, String, func, select

from archive import http, instants, warc
from archive.access.archive import Archive, NotInArchive, find
from archive.access.mementos import MementoRow
from archive.access.past import capture_row, located
from archive.access.rows import CaptureRow
from archive.database import reading
from archive.gathered import gathered
from archive.model import Verdict
from archive.schema import captures, pages, versions, warcs

HEAD_BYTES = 65_536
"""So much of a record is read for the head of its answer."""
FEW = 2_000
"""So many captures of a page that are not the same as before are read one by one."""
_FINENESS = ((timedelta(days=3000), 7), (timedelta(days=100), 10), (timedelta(days=4), 13))
"""From such a span on, captures are counted by so many characters of their instants: month, day, hour."""
_FINEST = 16


class HeadRow(TypedDict):
    """What is known of a page as a whole; `sources` are all in which it was captured."""

    url: str
    source: str
    sources: list[str]
    verdict: str | None
    captures: int
    versions: int
    first: datetime
    last: datetime
    moved_to: str | None
    predecessor: str | None


class MarkRow(TypedDict):
    """The captures of a stretch of time that begins at `at`, by verdict."""

    at: datetime
    captures: int
    verdicts: dict[str, int]


class SeenRow(CaptureRow):
    """A capture as it is listed: `version` is the one that it shows."""

    version: int | None
    content_type: str | None
    payload: str


def head(archive: Archive, url: str) -> HeadRow:
    """A page as a whole. Raises NotInArchive."""
    with reading(archive.engine) as connection:
        page = find(connection, url)
        mine = captures.c.page == page.id
        # Three queries, of which the index answers two at once, and the third without looking at instants.
        number, first, last = (
            connection.execute(select(asked).where(mine)).scalar_one()
            for asked in (func.count(), func.min(captures.c.at), func.max(captures.c.at))
        )
        newest = select(func.max(versions.c.number)).where(versions.c.page == page.id)
        before = select(pages.c.url).where(pages.c.id == page.predecessor)
        others = select(pages.c.source).where(pages.c.url == page.url).order_by(pages.c.source)
        return HeadRow(
            url=page.url, source=page.source, sources=list(connection.execute(others).scalars()),
            verdict=page.verdict, captures=number, versions=connection.execute(newest).scalar() or 0,
            first=first, last=last, moved_to=page.moved_to,
            predecessor=connection.execute(before).scalar() if page.predecessor else None,
        )  # fmt: skip


def marks(archive: Archive, seen: HeadRow, most: int = 300) -> list[MarkRow]:
    """All captures of a page, counted in at most so many stretches of equal length. Raises NotInArchive."""
    step = max((seen["last"] - seen["first"]) / most, timedelta(milliseconds=1))
    with reading(archive.engine) as connection:
        mine = captures.c.page == find(connection, seen["url"]).id
        found = _binned(connection, mine, seen, step, most)
    return [
        MarkRow(at=seen["first"] + place * step, captures=verdicts.total(), verdicts=dict(verdicts))
        for place, verdicts in sorted(found.items())
    ]


def _binned(
    connection: Connection, mine: ColumnElement[bool], seen: HeadRow, step: timedelta, most: int
) -> dict[int, Counter[str]]:
    """By number of stretch, how many captures of each verdict there are."""
    found: dict[int, Counter[str]] = {}
    first, many = seen["first"], seen["captures"] > FEW

    def put(at: datetime, verdict: str | None, number: int) -> None:
        found.setdefault(min(int((at - first) / step), most - 1), Counter())[verdict or ""] += number

    few = select(captures.c.at, captures.c.verdict).where(mine).limit(FEW + 1)
    other = captures.c.verdict.is_distinct_from(Verdict.SAME)
    rows = gathered(connection, few.where(other) if many else few)
    if len(rows) > FEW:
        for row in gathered(connection, _by_hour(mine, most * step)):
            put(row.at, row.verdict, row.number)
        return found
    for row in rows:
        put(row.at, row.verdict, 1)
    if many:  # the others are all the same: they are counted without looking at each
        for place, number in enumerate(_numbers(connection, mine, first, step, most)):
            if left := number - found.get(place, Counter[str]()).total():
                found.setdefault(place, Counter())[Verdict.SAME] += left
    return found


def _numbers(
    connection: Connection, mine: ColumnElement[bool], first: datetime, step: timedelta, most: int
) -> list[int]:
    """How many captures are in each of the stretches."""
    edges = [instants.iso(first + place * step) for place in range(most)] + ["~"]
    each = func.json_each(json.dumps(list(pairwise(edges)))).table_valued("value")
    ends = (func.json_extract(each.c.value, f"$[{place}]", type_=String) for place in (0, 1))
    stretch = select(*(end.label(name) for end, name in zip(ends, ("begin", "end"), strict=True))).cte()
    within = (captures.c.at >= stretch.c.begin) & (captures.c.at < stretch.c.end)
    number = select(func.count()).select_from(captures).where(mine, within).correlate(stretch)
    rows = gathered(connection, select(number.scalar_subquery().label("number")).select_from(stretch))
    return [row.number for row in rows]


def _by_hour(mine: ColumnElement[bool], span: timedelta) -> Select[*tuple[Any, ...]]:
    """All captures, counted by month, day or hour."""
    fine = next((letters for least, letters in _FINENESS if span >= least), _FINEST)
    unit = func.substr(captures.c.at, 1, fine)
    counted = select(func.min(captures.c.at).label("at"), captures.c.verdict, func.count().label("number"))
    return counted.where(mine).group_by(unit, captures.c.verdict)


def captures_of(archive: Archive, url: str, before: datetime | None = None, most: int = 100) -> list[SeenRow]:
    """At most so many captures of a page, the newest first, those before an instant. Raises NotInArchive."""
    with reading(archive.engine) as connection:
        wanted = _captures().where(captures.c.page == find(connection, url).id)
        if before is not None:
            wanted = wanted.where(captures.c.at < before)
        return [_seen(row) for row in gathered(connection, wanted.limit(most))]


def capture_of(archive: Archive, url: str, at: datetime) -> tuple[SeenRow, datetime | None, datetime | None]:
    """The last capture of a page up to an instant, and the instants of those before and after it.

    Raises NotInArchive.
    """
    with reading(archive.engine) as connection:
        page = find(connection, url)
        mine = captures.c.page == page.id
        row = connection.execute(_captures().where(mine, captures.c.at <= at).limit(1)).first()
        if row is None:
            first = connection.execute(select(func.min(captures.c.at)).where(mine)).scalar()
            raise NotInArchive(
                f"{page.url} was not captured yet at that time; the first capture is of "
                f"{instants.iso(first) if first else 'no time'}."
            )
        before = select(func.max(captures.c.at)).where(mine, captures.c.at < row.at)
        after = select(func.min(captures.c.at)).where(mine, captures.c.at > row.at)
        return _seen(row), connection.execute(before).scalar(), connection.execute(after).scalar()


def first_capture(archive: Archive, url: str) -> CaptureRow:
    """The first capture of a page. Raises NotInArchive."""
    with reading(archive.engine) as connection:
        wanted = located(captures.c.page == find(connection, url).id).order_by(None)
        row = connection.execute(wanted.order_by(captures.c.at, captures.c.id).limit(1)).first()
    if row is None:
        raise NotInArchive(f"{url} has no capture.")
    return capture_row(row)


def warc_path(archive: Archive, name: str) -> Path | None:
    """Where a WARC file is, by its name in the index; None where it is missing."""
    names = (name, f"{name}.open")
    return next((path for one in names for path in archive.home.warc.glob(f"*/*/{one}")), None)


def answer_head(archive: Archive, capture: CaptureRow | MementoRow) -> list[tuple[str, str]] | None:
    """The first line of an answer and its headers, as (name, value) with no name for the line; None where the
    record cannot be read, or is a revisit without a head.
    """
    path = warc_path(archive, capture["file"])
    if path is None:
        return None
    try:
        message = http.parse(warc.first(path, capture["offset"], HEAD_BYTES))
    except (OSError, warc.WarcError):
        return None
    if not message.start:
        return None
    return [("", message.start.decode("latin-1")), *message.headers]


def _captures() -> Select[Any]:
    wanted = select(captures, warcs.c.name).join(warcs, warcs.c.id == captures.c.warc)
    return wanted.order_by(captures.c.at.desc(), captures.c.id.desc())


def _seen(row: Any) -> SeenRow:
    return SeenRow(
        run=row.run, at=row.at, status=row.status, verdict=row.verdict, reason=row.reason, size=row.size,
        truncated=row.truncated, unread=row.unread, redirect=row.redirect, revisit=row.revisit,
        file=row.name, offset=row.offset, record=row.record, behind=0, version=row.version,
        content_type=row.content_type, payload=row.payload,
    )  # fmt: skip
