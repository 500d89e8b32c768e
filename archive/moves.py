"""Which pages may be others under a new address: found by numbers that stand for their texts (`likeness`).

What each page is like is kept in the index beside its history. Whether a page has moved is decided by
`archive/versions.py`; here is what it needs to know of other pages, and whom else a change of one concerns.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, func, or_, select

from archive import likeness, stored, urls
from archive.circumstances import Circumstances
from archive.model import Like, Text
from archive.readings import Readings
from archive.schema import captures, changes, likenesses, pages, runs, texts
from archive.versions import GONE, REDIRECT

FRAME = 16
"""A number that more pages share stands for a frame, and finds nothing. Also bounds what a page can cost."""
TEXTS = 20
"""Of one page so many texts are kept by their numbers: the first, and those before it went missing."""

_BY_TIME = (captures.c.at, captures.c.id)


def own(url: str, text: Text | None) -> str | None:
    """The canonical URL that a page calls its own, where it is another than `url`."""
    with suppress(ValueError):
        if text and text.canonical and (other := urls.canonical(text.canonical)) != url:
            return other
    return None


def write(connection: Connection, page: Row[Any], rows: Sequence[Row[Any]], read: Readings) -> None:
    """Keep what a page is like, from its captures."""
    numbers = set().union(*(likeness.sketch(text, page.source) for text in _telling(page, rows, read)))
    of_page = likenesses.c.page == page.id
    there = set(connection.execute(select(likenesses.c.hash).where(of_page)).scalars())
    if gone := there - numbers:
        connection.execute(likenesses.delete().where(of_page, likenesses.c.hash.in_(gone)))
    if new := numbers - there:
        connection.execute(likenesses.insert(), [{"hash": one, "page": page.id} for one in sorted(new)])


def _telling(page: Row[Any], rows: Sequence[Row[Any]], read: Readings) -> list[Text]:
    """What the page said first, before each time that it was missing, under each address, and last."""
    found: dict[int, None] = {}
    renaming = _renaming(page, rows, read)
    last: int | None = None
    for row in rows:
        if _is_absent(row):
            if last is not None:
                found[last] = None
        elif row.id in read.chosen and row.status == 200:
            last = read.chosen[row.id]
            if not found or row.id in renaming:
                found[last] = None
    numbers = [*found][:TEXTS]
    if last is not None and last not in numbers:
        numbers.append(last)
    return [read.texts[number] for number in numbers]


def _is_absent(row: Row[Any]) -> bool:
    return row.status in GONE or row.redirect is not None


def _missed(rows: Sequence[Row[Any]]) -> set[int]:
    """The captures by which the page was missing, the first after each at which it may have been there."""
    found: set[int] = set()
    there = True
    for row in rows:
        if there and _is_absent(row):
            found.add(row.id)
            there = False
        there = there or 200 <= row.status < 300 or row.status == 304
    return found


def _renaming(page: Row[Any], rows: Sequence[Row[Any]], read: Readings) -> set[int]:
    """The captures that call another address their own, and the one before did not."""
    found: set[int] = set()
    before: str | None = page.url
    for row in rows:
        if row.status == 200 and (text := read.text(row.id)):
            name = own(page.url, text)
            if name is not None and name != before and before is not None:
                found.add(row.id)
            before = name or page.url
    return found


def concerned(connection: Connection, touched: Iterable[int]) -> set[int]:
    """The other pages with like texts whose histories may hang on some pages: those that were missing once,
    call another address their own, or were not asked for by a later run.
    """
    alike = set().union(*(found for _, found in _like(connection, touched)))
    every = captures.alias()
    newest = select(func.max(every.c.at)).where(every.c.page == pages.c.id).correlate(pages)
    whole = and_(runs.c.source == pages.c.source, runs.c.complete, ~runs.c.light)
    passed_over = select(runs.c.id).where(whole, runs.c.started > newest.scalar_subquery()).exists()
    found: set[int] = set()
    for some in _portions(alike):
        over = select(pages.c.id).where(pages.c.id.in_(some), passed_over)
        odd = (
            select(captures.c.page)
            .join(pages, pages.c.id == captures.c.page)
            .outerjoin(texts, texts.c.payload == captures.c.payload)
            .where(captures.c.page.in_(some), or_(_absent(), texts.c.canonical != pages.c.url))
        )
        for wanted in (over, odd.distinct()):
            found.update(connection.execute(wanted).scalars())
    return found


def settled_by(connection: Connection, run: str) -> set[int]:
    """The pages whose moves hang on a run that has ended, though it may not have met them."""
    row = connection.execute(select(runs).where(runs.c.id == run)).one()
    full = select(runs).where(runs.c.source == row.source, runs.c.started > row.started, ~runs.c.light)
    later = connection.execute(full.order_by(runs.c.started, runs.c.id).limit(1)).first()
    found = _spanning(connection, row) | _not_asked(connection, row) | _worn(connection, row.source)
    return found | _not_asked(connection, later) if later else found


def _spanning(connection: Connection, run: Row[Any]) -> set[int]:
    """Known moves from before a run to pages first seen in it or later: it may stand between."""
    heir = pages.alias()
    first = select(func.min(captures.c.at)).where(captures.c.page == heir.c.id, _good(captures))
    wanted = (
        _moves(run.source)
        .join(heir, and_(heir.c.source == pages.c.source, heir.c.url == changes.c.moved_to))
        .where(changes.c.from_at <= run.started, first.scalar_subquery() >= run.started)
    )
    return set(connection.execute(wanted.distinct()).scalars())


def _not_asked(connection: Connection, run: Row[Any]) -> set[int]:
    """The pages like those that were first seen in a run that asked for everything, but not for them."""
    earlier = select(runs.c.id).where(runs.c.source == run.source, runs.c.started < run.started)
    if run.light or not run.complete or connection.execute(earlier.limit(1)).first() is None:
        return set()
    before = captures.alias()
    older = select(before.c.id).where(before.c.page == captures.c.page, _good(before))
    fresh = ~older.where(before.c.at < captures.c.at).exists()
    wanted = select(captures.c.page).where(captures.c.run == run.id, _good(captures), fresh)
    newcomers = set(connection.execute(wanted.distinct()).scalars())
    alike = set().union(*(found for _, found in _like(connection, newcomers)))
    met: set[int] = set()
    for some in _portions(alike):
        asked = select(captures.c.page).where(captures.c.page.in_(some), captures.c.run == run.id)
        met.update(connection.execute(asked).scalars())
    return alike - met


def _good(of: FromClause) -> ColumnElement[bool]:
    return and_(of.c.status == 200, of.c.text.is_not(None))


def _worn(connection: Connection, source: str) -> set[int]:
    """Known moves of pages whose numbers have become those of a frame."""
    moved = set(connection.execute(_moves(source).distinct()).scalars())
    return {page for some in _portions(moved) for page in _framed(connection, some)}


def _absent() -> ColumnElement[bool]:
    return or_(captures.c.status.in_(GONE), captures.c.redirect.is_not(None))


def _moves(source: str) -> Any:
    like = and_(changes.c.moved_by != REDIRECT, pages.c.source == source)
    return select(changes.c.page).join(pages, pages.c.id == changes.c.page).where(like)


def _is_frame(of: FromClause) -> ColumnElement[bool]:
    """Whether too many pages share a number: asked so that a million of them cost no more than a few."""
    every = likenesses.alias()
    further = select(every.c.page).where(every.c.hash == of.c.hash).limit(1).offset(FRAME)
    return further.correlate(of).scalar_subquery().is_not(None)


def _framed(connection: Connection, some: Sequence[int]) -> set[int]:
    wanted = select(likenesses.c.page).where(likenesses.c.page.in_(some), _is_frame(likenesses))
    return set(connection.execute(wanted.distinct()).scalars())


def _like(connection: Connection, some: Iterable[int]) -> Iterator[tuple[int, set[int]]]:
    """The pages that have others with a like text, each with these."""
    mine, every = likenesses.alias(), likenesses.alias()
    for portion in _portions(some):
        shared = (
            select(mine.c.page, every.c.page.label("other"))
            .join(every, and_(every.c.hash == mine.c.hash, every.c.page != mine.c.page))
            .where(mine.c.page.in_(portion), ~_is_frame(mine))
        )
        counts = Counter((row.page, row.other) for row in connection.execute(shared))
        found: dict[int, set[int]] = {}
        for (page, other), number in counts.items():
            if number >= likeness.SHARED:
                found.setdefault(page, set()).add(other)
        yield from found.items()


def _portions(some: Iterable[int]) -> Iterator[list[int]]:
    every = sorted(set(some))
    for start in range(0, len(every), stored.MANY):
        yield every[start : start + stored.MANY]


class Likes:
    """The pages with texts like that of a page, looked up where it may have moved, once."""

    def __init__(
        self,
        connection: Connection,
        page: Row[Any],
        rows: Sequence[Row[Any]],
        read: Readings,
        around: Circumstances,
    ) -> None:
        self._connection = connection
        self._page = page
        self._around = around
        self._last = rows[-1].id if rows else None
        self._missed = _missed(rows)
        self._renaming = _renaming(page, rows, read)
        self._runs = {row.run for row in rows if row.status == 200 and row.id in read.chosen}
        self._found: list[Like] | None = None

    def of(self, capture: Row[Any]) -> tuple[Like, ...]:
        """Those that matter at a capture, each with whether it came in time."""
        if not self._runs:
            return ()
        if capture.id in self._missed:
            until = self._around.after_next(self._page.source, capture.run)
            return self._those(lambda like: until is None or like.first < until)
        if capture.id == self._last and (run := self._around.passed_over(self._page.source, capture.run)):
            return self._those(lambda like: like.run == run)
        return self._those(lambda _: False) if capture.id in self._renaming else ()

    def _those(self, timely: Callable[[Like], bool]) -> tuple[Like, ...]:
        """One that was first met in a run in which the page was good, too, never came in time."""
        if self._found is None:
            self._found = list(self._look())
        return tuple(
            replace(like, timely=like.run not in self._runs and timely(like)) for like in self._found
        )

    def _look(self) -> Iterator[Like]:
        page = self._page.id
        if _framed(self._connection, [page]):
            return
        for other in sorted(dict(_like(self._connection, [page])).get(page, ())):
            mine = select(captures).where(captures.c.page == other)
            first = self._connection.execute(mine.where(_good(captures)).order_by(*_BY_TIME).limit(1)).first()
            if first is None:
                continue
            read = self._texts(first.payload)
            url = self._connection.execute(select(pages.c.url).where(pages.c.id == other)).scalar_one()
            if any(own(url, text) == self._page.url for text in read):
                continue  # a print version, by its own word
            missed = mine.with_only_columns(runs.c.started).join(runs, runs.c.id == captures.c.run)
            missed = missed.where(captures.c.at > first.at, _absent()).order_by(*_BY_TIME).limit(1)
            left = self._connection.execute(missed).scalar()
            yield Like(url, read, first.at, first.id, first.run, left, timely=False)

    def _texts(self, payload: str) -> tuple[Text, ...]:
        numbers = select(texts.c.id).where(texts.c.payload == payload).order_by(texts.c.extractor)
        found = list(self._connection.execute(numbers).scalars())
        loaded = stored.load(self._connection, found)
        return tuple(loaded[number] for number in found)
