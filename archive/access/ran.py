"""Runs as a list that is turned over, the newest first: a part of `archive/access`."""

from datetime import datetime

from sqlalchemy import select

from archive.access.archive import RUN, Archive, NotInArchive
from archive.access.rows import RunRow, run_row
from archive.database import reading
from archive.gathered import gathered
from archive.schema import runs


def runs_page(
    archive: Archive,
    *,
    source: str | None = None,
    outcome: str | None = None,
    before: datetime | None = None,
    most: int = 100,
) -> list[RunRow]:
    """At most so many runs, of one source or all, that began before an instant."""
    wanted = select(*RUN).order_by(runs.c.started.desc(), runs.c.id).limit(most)
    if source is not None:
        wanted = wanted.where(runs.c.source == source)
    if outcome is not None:
        wanted = wanted.where(runs.c.outcome == outcome)
    if before is not None:
        wanted = wanted.where(runs.c.started < before)
    with reading(archive.engine) as connection:
        return [run_row(row) for row in gathered(connection, wanted)]


def run_of(archive: Archive, run: str) -> RunRow:
    """One run. Raises NotInArchive."""
    with reading(archive.engine) as connection:
        row = connection.execute(select(runs).where(runs.c.id == run)).first()
    if row is None:
        raise NotInArchive(f"there is no run {run!r}; the runs are listed by: strandline runs")
    return run_row(row)
