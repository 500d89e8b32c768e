"""The noise of each source in the index: learned at the end of a run, left out of comparisons, overruled.

A person's word is in HOME/noise/NAME.txt, one `keep ID` or `leave out ID` a line: it is no part of the index,
and outlives it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection, func, select

from archive import noise, notes, observations, readings, schema
from archive.circumstances import Circumstances
from archive.home import Home
from archive.model import Observation
from archive.noise import LEFT_OUT, Habit, without
from archive.schema import captures, pages
from archive.versions import history

KEEP, OUT = "keep", "leave out"
Loud = frozenset[tuple[Habit, str]]


def loud(connection: Connection, source: str) -> Loud:
    """What comparisons leave out at a source."""
    table = schema.noise
    wanted = select(table.c.kind, table.c.block).where(table.c.source == source, table.c.left_out)
    return frozenset((Habit(row.kind), row.block) for row in connection.execute(wanted))


def quieted(connection: Connection, source: str, seen: list[Observation]) -> list[Observation]:
    """The observations without the noise of their source."""
    out = loud(connection, source)
    if not out:
        return seen
    return [
        replace(
            one,
            text=one.text and without(one.text, out),
            readings=tuple(without(text, out) for text in one.readings),
            likes=tuple(
                replace(like, texts=tuple(without(text, out) for text in like.texts)) for like in one.likes
            ),
        )
        for one in seen
    ]


def learn(connection: Connection, home: Home, source: str) -> set[int]:
    """Learn a source's noise from all its captures and store it; returns the pages that it now concerns or no
    longer does, whose histories are to be derived anew.
    """
    before = loud(connection, source)
    found = noise.learn(dict(_said(connection, home, source)))
    words = rulings(home, source)
    connection.execute(schema.noise.delete().where(schema.noise.c.source == source))
    rows = [
        {
            "source": source,
            "id": one.id,
            "kind": one.habit,
            "block": one.block,
            "pages": one.pages,
            "example": one.example,
            "left_out": words.get(one.id, OUT if one.habit in LEFT_OUT else KEEP) == OUT,
        }
        for one in found
    ]
    if rows:
        connection.execute(schema.noise.insert(), rows)
    changed = before ^ loud(connection, source)
    return _with(connection, source, changed) if changed else set()


def _said(connection: Connection, home: Home, source: str) -> Iterator[tuple[str, list[str]]]:
    """What the pages said that did not always say the same: at each good capture, all noise included."""
    around = Circumstances(connection, notes.verdicts(home))
    several = (
        select(captures.c.page)
        .join(pages, pages.c.id == captures.c.page)
        .where(pages.c.source == source, captures.c.text.is_not(None))
        .group_by(captures.c.page)
        .having(func.count(captures.c.text.distinct()) > 1, func.count() > 2)
    )
    for page in connection.execute(several).scalars().all():
        row = observations.page(connection, page)
        rows = observations.captures_of(connection, page)
        read = readings.choose(connection, rows)
        shown = [read.chosen[one.id] for one in rows if one.id in read.chosen]
        if sum(one != other for one, other in pairwise(shown)) < 2:
            continue  # an edit, and no more: that is nothing to learn from
        told = history(observations.of_page(connection, row, rows, read, around))
        good = {judged.capture for judged in told.judgements if judged.version is not None}
        texts = [text for one in rows if one.id in good and (text := read.text(one.id)) and text.text]
        if len({text.extractor for text in texts}) == 1:
            yield row.url, [text.text for text in texts if not text.entries]


def _with(connection: Connection, source: str, changed: Loud) -> set[int]:
    """The pages of a source with a text in which one of the blocks is."""
    wanted = (
        select(captures.c.page, schema.texts.c.text)
        .join(pages, pages.c.id == captures.c.page)
        .join(schema.texts, schema.texts.c.payload == captures.c.payload)
        .where(pages.c.source == source, captures.c.text.is_not(None))
        .distinct()
    )
    named = {block for _, block in changed}
    return {
        row.page
        for row in connection.execute(wanted)
        if any(block in named or noise.shape(block) in named for block in noise.blocks(row.text))
    }


def path(home: Home, source: str) -> Path:
    """Where a person's rulings are."""
    return home.root / "noise" / f"{source}.txt"


def rulings(home: Home, source: str) -> Mapping[str, str]:
    """A person's word on single blocks, by their ids; lines that say nothing known are passed over."""
    file = path(home, source)
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    said = (line.strip().rpartition(" ") for line in lines)
    return {name: word for word, _, name in said if word in (KEEP, OUT)}


def rule(home: Home, source: str, ids: Iterable[str], word: str) -> None:
    """Note a person's word; an earlier one on the same block is replaced."""
    ruled = {**rulings(home, source), **dict.fromkeys(ids, word)}
    file = path(home, source)
    file.parent.mkdir(exist_ok=True)
    passing = file.with_suffix(".tmp")
    passing.write_text("".join(f"{said} {name}\n" for name, said in sorted(ruled.items())), "utf-8")
    passing.replace(file)
