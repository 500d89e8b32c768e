"""Whose turn it is: the next URL from the frontier, in the pace of its host, as far as robots.txt allows."""

import logging
import math
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, datetime

from archive import instants, urls
from crawler.admission import Admission
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.ledger import Entry, Ledger
from crawler.manners import CRAWL_DELAY_LIMIT, LIFE, Further, Heard, Manners, Word, origin
from crawler.pace import Host, Pace
from crawler.rows import RANK, SEED_RANK, Fetched, Found, Row, State, UrlKind
from crawler.shared import Shared
from crawler.source import Source
from crawler.submission import unheard

_AT_ONCE = 100
"""So many URLs are looked at in one go, so that a million disallowed ones do not stop everything else."""

_CLOSED_AT_ONCE = 1000

_LATE = 0.1
"""Seconds that a reserved turn may be late, or a tenth of the delay where that is more."""

_LOOK = 1.0
"""Seconds between two looks at what other runs know of a host for which no turns are reserved."""


log = logging.getLogger(__name__)


class Turns:
    """Hands out rows and takes in what came of them. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        source: Source,
        frontier: Frontier,
        ledger: Ledger,
        shared: Shared,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        starts = Admission(source).starts
        self.own = frozenset(map(urls.host, (*starts, *source.seeds, *source.feeds, *source.sitemaps)))
        self._obey = source.manners.robots == "obey"
        self._pages_left = source.limits.pages - _new(frontier, "pages")
        self._requests_left = source.limits.requests - _new(frontier, "requests")
        self._frontier = frontier
        self._ledger = ledger
        self._shared = shared
        self._clock = clock
        self._manners = Manners(source.manners.delay)
        self._pace = Pace(source.manners.delay, source.manners.concurrency, self.own)
        self._offer(frontier.hosts())

    def __bool__(self) -> bool:
        """Whether any host may have something, now or later, and may be asked for it."""
        return bool(self._pace) and self._requests_left > 0

    @property
    def pages_left(self) -> int:
        """How many more pages the limit allows, those under way being counted."""
        return self._pages_left

    @property
    def requests_left(self) -> int:
        """How many more requests the limit allows, those under way being counted."""
        return self._requests_left

    def seconds(self) -> float | None:
        """How long until it is worth while to ask again; None: not before something happens."""
        return self._pace.seconds(self._clock()) if self else None

    def rests(self) -> bool:
        """Whether nobody may be asked at this moment, but somebody later."""
        return bool(self.seconds())

    def next(self) -> Row | None:
        """The next URL to fetch now, if there is one."""
        for _ in range(_AT_ONCE if self._requests_left > 0 else 0):
            host = self._pace.turn(self._clock())
            if host is None:
                return None
            row = (self._errand(host) or self._row(host)) if self._granted(host) else None
            if row is not None:
                self._pages_left -= row.kind is UrlKind.PAGE
                self._requests_left -= 1
                host.turn_at, host.leave_at = None, -math.inf
                self._pace.began(host, self._clock(), row)
                return row
        return None

    def sent(self, row: Row) -> bool:
        """The request for a row goes out on the wire; returns whether that may let others go on."""
        host = self._pace.host(row.host)
        if host.delay <= 0:
            return False
        self._pace.sent(host, self._clock())
        self._shared.sent(host.name, time.time())
        return True

    def left(self, row: Row, took: float) -> None:
        """The request for a row is over on the wire, after so many seconds."""
        self._pace.left(self._pace.host(row.host), self._clock(), took, row)

    def settle(self, row: Row, answer: Answer, gate: str | None = None) -> Generator[None, None, Entry]:
        """Note what came of a row, in the steps of `Ledger.closing`; for robots.txt see `heard`."""
        entry = yield from self._ledger.closing(row, answer, gate)
        host = self._pace.host(row.host)
        if entry.outcome.cool:
            self._pace.rest(host, self._clock() + entry.outcome.cool)
        self._examine(host, row, answer, entry.outcome.reason or "")
        if row.kind is UrlKind.PAGE and entry.outcome.state is State.QUEUED:
            self._pages_left += 1
        self._offer(entry.hosts)
        return entry

    def heard(self, row: Row, answer: Answer) -> None:
        """Take in what came for a robots.txt."""
        host = self._pace.host(row.host)
        heard = self._manners.answered(row, answer)
        if isinstance(heard, Further):
            host.errand = heard.row
            self._frontier.repeated(answer.size)
            self._pace.rest(host, self._clock() + heard.wait)
            if heard.cool:
                self._shared.cool(host.name, time.time() + heard.wait)
        else:
            asked, host.asking = host.asking or origin(row.url), None
            word = self._adopt(host, asked, heard)
            if heard.reason is None and heard.status is not None:
                host.health.was_well = True
                self._shared.remember_robots(asked, heard.at.timestamp(), heard.status, heard.body)
            state = State.FAILED if heard.reason else State.DONE
            fetched = Fetched(instants.iso(answer.at), heard.status, heard.reason, answer.size)
            self._offer(self._frontier.finish(row, state, fetched, self._sitemaps(host, word)))
        self._pace.offer(host)

    def give_back(self, row: Row) -> None:
        """The row was not fetched after all."""
        self._frontier.release(row)

    def _adopt(self, host: Host, of: str, heard: Heard) -> Word:
        word = self._manners.adopt(of, heard, time.time())
        if (word.rules.closed is None) == (heard.reason is None):  # else what was said before goes on
            self._frontier.hear(of, instants.iso(heard.at), heard.status, heard.reason, heard.body)
            foreign = [url for url in word.rules.sitemaps if urls.host(url) != host.name]
            if foreign:
                self._frontier.readmit(host.name, unheard(of), foreign)
        host.delay = max(host.delay, min(word.rules.crawl_delay or 0.0, CRAWL_DELAY_LIMIT))
        return word

    def _word(self, host: Host, of: str) -> Word | None:
        """What holds for an origin: what this run has heard, or another run of the home within a day."""
        now = time.time()
        word = self._manners.word(of, now)
        remembered = self._shared.robots(of, now, LIFE) if word is None else None
        if remembered:
            at, status, body = remembered
            word = self._adopt(host, of, Heard(datetime.fromtimestamp(at, UTC), status, None, body))
            self._offer(self._frontier.add(self._sitemaps(host, word)))
        return word

    def _sitemaps(self, host: Host, word: Word) -> Iterator[Found]:
        """Those that the robots.txt of a host of the source names, wherever they are."""
        return (Found(url, UrlKind.SITEMAP) for url in (word.rules.sitemaps if host.name in self.own else ()))

    def _examine(self, host: Host, row: Row, answer: Answer, told: str) -> None:
        """Let a host rest at which everything fails, or give it up."""
        pause = host.health.note(answer, row.tries, told, host.delay, time.time())
        if pause:
            log.info("%s: everything fails, last: %s; a rest of %.0f seconds", host.name, told, pause)
            self._pace.rest(host, self._clock() + pause)
        elif host.health.given_up:
            host.ready_at = self._clock()  # nothing is asked any more, only closed

    def _offer(self, names: Iterable[str]) -> None:
        for name in names:
            self._pace.offer(self._pace.host(name))

    def _granted(self, host: Host) -> bool:
        """Whether the host may be asked now, other runs considered; if not, it is offered again for later."""
        now, wall = self._clock(), time.time()
        if host.health.given_up or (host.delay <= 0 and now < host.looked_at + _LOOK):
            return True
        host.looked_at = now
        ready = now + max(0.0, self._shared.cooling(host.name) - wall)
        # Until another may have leave; meanwhile rows were closed that may not be fetched.
        if ready <= now and host.delay > 0 and now >= host.leave_at + host.delay:
            if host.turn_at is None or now > host.turn_at + max(_LATE, host.delay / 10):
                host.turn_at = now + (self._shared.turn(host.name, wall, host.delay) - wall)
            ready = host.turn_at
            if ready <= now:
                # A turn that must wait for another's, which was used late, is not late itself.
                ready = host.turn_at = now + (self._shared.ask(host.name, wall, host.delay) - wall)
                host.leave_at = now if ready <= now else -math.inf
        if ready > now:
            self._pace.rest(host, ready)
            self._pace.offer(host)
        return ready <= now

    def _errand(self, host: Host) -> Row | None:
        row, host.errand = host.errand, None
        return row

    def _row(self, host: Host) -> Row | None:
        """The next row of a host that may be fetched; what may not is closed here, one row a call."""
        if host.health.given_up:
            if self._frontier.abandon(host.name, host.health.given_up, _CLOSED_AT_ONCE):
                self._pace.offer(host)
            return None
        if host.asking is not None:
            return None
        rank = RANK[UrlKind.PAGE] if self._pages_left > 0 else RANK[UrlKind.REQUISITE]
        # A page tells more of a host in doubt than the next of the pictures that one page shows.
        row = self._frontier.take(host.name, time.time(), rank, SEED_RANK) if host.health.in_doubt else None
        row = row or self._frontier.take(host.name, time.time(), rank)
        if row is None:
            due = self._frontier.due(host.name, rank)
            if due is not None:
                self._pace.rest(host, self._clock() + due - time.time())
                self._pace.offer(host)
            return None
        row = self._permitted(host, row) if self._obey else row
        if row and row.kind is UrlKind.LISTING and (reason := self._ledger.spare(row)):
            self._frontier.deny(row, State.OUT, reason)
            self._pace.offer(host)
            return None
        return row

    def _permitted(self, host: Host, row: Row) -> Row | None:
        at = origin(row.url)
        word = self._word(host, at)
        if row.kind is UrlKind.ROBOTS:  # left over from a process that is gone
            host.asking = at
            return row
        if word is None:
            self._frontier.release(row)
            host.asking = at
            return self._frontier.claim(f"{at}/robots.txt", UrlKind.ROBOTS)
        decision = word.rules.decide(row.url[len(at) :])
        if decision.allowed:
            return row
        if word.unreachable:
            self._frontier.deny(row, State.FAILED, word.unreachable)
        else:
            self._frontier.deny(row, State.ROBOTS, decision.line or "robots.txt")
        self._pace.offer(host)
        return None


def _new(frontier: Frontier, name: str) -> int:
    """A total of this process and those before it, as far as the limits count them."""
    return frontier.total(name) - frontier.total(f"{name} before")
