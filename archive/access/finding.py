"""Full text over all versions: where something was said, since when and until when. Part of `archive/access`.

What is searched are texts; which versions show them is asked of the index at that moment, so that no version
is found that is none any more.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypedDict, TypeVar

from archive import instants, search
from archive.access.archive import Archive
from archive.access.snippets import snippet

MOST_TEXTS = 10_000
"""So many texts that have it are looked at for one answer, the newest first."""
MOST_VERSIONS = 2_000
"""So many versions of a page are asked whether they say it, the newest."""
STRETCHES = 50
ON_PAGES = 100
"""So many pages with the very same text are told of."""
_LOOKED = 200_000
"""Characters of a text in which the place is looked for that is shown."""

P = ParamSpec("P")
T = TypeVar("T")


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
    first capture on, so when it came is not known. `brought` and `removed` are the changes that did it, as in
    `1..2`; None where it was there at first, where it stands, and where it went with the page.
    """

    from_version: int
    to_version: int
    appeared: datetime
    at_first: bool
    last_said: datetime
    vanished: datetime | None
    brought: str | None
    removed: str | None


class FoundRow(TypedDict):
    """A page that said it, with the newest version that does; `newest` is its newest of all, `hits` how many
    of its versions say it. `snippet` are pieces of text, each with whether it is what was searched for.
    """

    source: str
    url: str
    title: str | None
    language: str | None
    version: int
    newest: int
    first: datetime
    last: datetime
    current: bool
    hits: int
    said: list[SaidRow]
    snippet: list[tuple[str, bool]]


class FoundPage(TypedDict):
    """An answer: `next` is where to go on, `behind` how many texts are not searched yet."""

    found: list[FoundRow]
    next: int | None
    behind: int


def mended(ask: Callable[P, T]) -> Callable[P, T]:
    """Ask once more where the words turn out to be damaged: then they are thrown away, and taken in again."""

    @wraps(ask)
    def asked(*values: P.args, **named: P.kwargs) -> T:
        try:
            return ask(*values, **named)
        except search.Damaged as error:
            search.mend(error.home)
            return ask(*values, **named)

    return asked


@mended
def find(archive: Archive, query: Query, before: int | None = None, most: int = 20) -> FoundPage:
    """The pages that say it or said it, those with the newest text first. Raises search.QueryError."""
    match, patterns = search.match_of(query.words), search.patterns(query.words)
    found: list[FoundRow] = []
    seen: set[int] = set()
    last, more = before, False
    with search.beside(archive.home) as db:
        for text, page, number in _showing(db, match, query, before) if db else ():
            if len(found) >= most and (text != last or len(found) >= most + ON_PAGES):
                more = True
                break
            last = text
            if db and page not in seen:
                seen.add(page)
                row = _Page(db, page, match, query).row(number, text, patterns)
                found += [row] if row else []
        if db and not more:
            texts, ids = "SELECT min(id), count(*) FROM", _texts(match, before)
            last, looked = db.execute(f"{texts} ({ids[0]})", ids[1]).fetchone()
            more = looked == MOST_TEXTS
    behind = search.behind(archive.home, archive.engine)
    return FoundPage(found=found, next=last if more else None, behind=behind)


_LOOKED_AT = "SELECT min(id), count(*) FROM ({})"
_SHOWING = """
SELECT v.text, v.page, v.number FROM ({}) t
CROSS JOIN kept.versions v INDEXED BY versions_text ON v.text = t.id
CROSS JOIN kept.pages p ON p.id = v.page WHERE {}
"""
_AMONG = "SELECT rowid FROM said WHERE said MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
_NEWEST = """
SELECT max(v.text) FROM kept.versions v JOIN kept.pages p ON p.id = v.page
WHERE v.page = ? AND v.text IN (SELECT value FROM json_each(?)) AND {}
"""


def _texts(match: str, before: int | None) -> tuple[str, tuple[Any, ...]]:
    """The texts that have it, the newest first."""
    asked = "SELECT rowid AS id FROM said WHERE said MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
    return asked, (match, 1 << 62 if before is None else before, MOST_TEXTS)


_FITS = (
    ("source", "p.source = ?"),
    ("language", "(SELECT x.language FROM kept.texts x WHERE x.id = v.text) LIKE ? || '%'"),
    ("since", "v.last >= ?"),
    ("until", "v.first <= ?"),
)
_STANDS = (
    "coalesce(p.verdict, '') NOT IN ('gone', 'moved') AND NOT EXISTS "
    "(SELECT 1 FROM kept.versions w WHERE w.page = v.page AND w.number > v.number)"
)


