"""What a revisit record of somebody else refers to, where it says so by a digest that is not ours.

Ours name the payload by its SHA-256, by which the index knows it. Others give SHA-1, or the address and the
instant of the original, or the digest alone. Whichever of the two comes first, the outcome is the same.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select, update

from archive import instants, urls, warc
from archive.answers import Seen
from archive.home import Home
from archive.schema import captures, pages, warcs

CANDIDATES = 20
"""So many earlier answers of an address are looked at for one whose digest is the one that is given."""

NOT_MODIFIED = "server-not-modified"

_OURS = re.compile(r"sha256:[0-9a-f]{64}")


def resolve(connection: Connection, home: Home, source: str, seen: Sequence[Seen]) -> list[Seen]:
    """The answers of a group, the revisits among them with the payload of their original where it is known.

    Originals are looked for in the group and in what the index has of the source.
    """
    if not any(map(_is_open, seen)):
        return list(seen)
    here: dict[tuple[str, str], Seen] = {}
    found = []
    for one in seen:
        if _is_open(one):
            of = here.get(_key(one)) or here.get(("", one.payload))
            one = _like(one, of) if of else _from_index(connection, home, source, one)
        elif one.revisit is None and (given := _given(one.record)):
            here[one.url, given] = here["", given] = one
        found.append(one)
    return found


def settle(connection: Connection, source: str, seen: Iterable[Seen], texts: dict[str, int]) -> set[int]:
    """Give the payloads of originals that came now to revisits that came before; returns their pages."""
    given = {digest: one for one in seen if one.revisit is None and (digest := _given(one.record))}
    if not given:
        return set()
    wanted = (
        select(captures.c.id, captures.c.page, captures.c.payload, captures.c.status, pages.c.article)
        .join(pages, pages.c.id == captures.c.page)
        .where(captures.c.payload.in_(given), captures.c.revisit.is_not(None), pages.c.source == source)
    )
    touched = set()
    for row in list(connection.execute(wanted)):
        one = given[row.payload]
        status = row.status or one.status
        text = texts.get(one.payload) if one.readable and 200 <= status < 300 else None
        values = {"payload": one.payload, "status": status, "text": text, "unread": None}
        connection.execute(update(captures).where(captures.c.id == row.id).values(values))
        if one.article and not row.article:
            connection.execute(update(pages).where(pages.c.id == row.page).values(article=True))
        touched.add(row.page)
    return touched


def _is_open(one: Seen) -> bool:
    return one.revisit is not None and one.revisit != NOT_MODIFIED and not _OURS.fullmatch(one.payload)


def _key(one: Seen) -> tuple[str, str]:
    address = one.record.headers.get("WARC-Refers-To-Target-URI")
    return (_canonical(address) if address else one.url), one.payload


def _canonical(address: str) -> str:
    try:
        return urls.canonical(address.strip("<>"))
    except ValueError:
        return ""


def _given(record: warc.Record) -> str | None:
    """The payload's digest as somebody else's record gives it."""
    digest = record.headers.get("WARC-Payload-Digest")
    return None if digest is None or _OURS.fullmatch(digest) else digest


def _like(one: Seen, of: Seen) -> Seen:
    """A revisit as what it repeats; some leave out the answer's head, and then its status is that of the
    original.
    """
    if one.status:
        return replace(one, payload=of.payload)
    return replace(
        one, payload=of.payload, status=of.status, content_type=of.content_type,
        readable=of.readable, article=of.article,
    )  # fmt: skip


def _from_index(connection: Connection, home: Home, source: str, one: Seen) -> Seen:
    of = (
        select(captures, pages.c.article, warcs.c.name)
        .join(pages, pages.c.id == captures.c.page)
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(pages.c.source == source, pages.c.url == _key(one)[0], captures.c.revisit.is_(None))
    )
    nearest = of.where(captures.c.at <= one.record.at).order_by(captures.c.at.desc()).limit(CANDIDATES)
    named = one.record.headers.get("WARC-Refers-To-Date")
    rows = list(connection.execute(of.where(captures.c.at == _instant(named)))) if named else []
    for row in rows[:CANDIDATES] or connection.execute(nearest):
        if _digest_of(home, row) == one.payload:
            return _as_row(one, row)
    return one


def _instant(text: str) -> Any:
    try:
        return instants.parse(text)
    except ValueError:
        return None


def _digest_of(home: Home, row: Row[Any]) -> str | None:
    path = next(iter(home.warc.glob(f"*/*/{row.name}*.gz*")), None)
    return _read_digest(path, row.offset) if path else None


def _read_digest(path: Path, offset: int) -> str | None:
    try:
        return _given(warc.at(path, offset))
    except (OSError, warc.WarcError):
        return None


def _as_row(one: Seen, row: Row[Any]) -> Seen:
    if one.status:
        return replace(one, payload=row.payload)
    readable = row.text is not None or row.unread is not None
    return replace(
        one, payload=row.payload, status=row.status, content_type=row.content_type,
        readable=readable, article=readable or row.article,
    )  # fmt: skip
