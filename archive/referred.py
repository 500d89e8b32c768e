"""What a revisit record of somebody else refers to, where it says so by a digest that is not ours.

Ours name the payload by its SHA-256, by which the index knows it. Others give SHA-1, or write it otherwise;
so the digest that a record gives is noted. Whichever of the two comes first, the outcome is the same.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, select, update

from archive.answers import Seen
from archive.schema import captures, pages

NOT_MODIFIED = "server-not-modified"

_OURS = re.compile(r"sha256:[0-9a-f]{64}")


def resolve(connection: Connection, source: str, seen: Sequence[Seen]) -> list[Seen]:
    """The answers of a group, the revisits among them with the payload of their original where it is known.

    Originals are looked for in what the index has of the source, and in the group.
    """
    wanted = {one.payload for one in seen if _is_open(one)}
    if not wanted:
        return list(seen)
    noted = (
        select(captures, pages.c.article)
        .join(pages, pages.c.id == captures.c.page)
        .where(pages.c.source == source, captures.c.given.in_(wanted))
        .order_by(captures.c.at.desc())
    )
    there: dict[str, Seen | Row[Any]] = {row.given: row for row in connection.execute(noted)}
    for one in seen:
        if one.given is not None:
            there.setdefault(one.given, one)
    return [_like(one, there.get(one.payload)) if _is_open(one) else one for one in seen]


def settle(connection: Connection, source: str, seen: Iterable[Seen], texts: dict[str, int]) -> set[int]:
    """Give the payloads of originals that came now to revisits that came before; returns their pages."""
    given = {one.given: one for one in seen if one.given is not None}
    if not given:
        return set()
    wanted = (
        select(captures, pages.c.article)
        .join(pages, pages.c.id == captures.c.page)
        .where(captures.c.payload.in_(given), captures.c.revisit.is_not(None), pages.c.source == source)
    )
    touched = set()
    for row in list(connection.execute(wanted)):
        of = given[row.payload]
        values: dict[str, Any] = {"payload": of.payload}
        article, readable = row.article, _was_readable(row)
        if not row.status:
            values |= {"status": of.status, "content_type": of.content_type}
            article, readable = article or of.article, of.readable
        text = texts.get(of.payload) if readable else None
        values |= {"text": text, "unread": row.unread if readable and text is None else None}
        connection.execute(update(captures).where(captures.c.id == row.id).values(values))
        if article and not row.article:
            connection.execute(update(pages).where(pages.c.id == row.page).values(article=True))
        touched.add(row.page)
    return touched


def _is_open(one: Seen) -> bool:
    return one.revisit is not None and one.revisit != NOT_MODIFIED and not _OURS.fullmatch(one.payload)


def _like(one: Seen, of: "Seen | Row[Any] | None") -> Seen:
    """A revisit as what it repeats; some leave out the answer's head, and then its status is that of the
    original.
    """
    if of is None:
        return one
    if one.status:
        return replace(one, payload=of.payload)
    readable = of.readable if isinstance(of, Seen) else _was_readable(of)
    return replace(
        one, payload=of.payload, status=of.status, content_type=of.content_type,
        readable=readable, article=readable or of.article,
    )  # fmt: skip


def _was_readable(row: Row[Any]) -> bool:
    return row.text is not None or row.unread is not None
