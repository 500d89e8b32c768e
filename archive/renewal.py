"""Reads what older extractors have read once more with the present one; old texts are kept.

Afterwards the pages' histories rest on the readings of one extractor alone. It can be stopped at any time and
begun again: what is done is done.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from archive import held, histories, stored
from archive.database import reading, seal
from archive.home import Home
from archive.model import Text
from archive.readings import outdated
from archive.schema import captures, changes, pages, texts
from archive.text import Extractors, TextError

MANY = 50
"""So many payloads are read and stored in one transaction."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """Payloads read, payloads that could not be, and how many changes the archive had and has."""

    read: int
    failed: int
    changes_before: int
    changes_after: int


def renew(
    home: Home,
    engine: Engine,
    extractors: Extractors,
    watch: Callable[[int, int], object] = lambda done, total: None,
) -> Renewal:
    """Read all payloads that the present extractor has not read. `watch` hears how many of how many."""
    with reading(engine) as connection:
        waiting = select(func.count(texts.c.payload.distinct())).where(outdated())
        total, before = connection.execute(waiting).scalar_one(), _changes(connection)
    last = done = failed = 0
    while True:
        with reading(engine) as connection:
            rows = list(connection.execute(_next(last)))
            made = read(connection, home, extractors, dict.fromkeys(row.payload for row in rows))
        if not rows:
            break
        last = rows[-1].id
        with engine.begin() as connection:
            for payload, text in made.items():
                if not stored.known(connection, [payload], text.extractor):
                    stored.add(connection, payload, text)
            histories.settle(connection, home, pages_of(connection, made))
        done, failed = done + len(made), failed + len({row.payload for row in rows}) - len(made)
        watch(done + failed, total)
    if done:
        with engine.begin() as connection:
            for source in connection.execute(select(pages.c.source).distinct()).scalars().all():
                histories.hush(connection, home, source)
    histories.sweep(home, engine)
    seal(home)
    with reading(engine) as connection:
        return Renewal(done, failed, before, _changes(connection))


def _changes(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(changes)).scalar_one())


def _next(last: int) -> Any:
    """The next texts whose payloads are to be read."""
    return (
        select(texts.c.id, texts.c.payload)
        .where(outdated(), texts.c.id > last)
        .order_by(texts.c.id)
        .limit(MANY)
    )


def read(
    connection: Connection, home: Home, extractors: Extractors, payloads: Iterable[str]
) -> dict[str, Text]:
    """The texts of the payloads that can be read, each at the address of its first capture."""
    asked: dict[str, Future[Text]] = {}
    for payload in payloads:
        of = select(pages.c.url, captures.c.content_type).join(pages, pages.c.id == captures.c.page)
        first = of.where(captures.c.payload == payload, captures.c.text.is_not(None)).order_by(captures.c.at)
        found = connection.execute(first.limit(1)).first()
        html = held.body(connection, home, payload)
        if found is not None and html is not None:
            asked[payload] = extractors.submit(html, found.url, found.content_type)
    made: dict[str, Text] = {}
    for payload, future in asked.items():
        try:
            made[payload] = future.result()
        except TextError:  # counted by its absence: it is no property of the page
            continue
    return made


def pages_of(connection: Connection, payloads: Iterable[str]) -> set[int]:
    """The pages with captures of some payloads that have been read."""
    wanted = sorted(payloads)
    found: set[int] = set()
    for start in range(0, len(wanted), stored.MANY):
        some = captures.c.payload.in_(wanted[start : start + stored.MANY])
        of = select(captures.c.page).where(some, captures.c.text.is_not(None))
        found.update(connection.execute(of.distinct()).scalars())
    return found
