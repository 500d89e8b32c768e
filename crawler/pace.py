"""When which host may be asked: a pause between requests, few at a time, longer where the host is slow."""

import heapq
import math
from dataclasses import dataclass, field

from crawler.health import Health
from crawler.rows import Row

_SLOW_LIMIT = 30.0
"""Seconds: a slow host is given at most this pause for its slowness."""


@dataclass(slots=True, eq=False)
class Host:
    """One host; instants are of a monotonic clock, in seconds.

    `ready_at`: not before. `asking`: the origin whose robots.txt is being fetched; meanwhile only an
    `errand` may be done. `leaving`: the row that is being connected; the pause begins when it goes out.
    `turn_at`: the turn that is reserved among all runs, `leave_at`: when it was this run's to use,
    `looked_at`: when it was last looked up whether another run lets the host rest.
    """

    name: str
    delay: float
    limit: int
    inflight: int = 0
    ready_at: float = 0.0
    waiting: bool = False
    asking: str | None = None
    errand: Row | None = None
    leaving: Row | None = None
    turn_at: float | None = None
    leave_at: float = -math.inf
    looked_at: float = -math.inf
    health: Health = field(default_factory=Health)


@dataclass(slots=True)
class Pace:
    """The hosts that may have something to fetch, in the order in which they are ready.

    `concurrency` holds for the `own` hosts of the source; others are asked one request at a time.
    """

    delay: float
    concurrency: int
    own: frozenset[str]
    _hosts: dict[str, Host] = field(default_factory=dict)
    _heap: list[tuple[float, int, Host]] = field(default_factory=list)
    _count: int = 0

    def __bool__(self) -> bool:
        return bool(self._heap)

    def host(self, name: str) -> Host:
        host = self._hosts.get(name)
        if host is None:
            limit = self.concurrency if name in self.own else 1
            host = self._hosts[name] = Host(name, self.delay, limit)
        return host

    def offer(self, host: Host) -> None:
        """The host may have something to fetch: it gets its turn when it is ready."""
        if host.waiting or host.leaving is not None or host.inflight >= host.limit:
            return
        if host.asking is not None and host.errand is None:
            return
        host.waiting = True
        self._count += 1
        heapq.heappush(self._heap, (host.ready_at, self._count, host))

    def turn(self, now: float) -> Host | None:
        """The host whose turn it is, taken out: `offer` it again as long as it has something."""
        if not self._heap or self._heap[0][0] > now:
            return None
        host = heapq.heappop(self._heap)[2]
        host.waiting = False
        if host.ready_at > now:
            self.offer(host)
            return self.turn(now)
        return host

    def seconds(self, now: float) -> float | None:
        """How long until somebody's turn; None while there is nobody."""
        return max(0.0, self._heap[0][0] - now) if self._heap else None

    def began(self, host: Host, now: float, row: Row | None = None) -> None:
        """A request to the host is made; where it is for a row, `sent` tells when it goes out."""
        host.inflight += 1
        host.leaving = row if host.delay else None
        host.ready_at = max(host.ready_at, now + host.delay)
        self.offer(host)

    def sent(self, host: Host, now: float) -> None:
        """A request to the host has gone out: from here on a server counts."""
        host.leaving = None
        host.ready_at = max(host.ready_at, now + host.delay)
        self.offer(host)

    def left(self, host: Host, now: float, took: float, row: Row | None = None) -> None:
        """A request to the host is over after so many seconds."""
        host.inflight -= 1
        if host.leaving is row:  # it came to nothing
            host.leaving = None
        if host.delay:
            host.ready_at = max(host.ready_at, now + min(took, _SLOW_LIMIT))
        self.offer(host)

    def rest(self, host: Host, until: float) -> None:
        """Leave the host alone until then."""
        host.ready_at = max(host.ready_at, until)
