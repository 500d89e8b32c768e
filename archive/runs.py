"""The table of runs: when each source was crawled, with what settings, and what came of it."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, String, bindparam, cast, func, select, update

from archive import instants, urls
from archive.database import reading
from archive.model import Outcome as Outcome  # it is of runs, and the process that crawls does without tables
from archive.model import Verdict
from archive.schema import captures, changes, pages, runs, warcs

_GOOD = (Verdict.NEW, Verdict.SAME, Verdict.EDITED, Verdict.RESTYLED, Verdict.BACK)
TOLD = (Verdict.MOVED, Verdict.GONE, Verdict.BACK)
ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


REACHED = 0.5
"""Of the pages that the last whole run found good, so many must give an answer. A site seldom loses more and
stands; where it seems to, what was not reached must not be taken for gone, and somebody should look.
"""

LEAST = 4
"""Of fewer pages a share says nothing."""

WELL = frozenset({Outcome.SUCCEEDED, Outcome.PARTLY})
"""After these nobody needs to be told."""


TAKEN_UP = 10
"""A run that was left behind so often waits for its source's next slot, and is given up then: the fault may
be its own.
"""


UNFINISHED = frozenset({Outcome.STOPPED, Outcome.STALLED})
"""After these there is more to do."""

BY_REQUEST = "stopped by request"
"""The reason of a run that a person or the system stopped: what is left of it is still wanted."""

UNANSWERED = "unanswered"
"""Among the counts of a run: the pages that gave no answer to the last."""

AHEAD = 1
"""A slot so many days in the future was begun under a clock that was wrong, and stands for no other."""


def crawled() -> ColumnElement[bool]:
    """Of the table of runs those that asked a server, and were not taken in from a file."""
    return runs.c.imported.is_(False)


# Read along the index of slots, the newest first: a source that runs for years has very many rows. A run that
# was taken in from a file asked nobody, and answers for no slot but its own.
_MINE = runs.c.source == bindparam("source")
_NEWEST = (
    select(
        runs.c.id, runs.c.slot, runs.c.started, runs.c.light, runs.c.outcome, runs.c.reason, runs.c.resumed
    )
    .where(_MINE, crawled(), runs.c.slot <= bindparam("until"))
    .order_by(runs.c.slot.desc())
    .limit(1)
)  # fmt: skip
_FULL = _NEWEST.where(runs.c.light.is_(False))
_OF_SLOT = select(runs.c.id).where(_MINE, runs.c.slot == bindparam("slot"))
_WHOLE = select(runs.c.settings).where(_MINE, runs.c.complete).order_by(runs.c.slot.desc())
_END = datetime(9999, 12, 30, tzinfo=UTC)


class SlotTaken(ValueError):
    """Another run has the slot or a later one, or has finished what was left."""


CERTIFICATES = 20
"""So many hosts with a bad certificate are told of a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has begun. `resumed` counts how often it was taken up again; a `light` one asks only for
    what is new or due, so it sees no removals and is never complete. One that is `spent` was left behind too
    often: it is to be closed, and another begun.
    """

    id: str
    source: str
    started: datetime
    resumed: int
    light: bool = False
    slot: datetime | None = None
    spent: bool = False


def begin(
    engine: Engine,
    source: str,
    settings: dict[str, Any],
    software: str,
    slot: datetime | None = None,
    light: bool = False,
    left: str | None = None,
) -> Run:
    """Take up a run of the source that was stopped or left behind, or begin a new one; it answers for `slot`
    then. `left`: take up this one and no other.

    A light run is taken up also where a full one is asked for, which has its turn then; a full one waits
    while light ones are asked for. But until a full run has come to its end in the scope of `settings`, all
    is new, and a full one is begun instead. Raises SlotTaken when the slot has had its run.
    """
    with engine.begin() as connection:
        if slot is not None and left is None and _taken(connection, source, slot, light):
            raise SlotTaken(f"{source} has already had its run of {instants.iso(slot)}")
        light = light and _walked(connection, source, settings)
        row = next((one for one in _unfinished(connection, source) if one.light or not light), None)
        if left is not None and (row is None or row.id != left):
            raise SlotTaken(f"{source}: run {left} has been finished meanwhile")
        if row is not None and row.outcome is None and row.resumed >= TAKEN_UP:
            return Run(row.id, source, row.started, row.resumed, row.light, row.slot, spent=True)
        if row is not None:
            resumed = row.resumed + 1
            wanted = slot if slot is not None and left is None and row.light == light else row.slot
            again = update(runs).where(runs.c.id == row.id)
            values = {"resumed": resumed, "ended": None, "outcome": None, "complete": False, "slot": wanted}
            connection.execute(again.values(values))
            return Run(row.id, source, row.started, resumed, row.light, wanted)
        started = instants.now()
        wanted = slot or started
        run = Run("".join(secrets.choice(ID_LETTERS) for _ in range(8)), source, started, 0, light, wanted)
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


def last(connection: Connection, source: str, now: datetime) -> tuple[Any, Any, Any]:
    """The source's newest full run; a light one since, where there is one; and, where the clock was wrong
    once, the run that lies far in the future, which counts for nothing. Rows; None for what there is not.
    """
    horizon = now + timedelta(days=AHEAD)
    newest = connection.execute(_NEWEST, {"source": source, "until": _END}).first()
    ahead = newest if newest is not None and newest.slot > horizon else None
    if ahead is not None:
        newest = connection.execute(_NEWEST, {"source": source, "until": horizon}).first()
    if newest is None or not newest.light:
        return newest, None, ahead
    return connection.execute(_FULL, {"source": source, "until": horizon}).first(), newest, ahead


def _unfinished(connection: Connection, source: str) -> Iterator[Row[Any]]:
    """The last runs of the source for which there is more to do, light ones first."""
    full, light, ahead = last(connection, source, instants.now())
    for row in (light, full, ahead):
        if row is not None and row.outcome in (None, *UNFINISHED):
            yield row


def _taken(connection: Connection, source: str, slot: datetime, light: bool) -> bool:
    """Whether a run has this slot, or one has a later slot that stands for it too: a full run for all, also
    for the light runs that were due when it began; a light run for light ones.
    """
    if connection.execute(_OF_SLOT, {"source": source, "slot": slot}).first() is not None:
        return True
    now = instants.now()
    full, lightly, _ = last(connection, source, now)
    reached = [full.slot] if full is not None else []
    if light and full is not None and full.started <= now + timedelta(days=AHEAD):
        reached.append(full.started)
    if light and lightly is not None:
        reached.append(lightly.slot)
    return any(slot <= one for one in reached)


def _walked(connection: Connection, source: str, settings: dict[str, Any]) -> bool:
    """Whether everything in the same scope was asked once."""
    whole = connection.execute(_WHOLE, {"source": source}).scalars()
    return any(row.get("scope") == settings.get("scope") for row in whole)


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
    ended: datetime | None = None,
) -> None:
    """Close a run, which ended now unless `ended` says when; `failed` as in `results`."""
    with engine.begin() as connection:
        counts = _results(connection, run, failed)
        connection.execute(
            update(runs)
            .where(runs.c.id == run)
            .values(
                ended=ended or instants.now(),
                outcome=outcome,
                reason=reason,
                complete=complete,
                requests=requests,
                bytes=received,
                counts=counts,
            )
        )


def tally(engine: Engine, run: str) -> None:
    """Count what came of a run that asked nobody, and so was left without an answer by nobody."""
    with engine.begin() as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(counts=_results(connection, run, 0)))


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


def fixity(engine: Engine, run: str) -> dict[str, str]:
    """The digests of the run's sealed WARC files by their names."""
    wanted = select(warcs.c.name, warcs.c.sha256).where(warcs.c.run == run, warcs.c.sealed)
    with reading(engine) as connection:
        return {row.name: row.sha256 for row in connection.execute(wanted.order_by(warcs.c.name))}


