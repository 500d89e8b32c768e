"""How many pages lost most of their text in a run, or got it back: a part of `archive/access`."""

from collections.abc import Sequence
from typing import TypedDict

from sqlalchemy import Engine, case, func, select

from archive.database import reading
from archive.schema import changes

MUCH = 0.4
"""The share of all words of both versions that went, or came."""


class ShrunkRow(TypedDict):
    """Pages of a run whose texts shrank, and those whose texts grew, by much."""

    run: str
    shrank: int
    grew: int


def shrunk(engine: Engine, runs: Sequence[str]) -> list[ShrunkRow]:
    """For each of some runs, in their order."""
    edited = changes.c.from_version.is_not(None) & changes.c.to_version.is_not(None)
    counted = (
        select(
            changes.c.run,
            func.sum(case((changes.c.removed > 4 * changes.c.added, 1), else_=0)).label("shrank"),
            func.sum(case((changes.c.added > 4 * changes.c.removed, 1), else_=0)).label("grew"),
        )
        .where(changes.c.run.in_(runs), edited, changes.c.share >= MUCH)
        .group_by(changes.c.run)
    )
    with reading(engine) as connection:
        found = {row.run: row for row in connection.execute(counted)}
    none = ShrunkRow(run="", shrank=0, grew=0)
    rows = {row.run: ShrunkRow(run=row.run, shrank=row.shrank, grew=row.grew) for row in found.values()}
    return [rows.get(one, {**none, "run": one}) for one in runs]
