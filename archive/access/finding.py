"""Full text over all versions: where something was said, and when. A part of `archive/access`.

What is searched are texts; which versions show them is asked of the index at that moment, so that no version
is found that is none any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import Connection, func, select

from archive import search, stored
from archive.access.archive import Archive
from archive.database import reading
from archive.model import Verdict
from archive.schema import changes, pages, texts, versions
from archive.tokens import spans

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
    found: list[FoundRow] = []
    seen: set[int] = set()
    looked = 0
    while len(found) < most and looked < MOST_TEXTS:
        some = search.hits(archive.home, match, before, BATCH)
        for text, rows in _showing(archive, some, query):
            before = text
            looked += 1
            for row in rows:
                if row.page not in seen and len(found) < most:
                    seen.add(row.page)
                    found.append(_found(archive, row, match, query))
            if len(found) >= most:
                break
        if len(some) < BATCH and (not some or before == some[-1]):
            return FoundPage(found=found, next=None, behind=search.behind(archive.home, archive.engine))
    return FoundPage(found=found, next=before, behind=search.behind(archive.home, archive.engine))


def _showing(archive: Archive, some: Sequence[int], query: Query) -> Iterator[tuple[int, list[Any]]]:
    """The texts in turn, each with the versions that show it and that are asked for."""
    wanted = (
        select(versions, pages.c.source, pages.c.url, pages.c.verdict, texts.c.title, texts.c.language)
        .join(pages, pages.c.id == versions.c.page)
        .join(texts, texts.c.id == versions.c.text)
        .where(versions.c.text.in_(some))
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
        for row in connection.execute(wanted):
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


def _found(archive: Archive, row: Any, match: str, query: Query) -> FoundRow:
    with reading(archive.engine) as connection:
        current = _stands(connection, row)
        text = stored.load(connection, [row.text])[row.text]
        of_page = select(versions).where(versions.c.page == row.page).order_by(versions.c.number)
        every = connection.execute(of_page).all()
        left = select(func.max(changes.c.to_at)).where(
            changes.c.page == row.page, changes.c.to_version.is_(None)
        )
        absent = connection.execute(left).scalar() if row.verdict in (Verdict.GONE, Verdict.MOVED) else None
    return FoundRow(
        source=row.source, url=row.url, title=row.title, language=row.language, version=row.number,
        newest=every[-1].number, first=row.first, current=current,
        said=_stretches(archive, every, match, absent),
        snippet=snippet(text.text[:_LOOKED], search.patterns(query.words)) or [(text.text[:200], False)],
    )  # fmt: skip


def _stretches(archive: Archive, every: Sequence[Any], match: str, absent: datetime | None) -> list[SaidRow]:
    """The unbroken times in which a page said it; `absent` is when it was first seen to be gone."""
    saying = search.among(archive.home, match, sorted({row.text for row in every}))
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


def snippet(text: str, patterns: Iterable[Sequence[str]]) -> list[tuple[str, bool]]:
    """A piece of a text around the first place that has one of the patterns, with all of them marked."""
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
    pairs: set[tuple[int, str]] = set()
    for start in range(0, min(len(some), MOST_TEXTS), BATCH):
        ends = (func.substr(one, 1, 7) for one in (versions.c.first, versions.c.last))
        wanted = select(versions.c.page, *ends)
        wanted = wanted.where(versions.c.text.in_(some[start : start + BATCH]))
        if query.source is not None:
            wanted = wanted.join(pages, pages.c.id == versions.c.page).where(pages.c.source == query.source)
        with reading(archive.engine) as connection:
            for page, first, last in connection.execute(wanted):
                pairs.update((page, month) for month in _months(first, last))
    said: dict[str, int] = defaultdict(int)
    for _, month in pairs:
        said[month] += 1
    rows = [MonthRow(month=one, said=said.get(one, 0), standing=months[one]) for one in sorted(months)]
    return rows, len(some) <= MOST_TEXTS


def standing(archive: Archive, source: str | None) -> dict[str, int]:
    """How many pages stood in each month, from their first version to their last capture."""
    began, ended = func.substr(func.min(versions.c.first), 1, 7), func.substr(func.max(versions.c.last), 1, 7)
    each = select(began.label("began"), ended.label("ended")).group_by(versions.c.page)
    if source is not None:
        each = each.join(pages, pages.c.id == versions.c.page).where(pages.c.source == source)
    part = each.subquery()
    counted = select(part.c.began, part.c.ended, func.count()).group_by(part.c.began, part.c.ended)
    with reading(archive.engine) as connection:
        rows = connection.execute(counted).all()
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
