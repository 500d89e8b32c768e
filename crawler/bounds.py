"""What a crawl may not do without an end: stand still, or grow. The child keeps these limits by itself, and
its parent ends by force a child that does not.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from archive import model
from crawler.source import Limits

LATE_SECONDS = 120
"""A child that does not keep its own limit of time is ended by force so much later."""

BEAT_SECONDS = 5.0
"""So often the child shows that it is not stuck."""

_PATIENCE = 10.0
"""Seconds that a child has to stop by itself when it has too much memory."""

_GAP = 1.0
"""Seconds between two looks; what is more was spent asleep or at work, and is no standing still."""


class Stall:
    """Tells a crawl that stands still: nothing was fetched for so long, though something was to be had. While
    all hosts rest, because they asked for it or are in trouble, the time does not count.
    """

    def __init__(self, minutes: float) -> None:
        self.reason = f"nothing was fetched for {minutes:g} minutes"
        self._most = minutes * 60
        self._idle = 0.0
        self._last: tuple[float, int] | None = None

    def stands(self, now: float, fetched: int, resting: bool) -> bool:
        """Whether it does at `now`, in seconds; `fetched` changes with every byte that comes."""
        before, self._last = self._last, (now, fetched)
        if before is None or before[1] != fetched:
            self._idle = 0.0
        elif not resting:
            self._idle += min(now - before[0], _GAP)
        return self._idle >= self._most


class Bounds:
    """The limits of a child process as its parent sees them; `broken` is how its run ended, once one is."""

    def __init__(
        self, limits: Limits, pid: int, beats: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.broken: tuple[model.Outcome, str] | None = None
        self._limits = limits
        self._pid = pid
        self._clock = clock
        self._began = self._fitted = clock()
        self._beats = beats
        self._beat_at: float | None = None

    def look(self, beats: int) -> None:
        """Look at the child, whose frontier has come to so many beats. Before its first, it has the time it
        needs to go through what earlier processes left.
        """
        now, limits = self._clock(), self._limits
        if beats != self._beats:
            self._beats, self._beat_at = beats, now
        if resident(self._pid) <= limits.memory:
            self._fitted = now
        if now >= self._began + limits.minutes * 60 + LATE_SECONDS:
            self.broken = model.Outcome.STOPPED, time_reason(limits)
        elif now >= self._fitted + _PATIENCE:
            self.broken = model.Outcome.STOPPED, memory_reason(limits)
        elif self._beat_at is not None and now >= self._beat_at + limits.stall * 60 + LATE_SECONDS:
            self.broken = model.Outcome.STALLED, "the crawler was stuck, and was ended by force"


def time_reason(limits: Limits) -> str:
    return f"the limit of {limits.minutes:g} minutes"


def memory_reason(limits: Limits) -> str:
    return f"the limit of {limits.memory // 1_000_000} MB of memory"


def resident(pid: int) -> int:
    """Bytes of memory that a process has; 0 where the system does not tell (it is Linux that does)."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