def fits(query: Query) -> tuple[str, list[str]]:
    """What a version `v` of a page `p` must be, in SQL, and the values for it."""
    said, values = [], []
    for name, condition in _FITS:
        value = getattr(query, name)
        if value is not None:
            said.append(condition)
            values.append(instants.iso(value) if isinstance(value, datetime) else value.replace("%", ""))
    said += [_STANDS] if query.current else []
    return " AND ".join(said) or "1", values


def _showing(
    db: sqlite3.Connection, match: str, query: Query, before: int | None
) -> Iterator[tuple[int, int, int]]:
    """The versions that say it and are asked for: text, page and number, in the order of the texts."""
    condition, values = fits(query)
    texts, ids = _texts(match, before)
    yield from db.execute(_SHOWING.format(texts, condition), (*ids, *values))


class _Page:
    """A page that says it in one of its versions."""

    def __init__(self, db: sqlite3.Connection, page: int, match: str, query: Query) -> None:
        self._db = db
        versions = "SELECT number, text, first, last FROM kept.versions WHERE page = ?"
        newest = db.execute(f"{versions} ORDER BY number DESC LIMIT ?", (page, MOST_VERSIONS)).fetchall()
        self.versions = newest[::-1]
        texts = sorted({text for _, text, _, _ in newest})
        self.saying = {row[0] for row in db.execute(_AMONG, (match, json.dumps(texts)))}
        condition, values = fits(query)
        fitting = _NEWEST.format(condition), (page, json.dumps(list(self.saying)), *values)
        self.first_told = db.execute(*fitting).fetchone()[0]
        self.source, self.url, verdict = db.execute(
            "SELECT source, url, verdict FROM kept.pages WHERE id = ?", (page,)
        ).fetchone()
        self.absent: str | None = None
        if verdict in ("gone", "moved"):
            left = "SELECT max(to_at) FROM kept.changes WHERE page = ? AND to_version IS NULL"
            self.absent = db.execute(left, (page,)).fetchone()[0] or self.versions[-1][3]

    def row(self, number: int, text: int, patterns: Sequence[search.Pattern]) -> FoundRow | None:
        """What is told of it; None where an earlier answer told it, for a newer text."""
        if self.first_told is not None and self.first_told > text:
            return None
        shown = "SELECT title, language, substr(text, 1, ?) FROM kept.texts WHERE id = ?"
        title, language, said = self._db.execute(shown, (_LOOKED, text)).fetchone()
        version = next((one for one in self.versions if one[0] == number), self.versions[0])
        return FoundRow(
            source=self.source, url=self.url, title=title, language=language, version=number,
            newest=self.versions[-1][0], first=instants.parse(version[2]), last=instants.parse(version[3]),
            current=self.absent is None and self.versions[-1][1] in self.saying,
            hits=sum(one[1] in self.saying for one in self.versions),
            said=self._stretches(), snippet=snippet(said, patterns),
        )  # fmt: skip

    def _stretches(self) -> list[SaidRow]:
        """The unbroken times in which it said it, the last of them."""
        found: list[SaidRow] = []
        for place, (number, text, first, last) in enumerate(self.versions):
            if text not in self.saying:
                continue
            is_last = place + 1 == len(self.versions)
            after = self.absent if is_last else self.versions[place + 1][2]
            said = SaidRow(
                from_version=number, to_version=number, appeared=instants.parse(first),
                at_first=place == 0 and len(self.versions) < MOST_VERSIONS,
                last_said=instants.parse(last), vanished=instants.parse(after) if after else None,
                brought=f"{self.versions[place - 1][0]}..{number}" if place else None,
                removed=None if is_last else f"{number}..{self.versions[place + 1][0]}",
            )  # fmt: skip
            if place and found and self.versions[place - 1][1] in self.saying:
                begun = found.pop()
                for name in ("from_version", "appeared", "at_first", "brought"):
                    said[name] = begun[name]
            found.append(said)
        return found[-STRETCHES:]


def follow(archive: Archive, watch: search.Watch | None = None, seconds: float = 3600.0) -> int:
    """Take in the texts that are not searched yet; returns how many are left."""
    return search.follow(archive.home, archive.engine, seconds, watch)


def behind(archive: Archive) -> int:
    """How many texts are not searched yet."""
    return search.behind(archive.home, archive.engine)