def was_whole(engine: Engine, source: str) -> bool:
    """Whether any run has seen all of the source."""
    with reading(engine) as connection:
        wanted = select(runs.c.id).where(runs.c.source == source, runs.c.complete)
        return connection.execute(wanted.limit(1)).first() is not None


def recount(connection: Connection, some: Collection[str]) -> None:
    """Count anew what has come of runs that are over, after captures of theirs were judged otherwise: a later
    or an imported capture, or a person, may change what an earlier one means.
    """
    for run, was, now in recounted(connection, runs.c.id.in_(some)):
        if was != now:
            connection.execute(update(runs).where(runs.c.id == run).values(counts=now))


def recounted(
    connection: Connection, of: ColumnElement[bool]
) -> Iterator[tuple[str, dict[str, int], dict[str, int]]]:
    """Of runs that are over: what the index says that came of them, and what follows from their captures."""
    over = select(runs.c.id, runs.c.counts).where(of, runs.c.ended.is_not(None))
    for row in connection.execute(over.order_by(runs.c.id)).all():
        failed = row.counts.get(UNANSWERED)
        if failed is None:
            failed = row.counts.get(Verdict.FAILED, 0) - row.counts.get(Verdict.BLOCKED, 0)
        yield row.id, row.counts, _results(connection, row.id, failed)


