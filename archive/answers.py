"""What the records of a WARC file say of pages: the step between `archive/warc.py` and the index."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive import http, urls, warc

BATCH_RECORDS = 300
BATCH_BYTES = 16 * 1024 * 1024
PAGE_BYTES = 32 * 1024 * 1024
"""Decoded size up to which a page is given to the extractor."""

HTML = ("text/html", "application/xhtml+xml")
ARTICLES = (*HTML, "application/pdf")
FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json")
AIDS = ("robots", "sitemap", "listing")
"""Kinds of URL (see the metadata records) that are for crawlers and never articles, whatever they answer."""

FEED = "feed"
"""The kind that is an article only where a page was in the place of the feed, told by how it begins."""

ANSWERS = ("response", "revisit")
OTHERS = ("request", "metadata", "warcinfo", "resource", "conversion", "continuation")
SCHEMES = ("dns", "ftp", "urn", "whois")
_PART = 206
_BROWSED = "document"
"""What browsers call what was opened as a page; a crawler that drives one tells it of each answer."""

_FIELD = re.compile(rb"^(kind|depth): ([^\r\n]{1,9})\r?$", re.MULTILINE)
_CERTIFICATE = re.compile(rb"^certificateProblem: ([^\r\n]{1,300})\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """A response or revisit record on its way into the index.

    `readable`: its payload is a page whose text is wanted; `message`, the start of it at least, is None in a
    revisit, whose payload is in another record. `article`: it is something to read. `certificate`: what was
    wrong with the server's. `feed`: it is the whole answer of a feed. `given`: of a whole answer the digest
    of its payload in the words of another program, by which revisits refer to it.
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
    article: bool
    feed: bool = False
    message: http.Message | None = None
    revisit: str | None = None
    etag: str | None = None
    modified: str | None = None
    depth: int | None = None
    certificate: str | None = None
    given: str | None = None


def batches(
    records: Iterable[warc.Record], most: int = BATCH_BYTES, *, growing: bool = False
) -> Iterator[tuple[list[warc.Record], int]]:
    """Groups of records, each with the offset behind its last; bounded in number, and by `most` in bytes.

    A group ends behind an answer and what was written with it, so that an exchange is in one group, whether
    its answer comes last or first; in a file that has few answers it ends all the same. In a file that is
    `growing` the records behind the last answer are left for later: the answer that they belong with may be
    half written.
    """
    batch: list[warc.Record] = []
    size, answer = 0, ""
    damage: warc.WarcError | None = None
    try:
        for record in records:
            enough = 1 if batch and batch[-1].type in ANSWERS else 2
            full = len(batch) >= enough * BATCH_RECORDS or size >= enough * most
            more = len(batch) < 3 * BATCH_RECORDS and size < 3 * most
            if full and not (more and record.headers.get("WARC-Concurrent-To") == answer):
                yield batch, record.offset
                batch, size = [], 0
            batch.append(record)
            size += record.size
            if record.type in ANSWERS:
                answer = record.record_id
    except warc.WarcError as error:
        damage = error  # what is whole before it comes first
    while growing and batch and batch[-1].type not in ANSWERS:
        batch.pop()
    if batch:
        yield batch, batch[-1].offset + batch[-1].length
    if damage:
        raise damage


def passed_over(record: warc.Record) -> str | None:
    """Why a record is no answer of a web server; None where it is one."""
    if record.type not in ANSWERS:
        return f"a {record.type} record" if record.type in OTHERS else "a record of an unknown type"
    scheme = (record.uri or "").partition(":")[0].lower()
    if scheme not in ("http", "https"):
        return f"fetched by {scheme}" if scheme in SCHEMES else "not fetched from a web server"
    if not record.headers.get("Content-Type", "application/http").lower().startswith("application/http"):
        return "an answer without its HTTP head"
    try:
        urls.canonical(record.uri or "")
    except ValueError:
        return "an address that cannot be read"
    return None


def look(batch: Iterable[warc.Record]) -> Iterator[Seen]:
    """The answers in a group of records."""
    batch = list(batch)
    told = _Told(batch)
    for record in batch:
        if passed_over(record) is not None:
            continue
        url = urls.canonical(record.uri or "")
        aid, fed = told.aid(record), record.record_id in told.feeds
        if record.type == "revisit":
            seen = _revisited(url, record, aid or fed)
        else:
            seen = _answered(url, record, aid, fed)
        yield replace(
            seen,
            depth=told.depths.get(record.record_id),
            certificate=told.certificates.get(record.record_id),
        )


