"""One run from beginning to end: lock, child process, ingest while it crawls, report.

Plain synchronous code in the parent process; the child (`crawler/child.py`) does the fetching.
"""

import json
import math
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from archive import access, database, ingest, instants, runs, space, text, warc
from archive import home as homes
from crawler import known, resume
from crawler.bounds import Bounds
from crawler.ending import BROKEN_DISK, EXHAUSTED, NO_SPACE, STALLED, STOPPED
from crawler.frontier import Frontier
from crawler.lock import AlreadyRunning, hold, is_running
from crawler.run import Child, Order, Progress, answered, failures, moved_feeds, prepare, progress, refusals
from crawler.source import Source
from crawler.tables import FrontierError

__all__ = ["AlreadyRunning", "Moment", "Report", "as_json", "harvest", "hold", "is_running"]

POLL_SECONDS = 0.25
_FULL = 100
_LEAST = 256 * 1024
_SPREAD = 8
"""A batch of records takes up to so many times its size on the disk: texts, index and the index's journal."""

STOP_SECONDS = 10
CRASHES = 3
"""A child that crashes is started again, at most this often a crawl; the frontier goes on where it was."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How a run stands, for a progress bar: the frontier's numbers and those of the index so far.

    `pages` were done in the `seconds` since it was begun, or taken up again.
    """

    progress: Progress
    counts: dict[str, int]
    seconds: float
    pages: int


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run. `failures` are the first few failed URLs with their reasons, `certificates` the
        hosts whose certificates were not in order, with what was wrong; `feeds` tells of those that moved
    for good or are gone. All numbers are of the whole run, but `seconds`: those of its last part, where it
    was taken up again, `resumed` times.

        It was stopped because the disk has `no_space` for more, or because it is a `broken_disk`.
    """

    run: str
    source: str
    outcome: runs.Outcome
    reason: str | None
    counts: dict[str, int]
    requests: int
    bytes: int
    seconds: float
    resumed: int
    failures: tuple[tuple[str, str], ...]
    no_space: bool = False
    broken_disk: bool = False
    damage: tuple[str, ...] = ()
    certificates: dict[str, str] = field(default_factory=dict)
    feeds: tuple[str, ...] = ()
    light: bool = False


def harvest(
    home: homes.Home,
    source: Source,
    *,
    contact: str | None,
    software: str,
    workers: int | None = None,
    reserve: int | None = None,
    light: bool = False,
    slot: datetime | None = None,
    left: str | None = None,
    watch: Callable[[Moment], None] = lambda _moment: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Report:
    """Crawl one source and take what it leaves into the archive, until nothing is left or `stopping` says so.

    A run that was stopped or killed is taken up where it was. `light`: ask only for what is new or due, where
    `archive.runs.begin` allows that; the report tells. `reserve` is how many bytes of the disk are to stay
    free; None for the default of `archive.space`. `slot` is the one that the run is for, `left` the run that
    alone is to be taken up. Raises AlreadyRunning, archive.runs.SlotTaken, archive.database.DatabaseTrouble,
    and archive.space.DiskTrouble where a run cannot be begun or not even its end be written; what was
    recorded is safe then, and the next crawl goes on with it.
    """
    guard = space.Guard(home, reserve)
    try:
        if short := guard.shortage():
            raise short
        with ExitStack() as stack:
            lock = stack.enter_context(hold(home, source.name))
            engine = database.open_index(home)
            stack.callback(database.seal, home)
            stack.callback(engine.dispose)
            wanted = known.settings(source)
            extractors = stack.enter_context(text.Extractors(workers))

            def begin() -> _Work:
                run = runs.begin(engine, source.name, wanted, software, slot=slot, light=light, left=left)
                intake = ingest.Ingest(home, engine, extractors, source.name, run.id)
                return _Work(home, source, run, engine, intake, lock, watch, stopping, guard)

            work = begin()
            if work.run.spent:
                _give_up(work)
                work = begin()
            run = work.run
            order = Order(
                run.id, source, run.started, contact, 0, software, reserve,
                light=run.light, slot=run.slot, resumed=run.resumed,
            )  # fmt: skip
            return _harvest(work, order)
    except Exception as error:
        if trouble := guard.trouble(error):
            raise trouble from error
        raise


@dataclass
class _Work:
    """A run under way. `lock` is the descriptor that holds its source; `damage` names files that are torn.

    `trouble` is why nothing more can be written, if that is so; `broken` how the run ended whose child did
    not keep its limits.
    """

    home: homes.Home
    source: Source
    run: runs.Run
    engine: database.Engine
    intake: ingest.Ingest
    lock: int
    watch: Callable[[Moment], None]
    stopping: Callable[[], bool]
    guard: space.Guard
    trouble: space.DiskTrouble | None = None
    broken: tuple[runs.Outcome, str] | None = None
    damage: dict[str, str] = field(default_factory=dict)

    def ends(self) -> bool:
        """Whether to stop: because it was asked for, or because the disk is filling up."""
        self.trouble = self.trouble or self.guard.shortage()
        return self.trouble is not None or self.stopping()


def _harvest(work: _Work, order: Order) -> Report:
    began = time.monotonic()
    code, whole = STOPPED, False
    try:
        code = _crawl(work, order)
        whole = _take_rest(work)
        _seal(work)
    except Exception as error:
        work.trouble = work.trouble or work.guard.trouble(error)
        if work.trouble is None:
            raise
    try:
        return _close(work, code, whole, time.monotonic() - began)
    except Exception as error:
        # The first trouble is the one to tell. The run stays open, to be taken up all the same.
        raise work.trouble or error from error


def _give_up(work: _Work) -> None:
    """Close a run that was left behind too often, with all that it has recorded."""
    folder = work.home.run(work.run.id)
    folder.mkdir(parents=True, exist_ok=True)
    Frontier(folder / "frontier.db").close()
    for path in _files(work.home, work.source.name, work.run.id):
        resume.mend(path, work.home.quarantine)
    _take_rest(work)
    _seal(work)
    work.broken = runs.Outcome.INTERRUPTED, f"left behind {work.run.resumed + 1} times"
    _close(work, STOPPED, False, 0.0)


def _crawl(work: _Work, order: Order) -> int:
    """Run the child, again if it crashed, and ingest meanwhile; returns its exit code."""
    home, source, run = work.home, work.source, work.run
    code = 1
    for attempt in range(CRASHES):
        number, backfill = (
            runs.next_warc_number(work.engine, run.id),
            not runs.was_whole(work.engine, source.name),
        )
        order = replace(order, warc_number=number, backfill=backfill)
        with access.Archive(home) as archive:
            pages = known.pages(archive, source)
            if run.light:
                order = replace(order, trust=known.trust(archive, source))
                pages = known.due(archive, source, instants.now(), order.trust)
            originals, held = known.originals(archive, source), archive.answered(source.name)
            try:
                moves = archive.redirected(source.name)
                prepare(home, order, pages, originals, moves, anew=attempt == 0, held=held)
            except FrontierError as error:
                raise database.DatabaseTrouble(str(error)) from error
        code = _attend(work, Child.start(home, run.id, work.lock))
        if code in (NO_SPACE, BROKEN_DISK):
            said = _end_reason(home, run.id) or "nothing more can be written"
            work.trouble = space.DiskTrouble(said, full=code == NO_SPACE)
        if code in (EXHAUSTED, STOPPED, STALLED) or work.ends():
            return code
        if work.broken:
            break
    for path in _files(home, source.name, run.id):
        resume.mend(path, home.quarantine)
    return code


def _attend(work: _Work, child: Child) -> int:
    """Ingest what the child records until it ends; stop it when asked to, by force if it does not listen."""
    began = time.monotonic()
    force_at = math.inf
    counts = runs.counts(work.engine, work.run.id)
    asked = False
    start = progress(work.home, work.run.id)
    bounds = Bounds(work.source.limits, child.pid, start.beats)
    try:
        while (ended := child.poll()) is None and time.monotonic() < force_at and not bounds.broken:
            if not asked and work.ends():
                asked = True
                child.stop()
                force_at = time.monotonic() + STOP_SECONDS
            taken = 0 if work.trouble else _take(work, most=1, growing=True)
            if taken:
                counts = runs.counts(work.engine, work.run.id)
            if taken < _FULL:  # a few records at a time cost a transaction all the same
                child.linger(POLL_SECONDS)
            state = progress(work.home, work.run.id)
            bounds.look(state.beats)
            work.watch(Moment(state, counts, time.monotonic() - began, state.pages_done - start.pages_done))
    finally:
        work.broken = bounds.broken
        code = child.end(0 if asked or bounds.broken else STOP_SECONDS)
    return code if ended is None else ended


def _files(home: homes.Home, source: str, run: str) -> list[Path]:
    """The run's WARC files in their order, the one being written last."""
    found = (home.warc / source).glob(f"*/{source}-*-{run}-*.warc.gz*")
    return sorted(path for path in found if path.name.endswith((".warc.gz", ".warc.gz.open")))


