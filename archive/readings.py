"""Which reading of each payload a page's history is made of: texts of two extractors are never compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from archive import schema, stored
from archive.model import Text
from archive.text import EXTRACTOR


@dataclass(frozen=True, slots=True)
class Readings:
    """The number of the text that stands for each capture, by the capture's, and all its other readings."""

    chosen: Mapping[int, int]
    others: Mapping[int, tuple[Text, ...]]
    texts: Mapping[int, Text]

    def text(self, capture: int) -> Text | None:
        """What stands for a capture; None where nothing was extracted."""
        return self.texts[self.chosen[capture]] if capture in self.chosen else None


def choose(connection: Connection, rows: Sequence[Row[Any]]) -> Readings:
    """The readings of a page's captures. Where the present extractor has read all of them, its own stand.
    Else those stand with which the captures came, and the others are there to compare neighbours by.
    """
    read = [row for row in rows if row.text is not None]
    found = _all(connection, {row.payload for row in read})
    newest = {row.payload: ids[EXTRACTOR] for row in read if EXTRACTOR in (ids := found.get(row.payload, {}))}
    renewed = all(row.payload in newest for row in read)
    chosen = {row.id: newest[row.payload] if renewed else row.text for row in read}
    texts = stored.load(connection, {*chosen.values(), *(n for ids in found.values() for n in ids.values())})
    others = {
        row.id: tuple(texts[n] for n in sorted(found.get(row.payload, {}).values()) if n != chosen[row.id])
        for row in read
    }
    return Readings(chosen, others, texts)


def _all(connection: Connection, payloads: set[str]) -> dict[str, dict[str, int]]:
    """The numbers of all texts of some payloads, by payload and extractor."""
    columns = (schema.texts.c.payload, schema.texts.c.extractor, schema.texts.c.id)
    found: dict[str, dict[str, int]] = {}
    wanted = sorted(payloads)
    for start in range(0, len(wanted), stored.MANY):
        some = schema.texts.c.payload.in_(wanted[start : start + stored.MANY])
        for row in connection.execute(select(*columns).where(some)):
            found.setdefault(row.payload, {})[row.extractor] = row.id
    return found


def outdated() -> Any:
    """The condition that a text's payload has not been read by the present extractor."""
    renewed = schema.texts.alias()
    same = and_(renewed.c.payload == schema.texts.c.payload, renewed.c.extractor == EXTRACTOR)
    return and_(schema.texts.c.extractor != EXTRACTOR, ~select(renewed.c.id).where(same).exists())


def neighbours(connection: Connection, source: str, seen: Iterable[tuple[str, Any]]) -> set[str]:
    """The payloads to be read anew so that new captures, told as URL and instant, can be compared: what their
    pages showed just before and just after, where only another extractor has read it.
    """
    captures, pages, texts = schema.captures, schema.pages, schema.texts
    found: set[str] = set()
    for url, at in seen:
        of_page = (
            select(captures.c.payload, outdated().label("outdated"))
            .join(pages, pages.c.id == captures.c.page)
            .join(texts, texts.c.id == captures.c.text)
            .where(pages.c.source == source, pages.c.url == url, captures.c.version.is_not(None))
        )
        before = of_page.where(captures.c.at < at).order_by(captures.c.at.desc()).limit(1)
        after = of_page.where(captures.c.at > at).order_by(captures.c.at).limit(1)
        for wanted in (before, after):
            found.update(row.payload for row in connection.execute(wanted) if row.outdated)
    return found
