"""The table of runs: when each source was crawled, with what settings, and what came of it."""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, String, cast, func, select, update

from archive import instants, urls
from archive.database import reading
from archive.model import Verdict
from archive.schema import captures, changes, pages, runs, warcs

TOLD = (Verdict.MOVED, Verdict.GONE, Verdict.BACK)
ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


class Outcome(StrEnum):
    """How a run ended. `stopped`: by a limit or by request; what is left is taken up by the next crawl."""

    SUCCEEDED = "succeeded"
    PARTLY = "partly"
    FAILED = "failed"
    STOPPED = "stopped"


CERTIFICATES = 20
"""So many hosts with a bad certificate are told of a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has begun. `resumed` counts how often it was taken up again; a `light` one asks only for
    what is new or due, so it sees no removals and is never complete.
    """

    id: str
    source: str
    started: datetime
    resumed: int
    light: bool = False


def begin(
    engine: Engine,
    source: str,
    settings: dict[str, Any],
    software: str,
    slot: datetime | None = None,
    light: bool = False,
) -> Run:
    """Take up a run of the source that was stopped or left behind, or begin a new one.

    A light run is taken up also where a full one is asked for, which has its turn then; a full one waits
    while light ones are asked for. But until a full run has come to its end in the scope of `settings`, all
    is new, and a full one is begun instead. Raises ValueError when another run already has the slot.
    """
    with engine.begin() as connection:
        light = light and _walked(connection, source, settings)
        row = _unfinished(connection, source, True) or (
            None if light else _unfinished(connection, source, False)
        )
        if row is not None:
            resumed = row.resumed + 1
            connection.execute(
                update(runs).where(runs.c.id == row.id).values(resumed=resumed, ended=None, outcome=None)
            )
            return Run(row.id, source, row.started, resumed, row.light)
        started = instants.now()
        wanted = slot or started
        if connection.execute(
            select(runs.c.id).where(runs.c.source == source, runs.c.slot == wanted)
        ).first():
            raise ValueError(f"{source} has already had its run of {instants.iso(wanted)}")
        run = Run("".join(secrets.choice(ID_LETTERS) for _ in range(8)), source, started, 0, light)
        connection.execute(
            runs.insert().values(
                id=run.id,
                source=source,
                slot=wanted,
                started=started,
                settings=settings,
                software=software,
                light=light,
            )
        )
    return run


def _unfinished(connection: Connection, source: str, light: bool) -> Row[Any] | None:
    """The source's last run of the kind, if there is more to do for it."""
    mine = (runs.c.source == source) & (runs.c.light == light) & crawled()
    row = connection.execute(select(runs).where(mine).order_by(runs.c.started.desc()).limit(1)).first()
    return row if row is not None and row.outcome in (None, Outcome.STOPPED) else None


def crawled() -> ColumnElement[bool]:
    """Of the table of runs those that asked a server, and were not taken in from a file."""
    taken_in: ColumnElement[str] = runs.c.settings["import"].as_string()
    return taken_in.is_(None)


def _walked(connection: Connection, source: str, settings: dict[str, Any]) -> bool:
    """Whether everything in the same scope was asked once."""
    whole = select(runs.c.settings).where(runs.c.source == source, runs.c.complete)
    return any(row.get("scope") == settings.get("scope") for row in connection.execute(whole).scalars())


def finish(
    engine: Engine,
    run: str,
    *,
    outcome: Outcome,
    reason: str | None,
    complete: bool,
    requests: int,
    received: int,
    failed: int = 0,
) -> None:
    """Close a run; `failed` as in `results`."""
    with engine.begin() as connection:
        counts = _results(connection, run, failed)
        connection.execute(
            update(runs)
            .where(runs.c.id == run)
            .values(
                ended=instants.now(),
                outcome=outcome,
                reason=reason,
                complete=complete,
                requests=requests,
                bytes=received,
                counts=counts,
            )
        )


def results(engine: Engine, run: str, failed: int) -> dict[str, int]:
    """The counts of a run that is over: those of `counts`, and `failed`.

    `failed` are the pages that gave no answer to the last; those that were refused are added to them.
    """
    with reading(engine) as connection:
        return _results(connection, run, failed)


def counts(engine: Engine, run: str) -> dict[str, int]:
    """What the run has come to so far: captures, changes, and captures by verdict."""
    with reading(engine) as connection:
        return _counts(connection, run)


def next_warc_number(engine: Engine, run: str) -> int:
    """The sequence number for the run's next WARC file."""
    with reading(engine) as connection:
        known = select(func.count()).select_from(warcs).where(warcs.c.run == run)
        return connection.execute(known).scalar_one()


def was_whole(engine: Engine, source: str) -> bool:
    """Whether any run has seen all of the source."""
    with reading(engine) as connection:
        wanted = select(runs.c.id).where(runs.c.source == source, runs.c.complete)
        return connection.execute(wanted.limit(1)).first() is not None


def _results(connection: Connection, run: str, failed: int) -> dict[str, int]:
    counts = _counts(connection, run)
    counts[Verdict.FAILED] = failed + counts.get(Verdict.BLOCKED, 0)
    return counts


def kept(engine: Engine, run: str, url: str) -> bool:
    """Whether the run got a good answer for the URL, be it an article or not."""
    good = (Verdict.NEW, Verdict.SAME, Verdict.EDITED, Verdict.RESTYLED, Verdict.BACK)
    wanted = select(captures.c.id).join(pages, pages.c.id == captures.c.page)
    wanted = wanted.where(captures.c.run == run, pages.c.url == url, captures.c.verdict.in_(good))
    with reading(engine) as connection:
        return connection.execute(wanted.limit(1)).first() is not None


def _counts(connection: Connection, run: str) -> dict[str, int]:
    """`captures`, `revisits`, `changes`; captures by verdict; `moved`, `gone`, `back`, `edited` as changes.

    A page that is gone is found so in every run and told only once, hence the difference. Verdicts count
    for articles only, but `blocked` for every address, since what was refused may have been an article.
    """
    seen = (
        select(captures.c.verdict, pages.c.article, func.count())
        .join(pages, pages.c.id == captures.c.page)
        .where(captures.c.run == run)
        .group_by(captures.c.verdict, pages.c.article)
    )
    found: Counter[str] = Counter()
    for verdict, article, number in connection.execute(seen):
        found["captures"] += number
        if article or verdict == Verdict.BLOCKED:
            found[verdict] += number
    again = select(func.count()).where(captures.c.run == run, captures.c.revisit.is_not(None))
    found["revisits"] = connection.execute(again).scalar_one()
    for verdict in (*TOLD, Verdict.EDITED):
        found[verdict] = 0
    kinds = cast(changes.c.kinds, String)
    changed = select(kinds, func.count()).where(changes.c.run == run).group_by(kinds)
    for text, number in connection.execute(changed):
        found["changes"] += number
        special = [kind for kind in (*TOLD, Verdict.NEW) if f'"{kind}"' in text]
        for kind in special or [Verdict.EDITED]:
            if kind is not Verdict.NEW:
                found[kind] += number
    return dict(found)


def certificates(engine: Engine, run: str) -> dict[str, str]:
    """What was wrong with the certificates of a run's captures, by host; the first `CERTIFICATES` of them."""
    bad = captures.c.certificate.is_not(None) & (captures.c.run == run)
    wanted = select(pages.c.url, captures.c.certificate).join(pages).where(bad).order_by(captures.c.at)
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for url, problem in connection.execute(wanted):
            if len(found) < CERTIFICATES:
                found.setdefault(urls.host(url), problem)
    return found
