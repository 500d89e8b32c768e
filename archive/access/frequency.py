"""How many pages said something, month by month. A part of `archive/access`.

A page counts once for a month in which it said it at any time. Where very many texts have it, one of so many
is counted, and a page goes by the text that it was last seen with in the month: so one version alone answers
for it, and a part of them tells of all.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from typing import TypedDict

from archive import search
from archive.access.archive import Archive
from archive.access.finding import Query, fits, gathered, mended
from archive.database import reading

SAMPLED = 2_000
"""About so many texts that have it are counted; of more, every second, third, and so on."""


class MonthRow(TypedDict):
    """A month, as `YYYY-MM`: so many pages said it, and so many stood at all."""

    month: str
    said: int
    standing: int


class Frequency(TypedDict):
    """The months; `one_in` is 1 where all texts that have it were counted, else every such text was, and
    the numbers of pages that said it are estimates.
    """

    months: list[MonthRow]
    one_in: int


_TIMES = """
SELECT v.page AS page, v.number AS number, substr(v.first, 1, 4) * 12 + substr(v.first, 6, 2) - 1 AS began,
    substr(v.last, 1, 4) * 12 + substr(v.last, 6, 2) - 1 AS ended,
    (SELECT substr(n.first, 1, 4) * 12 + substr(n.first, 6, 2) - 2 FROM kept.versions n
        WHERE n.page = v.page AND n.number = v.number + 1) AS before
FROM (SELECT rowid AS id FROM said WHERE said MATCH ? AND rowid % ? = 0) t
CROSS JOIN kept.versions v INDEXED BY versions_text ON v.text = t.id
CROSS JOIN kept.pages p ON p.id = v.page
WHERE {}
"""
"""The versions that say it; months are numbers, `before` is the one before the next version's first."""
_ANY_TIME = """
SELECT json_array(began, ended, count(*)) AS row FROM (
    SELECT max(began, 1 + coalesce(lag(until) OVER (PARTITION BY page ORDER BY number), 0)) AS began,
        until AS ended
    FROM (SELECT *, max(ended, coalesce(before, 0)) AS until FROM ({}))
) WHERE began <= ended GROUP BY began, ended
"""
_AT_THE_END = """
SELECT json_array(began, ended, count(*)) AS row FROM (
    SELECT began, coalesce(before, ended) AS ended FROM ({})
) WHERE began <= ended GROUP BY began, ended
"""

_STOOD = """
SELECT json_group_array(json_array(source, began, ended, number)) FROM (
    SELECT p.source, began, ended, count(*) AS number FROM (
        SELECT v.page, substr(min(v.first), 1, 4) * 12 + substr(min(v.first), 6, 2) - 1 AS began,
            substr(max(v.last), 1, 4) * 12 + substr(max(v.last), 6, 2) - 1 AS ended
        FROM versions v GROUP BY v.page
    ) e JOIN pages p ON p.id = e.page GROUP BY p.source, began, ended
)
"""


@mended
def over_time(archive: Archive, query: Query, months: dict[str, int]) -> Frequency:
    """How many pages said it in each of the `months`, beside those that stood (see `standing`).

    Raises search.QueryError.
    """
    match = search.match_of(query.words)
    said: dict[str, int] = defaultdict(int)
    one_in = 1
    with search.beside(archive.home) as db:
        if db:
            one_in = _one_in(db, match)
            condition, values = fits(query)
            counting = (_ANY_TIME if one_in == 1 else _AT_THE_END).format(_TIMES.format(condition))
            for first, last, number in gathered(db, counting, (match, one_in, *values)):
                for month in months_of(first, last):
                    said[month] += number * one_in
    rows = [
        MonthRow(month=one, said=min(said.get(one, 0), months[one]), standing=months[one])
        for one in sorted(months)
    ]
    return Frequency(months=rows, one_in=one_in)


def _one_in(db: sqlite3.Connection, match: str) -> int:
    """Of how many texts one is counted."""
    number: int = db.execute("SELECT count(*) FROM said WHERE said MATCH ?", (match,)).fetchone()[0]
    return max(1, -(-number // SAMPLED))


def standing(archive: Archive) -> dict[str, dict[str, int]]:
    """How many pages of each source stood in each month, from their first version to their last capture.

    Reads all versions.
    """
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    with reading(archive.engine) as connection:
        rows = connection.exec_driver_sql(_STOOD).scalar_one()
    for source, first, last, number in json.loads(rows):
        for month in months_of(first, last):
            found[source][month] += number
    return {source: dict(months) for source, months in found.items()}


def months_of(first: int, last: int) -> Iterator[str]:
    """The months from one to another, `YYYY-MM`; as numbers they rise by one from month to month."""
    return (f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1))