def _results(connection: Connection, run: str, failed: int) -> dict[str, int]:
    counts = _counts(connection, run)
    counts[UNANSWERED] = failed
    counts[Verdict.FAILED] = failed + counts.get(Verdict.BLOCKED, 0)
    return counts


def kept(engine: Engine, run: str, url: str) -> bool:
    """Whether the run got a good answer for the URL, be it an article or not."""
    wanted = select(captures.c.id).join(pages, pages.c.id == captures.c.page)
    wanted = wanted.where(captures.c.run == run, pages.c.url == url, captures.c.verdict.in_(_GOOD))
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


def judged(
    engine: Engine, run: str, light: bool, failed: int, seeds: Collection[str]
) -> tuple[Outcome, str | None]:
    """How a run went that has nothing left to do, and why where not all is well. Success needs evidence: one
    of the `seeds` or an article answered well, walls are the smaller part, and a full run reached again what
    was known. `failed` as in `results`.
    """
    found = counts(engine, run)
    good = sum(found.get(verdict, 0) for verdict in (*_GOOD, Verdict.MOVED))
    walls = found.get(Verdict.BLOCKED, 0)
    if walls > good:
        return Outcome.BLOCKED, f"{walls} of {walls + good} answers were refusals or walls"
    if not good and not any(kept(engine, run, url) for url in seeds):
        return Outcome.FAILED, "no page could be fetched"
    here, known = (0, 0) if light else reached(engine, run)
    if known >= LEAST and here < known * REACHED:
        return Outcome.FAILED, f"only {here} of {known} known pages gave an answer"
    return (Outcome.PARTLY, f"{failed} pages failed") if failed else (Outcome.SUCCEEDED, None)


def reached(engine: Engine, run: str) -> tuple[int, int]:
    """Of the articles that the last whole run in the same scope found good: those that gave an answer in this
    run, and all of them. An answer is what a page says of itself, so also that it is gone.
    """
    with reading(engine) as connection:
        this = connection.execute(select(runs).where(runs.c.id == run)).one()
        before = (runs.c.source == this.source) & runs.c.complete & (runs.c.id != run)
        whole = select(runs.c.id, runs.c.settings).where(before, runs.c.started < this.started)
        last = connection.execute(whole.order_by(runs.c.started.desc()).limit(1)).first()
        if last is None or last.settings.get("scope") != this.settings.get("scope"):
            return 0, 0
        good = select(captures.c.page).join(pages, pages.c.id == captures.c.page)
        good = good.where(captures.c.run == last.id, captures.c.verdict.in_(_GOOD), pages.c.article)
        bad = captures.c.verdict.in_((Verdict.FAILED, Verdict.BLOCKED))
        seen = select(captures.c.page).where(captures.c.run == run, captures.c.verdict.is_not(None), ~bad)
        known, here = good.distinct().subquery(), seen.distinct().subquery()
        both = select(func.count()).select_from(known.join(here, known.c.page == here.c.page))
        total = connection.execute(select(func.count()).select_from(known)).scalar_one()
        return connection.execute(both).scalar_one(), total


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