class _Told:
    """What the other records of a group tell of its answers, by the answers' ids."""

    def __init__(self, batch: Iterable[warc.Record]) -> None:
        self.aids: set[str] = set()
        self.feeds: set[str] = set()
        self.depths: dict[str, int] = {}
        self.certificates: dict[str, str] = {}
        self._sent: set[str] = set()
        for record in batch:
            if record.type == "metadata":
                self._hear(record)
            elif record.type == "request" and not record.block.startswith(b"GET "):
                self._sent.update((record.record_id, record.headers.get("WARC-Concurrent-To", "")))

    def _hear(self, record: warc.Record) -> None:
        of = record.headers.get("WARC-Concurrent-To", "")
        fields = _FIELD.findall(record.block)
        if any(name == b"kind" and value.decode("latin-1") in AIDS for name, value in fields):
            self.aids.add(of)
        if any(name == b"kind" and value == FEED.encode() for name, value in fields):
            self.feeds.add(of)
        if problems := _CERTIFICATE.findall(record.block):
            self.certificates[of] = b", ".join(problems[:10]).decode("utf-8", "replace")
        self.depths.update((of, int(value)) for name, value in fields if name == b"depth" and value.isdigit())

    def aid(self, record: warc.Record) -> bool:
        """Whether an answer is to something else than a wish to read: asked for by a crawler for itself, by a
        script or a page for its parts, or an answer to what was sent.
        """
        browsed = record.headers.get("WARC-Resource-Type", _BROWSED).lower()
        with_it = {record.record_id, *record.headers.get_all("WARC-Concurrent-To")}
        return record.record_id in self.aids or browsed != _BROWSED or not with_it.isdisjoint(self._sent)


def _answered(url: str, record: warc.Record, aid: bool, fed: bool) -> Seen:
    message = http.parse(record.block)
    payload, size, start = payload_of(record, message)
    content_type = message.get("content-type")
    truncated = record.headers.get("WARC-Truncated") is not None or message.status == _PART
    digest = record.headers.get("WARC-Payload-Digest")
    location = message.location()
    good = 200 <= message.status < 300 and not truncated and size > 0 and not aid
    readable = good and _is_html(None if fed else content_type, start)
    feed = good and not readable and (fed or _is_one_of(content_type, FEEDS))
    return Seen(
        url=url,
        record=record,
        status=message.status,
        content_type=content_type,
        payload=payload,
        size=size,
        truncated=truncated,
        redirect=urls.join(url, location) if location and 300 <= message.status < 400 else None,
        readable=readable,
        article=readable or (good and not fed and _is_one_of(content_type, ARTICLES)),
        feed=feed,
        message=message if readable or feed else None,
        etag=message.get("etag"),
        modified=message.get("last-modified"),
        given=None if truncated or digest == payload else digest,
    )


def payload_of(record: warc.Record, message: http.Message) -> tuple[str, int, bytes]:
    """Digest, size and start of a payload. What of the block is not in memory is read again, in pieces."""
    if record.whole:
        plain = message.payload()
        return warc.digest((plain,)), len(plain), plain
    size = 0
    start = b""

    def counted() -> Iterator[bytes]:
        nonlocal size, start
        for piece in http.payload(message, _body(record, message)):
            size += len(piece)
            start = start or piece
            yield piece

    return warc.digest(counted()), size, start


def _body(record: warc.Record, message: http.Message) -> Iterator[bytes]:
    skip = len(record.block) - len(message.body)
    for piece in warc.pieces(record.path, record.offset):
        yield piece[skip:]
        skip = max(skip - len(piece), 0)


def _revisited(url: str, record: warc.Record, aid: bool) -> Seen:
    """What a revisit record says: not modified (a 304), or the same payload as an earlier answer."""
    profile = (record.headers.get("WARC-Profile") or "").rsplit("/", 1)[-1]
    message = http.parse(record.block)
    content_type = message.get("content-type")
    status = 304 if profile == "server-not-modified" else message.status
    good = 200 <= status < 300 and not aid
    return Seen(
        url=url,
        record=record,
        status=status,
        content_type=content_type,
        payload=record.headers.get("WARC-Payload-Digest") or "",
        size=0,
        truncated=False,
        redirect=None,
        readable=good and _is_one_of(content_type, HTML),
        article=good and _is_one_of(content_type, ARTICLES),
        revisit=profile,
    )


def _is_html(content_type: str | None, start: bytes) -> bool:
    if content_type:
        return _is_one_of(content_type, HTML)
    return start[:1024].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _is_one_of(content_type: str | None, types: tuple[str, ...]) -> bool:
    return (content_type or "").split(";")[0].strip().lower() in types
