"""Full text over all versions: where something was said, since when and until when. Part of `archive/access`.

What is searched are texts; which versions show them is asked of the index at that moment, so that no version
is found that is none any more.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypedDict, TypeVar

from archive import instants, search
from archive.access.archive import Archive
from archive.access.snippets import snippet
from archive.access.stretches import MOST_VERSIONS, SaidRow, Version, stretches

MOST_TEXTS = 10_000
"""So many texts that have it are looked at for one answer, the newest first."""
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
    match = search.match_of(query.words)
    found: list[FoundRow] = []
    following: int | None = None
    with search.beside(archive.home) as db:
        if db:
            chosen, following = _chosen(db, match, query, before, most)
            if before is not None and chosen:
                newest = _newest_told(db, match, query, list(chosen))
                chosen = {page: one for page, one in chosen.items() if newest.get(page, one[0]) <= one[0]}
            found = _rows(db, chosen, match, search.patterns(query.words))
    behind = search.behind(archive.home, archive.engine)
    return FoundPage(found=found, next=following, behind=behind)


_LOOKED_AT = """
SELECT min(id), count(*) FROM
    (SELECT rowid AS id FROM said WHERE said MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)
"""
_SHOWING = """
SELECT json_array(v.page, v.text, v.number) AS row
FROM (SELECT rowid AS id FROM said WHERE said MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?) t
CROSS JOIN kept.versions v INDEXED BY versions_text ON v.text = t.id
CROSS JOIN kept.pages p ON p.id = v.page WHERE {} LIMIT ?
"""


def _chosen(
    db: sqlite3.Connection, match: str, query: Query, before: int | None, most: int
) -> tuple[dict[int, tuple[int, int]], int | None]:
    """The pages that are told of, each with the newest text that says it and its version; where to go on."""
    condition, values = fits(query)
    texts = match, 1 << 62 if before is None else before, MOST_TEXTS
    for rows in (5 * most, 20 * MOST_TEXTS):
        showing = gathered(db, _SHOWING.format(condition), (*texts, *values, rows))
        chosen: dict[int, tuple[int, int]] = {}
        last: int | None = None
        for page, text, number in showing:
            if len(chosen) >= most and (text != last or len(chosen) >= most + ON_PAGES):
                return chosen, last
            last = text
            chosen.setdefault(page, (text, number))
        if len(showing) < rows:
            break
    last, looked = db.execute(_LOOKED_AT, texts).fetchone()
    return chosen, last if looked == MOST_TEXTS else None


_VERSIONS = """
SELECT json_array(v.page, v.number, v.text, v.first, v.last) AS row
FROM (
    SELECT value AS page, (SELECT max(number) FROM kept.versions WHERE page = value) AS top FROM json_each(?)
) e
CROSS JOIN kept.versions v ON v.page = e.page AND v.number > e.top - ? ORDER BY v.page, v.number
"""
_AMONG = """
SELECT rowid AS row FROM said WHERE said MATCH ? AND rowid IN (SELECT value FROM json_each(?))
"""
_NEWEST = """
SELECT json_array(v.page, max(v.text)) AS row FROM json_each(?) e
CROSS JOIN kept.versions v ON v.page = e.value
CROSS JOIN kept.pages p ON p.id = v.page
WHERE v.text IN (SELECT rowid FROM said WHERE said MATCH ? AND rowid IN
    (SELECT w.text FROM json_each(?) f CROSS JOIN kept.versions w ON w.page = f.value)) AND {} GROUP BY v.page
"""
_PAGES = """
SELECT json_array(p.id, p.source, p.url, CASE WHEN p.verdict IN ('gone', 'moved') THEN
    (SELECT max(c.to_at) FROM kept.changes c WHERE c.page = p.id AND c.to_version IS NULL) END) AS row
FROM json_each(?) e CROSS JOIN kept.pages p ON p.id = e.value
"""
_SHOWN = """
SELECT json_array(x.id, x.title, x.language, substr(x.text, 1, ?)) AS row
FROM json_each(?) e CROSS JOIN kept.texts x ON x.id = e.value
"""


def _newest_told(db: sqlite3.Connection, match: str, query: Query, some: list[int]) -> dict[int, int]:
    """The newest text of each page that says it and is asked for: an earlier answer may have told of it."""
    condition, values = fits(query)
    its = json.dumps(some)
    return dict(gathered(db, _NEWEST.format(condition), (its, match, its, *values)))


def _rows(
    db: sqlite3.Connection,
    chosen: dict[int, tuple[int, int]],
    match: str,
    patterns: Sequence[search.Pattern],
) -> list[FoundRow]:
    """What is told of the pages."""
    its = json.dumps(list(chosen))
    versions: dict[int, list[Version]] = {page: [] for page in chosen}
    for page, *version in gathered(db, _VERSIONS, (its, MOST_VERSIONS)):
        versions[page].append(Version(*version))
    every = sorted({one.text for some in versions.values() for one in some})
    saying = set(gathered(db, _AMONG, (match, json.dumps(every))))
    of_pages = {page: told for page, *told in gathered(db, _PAGES, (its,))}
    texts = json.dumps([text for text, _ in chosen.values()])
    shown = {text: told for text, *told in gathered(db, _SHOWN, (_LOOKED, texts))}
    found = []
    for page, (text, number) in chosen.items():
        (source, url, absent), (title, language, said) = of_pages[page], shown[text]
        mine = versions[page]
        its_own = next((one for one in mine if one.number == number), mine[0])
        found.append(
            FoundRow(
                source=source, url=url, title=title, language=language, version=number,
                newest=mine[-1].number, first=instants.parse(its_own.first),
                last=instants.parse(its_own.last), current=absent is None and mine[-1].text in saying,
                hits=sum(one.text in saying for one in mine),
                said=stretches(mine, saying, absent), snippet=snippet(said, patterns),
            )
        )  # fmt: skip
    return found


def gathered(db: sqlite3.Connection, query: str, values: Sequence[Any]) -> list[Any]:
    """The rows of a query, each one value, in one step; `archive/gathered.py` tells why."""
    whole = f"SELECT json_group_array({'json(row)' if 'json_array' in query else 'row'}) FROM ({query})"  # noqa: S608 - of ours
    return list(json.loads(db.execute(whole, values).fetchone()[0]))


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


def follow(archive: Archive, watch: search.Watch | None = None, seconds: float = 3600.0) -> int:
    """Take in the texts that are not searched yet; returns how many are left."""
    return search.follow(archive.home, archive.engine, seconds, watch)


def behind(archive: Archive) -> int:
    """How many texts are not searched yet."""
    return search.behind(archive.home, archive.engine)
