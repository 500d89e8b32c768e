"""Full text over all versions: where something was said, and when. A part of `archive/access`.

What is searched are texts; which versions show them is asked of the index at that moment, so that no version
is found that is none any more.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any, TypedDict

from sqlalchemy import Connection, Integer, Select, String, column, func, select

from archive import search, stored
from archive.access.archive import Archive
from archive.database import reading
from archive.gathered import gathered
from archive.model import Verdict
from archive.schema import changes, pages, texts, versions
from archive.tokens import spans, tokens

BATCH = 400
MOST_TEXTS = 20_000
"""So many texts that have it are looked at for one answer, the newest first."""
STRETCHES = 50
_AROUND = 90
_LOOKED = 200_000
"""Characters of a text in which the place is looked for that is shown."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. `current`: only what stands now; `since` and `until` bound when it stood."""

    words: str
    source: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    current: bool = False


class SaidRow(TypedDict):
    """A time in which a page said it. `appeared` is when it was first seen so, `last_said` when it was last;
    `vanished` when it was first seen without it, None where it stands. `at_first`: it stood there from the
    first capture on, so when it came is not known.
    """

    from_version: int
    to_version: int
    appeared: datetime
    at_first: bool
    last_said: datetime
    vanished: datetime | None


class FoundRow(TypedDict):
    """A page that said it, with the newest version that does; `newest` is its newest of all. `snippet` are
    pieces of text, each with whether it is what was searched for.
    """

    source: str
    url: str
    title: str | None
    language: str | None
    version: int
    newest: int
    first: datetime
    current: bool
    said: list[SaidRow]
    snippet: list[tuple[str, bool]]


class FoundPage(TypedDict):
    """An answer: `next` is where to go on, `behind` how many texts are not searched yet."""

    found: list[FoundRow]
    next: int | None
    behind: int


def find(archive: Archive, query: Query, before: int | None = None, most: int = 20) -> FoundPage:
    """The pages that say it or said it, those with the newest text first. Raises search.QueryError."""
    match = search.match_of(query.words)
    rows: dict[int, Any] = {}
    looked, batch = 0, 2 * most
    following: int | None = None
    while len(rows) < most and looked < MOST_TEXTS:
        some = search.hits(archive.home, match, before, batch)
        for text, showing in _showing(archive, some, query):
            before = following = text
            looked += 1
            for row in showing:
                rows.setdefault(row.page, row)
            if len(rows) >= most:
                break
        if len(some) < batch and (not some or before == some[-1]):
            following = None
            break
        batch = BATCH  # what is rare is looked for in larger steps
    found = _found(archive, list(rows.values())[:most], match, query)
    return FoundPage(found=found, next=following, behind=search.behind(archive.home, archive.engine))


def _showing(archive: Archive, some: Sequence[int], query: Query) -> Iterator[tuple[int, list[Any]]]:
    """The texts in turn, each with the versions that show it and that are asked for."""
    wanted = (
        select(versions, pages.c.source, pages.c.url, pages.c.verdict, texts.c.title, texts.c.language)
        .join(pages, pages.c.id == versions.c.page)
        .join(texts, texts.c.id == versions.c.text)
        .where(versions.c.text.in_(_each(some)))
        .order_by(versions.c.number.desc())
    )
    if query.source is not None:
        wanted = wanted.where(pages.c.source == query.source)
    if query.language is not None:
        wanted = wanted.where(texts.c.language.startswith(query.language, autoescape=True))
    if query.since is not None:
        wanted = wanted.where(versions.c.last >= query.since)
    if query.until is not None:
        wanted = wanted.where(versions.c.first <= query.until)
    by_text: dict[int, list[Any]] = defaultdict(list)
    with reading(archive.engine) as connection:
        for row in gathered(connection, wanted):
            if not query.current or _stands(connection, row):
                by_text[row.text].append(row)
    for text in some:
        yield text, by_text.get(text, [])


def _stands(connection: Connection, row: Any) -> bool:
    """Whether a version is what its page says now."""
    if row.verdict in (Verdict.GONE, Verdict.MOVED):
        return False
    later = select(versions.c.number).where(versions.c.page == row.page, versions.c.number > row.number)
    return connection.execute(later.limit(1)).first() is None


