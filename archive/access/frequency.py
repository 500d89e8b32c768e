"""How many pages said something, month by month. A part of `archive/access`.

A page counts for each month from its first version to its last capture with the text that it was last seen
with by the end of that month: so it counts once, and the versions of a part of the texts tell of all.
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

SAMPLED = 3_000
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


_COUNTED = """
SELECT json_array(began, ended, following, count(*)) AS row FROM (
SELECT substr(v.first, 1, 7) AS began, substr(v.last, 1, 7) AS ended,
    (SELECT substr(n.first, 1, 7) FROM kept.versions n WHERE n.page = v.page AND n.number = v.number + 1)
        AS following
FROM (SELECT rowid AS id FROM said WHERE said MATCH ? AND rowid % ? = 0) t
CROSS JOIN kept.versions v INDEXED BY versions_text ON v.text = t.id
CROSS JOIN kept.pages p ON p.id = v.page
WHERE {}) GROUP BY began, ended, following
"""

_STOOD = """
SELECT json_group_array(json_array(source, began, ended, number)) FROM (
    SELECT p.source, began, ended, count(*) AS number FROM (
        SELECT v.page, substr(min(v.first), 1, 7) AS began, substr(max(v.last), 1, 7) AS ended
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
            counted = gathered(db, _COUNTED.format(condition), (match, one_in, *values))
            for first, last, following, number in counted:
                for month in months_of(first, last if following is None else before(following)):
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


def months_of(first: str, last: str) -> Iterator[str]:
    """The months from one to another, `YYYY-MM`."""
    number = _number(first)
    while number <= _number(last):
        yield f"{number // 12:04}-{number % 12 + 1:02}"
        number += 1


def before(month: str) -> str:
    """The month before another."""
    number = _number(month) - 1
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1
