"""One run from beginning to end: lock, child process, ingest while it crawls, report.

Plain synchronous code in the parent process; the child (`crawler/child.py`) does the fetching.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from archive import access, cdxj, database, ingest, instants, runs, text, warc
from archive import home as homes
from crawler import known, resume
from crawler.frontier import FrontierError
from crawler.run import Child, Order, Progress, failures, prepare, progress, refusals
from crawler.source import Source

POLL_SECONDS = 0.25
STOP_SECONDS = 10
ORPHAN_SECONDS = 4
"""So long a child may go on when its parent was killed; then it has seen that nobody is there any more."""

LATE_SECONDS = 120
"""A child that does not keep its own limit of time is ended by force so much later."""

CRASHES = 3
"""A child that crashes is started again, at most this often a crawl; the frontier goes on where it was."""

EXHAUSTED, STOPPED, NO_SPACE = 0, 3, 5
"""Exit codes of the child; any other is a crash."""


class AlreadyRunning(Exception):
    """Another process is crawling the source at this moment."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How a run stands, for a progress bar: the frontier's numbers and those of the index so far."""

    progress: Progress
    counts: dict[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run. `failures` are the first few failed URLs with their reasons."""

    run: str
    source: str
    outcome: runs.Outcome
    reason: str | None
    counts: dict[str, int]
    requests: int
    bytes: int
    seconds: float
    failures: tuple[tuple[str, str], ...]
    no_space: bool = False
    damage: tuple[str, ...] = ()


def harvest(
    home: homes.Home,
    source: Source,
    *,
    contact: str | None,
    software: str,
    workers: int | None = None,
    watch: Callable[[Moment], None] = lambda _moment: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Report:
    """Crawl one source and take what it leaves into the archive, until nothing is left or `stopping` says so.

    A run that was stopped or killed is taken up where it was. Raises AlreadyRunning, and
    archive.database.DatabaseTrouble.
    """
    with ExitStack() as stack:
        lock = stack.enter_context(_lock(home, source.name))
        engine = database.open_index(home)
        stack.callback(engine.dispose)
        run = runs.begin(engine, source.name, known.settings(source), software)
        extractors = stack.enter_context(text.Extractors(workers))
        intake = ingest.Ingest(home, engine, extractors, source.name, run.id)
        work = _Work(home, source, run, engine, intake, lock, watch, stopping)
        began = time.monotonic()
        code = _crawl(work, contact, software)
        whole = _take_rest(work)
        _seal(home, source.name, run.id, intake)
        return _close(work, code, whole, time.monotonic() - began)


@dataclass
class _Work:
    """A run under way. `lock` is the descriptor that holds its source; `damage` names files that are torn."""

    home: homes.Home
    source: Source
    run: runs.Run
    engine: database.Engine
    intake: ingest.Ingest
    lock: int
    watch: Callable[[Moment], None]
    stopping: Callable[[], bool]
    damage: dict[str, str] = field(default_factory=dict)


@contextmanager
def _lock(home: homes.Home, source: str) -> Iterator[int]:
    """One crawl a source. The lock goes with the last process that holds it, however it ends: the child holds
    it too, so nobody takes up a run whose orphaned child is still writing.
    """
    home.runs.mkdir(parents=True, exist_ok=True)
    with home.lock(source).open("a") as file:
        patience = time.monotonic() + ORPHAN_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > patience:
                    raise AlreadyRunning(f"{source} is being crawled by another process") from error
                time.sleep(POLL_SECONDS)
        yield file.fileno()


def _crawl(work: _Work, contact: str | None, software: str) -> int:
    """Run the child, again if it crashed, and ingest meanwhile; returns its exit code."""
    home, source, run = work.home, work.source, work.run
    code = 1
    for attempt in range(CRASHES):
        number = runs.next_warc_number(work.engine, run.id)
        order = Order(run.id, source, run.started, contact, number, software)
        with access.Archive(home) as archive:
            pages, originals = known.pages(archive, source), known.originals(archive, source)
            try:
                prepare(home, order, pages, originals, anew=attempt == 0)
            except FrontierError as error:
                raise database.DatabaseTrouble(str(error)) from error
        code = _attend(work, Child.start(home, run.id, work.lock))
        if code in (EXHAUSTED, STOPPED, NO_SPACE) or work.stopping():
            return code
    for path in _files(home, source.name, run.id):
        resume.mend(path, home.quarantine)
    return code


def _attend(work: _Work, child: Child) -> int:
    """Ingest what the child records until it ends; stop it when asked to, by force if it does not listen."""
    began = time.monotonic()
    force_at = began + work.source.limits.minutes * 60 + LATE_SECONDS
    counts = runs.counts(work.engine, work.run.id)
    asked = False
    try:
        while (ended := child.poll()) is None and time.monotonic() < force_at:
            if work.stopping() and not asked:
                asked = True
                child.stop()
                force_at = time.monotonic() + STOP_SECONDS
            taken = _take(work, most=1)
            if taken:
                counts = runs.counts(work.engine, work.run.id)
            else:
                time.sleep(POLL_SECONDS)
            work.watch(Moment(progress(work.home, work.run.id), counts, time.monotonic() - began))
    finally:
        code = child.end(0 if asked else STOP_SECONDS)
    return code if ended is None else ended


def _files(home: homes.Home, source: str, run: str) -> list[Path]:
    """The run's WARC files in their order, the one being written last."""
    found = (home.warc / source).glob(f"*/{source}-*-{run}-*.warc.gz*")
    return sorted(path for path in found if path.name.endswith((".warc.gz", ".warc.gz.open")))


def _take(work: _Work, most: int | None = None) -> int:
    """Ingest what the run's files have grown by; returns the number of records."""
    taken = 0
    for path in _files(work.home, work.source.name, work.run.id):
        try:
            taken += work.intake.take(path, most)
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
    while not work.stopping():
        if not _take(work, most=1):
            return True
    return False


def _seal(home: homes.Home, source: str, run: str, intake: ingest.Ingest) -> None:
    for path in _files(home, source, run):
        if path.name.endswith(".warc.gz"):
            if not path.with_name(path.name.replace(".warc.gz", ".cdxj")).exists():
                cdxj.write(path)
            intake.seal(path)


def _close(work: _Work, code: int, whole: bool, seconds: float) -> Report:
    home, run = work.home, work.run
    state = progress(home, run.id)
    outcome, reason = _outcome(work, code, whole, state)
    counts = runs.finish(
        work.engine,
        run.id,
        outcome=outcome,
        reason=reason,
        complete=code == EXHAUSTED and outcome in (runs.Outcome.SUCCEEDED, runs.Outcome.PARTLY),
        requests=state.requests,
        received=state.bytes,
        failed=state.pages_failed,
    )
    report = Report(
        run=run.id,
        source=work.source.name,
        outcome=outcome,
        reason=reason,
        counts=counts,
        requests=state.requests,
        bytes=state.bytes,
        seconds=seconds,
        failures=tuple(failures(home, run.id)),
        no_space=code == NO_SPACE,
        damage=tuple(work.damage),
    )
    _write_report(home, report)
    return report


def _outcome(work: _Work, code: int, whole: bool, state: Progress) -> tuple[runs.Outcome, str | None]:
    """Success needs evidence: a crawl that got no page at all has failed, whatever its exit code."""
    home, run = work.home, work.run.id
    if work.damage:
        return runs.Outcome.FAILED, "; ".join(work.damage.values())
    if code in (STOPPED, NO_SPACE):
        return runs.Outcome.STOPPED, _end_reason(home, run)
    if work.stopping() and (code != EXHAUSTED or not whole):
        return runs.Outcome.STOPPED, "stopped by request"
    if code != EXHAUSTED:
        return runs.Outcome.FAILED, f"the crawler ended with code {code}; see {home.run(run)}/child.err"
    counts = runs.counts(work.engine, run)
    got = sum(counts.get(verdict, 0) for verdict in ("new", "same", "edited", "restyled", "back", "moved"))
    if not got:
        url, why = next(iter(refusals(home, run)), (work.source.seeds[0], "nothing was answered"))
        return runs.Outcome.FAILED, f"no page could be fetched: {url}: {why}"
    if state.pages_failed:
        return runs.Outcome.PARTLY, f"{state.pages_failed} pages failed"
    return runs.Outcome.SUCCEEDED, None


def _end_reason(home: homes.Home, run: str) -> str | None:
    try:
        return str(json.loads((home.run(run) / "end.json").read_text())["reason"])
    except (OSError, ValueError, KeyError):
        return None


def as_json(report: Report) -> dict[str, object]:
    """The report as the object that `report.json` and `crawl --json` hold."""
    failed = [{"url": url, "reason": reason} for url, reason in report.failures]
    return {**asdict(report), "failures": failed}


def _write_report(home: homes.Home, report: Report) -> None:
    path = home.run(report.run) / "report.json"
    passing = path.with_suffix(".tmp")
    with passing.open("w", encoding="utf-8") as file:
        json.dump({**as_json(report), "written": instants.iso(instants.now())}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
