"""The daemon: looks every few seconds what is due, and has each source crawled by a process of its own.

What is due is computed as for `crawl --due` (`due.py`), from the cadences, the table of runs and the clock.
So a daemon that is killed has forgotten nothing, and two of them, or one and cron, do no harm. APScheduler is
the clock and nothing else: it keeps no jobs.
"""

import hashlib
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from archive import access, database, instants
from archive import home as homes
from crawler import harvest
from crawler import source as watched
from schedules import due, skipped, sources
from schedules.due import Due
from schedules.groups import groups_of

LOOK_SECONDS = 5
STOP_SECONDS = 9.0
"""So long runs have for their end; then they are ended by force. systemd waits longer."""

FIRST_REST, LONGEST_REST = 60.0, 3600.0
"""Seconds that a source rests whose process ended without a run: twice as long each time."""

Start = Callable[[watched.Source, Due], subprocess.Popen[bytes]]


@dataclass
class _Rest:
    """A source whose process ended badly at this turn; `until` is of the monotonic clock."""

    turn: Due
    until: float
    seconds: float


@dataclass
class Service:
    """A daemon at work on one home: `start` begins a run in a process group of its own, at most `jobs` at a
    time, `tell` says what a person should know, `zone` which one holds where a cadence names none.
    """

    home: homes.Home
    start: Start
    jobs: int
    tell: Callable[[str], None]
    zone: Callable[[], str] = lambda: "UTC"
    good: dict[str, watched.Source] = field(default_factory=dict)
    running: dict[str, tuple[subprocess.Popen[bytes], Due]] = field(default_factory=dict)
    rests: dict[str, _Rest] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    skipped: set[tuple[str, datetime]] = field(default_factory=set)
    seen: str = ""
    looked: float = 0.0
    stopped: bool = False
    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> None:
        """One look: note which runs have ended, read what was edited, begin what is due. Whatever goes wrong
        is told once, and looked at again the next time.
        """
        with self.one_at_a_time:
            if not self.stopped:
                self._look()
        self.looked = time.monotonic()

    def _look(self) -> None:
        try:
            self._reap()
            self._read()
            self._begin(instants.now())
            self.said = {one for one in self.said if not one.startswith("The look")}
        except (OSError, database.DatabaseTrouble) as error:
            self._say(f"The look what is due failed: {error}")

    def stop(self) -> None:
        """End all runs cleanly, by force those that do not end; a look begins no other then."""
        self.stopped = True
        if self.one_at_a_time.acquire(timeout=1):  # a look that waits for a locked index is not waited for
            self.one_at_a_time.release()
        for process, _ in self.running.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for process, _ in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
        for process, _ in self.running.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        self.running.clear()

    def _reap(self) -> None:
        for name, (process, turn) in list(self.running.items()):
            code = process.poll()
            if code is not None:
                del self.running[name]
                self._ended(name, turn, code)

    def _ended(self, name: str, turn: Due, code: int) -> None:
        """A process that ends badly may have left its slot as it was: its source rests before it has the same
        turn again, but not before its next slot.
        """
        before = self.rests.pop(name, None)
        if code:
            again = before is not None and before.turn == turn
            seconds = min(before.seconds * 2, LONGEST_REST) if before and again else FIRST_REST
            self.rests[name] = _Rest(turn, time.monotonic() + seconds, seconds)

    def _rests(self, turn: Due) -> bool:
        rest = self.rests.get(turn.source)
        return rest is not None and rest.turn == turn and rest.until > time.monotonic()

    def _read(self) -> None:
        """Read the source files if any has changed. Of one that is broken now the last good state counts."""
        paths = sorted(self.home.sources.glob("*.toml"))
        found = [path.stat() for path in paths]
        marks = [(path.name, one.st_mtime_ns, one.st_size) for path, one in zip(paths, found, strict=True)]
        seen = hashlib.sha256(repr(marks).encode()).hexdigest()
        if seen == self.seen:
            return
        self.seen = seen
        loaded, complaints = sources.load_all(self.home)
        there = {path.stem for path in paths}
        kept = {name: one for name, one in self.good.items() if name in there}
        self.good = {**kept, **{one.name: one for one in loaded}}
        broken = sorted(there - {one.name for one in loaded})
        self.said -= {one for one in self.said if one.startswith(str(self.home.sources))}
        for complaint in complaints:
            self._say(complaint)
        for name in broken:
            if name in self.good:
                self._say(f"{self.home.sources / name}.toml: goes on as it was before this edit.")
        for name in list(self.rests):
            del self.rests[name]  # what was wrong with it may be mended

    def _begin(self, now: datetime) -> None:
        zone = self.zone()
        plans = [due.plan(one, zone) for one in self.good.values()]
        elsewhere = {
            name for name in self.good if name not in self.running and harvest.is_running(self.home, name)
        }
        busy = {group for name in elsewhere | self.running.keys() for group in self._groups(name)}
        out = elsewhere | self.running.keys()
        with access.Archive(self.home) as archive:
            slots = access.slots_of(archive.engine, self.good, now)
        for one in plans:
            slot = due.overlapping(one, slots.get(one.source), now) if one.source in out else None
            if slot is not None and (one.source, slot) not in self.skipped:
                self.skipped.add((one.source, slot))
                with suppress(OSError):  # a full disk keeps no other source from its turn
                    skipped.note(self.home, one.source, slot, skipped.OVERLAP)
        for turn in due.due(plans, slots, out, now):
            if self.stopped or len(self.running) >= self.jobs:
                return
            groups = self._groups(turn.source)
            if busy.isdisjoint(groups) and not self._rests(turn):
                busy |= groups
                self.running[turn.source] = (self.start(self.good[turn.source], turn), turn)

    def _groups(self, name: str) -> frozenset[str]:
        source = self.good.get(name)
        return groups_of(source) if source else frozenset()

    def _say(self, text: str) -> None:
        if text not in self.said:
            self.said.add(text)
            self.tell(text)


def clock(calls: Mapping[Callable[[], None], float]) -> BackgroundScheduler:
    """A clock that makes each of some calls every so many seconds, none twice at a time; one that was late is
    not made up for. It is to be started, and shut down.
    """
    made = BackgroundScheduler(timezone="UTC")
    for call, seconds in calls.items():
        made.add_job(
            call, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None,
            next_run_time=instants.now(),
        )  # fmt: skip
    return made
