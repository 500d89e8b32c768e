"""How a source's last runs went: what the alarms and `status` go by. A few rows of the table of runs."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import Engine, select

from archive.database import reading
from archive.gathered import gathered
from archive.model import Verdict
from archive.schema import runs

MOST = 200


class LatelyRow(TypedDict):
    """A run that has ended. `good` are articles that were answered well; `moment` is when it began."""

    run: str
    moment: datetime
    ended: datetime
    light: bool
    outcome: str
    reason: str | None
    requests: int
    bytes: int
    captures: int
    revisits: int
    new: int
    good: int
    failed: int


_GOOD = (Verdict.NEW, Verdict.SAME, Verdict.EDITED, Verdict.RESTYLED, Verdict.BACK, Verdict.MOVED)


def lately(engine: Engine, source: str) -> list[LatelyRow]:
    """The source's last runs that have ended, the newest first, at most `MOST`."""
    columns = (
        runs.c.id, runs.c.started, runs.c.ended, runs.c.light, runs.c.outcome, runs.c.reason,
        runs.c.requests, runs.c.bytes, runs.c.counts,
    )  # fmt: skip
    mine = (runs.c.source == source) & runs.c.ended.is_not(None) & runs.c.outcome.is_not(None)
    wanted = select(*columns).where(mine).order_by(runs.c.slot.desc()).limit(MOST)
    with reading(engine) as connection:
        return [
            LatelyRow(
                run=row.id,
                moment=row.started,
                ended=row.ended,
                light=row.light,
                outcome=row.outcome,
                reason=row.reason,
                requests=row.requests,
                bytes=row.bytes,
                captures=row.counts.get("captures", 0),
                revisits=row.counts.get("revisits", 0),
                new=row.counts.get(Verdict.NEW, 0),
                good=sum(row.counts.get(verdict, 0) for verdict in _GOOD),
                failed=row.counts.get(Verdict.FAILED, 0),
            )
            for row in gathered(connection, wanted)
        ]