def _take(work: _Work, most: int | None = None, growing: bool = False) -> int:
    """Ingest what the run's files have grown by; returns the number of records."""
    taken = 0
    size = max(work.guard.room() // _SPREAD, _LEAST)
    for path in _files(work.home, work.source.name, work.run.id):
        try:
            taken += work.intake.take(path, most, growing=growing, size=size)
        except FileNotFoundError:
            # The child has just sealed it; the next look finds it under its final name.
            continue
        except warc.WarcError as error:
            # A file that is open is mended by the child; in one that is sealed it is damage.
            if path.name.endswith(".warc.gz"):
                work.damage[path.name] = str(error)
    return taken


def _take_rest(work: _Work) -> bool:
    """Ingest what is left once the child has ended, unless the run is to stop; whether nothing is left."""
    while not work.ends():
        if not _take(work, most=1):
            # Nothing is taken while the index is locked, either.
            return all(map(work.intake.is_read, _files(work.home, work.source.name, work.run.id)))
    return False


def _seal(work: _Work) -> None:
    for path in _files(work.home, work.source.name, work.run.id):
        if path.name.endswith(".warc.gz") and work.trouble is None:
            if not path.with_name(path.name.replace(".warc.gz", ".cdxj")).exists():
                warc.index(path)
            work.intake.seal(path)


def _close(work: _Work, code: int, whole: bool, seconds: float) -> Report:
    home, run = work.home, work.run
    state = progress(home, run.id)
    outcome, reason = _outcome(work, code, whole, state)
    complete = code == EXHAUSTED and outcome in runs.WELL and not run.light
    if work.trouble is None:
        work.intake.conclude(complete=complete)
    report = Report(
        run=run.id,
        source=work.source.name,
        outcome=outcome,
        reason=reason,
        counts=runs.results(work.engine, run.id, state.pages_failed),
        requests=state.requests,
        bytes=state.bytes,
        seconds=seconds,
        resumed=run.resumed,
        failures=tuple(failures(home, run.id)),
        no_space=work.trouble is not None and work.trouble.full,
        broken_disk=work.trouble is not None and not work.trouble.full,
        damage=tuple(work.damage),
        certificates=runs.certificates(work.engine, run.id),
        feeds=tuple(moved_feeds(home, work.source, run.id)),
        light=run.light,
    )
    _write_report(home, report, runs.fixity(work.engine, run.id))
    # Last: a run that is closed is not taken up again, so everything else of it must be there.
    runs.finish(
        work.engine,
        run.id,
        outcome=outcome,
        reason=reason,
        complete=complete,
        requests=state.requests,
        received=state.bytes,
        failed=state.pages_failed,
        ended=work.intake.ended(),
    )
    return report


def _outcome(work: _Work, code: int, whole: bool, state: Progress) -> tuple[runs.Outcome, str | None]:
    """Success needs evidence: a crawl that got no page at all has failed, whatever its exit code."""
    home, run = work.home, work.run.id
    if work.damage:
        return runs.Outcome.FAILED, "; ".join(work.damage.values())
    if work.trouble:
        return runs.Outcome.STOPPED, str(work.trouble)
    if work.broken:
        return work.broken
    if code in (STOPPED, STALLED):
        outcome = runs.Outcome.STALLED if code == STALLED else runs.Outcome.STOPPED
        return outcome, _end_reason(home, run)
    if work.stopping() and (code != EXHAUSTED or not whole):
        return runs.Outcome.STOPPED, runs.BY_REQUEST
    if code == EXHAUSTED and not whole:
        return runs.Outcome.STOPPED, "not all could be taken into the index: another process keeps it locked"
    if code != EXHAUSTED:
        return runs.Outcome.FAILED, f"the crawler ended with code {code}; see {home.run(run)}/child.err"
    outcome, reason = runs.judged(
        work.engine, run, work.run.light, state.pages_failed, list(answered(home, run))
    )
    if outcome in runs.WELL:
        return outcome, reason
    url, why = next(iter(refusals(home, run)), (work.source.seeds[0], "nothing was answered"))
    return outcome, f"{reason}: {url}: {why}"


def _end_reason(home: homes.Home, run: str) -> str | None:
    try:
        return str(json.loads((home.run(run) / "end.json").read_text())["reason"])
    except (OSError, ValueError, KeyError):
        return None


def as_json(report: Report) -> dict[str, object]:
    """The report as the object that `report.json` and `crawl --json` hold."""
    failed = [{"url": url, "reason": reason} for url, reason in report.failures]
    return {**asdict(report), "failures": failed}


def _write_report(home: homes.Home, report: Report, warcs: dict[str, str]) -> None:
    """The report, with the digests of the run's WARC files, which are in no other place but the index."""
    path = home.run(report.run) / "report.json"
    passing = path.with_suffix(".tmp")
    with passing.open("w", encoding="utf-8") as file:
        json.dump(
            {**as_json(report), "written": instants.iso(instants.now()), "warcs": warcs}, file, indent=1
        )
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
