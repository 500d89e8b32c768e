"""One run from beginning to end: lock, child process, ingest while it crawls, report.

Plain synchronous code in the parent process; the child (`crawler/child.py`) does the fetching.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from archive import access, cdxj, database, ingest, instants, runs, text
from archive import home as homes
from crawler.originals import Original
from crawler.run import Child, Order, Progress, failures, prepare, progress
from crawler.source import Source

POLL_SECONDS = 0.25
STOP_SECONDS = 10
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
        stack.enter_context(_lock(home, source.name))
        engine = database.open_index(home)
        stack.callback(engine.dispose)
        run = runs.begin(engine, source.name, _settings(source), software)
        extractors = stack.enter_context(text.Extractors(workers))
        intake = ingest.Ingest(home, engine, extractors, source.name, run.id)
        began = time.monotonic()
        code = _crawl(home, source, run, contact, software, engine, intake, watch, stopping)
        _take(home, source.name, run.id, intake)
        _seal(home, source.name, run.id, intake)
        return _close(home, source, engine, run, code, time.monotonic() - began)


def _settings(source: Source) -> dict[str, object]:
    """The settings as the run keeps them: of headers the names only, since their values may be secrets."""
    settings = source.model_dump(mode="json")
    settings["fetch"]["headers"] = sorted(source.fetch.headers)
    settings["fetch"]["headers_sha256"] = _headers_digest(source)
    return settings


def _headers_digest(source: Source) -> str:
    """By this it is known that a later run asks with the same headers; the values stay out of the index."""
    return hashlib.sha256(json.dumps(sorted(source.fetch.headers.items())).encode()).hexdigest()


def _originals(archive: access.Archive, source: Source) -> Iterator[Original]:
    """What this run may refer to. Asked for what is newer only: where the headers are those with which the
    validators were got, and not at every Nth visit, since servers are wrong about it now and then.
    """
    for held in archive.originals(source.name):
        same = held["headers_sha256"] == _headers_digest(source)
        validators = held["etag"] is not None or held["modified"] is not None
        yield Original(
            url=held["url"],
            at=held["at"],
            payload=held["payload"],
            etag=held["etag"],
            modified=held["modified"],
            ask=same and validators and held["captures"] % source.fetch.revisit_every != 0,
            file=held["file"],
            offset=held["offset"],
        )


@contextmanager
def _lock(home: homes.Home, source: str) -> Iterator[None]:
    """One crawl a source; the operating system lets go of the lock when the process ends, however it ends."""
    home.runs.mkdir(parents=True, exist_ok=True)
    with home.lock(source).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(f"{source} is being crawled by another process") from error
        yield


def _crawl(
    home: homes.Home,
    source: Source,
    run: runs.Run,
    contact: str | None,
    software: str,
    engine: database.Engine,
    intake: ingest.Ingest,
    watch: Callable[[Moment], None],
    stopping: Callable[[], bool],
) -> int:
    """Run the child, again if it crashed, and ingest meanwhile; returns its exit code."""
    began = time.monotonic()
    with access.Archive(home) as archive:
        known = [(url, "page") for url in archive.known(source.name)]
        originals = list(_originals(archive, source))
    code = 1
    counts: dict[str, int] | None = None
    for _attempt in range(CRASHES):
        number = runs.next_warc_number(engine, run.id)
        order = Order(run.id, source, run.started, contact, number, software)
        prepare(home, order, known, originals)
        child = Child.start(home, run.id)
        try:
            while (ended := child.poll()) is None:
                if _take(home, source.name, run.id, intake) or counts is None:
                    counts = runs.counts(engine, run.id)
                watch(Moment(progress(home, run.id), counts, time.monotonic() - began))
                if stopping():
                    child.stop()
                time.sleep(POLL_SECONDS)
        finally:
            child.end(STOP_SECONDS)
        code = ended
        if code in (EXHAUSTED, STOPPED, NO_SPACE) or stopping():
            break
        _take(home, source.name, run.id, intake)
    return code


def _files(home: homes.Home, source: str, run: str) -> list[Path]:
    """The run's WARC files in their order, the one being written last."""
    found = (home.warc / source).glob(f"*/{source}-*-{run}-*.warc.gz*")
    return sorted(path for path in found if path.name.endswith((".warc.gz", ".warc.gz.open")))


def _take(home: homes.Home, source: str, run: str, intake: ingest.Ingest) -> int:
    """Ingest what the run's files have grown by; returns the number of records."""
    taken = 0
    for path in _files(home, source, run):
        try:
            taken += intake.take(path)
        except FileNotFoundError:
            # The child has just sealed it; the next look finds it under its final name.
            continue
    return taken


def _seal(home: homes.Home, source: str, run: str, intake: ingest.Ingest) -> None:
    for path in _files(home, source, run):
        if path.name.endswith(".warc.gz"):
            if not path.with_name(path.name.replace(".warc.gz", ".cdxj")).exists():
                cdxj.write(path)
            intake.seal(path)


def _close(
    home: homes.Home, source: Source, engine: database.Engine, run: runs.Run, code: int, seconds: float
) -> Report:
    state = progress(home, run.id)
    outcome, reason = _outcome(home, run.id, code, runs.counts(engine, run.id), state)
    counts = runs.finish(
        engine,
        run.id,
        outcome=outcome,
        reason=reason,
        complete=code == EXHAUSTED and outcome is not runs.Outcome.FAILED,
        requests=state.requests,
        received=state.bytes,
        failed=state.pages_failed,
    )
    report = Report(
        run=run.id,
        source=source.name,
        outcome=outcome,
        reason=reason,
        counts=counts,
        requests=state.requests,
        bytes=state.bytes,
        seconds=seconds,
        failures=tuple(failures(home, run.id)),
        no_space=code == NO_SPACE,
    )
    _write_report(home, report)
    return report


def _outcome(
    home: homes.Home, run: str, code: int, counts: dict[str, int], state: Progress
) -> tuple[runs.Outcome, str | None]:
    """Success needs evidence: a crawl that got no page at all has failed, whatever its exit code."""
    if code in (STOPPED, NO_SPACE):
        return runs.Outcome.STOPPED, _end_reason(home, run)
    if code != EXHAUSTED:
        return (
            runs.Outcome.FAILED,
            f"the crawler process ended with code {code}; see {home.run(run)}/child.err",
        )
    got = sum(counts.get(verdict, 0) for verdict in ("new", "same", "edited", "restyled", "back", "moved"))
    if not got:
        first = next(iter(failures(home, run)), None)
        return runs.Outcome.FAILED, f"no page could be fetched: {first[0]}: {first[1]}" if first else None
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
