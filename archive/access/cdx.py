"""Captures as a CDX server lists them: by URL, prefix, host or domain, by their keys, then by time.

A part of `archive/access`. The fields are those of the Wayback Machine's CDX server, which its clients know.
What is asked for is found by the index of URLs and read a stretch at a time: memory does not grow with it.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any, TypedDict

from sqlalchemy import Select, func, select

from archive import keys, urls
from archive.access.archive import Archive
from archive.database import reading
from archive.schema import captures, pages

PAGES = 200_000
"""So many URLs are looked at for one answer."""
SORTED = 2_000
"""So many URLs are put into the order of their keys at once; more are in that of the URLs, part by part."""
FOLDER = 2_000
"""So many URLs of its folder are looked at for one that is not found as it is written."""
_BATCH = 200
_ROWS = 5_000
_HOSTS = 10_000
_LAST = "\U0010ffff"


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


Place = tuple[str, int, str]
"""Key, number and URL of a page."""


def cdx(archive: Archive, asked: Asked) -> Iterator[CdxRow]:
    """The captures that are asked for. Raises ValueError for what is no URL."""
    text = asked.url.strip()
    whole = urls.canonical(text if "://" in text else f"http://{text}")
    found = _exact(archive, whole) if asked.match == "exact" else _matching(archive, whole, asked)
    return _captures(archive, asked, found)


def _captures(archive: Archive, asked: Asked, found: Iterator[Place]) -> Iterator[CdxRow]:
    while part := list(islice(found, _BATCH)):
        rows = _rows(archive, asked, [number for _, number, _ in part])
        # The pages of one key are side by side, and are one in time.
        for key, places in groupby(part, key=lambda place: place[0]):
            named = {number: url for _, number, url in places}
            if rows is None:
                its = _one_by_one(archive, asked, list(named))
            else:
                mine = [row for number in named for row in rows.get(number, ())]
                its = iter(sorted(mine, key=lambda row: row.at, reverse=asked.backwards))
            for row in its:
                yield _row(key, named[row.page], row)


def _exact(archive: Archive, whole: str) -> Iterator[Place]:
    """The pages of one key: as it is written, or with what the key folds; else those of its folder."""
    key = keys.key(whole)
    rest = whole.partition("://")[2]
    host, _, path = rest.partition("/")
    name, mark, query = path.partition("?")
    names = {one for form in (name, name.lower()) for one in (form, form.rstrip("/"), f"{form.rstrip('/')}/")}
    queries = {query, query.lower(), "&".join(sorted(query.lower().split("&")))}
    begins = _begins(host)
    wanted = {
        f"{begin}{'' if one == '/' else one}{mark}{asked}"
        for begin in begins
        for one in names
        for asked in queries
    }
    with reading(archive.engine) as connection:
        rows = list(connection.execute(select(pages.c.id, pages.c.url).where(pages.c.url.in_(wanted))))
        if not rows:
            stem = f"{name.rstrip('/').rpartition('/')[0]}/".lstrip("/")
            for begin in begins:
                near = pages.c.url.between(f"{begin}{stem}", f"{begin}{stem}{_LAST}")
                rows += connection.execute(select(pages.c.id, pages.c.url).where(near).limit(FOLDER))
    return iter(sorted((key, number, url) for number, url in rows if keys.key(url) == key))


def _matching(archive: Archive, whole: str, asked: Asked) -> Iterator[Place]:
    """The pages of a prefix, host or domain, by key as far as they are read at once."""
    key = keys.key(whole)
    host = key.partition(")")[0]
    begin = f"{key}/" if whole.endswith("/") and not key.endswith("/") else key
    begins = _begins(whole.split("/")[2])
    if asked.match == "prefix":
        stem = whole.split("/", 3)[3].partition("?")[0].rstrip("/")
        begins = [f"{begin}{stem}" for begin in begins]
    elif asked.match == "domain":
        begins = _hosts(archive, host)
    streams = [_stretch(archive, begin, asked.backwards) for begin in begins]
    found = islice(heapq.merge(*streams, key=_bare, reverse=asked.backwards), PAGES)
    while part := list(islice(found, SORTED)):
        keyed = sorted(((keys.key(url), number, url) for number, url in part), reverse=asked.backwards)
        for place in keyed:
            its = place[0].partition(")")[0]
            if asked.match == "prefix":
                fits = place[0] == key or place[0].startswith(begin)
            else:
                fits = its == host or (asked.match == "domain" and its.startswith((f"{host},", f"{host}:")))
            if fits:
                yield place


def _begins(host: str) -> list[str]:
    name = host.removeprefix("www.")
    return [f"{scheme}://{www}{name}/" for scheme in ("http", "https") for www in ("", "www.")]


def _bare(page: tuple[int, str]) -> str:
    return page[1].partition("://")[2].removeprefix("www.")


def _hosts(archive: Archive, host: str) -> list[str]:
    """The beginnings of all URLs whose host is this one, as in a key, or below it: from host to host."""
    found: list[str] = []
    last = ""
    with reading(archive.engine) as connection:
        for _ in range(_HOSTS):
            url = connection.execute(select(func.min(pages.c.url)).where(pages.c.url >= last)).scalar()
            if url is None:
                break
            begin = "/".join(url.split("/")[:3]) + "/"
            its = keys.key(begin).partition(")")[0]
            if its == host or its.startswith((f"{host},", f"{host}:")):
                found.append(begin)
            last = f"{begin[:-1]}0"  # the character behind the slash
    return found


def _stretch(archive: Archive, begin: str, backwards: bool) -> Iterator[tuple[int, str]]:
    """The pages whose URLs begin so, by URL."""
    low, high = begin, f"{begin}{_LAST}"
    order = pages.c.url.desc() if backwards else pages.c.url
    last: tuple[str, set[int]] = ("", set())
    while True:
        wanted = select(pages.c.id, pages.c.url).where(pages.c.url.between(low, high)).order_by(order)
        with reading(archive.engine) as connection:
            rows = [(row.id, row.url) for row in connection.execute(wanted.limit(_ROWS))]
        new = [row for row in rows if row[1] != last[0] or row[0] not in last[1]]
        yield from new
        if not new or len(rows) < _ROWS:
            return
        last = (rows[-1][1], {number for number, url in rows if url == rows[-1][1]})
        low, high = (low, last[0]) if backwards else (last[0], high)


def _wanted(asked: Asked, numbers: list[int]) -> Select[Any]:
    wanted = select(
        captures.c.id, captures.c.page, captures.c.at, captures.c.status, captures.c.content_type,
        captures.c.payload, captures.c.size, captures.c.revisit,
    ).where(captures.c.page.in_(numbers), captures.c.status > 0)  # fmt: skip
    if asked.since is not None:
        wanted = wanted.where(captures.c.at >= asked.since)
    if asked.until is not None:
        wanted = wanted.where(captures.c.at <= asked.until)
    return wanted


def _rows(archive: Archive, asked: Asked, numbers: list[int]) -> dict[int, list[Any]] | None:
    """The captures of some pages; None where there are too many to hold."""
    found: dict[int, list[Any]] = {}
    with reading(archive.engine) as connection:
        rows = connection.execute(_wanted(asked, numbers).limit(_ROWS + 1)).all()
    for row in rows:
        found.setdefault(row.page, []).append(row)
    return found if len(rows) <= _ROWS else None


def _one_by_one(archive: Archive, asked: Asked, numbers: list[int]) -> Iterator[Any]:
    """The captures of the pages of one key, by time, however many."""
    streams = [_captures_of(archive, asked, number) for number in numbers]
    yield from heapq.merge(*streams, key=lambda row: row.at, reverse=asked.backwards)


def _captures_of(archive: Archive, asked: Asked, number: int) -> Iterator[Any]:
    at = captures.c.at
    wanted = _wanted(asked, [number]).order_by(at.desc() if asked.backwards else at).limit(_ROWS)
    last: tuple[Any, set[int]] = (None, set())
    while True:
        further = wanted
        if last[1]:
            further = wanted.where(at <= last[0] if asked.backwards else at >= last[0])
        with reading(archive.engine) as connection:
            rows = connection.execute(further).all()
        new = [row for row in rows if row.id not in last[1]]
        yield from new
        if not new or len(rows) < _ROWS:
            return
        last = (rows[-1].at, {row.id for row in rows if row.at == rows[-1].at})


def _row(key: str, url: str, row: Any) -> CdxRow:
    kind = (row.content_type or "").partition(";")[0].strip() or "unk"
    return CdxRow(
        urlkey=key, timestamp=f"{row.at:%Y%m%d%H%M%S}", original=url,
        mimetype="warc/revisit" if row.revisit else kind.replace(" ", ""), statuscode=str(row.status),
        digest=row.payload.replace(" ", "") or "-", length=str(row.size),
    )  # fmt: skip
