"""What answers tell of pages: which there are, and what feeds among them say of others."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from archive import fed, held, http, schema, warc
from archive.answers import PAGE_BYTES, Seen
from archive.home import Home


def pages(connection: Connection, source: str, seen: Sequence[Seen]) -> tuple[dict[str, int], set[int]]:
    """The numbers of the pages by their URLs; new ones are added, known ones brought up to date. And which of
    these are known only now to be articles.
    """
    wanted = select(
        schema.pages.c.id, schema.pages.c.url, schema.pages.c.article, schema.pages.c.depth
    ).where(schema.pages.c.source == source, schema.pages.c.url.in_({one.url for one in seen}))
    known = {row.url: row for row in connection.execute(wanted)}
    now = {row.url: (row.article, row.depth) for row in known.values()}
    for one in seen:
        article, depth = now.get(one.url, (False, None))
        now[one.url] = (article or one.article, depth if one.depth is None else one.depth)
    ids = {url: row.id for url, row in known.items()}
    for url, row in known.items():
        article, depth = now[url]
        if (article, depth) != (row.article, row.depth):
            changed = update(schema.pages).where(schema.pages.c.id == row.id)
            connection.execute(changed.values(article=article, depth=depth))
    new = [
        {"source": source, "url": url, "article": article, "depth": depth}
        for url, (article, depth) in now.items()
        if url not in known
    ]
    if new:
        added = connection.execute(
            schema.pages.insert().returning(schema.pages.c.id, schema.pages.c.url), new
        )
        ids |= {row.url: row.id for row in added}
    return ids, {row.id for url, row in known.items() if now[url][0] and not row.article}


def feeds(connection: Connection, home: Home, source: str, seen: Sequence[Seen]) -> set[int]:
    """Take in what feeds among the answers say of pages, and what earlier ones said of those seen now.
    Returns the pages that were updated as a feed says only now.
    """
    told = {one.url for one in seen if one.article}
    updated: set[str] = set()
    for one in seen:
        body = html(connection, home, one) if one.feed else None
        if body is not None:
            updated |= fed.note(connection, source, one, body)
            told |= fed.told(connection, source, one)
    fed.settle(connection, source, told)
    return fed.captured(connection, source, updated)


def html(connection: Connection, home: Home, seen: Seen) -> bytes | None:
    """The bytes of a page after content-decoding; None where the record that holds them cannot be read."""
    record = seen.record
    if seen.message is not None and record.whole:
        return seen.message.decoded(PAGE_BYTES)
    if seen.message is not None:
        return http.parse(warc.first(record.path, record.offset, held.BLOCK_BYTES)).decoded(PAGE_BYTES)
    return held.body(connection, home, seen.payload)
