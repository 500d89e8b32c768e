"""What is given away: all versions with their texts, and what became of pages run by run; a part of
`archive/access`. Rows come one after the other, so that a home may have millions.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, select

from archive.access.archive import Archive
from archive.access.rows import RunRow, run_row
from archive.database import reading
from archive.model import Kind
from archive.schema import captures, changes, pages, runs, texts, versions, warcs

_AT_ONCE = 200


class GivenRow(TypedDict):
    """A version with its text, and where the bytes are that it was read from."""

    source: str
    url: str
    number: int
    first: datetime
    last: datetime
    captures: int
    title: str | None
    date: date | None
    author: str | None
    language: str | None
    text: str
    text_sha256: str
    extractor: str
    run: str
    warc: str
    warc_offset: int
    warc_record: str
    payload: str


class TurnRow(TypedDict):
    """What a page said after a run, or that it was not there any more: then `text` is None."""

    url: str
    at: datetime
    title: str | None
    date: date | None
    author: str | None
    text: str | None


def given(
    archive: Archive, sources: Collection[str], since: datetime | None, until: datetime | None
) -> Iterator[GivenRow]:
    """The versions that stood at some time of a span, by source, URL and number."""
    wanted = (
        _versions()
        .where(pages.c.source.in_(sources))
        .order_by(pages.c.source, pages.c.url, versions.c.number)
    )
    if since is not None:
        wanted = wanted.where(versions.c.last >= since)
    if until is not None:
        wanted = wanted.where(versions.c.first < until)
    with reading(archive.engine) as connection:
        for row in connection.execute(wanted.execution_options(yield_per=_AT_ONCE)):
            yield GivenRow(
                source=row.source, url=row.url, number=row.number, first=row.first, last=row.last,
                captures=row.captures, title=row.title, date=row.date, author=row.author,
                language=row.language, text=row.text, text_sha256=row.sha256, extractor=row.extractor,
                run=row.run, warc=row.name, warc_offset=row.offset, warc_record=row.record,
                payload=row.payload,
            )  # fmt: skip


def ended_runs(archive: Archive, sources: Collection[str]) -> list[RunRow]:
    """The runs that are over, in the order in which they ended."""
    mine = runs.c.source.in_(sources) & runs.c.ended.is_not(None)
    with reading(archive.engine) as connection:
        found = connection.execute(select(runs).where(mine).order_by(runs.c.ended, runs.c.id))
        return [run_row(row) for row in found]


def turns(archive: Archive, run: str) -> list[TurnRow]:
    """What a run made of pages: what they said that was not said before, and which were gone or had moved."""
    with reading(archive.engine) as connection:
        said = [_turn(row, row.first) for row in connection.execute(_versions().where(captures.c.run == run))]
        went = (
            select(changes.c.kinds, changes.c.to_at, changes.c.to_version, changes.c.page, pages.c.url)
            .join(pages, pages.c.id == changes.c.page)
            .where(changes.c.run == run)
        )
        for row in connection.execute(went):
            if Kind.GONE in row.kinds or Kind.MOVED in row.kinds:
                said.append(TurnRow(url=row.url, at=row.to_at, title=None, date=None, author=None, text=None))
            elif Kind.BACK in row.kinds:
                back = _versions().where(versions.c.page == row.page, versions.c.number == row.to_version)
                said += [_turn(one, row.to_at) for one in connection.execute(back)]
    last: dict[str, TurnRow] = {}
    for one in sorted(said, key=lambda one: (one["at"], one["text"] is not None)):
        last[one["url"]] = one
    return [last[url] for url in sorted(last)]


def _turn(row: Row[Any], at: datetime) -> TurnRow:
    return TurnRow(url=row.url, at=at, title=row.title, date=row.date, author=row.author, text=row.text)


def _versions() -> Select[Any]:
    return (
        select(
            pages.c.source, pages.c.url, versions.c.number, versions.c.first, versions.c.last,
            versions.c.captures, texts.c.title, texts.c.date, texts.c.author, texts.c.language, texts.c.text,
            texts.c.sha256, texts.c.extractor, captures.c.run, captures.c.offset, captures.c.record,
            captures.c.payload, warcs.c.name,
        )
        .join(pages, pages.c.id == versions.c.page)
        .join(texts, texts.c.id == versions.c.text)
        .join(captures, captures.c.id == versions.c.capture)
        .join(warcs, warcs.c.id == captures.c.warc)
    )  # fmt: skip


def files(archive: Archive, sources: Collection[str]) -> list[Path]:
    """The sealed WARC files, in the order of their names."""
    mine = warcs.c.source.in_(sources) & warcs.c.sealed
    with reading(archive.engine) as connection:
        rows = connection.execute(select(warcs.c.source, warcs.c.name).where(mine).order_by(warcs.c.name))
        return [path for row in rows for path in archive.home.warc.glob(f"{row.source}/*/{row.name}")]


def records_of(
    archive: Archive, name: str, sources: Collection[str], since: datetime | None, until: datetime | None
) -> set[str]:
    """The ids of the records in a WARC file that are captures of a span, or that such captures repeat."""
    again, whose = captures.alias(), pages.alias()
    repeats = (
        select(again.c.id)
        .join(whose, whose.c.id == again.c.page)
        .where(again.c.payload == captures.c.payload, again.c.revisit.is_not(None))
        .where(*_span(again, whose, sources, since, until))
        .exists()
    )
    mine = and_(*_span(captures, pages, sources, since, until))
    wanted = (
        select(captures.c.record)
        .join(pages, pages.c.id == captures.c.page)
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(warcs.c.name == name, mine | (captures.c.revisit.is_(None) & repeats))
    )
    with reading(archive.engine) as connection:
        return set(connection.execute(wanted).scalars())


def _span(
    seen: FromClause, of: FromClause, sources: Collection[str], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [of.c.source.in_(sources)]
    if since is not None:
        found.append(seen.c.at >= since)
    if until is not None:
        found.append(seen.c.at < until)
    return found
