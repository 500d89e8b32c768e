"""Kills a crawl at random instants until it is through: the child, the parent, both.

`Hunt.pursue` lets one state of the site be crawled to its end under so many blows. It tells in which phase
each blow met the crawl; what became of the home is for `judge.py` to say.
"""

import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from random import Random

import psutil

from tests.journeys.program import Person
from tests.sites.server import Server

CHILD, PARENT, BOTH = "child", "parent", "both"
HARD = (signal.SIGKILL,)
ALL = (*HARD, *HARD, *HARD, signal.SIGTERM, signal.SIGINT)

CHILD_DEATHS = 2
"""A crawl gives up when its child has crashed three times."""

LONGEST = 60
"""Seconds that a crawl may take to come to the instant that is waited for, or to its end."""

ENDS = {0, 1, 130, 143, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT}
"""Exit codes of a crawl that was hit; 1 is for a child that was killed too often."""


@dataclass
class Hunt:
    """`blows` counts those that met something alive, by signal and target; `phases` by what they met.

    `seconds` is about how long a crawl takes, `stride` how many answers there are at most between two blows.
    With `early` no blow waits for the end of the crawl.
    """

    person: Person
    server: Server
    dice: Random
    seconds: float = 3.0
    stride: int = 30
    early: bool = False
    blows: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    process: "subprocess.Popen[bytes] | None" = None
    _deaths: int = 0

    def pursue(self, run: int, blows: int, signals: tuple[signal.Signals, ...] = HARD) -> None:
        """Crawl until the home has so many finished runs; the first `blows` times the crawl is hit."""
        left = blows
        while self.finished() < run:
            if self.process is None:
                self.process, self._deaths = self.person.start("crawl"), 0
            if left and self._strike(signals):
                left -= 1
            elif self.process is not None and (not left or self.process.poll() is not None):
                self._wait()
        if self.process is not None:
            self._wait()
        assert self.finished() == run

    def finished(self) -> int:
        """How many runs the home has that will not be taken up again."""
        with suppress(sqlite3.OperationalError), closing(self._index()) as db:
            done = "SELECT count(*) FROM runs WHERE outcome IS NOT NULL AND outcome <> 'stopped'"
            return int(db.execute(done).fetchone()[0])
        return 0

    def freeze(self) -> None:
        """Stop a crawl in the middle of recording, and let a second one try meanwhile: it is refused."""
        self.process, self._deaths = self.person.start("crawl"), 0
        self._await(self._recording)
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            self.person.run("crawl", code=3)
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)
        self.blows["SIGSTOP both"] += 1

    def hang(self) -> None:
        """Stop the child for good; the parent, asked to stop, ends it by force."""
        self.process, self._deaths = self.person.start("crawl"), 0
        self._await(self._recording)
        if child := self._child():
            child.suspend()
            self.process.send_signal(signal.SIGINT)
            assert self._wait() in (130, 0)
            self.blows["SIGSTOP child"] += 1

    def left_over(self) -> list[str]:
        """Processes of this home that are still there, after some seconds to go."""
        deadline = time.monotonic() + 10
        while (found := self._ours()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def _strike(self, signals: tuple[signal.Signals, ...]) -> bool:
        """Wait for an instant and hit; whether something was alive to be hit."""
        assert self.process is not None
        self._instant()
        target = self.dice.choice((CHILD, PARENT, BOTH))
        child = self._child()
        if target == CHILD and (child is None or self._deaths == CHILD_DEATHS):
            target = BOTH
        if self.process.poll() is not None:
            return False
        number = self.dice.choice(signals)
        phase = self._phase(child)
        if target == CHILD and child is not None:
            with suppress(psutil.NoSuchProcess):
                child.send_signal(number)
            self._deaths += 1
        elif target == PARENT:
            self.process.send_signal(number)
        else:
            os.killpg(self.process.pid, number)
        self.blows[f"{number.name} {target}"] += 1
        self.phases[phase] += 1
        if target != CHILD:
            self._wait()
        return True

    def _instant(self) -> None:
        """At any time, or shortly after something has happened."""
        answered = len(self.server.exchanges) + self.dice.randint(1, self.stride)
        happenings: list[Callable[[], bool]] = [
            lambda: self._child() is not None,
            self._recording,
            lambda: len(self.server.exchanges) >= answered,
        ]
        if not self.early:
            happenings.append(lambda: self._begun() and self._child() is None)
            happenings.append(lambda: any((self.person.home / "runs").rglob("end.json")))
        if self.dice.random() < 0.4:
            time.sleep(self.dice.random() * self.seconds)
        else:
            self._await(self.dice.choice(happenings))
            time.sleep(self.dice.random() ** 2 * 0.3)

    def _await(self, happening: Callable[[], bool]) -> None:
        assert self.process is not None
        deadline = time.monotonic() + LONGEST
        while self.process.poll() is None and not happening():
            assert time.monotonic() < deadline, "the crawl came no further"
            time.sleep(0.002)

    def _wait(self) -> int:
        assert self.process is not None
        code = self.process.wait(LONGEST)
        assert code in ENDS, code
        self.process = None
        return code

    def _child(self) -> psutil.Process | None:
        assert self.process is not None
        with suppress(psutil.NoSuchProcess):
            for one in psutil.Process(self.process.pid).children():
                with suppress(psutil.NoSuchProcess):
                    if "crawler.child" in one.cmdline() and one.status() != psutil.STATUS_ZOMBIE:
                        return one
        return None

    def _recording(self) -> bool:
        return any((self.person.home / "warc").rglob("*.open"))

    def _begun(self) -> bool:
        return len(self.person.warcs) > 0

    def _phase(self, child: psutil.Process | None) -> str:
        if child is not None:
            return "recording" if self._recording() else "the child starts or ends"
        return "the parent alone"

    def _index(self) -> sqlite3.Connection:
        path = self.person.home / "archive.db"
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)

    def _ours(self) -> list[str]:
        found = []
        for one in psutil.process_iter():
            with suppress(psutil.Error):
                if one.environ().get("STRANDLINE_HOME") == str(self.person.home):
                    found.append(" ".join(one.cmdline()))
        return found