def _found(archive: Archive, rows: Sequence[Any], match: str, query: Query) -> list[FoundRow]:
    every: dict[int, list[Any]] = defaultdict(list)
    left = select(changes.c.page, func.max(changes.c.to_at).label("at")).group_by(changes.c.page)
    left = left.where(changes.c.page.in_(_each(row.page for row in rows)), changes.c.to_version.is_(None))
    of_pages = select(versions).where(versions.c.page.in_(_each(row.page for row in rows)))
    with reading(archive.engine) as connection:
        said = stored.load(connection, [row.text for row in rows])
        for one in gathered(connection, of_pages.order_by(versions.c.page, versions.c.number)):
            every[one.page].append(one)
        absent = {row.page: row.at for row in gathered(connection, left)}
    saying = search.among(archive.home, match, sorted({one.text for some in every.values() for one in some}))
    patterns = search.patterns(query.words)
    found = []
    for row in rows:
        text, newest = said[row.text].text, every[row.page][-1].number
        gone = row.verdict in (Verdict.GONE, Verdict.MOVED)
        found.append(
            FoundRow(
                source=row.source, url=row.url, title=row.title, language=row.language, version=row.number,
                newest=newest, first=row.first, current=row.number == newest and not gone,
                said=_stretches(every[row.page], saying, absent.get(row.page) if gone else None),
                snippet=snippet(text[:_LOOKED], patterns) or [(text[:200], False)],
            )
        )  # fmt: skip
    return found


def _each(numbers: Iterable[int]) -> Select[int]:
    """Any number of numbers, as one value of a query."""
    each = func.json_each(json.dumps(list(numbers))).table_valued(column("value", Integer))
    return select(each.c.value)


def _stretches(every: Sequence[Any], saying: Set[int], absent: datetime | None) -> list[SaidRow]:
    """The unbroken times in which a page said it; `absent` is when it was first seen to be gone."""
    found: list[SaidRow] = []
    for place, row in enumerate(every):
        if row.text not in saying:
            continue
        following = every[place + 1].first if place + 1 < len(every) else absent
        if found and found[-1]["to_version"] == row.number - 1:
            found[-1] = {**found[-1], "to_version": row.number, "last_said": row.last, "vanished": following}
        else:
            found.append(
                SaidRow(
                    from_version=row.number, to_version=row.number, appeared=row.first, at_first=place == 0,
                    last_said=row.last, vanished=following,
                )
            )  # fmt: skip
    return found[-STRETCHES:]


def snippet(text: str, patterns: Sequence[Sequence[str]]) -> list[tuple[str, bool]]:
    """A piece of a text around the first place that has one of the patterns, with all of them marked."""
    start = 0
    while start < len(text):
        end = _space(text, start + _STEP + _OVERLAP)
        if _has(tokens(text[start:end]), patterns):
            first = _space(text, max(0, start - _AROUND - _LONGEST_WORD)) if start else 0
            found = _marked(text[first : _space(text, end + 3 * _AROUND)], patterns)
            return [("…", False), *found] if first and found and found[0][0] != "…" else found
        start = _space(text, start + _STEP)
    return []


_STEP, _OVERLAP, _LONGEST_WORD = 800, 400, 60
"""Characters: a text is looked through in pieces, which overlap by as much as a phrase may have."""


def _space(text: str, at: int) -> int:
    """The place of the next white space, if there is one near."""
    return next(
        (place for place in range(at, min(at + _LONGEST_WORD, len(text))) if text[place].isspace()), at
    )


def _has(words: Sequence[str], patterns: Iterable[Sequence[str]]) -> bool:
    whole = f" {' '.join(words)} "
    return any(f" {' '.join(one)}{'' if len(one) == 1 else ' '}" in whole for one in patterns)


