"""Texts as rows of the index: to and from the values of `archive/model.py`."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from archive import schema
from archive.dated import sha256
from archive.model import Entry, Evidence, Shape, Sureness, Text

MANY = 500
"""Values in one `IN (...)`: below the limits of every database we use."""


def add(connection: Connection, payload: str, text: Text) -> int:
    """Store a text for a payload digest and return its id."""
    entries = [{**asdict(e), "date": e.date.isoformat() if e.date else None} for e in text.entries]
    row = {
        "payload": payload,
        "extractor": text.extractor,
        "title": text.title,
        "date": text.date,
        "author": text.author,
        "language": text.language,
        "charset": text.charset,
        "text": text.text,
        "entries": entries,
        "reasons": list(text.reasons),
        "published": text.published,
        "modified": text.modified,
        "canonical": text.canonical,
        "shape": text.shape.value,
        "evidence": [asdict(one) for one in text.evidence],
        "links": list(text.links),
        "sha256": sha256(text.text),
    }
    row["seal"] = seal(row)
    return int(
        connection.execute(schema.texts.insert().values(row).returning(schema.texts.c.id)).scalar_one()
    )


def seal(row: Mapping[str, Any]) -> str:
    """A digest of all that the columns of a text say, but for its number and the seal itself."""
    said = [row[name] for name in map(str, schema.texts.c.keys()) if name not in ("id", "seal")]
    return sha256(json.dumps(said, default=str, sort_keys=True))


def known(connection: Connection, payloads: Iterable[str], extractor: str) -> dict[str, int]:
    """The ids of the texts that this extractor already made, by payload digest."""
    wanted = sorted(set(payloads))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), MANY):
        rows = connection.execute(
            select(schema.texts.c.payload, schema.texts.c.id).where(
                schema.texts.c.payload.in_(wanted[start : start + MANY]),
                schema.texts.c.extractor == extractor,
            )
        )
        found.update((row.payload, row.id) for row in rows)
    return found


def load(connection: Connection, ids: Iterable[int]) -> dict[int, Text]:
    """The texts with these ids."""
    wanted = sorted(set(ids))
    found: dict[int, Text] = {}
    for start in range(0, len(wanted), MANY):
        rows = connection.execute(
            select(schema.texts).where(schema.texts.c.id.in_(wanted[start : start + MANY]))
        )
        found.update((row.id, from_row(row)) for row in rows)
    return found


def from_row(row: Row[Any]) -> Text:
    """A text from a row that has the columns of the table `texts`."""
    return Text(
        title=row.title,
        date=row.date,
        author=row.author,
        language=row.language,
        text=row.text,
        entries=tuple(_entry(entry) for entry in row.entries),
        extractor=row.extractor,
        charset=row.charset,
        reasons=tuple(row.reasons),
        published=row.published,
        modified=row.modified,
        canonical=row.canonical,
        shape=Shape(row.shape),
        evidence=tuple(
            Evidence(one["field"], one["place"], Sureness(one["sureness"])) for one in row.evidence
        ),
        links=tuple(row.links),
    )


def _entry(stored: dict[str, Any]) -> Entry:
    day = stored["date"]
    return Entry(**{**stored, "date": date.fromisoformat(day) if day else None})
