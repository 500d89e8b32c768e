"""The changes as a list that is turned over, the newest first: a part of `archive/access`.

Each page of it costs a bounded look at the index, whatever is asked for: what is rare is found by going on.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Connection, Select, String, and_, cast, exists, func, or_, select

from archive.access.archive import Archive, title_at
from archive.access.edits import Sought, sought
from archive.access.rows import ChangeRow, change_row
from archive.database import reading
from archive.gathered import gathered
from archive.model import Kind
from archive.schema import changes, pages

LOOKED = 10_000
"""So many changes are looked at for one page of the list."""
COMPARED = 500
"""So many where words are sought, for which texts are compared."""


class ListedRow(ChangeRow):
    """A change in the list: `pages` have the same edit, 1 where it is not grouped."""

    pages: int


class Asked(TypedDict, total=False):
    """What changes are asked for; all of it may be left out. `words` were added and removed at least."""

    source: str | None
    kind: str | None
    openness: str | None
    words: int
    added: str | None
    removed: str | None
    since: datetime | None
    until: datetime | None


class BadKey(ValueError):
    """That is no key of a page of this list."""


def changes_page(
    archive: Archive, asked: Asked, *, before: str | None = None, most: int = 100, grouped: bool = False
) -> tuple[list[ListedRow], str | None]:
    """At most so many changes, the newest first, and the key of the page that follows, None at the end.

    There may be fewer than `most`, even none, and yet a key. Raises BadKey for a `before` that is none.
    """
    words = Sought(added=asked.get("added"), removed=asked.get("removed"))
    compares = bool(words.added or words.removed)
    looked = COMPARED if compares else LOOKED
    within = _within(asked, before)
    newest = changes.c.to_at.desc(), changes.c.id.desc()
    last = select(changes.c.to_at, changes.c.id).where(*within).order_by(*newest).offset(looked - 1).limit(1)
    with reading(archive.engine) as connection:
        edge = connection.execute(last).first()
        if edge is not None:
            within.append(~_older(edge.to_at, edge.id))
        wanted = _wanted(asked, grouped).where(*within).order_by(*newest)
        found = gathered(connection, wanted.limit(looked if compares else most + 1))
        sizes = _sizes(connection, {row.edit for row in found if row.edit}) if grouped else {}
    rows = {row.id: ListedRow(**change_row(row), pages=sizes.get(row.edit, 1)) for row in found}
    if compares:
        said = {id(one) for one in sought(archive, rows.values(), words)}
        rows = {key: row for key, row in rows.items() if id(row) in said}
    some = list(rows.items())[:most]
    if len(rows) > most:
        return [row for _, row in some], _key(some[-1][1]["to"], some[-1][0])
    return [row for _, row in some], _key(edge.to_at, edge.id) if edge is not None else None


def _within(asked: Asked, before: str | None) -> list[ColumnElement[bool]]:
    """What bounds the stretch of time that is looked at."""
    found: list[ColumnElement[bool]] = []
    if (since := asked.get("since")) is not None:
        found.append(changes.c.to_at >= since)
    if (until := asked.get("until")) is not None:
        found.append(changes.c.to_at < until)
    if before is not None:
        found.append(_older(*_read(before)))
    return found


def _wanted(asked: Asked, grouped: bool) -> Select[Any]:
    title = title_at(changes.c.page, func.coalesce(changes.c.to_version, changes.c.from_version))
    wanted = select(changes, pages.c.source, pages.c.url, title.label("title"))
    wanted = wanted.join(pages, pages.c.id == changes.c.page)
    if (source := asked.get("source")) is not None:
        # Not by the index of pages: a source may have more of them than changes are looked at.
        wanted = wanted.where(pages.c.source + "" == source)
    if (kind := asked.get("kind")) is not None:
        wanted = wanted.where(cast(changes.c.kinds, String).contains(f'"{Kind(kind)}"'))
    if (openness := asked.get("openness")) is not None:
        wanted = wanted.where(changes.c.openness == openness)
    if words := asked.get("words"):
        wanted = wanted.where(changes.c.added + changes.c.removed >= words)
    if grouped:
        newer = changes.alias()
        again = (newer.c.edit == changes.c.edit) & ~_older(changes.c.to_at, changes.c.id, newer)
        again &= newer.c.id != changes.c.id
        if (until := asked.get("until")) is not None:
            again &= newer.c.to_at < until
        wanted = wanted.where(~exists().where(again))
    return wanted


def _older(at: Any, number: Any, than: Any = changes) -> ColumnElement[bool]:
    """Whether a change comes behind the one with that instant and number."""
    return or_(than.c.to_at < at, and_(than.c.to_at == at, than.c.id < number))


def _sizes(connection: Connection, edits: Collection[str]) -> dict[str, int]:
    """By edit, the number of pages that have it."""
    counted = select(changes.c.edit, func.count(changes.c.page.distinct()).label("number"))
    each = func.json_each(json.dumps(list(edits))).table_valued("value")
    rows = gathered(
        connection, counted.where(changes.c.edit.in_(select(each.c.value))).group_by(changes.c.edit)
    )
    return dict(rows)


def _key(at: datetime, number: int) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S%f}-{number}"


def _read(key: str) -> tuple[datetime, int]:
    try:
        at, number = key.split("-")
        if not (len(at) == 20 and key.isascii() and number.isdigit() and len(number) < 19):
            raise ValueError
        return datetime.strptime(at, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC), int(number)
    except ValueError as error:
        raise BadKey(f"{key[:60]!r} is no page of this list; begin at its first one.") from error
