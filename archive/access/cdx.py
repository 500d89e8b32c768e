"""Captures as a CDX server lists them: by URL, prefix, host or domain, in the order of their keys and times.

A part of `archive/access`. The fields are those of the Wayback Machine's CDX server, which its clients know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select

from archive import keys, urls
from archive.access.archive import Archive, find
from archive.database import reading
from archive.schema import captures, pages, warcs

PAGES = 100_000
"""So many URLs are looked at for one answer."""
_BATCH = 200


class CdxRow(TypedDict):
    urlkey: str
    timestamp: str
    original: str
    mimetype: str
    statuscode: str
    digest: str
    length: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `match` is exact, prefix, host or domain; both ends of the time are meant."""

    url: str
    match: str = "exact"
    since: datetime | None = None
    until: datetime | None = None
    backwards: bool = False


def cdx(archive: Archive, asked: Asked) -> Iterator[CdxRow]:
    """The captures that are asked for, by key, then by time. Raises ValueError for what is no URL."""
    found = _pages(archive, asked)
    for start in range(0, len(found), _BATCH):
        part = found[start : start + _BATCH]
        rows = _rows(archive, asked, [number for _, number, _ in part])
        # The pages of one key are side by side, and are one in time.
        by_key: dict[str, list[CdxRow]] = {}
        for key, number, url in part:
            by_key.setdefault(key, []).extend(_row(key, url, row) for row in rows.get(number, []))
        for some in by_key.values():
            yield from sorted(some, key=lambda row: row["timestamp"], reverse=asked.backwards)


def _pages(archive: Archive, asked: Asked) -> list[tuple[str, int, str]]:
    """Key, number and URL of the pages, in the order of their keys."""
    text = asked.url.strip()
    whole = text if "://" in text else f"http://{text}"
    key = keys.key(urls.canonical(whole))
    host = key.partition(")")[0]
    found = []
    with reading(archive.engine) as connection:
        wanted = select(pages.c.id, pages.c.url).where(_near(whole, asked.match)).limit(PAGES)
        for number, url in connection.execute(wanted):
            own = keys.key(url)
            its = own.partition(")")[0]
            if (
                (asked.match == "exact" and own == key)
                or (asked.match == "prefix" and own.startswith(key))
                or (asked.match == "host" and its == host)
                or (asked.match == "domain" and (its == host or its.startswith(f"{host},")))
            ):
                found.append((own, number, url))
    return sorted(found, reverse=asked.backwards)


def _near(whole: str, match: str) -> ColumnElement[bool]:
    """What the index finds by ranges of URLs; the key decides then."""
    parts = urlsplit(urls.canonical(whole))
    host = parts.netloc.removeprefix("www.")
    if match == "domain":
        return pages.c.url.contains(f"{host}/", autoescape=True)
    rest = urls.canonical(whole).split("/", 3)[3] if match in ("exact", "prefix") else ""
    starts = [f"{scheme}://{www}{host}/" for scheme in ("http", "https") for www in ("", "www.")]
    if match == "exact" and "?" not in rest and rest.lower() == rest:
        ends = {rest.rstrip("/"), f"{rest.rstrip('/')}/" if rest.rstrip("/") else ""}
        return pages.c.url.in_([start + end for start in starts for end in ends])
    stem = rest.partition("?")[0].rstrip("/").rpartition("/")[0]
    begins = [f"{start}{stem}" for start in starts]
    return or_(*((pages.c.url >= one) & (pages.c.url < f"{one}\U0010ffff") for one in begins))


def _rows(archive: Archive, asked: Asked, numbers: list[int]) -> dict[int, list[Any]]:
    wanted = select(
        captures.c.page, captures.c.at, captures.c.status, captures.c.content_type, captures.c.payload,
        captures.c.size, captures.c.revisit,
    ).where(captures.c.page.in_(numbers), captures.c.status > 0)  # fmt: skip
    if asked.since is not None:
        wanted = wanted.where(captures.c.at >= asked.since)
    if asked.until is not None:
        wanted = wanted.where(captures.c.at <= asked.until)
    found: dict[int, list[Any]] = {}
    with reading(archive.engine) as connection:
        for row in connection.execute(wanted.order_by(captures.c.page, captures.c.at)):
            found.setdefault(row.page, []).append(row)
    return found


def _row(key: str, url: str, row: Any) -> CdxRow:
    kind = (row.content_type or "").partition(";")[0].strip() or "unk"
    return CdxRow(
        urlkey=key, timestamp=f"{row.at:%Y%m%d%H%M%S}", original=url,
        mimetype="warc/revisit" if row.revisit else kind.replace(" ", ""), statuscode=str(row.status),
        digest=row.payload.replace(" ", "") or "-", length=str(row.size),
    )  # fmt: skip


class MementoRow(TypedDict):
    """A capture that stands for its URL at an instant."""

    at: datetime
    status: int
    content_type: str | None
    payload: str
    redirect: str | None


def mementos(
    archive: Archive, url: str, before: datetime | None = None, most: int = 1000
) -> tuple[str, list[MementoRow]]:
    """The canonical URL and its mementos, the newest `most` of those before an instant, oldest first. Raises
    NotInArchive where there are none. What the server only called unmodified is none of its own.
    """
    with reading(archive.engine) as connection:
        page = str(find(connection, url).url)
    rows = _mementos(archive, page, (captures.c.at < before) if before else None, most)
    return page, rows[::-1]


def around(archive: Archive, url: str, at: datetime) -> dict[str, MementoRow | None]:
    """The mementos `first`, `prev`, `memento` (the nearest to an instant), `next` and `last`."""
    page = urls.canonical(url)
    before = _mementos(archive, page, captures.c.at <= at, 2)
    after = _mementos(archive, page, captures.c.at > at, 2, newest=False)
    near = min((*before[:1], *after[:1]), key=lambda row: abs(row["at"] - at), default=None)
    timed = sorted((*before, *after), key=lambda row: row["at"])
    place = next((n for n, row in enumerate(timed) if row is near), 0)
    first, last = _mementos(archive, page, None, 1, newest=False), _mementos(archive, page, None, 1)
    return {
        "first": first[0] if first else None,
        "prev": timed[place - 1] if place else None,
        "memento": near,
        "next": timed[place + 1] if place + 1 < len(timed) else None,
        "last": last[0] if last else None,
    }


def _mementos(
    archive: Archive, page: str, when: ColumnElement[bool] | None, most: int, newest: bool = True
) -> list[MementoRow]:
    mine = select(pages.c.id).where(pages.c.url == page)
    columns = (
        captures.c.at,
        captures.c.status,
        captures.c.content_type,
        captures.c.payload,
        captures.c.redirect,
    )
    wanted = select(*columns).where(
        captures.c.page.in_(mine), captures.c.status >= 200, captures.c.status != 304
    )
    if when is not None:
        wanted = wanted.where(when)
    order = captures.c.at.desc() if newest else captures.c.at
    with reading(archive.engine) as connection:
        return [
            MementoRow(
                at=row.at, status=row.status, content_type=row.content_type, payload=row.payload,
                redirect=row.redirect,
            )
            for row in connection.execute(wanted.order_by(order).limit(most))
        ]  # fmt: skip


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