def _marked(text: str, patterns: Iterable[Sequence[str]]) -> list[tuple[str, bool]]:
    cut = list(spans(text))
    words = [token for token, _, _ in cut]
    marked: list[tuple[int, int]] = []
    for pattern in patterns:
        length = len(pattern)
        for place in range(len(words) - length + 1):
            if words[place : place + length] == list(pattern) or (
                length == 1 and words[place].startswith(pattern[0])
            ):
                marked.append((cut[place][1], cut[place + length - 1][2]))
    if not marked:
        return []
    marked.sort()
    start = max(0, marked[0][0] - _AROUND)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = min(len(text), marked[0][1] + 2 * _AROUND)
    found: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for first, last in marked:
        if first < at or last > end:
            continue
        found += [(text[at:first], False), (text[first:last], True)]
        at = last
    found.append((text[at:end] + ("…" if end < len(text) else ""), False))
    return [piece for piece in found if piece[0]]


class MonthRow(TypedDict):
    """A month, as `YYYY-MM`: so many pages said it, and so many stood at all."""

    month: str
    said: int
    standing: int


def over_time(archive: Archive, query: Query, months: dict[str, int]) -> tuple[list[MonthRow], bool]:
    """How many pages said it, month by month, beside those that stood (`months`, see `standing`); and whether
    all texts that have it were looked at, or only the newest `MOST_TEXTS`. Raises search.QueryError.
    """
    match = search.match_of(query.words)
    some = search.hits(archive.home, match, None, MOST_TEXTS + 1)
    ends = (func.substr(one, 1, 7, type_=String) for one in (versions.c.first, versions.c.last))
    first, last = (end.label(name) for end, name in zip(ends, ("first", "last"), strict=True))
    wanted = select(versions.c.page, first, last).where(versions.c.text.in_(_each(some[:MOST_TEXTS])))
    if query.source is not None:
        wanted = wanted.join(pages, pages.c.id == versions.c.page).where(pages.c.source == query.source)
    with reading(archive.engine) as connection:
        rows = gathered(connection, wanted.order_by(versions.c.page, versions.c.number))
    said = _by_month(rows, sorted(months))
    told = [MonthRow(month=one, said=said.get(one, 0), standing=months[one]) for one in sorted(months)]
    return told, len(some) <= MOST_TEXTS


def _by_month(rows: Iterable[Any], months: Sequence[str]) -> dict[str, int]:
    """The pages of rows with `page`, `first` and `last` month, which come page by page: how many of them had
    one of their times in each month.
    """
    places = {month: place for place, month in enumerate(months)}
    rises = [0] * (len(months) + 1)
    page, reached = None, -1
    for row in rows:
        if row.page != page:
            page, reached = row.page, -1
        begin, end = max(places.get(row.first, 0), reached + 1), places.get(row.last, len(months) - 1)
        if begin <= end:
            rises[begin] += 1
            rises[end + 1] -= 1
            reached = end
    return dict(zip(months, accumulate(rises), strict=False))


def standing(archive: Archive, source: str | None) -> dict[str, int]:
    """How many pages stood in each month, from their first version to their last capture."""
    began, ended = func.substr(func.min(versions.c.first), 1, 7), func.substr(func.max(versions.c.last), 1, 7)
    each = select(began.label("began"), ended.label("ended")).group_by(versions.c.page)
    if source is not None:
        each = each.join(pages, pages.c.id == versions.c.page).where(pages.c.source == source)
    part = each.subquery()
    counted = select(part.c.began, part.c.ended, func.count().label("number")).group_by(
        part.c.began, part.c.ended
    )
    with reading(archive.engine) as connection:
        rows = gathered(connection, counted.group_by(part.c.began, part.c.ended))
    found: dict[str, int] = defaultdict(int)
    for first, last, number in rows:
        for month in _months(first, last):
            found[month] += number
    return dict(found)


def _months(first: str, last: str) -> Iterator[str]:
    """The months from one to another, `YYYY-MM`."""
    at, month = first[:7], int(first[:4]) * 12 + int(first[5:7]) - 1
    while at <= last[:7]:
        yield at
        month += 1
        at = f"{month // 12:04}-{month % 12 + 1:02}"


def follow(archive: Archive, watch: search.Watch | None = None, seconds: float = 3600.0) -> int:
    """Take in the texts that are not searched yet; returns how many are left."""
    return search.follow(archive.home, archive.engine, seconds, watch)
