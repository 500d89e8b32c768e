"""Reads WARC files into the index: captures, texts, versions and changes.

One path for a crawl under way, a run that was killed, and (later) a foreign WARC or a rebuild. What has
been read is known by WARC file and offset, so reading again adds nothing.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, select, update

from archive import histories, http, stored, urls, warc
from archive.database import reading
from archive.home import Home
from archive.model import Text
from archive.schema import captures, pages, warcs
from archive.text import EXTRACTOR, Extractors, TextError

BATCH_RECORDS = 300
BATCH_BYTES = 64 * 1024 * 1024
PAGE_BYTES = 32 * 1024 * 1024
"""Decoded size up to which a page is given to the extractor."""

HTML = ("text/html", "application/xhtml+xml")
ARTICLES = (*HTML, "application/pdf")


@dataclass(frozen=True, slots=True)
class Seen:
    """A response or revisit record on its way into the index.

    `readable`: its payload is a page whose text is wanted; `html` is that page, None in a revisit, whose
    payload is in another record.
    """

    url: str
    record: warc.Record
    status: int
    content_type: str | None
    payload: str
    size: int
    truncated: bool
    redirect: str | None
    readable: bool
    html: bytes | None
    revisit: str | None = None
    etag: str | None = None
    modified: str | None = None


class Ingest:
    """Takes the WARC files of one run into the index, a batch at a time, each in one transaction."""

    def __init__(self, home: Home, engine: Engine, extractors: Extractors, source: str, run: str) -> None:
        self.home = home
        self.engine = engine
        self.extractors = extractors
        self.source = source
        self.run = run

    def take(self, path: Path) -> int:
        """Read what was added to a WARC file since last time; returns the number of records read.

        `path` may end in `.open` while the file is being written. Raises warc.WarcError where it is damaged.
        """
        name = path.name.removesuffix(".open")
        identity, offset = self._place(name)
        taken = 0
        for batch, end in _batches(warc.read(path, offset)):
            self._take_batch(identity, batch, end)
            taken += len(batch)
        return taken

    def seal(self, path: Path) -> None:
        """Note that a file is complete, with the digest by which its fixity is checked from now on."""
        with reading(self.engine) as connection:
            if connection.execute(select(warcs.c.sealed).where(warcs.c.name == path.name)).scalar():
                return
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        with self.engine.begin() as connection:
            sealed = update(warcs).where(warcs.c.name == path.name)
            connection.execute(sealed.values(sealed=True, sha256=digest.hexdigest()))

    def _place(self, name: str) -> tuple[int, int]:
        with self.engine.begin() as connection:
            row = connection.execute(select(warcs.c.id, warcs.c.read).where(warcs.c.name == name)).first()
            if row is None:
                added = warcs.insert().values(name=name, source=self.source, run=self.run)
                return connection.execute(added.returning(warcs.c.id)).scalar_one(), 0
            return row.id, row.read

    def _take_batch(self, identity: int, batch: list[warc.Record], end: int) -> None:
        seen = [found for record in batch if (found := _look(record)) is not None]
        texts = self._extract(seen)
        with self.engine.begin() as connection:
            known = stored.known(connection, (one.payload for one in seen), EXTRACTOR)
            for payload, text in texts.items():
                if payload not in known:
                    known[payload] = stored.add(connection, payload, text)
            touched = {self._add(connection, identity, one, known) for one in seen}
            histories.settle(connection, self.home, touched)
            connection.execute(update(warcs).where(warcs.c.id == identity).values(read=end))

    def _extract(self, seen: list[Seen]) -> dict[str, Text]:
        """Texts for the payloads that this extractor has not read yet; each of them once."""
        with reading(self.engine) as connection:
            known = stored.known(connection, (one.payload for one in seen), EXTRACTOR)
            waiting: dict[str, Future[Text]] = {}
            for one in seen:
                if not one.readable or one.payload in known or one.payload in waiting:
                    continue
                html = one.html if one.html is not None else self._original(connection, one.payload)
                if html is not None:
                    waiting[one.payload] = self.extractors.submit(html, one.url, one.content_type)
        return {payload: _result(future) for payload, future in waiting.items()}

    def _add(self, connection: Connection, identity: int, seen: Seen, texts: dict[str, int]) -> int:
        article = _is_one_of(seen.content_type, ARTICLES) and 200 <= seen.status < 300
        page = self._page(connection, seen.url, article or seen.readable)
        there = select(captures.c.id).where(
            captures.c.warc == identity, captures.c.offset == seen.record.offset
        )
        if connection.execute(there).first() is None:
            connection.execute(
                captures.insert().values(
                    page=page,
                    run=self.run,
                    warc=identity,
                    offset=seen.record.offset,
                    record=seen.record.record_id,
                    at=seen.record.at,
                    status=seen.status,
                    content_type=seen.content_type,
                    payload=seen.payload,
                    size=seen.size,
                    truncated=seen.truncated,
                    redirect=seen.redirect,
                    text=texts.get(seen.payload) if seen.readable else None,
                    revisit=seen.revisit,
                    etag=seen.etag,
                    modified=seen.modified,
                )
            )
        return page

    def _original(self, connection: Connection, payload: str) -> bytes | None:
        """The page with this payload, decoded, from a response record that is in the index."""
        wanted = (
            select(warcs.c.name, captures.c.offset)
            .join(warcs, warcs.c.id == captures.c.warc)
            .where(captures.c.payload == payload, captures.c.revisit.is_(None))
        )
        row = connection.execute(wanted.limit(1)).first()
        path = next(self.home.warc.glob(f"*/*/{row.name}"), None) if row else None
        if row is None or path is None:
            return None
        return http.parse(warc.at(path, row.offset).block).decoded(PAGE_BYTES)

    def _page(self, connection: Connection, url: str, article: bool) -> int:
        wanted = select(pages.c.id, pages.c.article).where(pages.c.source == self.source, pages.c.url == url)
        row = connection.execute(wanted).first()
        if row is None:
            added = pages.insert().values(source=self.source, url=url, article=article)
            return int(connection.execute(added.returning(pages.c.id)).scalar_one())
        if article and not row.article:
            connection.execute(update(pages).where(pages.c.id == row.id).values(article=True))
        return int(row.id)


def _batches(records: Iterator[warc.Record]) -> Iterator[tuple[list[warc.Record], int]]:
    """Groups of records, each with the offset behind its last; bounded in number and bytes."""
    batch: list[warc.Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record.block)
        if len(batch) >= BATCH_RECORDS or size >= BATCH_BYTES:
            yield batch, record.offset + record.length
            batch, size = [], 0
    if batch:
        yield batch, batch[-1].offset + batch[-1].length


def _look(record: warc.Record) -> Seen | None:
    """What a record says of a page; None for records that are no answers."""
    if record.type not in ("response", "revisit") or record.uri is None:
        return None
    try:
        url = urls.canonical(record.uri)
    except ValueError:
        return None
    if record.type == "revisit":
        return _revisited(url, record)
    message = http.parse(record.block)
    payload = message.payload()
    content_type = message.get("content-type")
    truncated = record.headers.get("WARC-Truncated") is not None
    location = message.get("location")
    good = 200 <= message.status < 300 and not truncated and bool(payload)
    readable = good and _is_html(content_type, payload)
    return Seen(
        url=url,
        record=record,
        status=message.status,
        content_type=content_type,
        payload=f"sha256:{hashlib.sha256(payload).hexdigest()}",
        size=len(payload),
        truncated=truncated,
        redirect=urls.join(url, location) if location and 300 <= message.status < 400 else None,
        readable=readable,
        html=message.decoded(PAGE_BYTES) if readable else None,
        etag=message.get("etag"),
        modified=message.get("last-modified"),
    )


def _revisited(url: str, record: warc.Record) -> Seen | None:
    """What a revisit record says: not modified (a 304), or the same payload as an earlier answer."""
    profile = (record.headers.get("WARC-Profile") or "").rsplit("/", 1)[-1]
    message = http.parse(record.block)
    content_type = message.get("content-type")
    status = 304 if profile == "server-not-modified" else message.status
    return Seen(
        url=url,
        record=record,
        status=status,
        content_type=content_type,
        payload=record.headers.get("WARC-Payload-Digest") or "",
        size=0,
        truncated=False,
        redirect=None,
        readable=200 <= status < 300 and _is_one_of(content_type, HTML),
        html=None,
        revisit=profile,
    )


def _is_html(content_type: str | None, payload: bytes) -> bool:
    if content_type:
        return _is_one_of(content_type, HTML)
    return payload[:1024].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _is_one_of(content_type: str | None, types: tuple[str, ...]) -> bool:
    return (content_type or "").split(";")[0].strip().lower() in types


def _result(future: Future[Text]) -> Text:
    """The text, or an empty one that says why there is none: an unreadable page must not stop the rest."""
    try:
        return future.result()
    except TextError as error:
        return Text(None, None, None, None, "", (), EXTRACTOR, reasons=(str(error),))
