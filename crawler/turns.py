"""Whose turn it is: the next URL from the frontier, in the pace of its host, as far as robots.txt allows."""

import time
from collections.abc import Callable, Generator, Iterable

from archive import instants, urls
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.ledger import Entry, Ledger
from crawler.manners import CRAWL_DELAY_LIMIT, Further, Manners, Word, origin
from crawler.pace import Host, Pace
from crawler.rows import RANK, Fetched, Found, Row, State, UrlKind
from crawler.source import Source

_AT_ONCE = 100
"""So many URLs are looked at in one go, so that a million disallowed ones do not stop everything else."""


class Turns:
    """Hands out rows and takes in what came of them. `clock` is monotonic, in seconds."""

    def __init__(
        self,
        source: Source,
        frontier: Frontier,
        ledger: Ledger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.own = frozenset(urls.host(url) for url in (*source.seeds, *source.feeds, *source.sitemaps))
        self._obey = source.manners.robots == "obey"
        self._pages_left = source.limits.pages - frontier.total("pages") + frontier.total("pages before")
        self._frontier = frontier
        self._ledger = ledger
        self._clock = clock
        self._manners = Manners(source.manners.delay)
        self._pace = Pace(source.manners.delay, source.manners.concurrency, self.own)
        self._offer(frontier.hosts())

    def __bool__(self) -> bool:
        """Whether any host may have something, now or later."""
        return bool(self._pace)

    @property
    def pages_left(self) -> int:
        """How many more pages the limit allows, those under way being counted."""
        return self._pages_left

    def seconds(self) -> float | None:
        """How long until it is worth while to ask again; None: not before something happens."""
        return self._pace.seconds(self._clock())

    def next(self) -> Row | None:
        """The next URL to fetch now, if there is one."""
        for _ in range(_AT_ONCE):
            host = self._pace.turn(self._clock())
            if host is None:
                return None
            row = self._errand(host) or self._row(host)
            if row is not None:
                if row.kind is UrlKind.PAGE:
                    self._pages_left -= 1
                self._pace.began(host, self._clock())
                return row
        return None

    def left(self, row: Row, took: float) -> None:
        """The request for a row is over on the wire, after so many seconds."""
        self._pace.left(self._pace.host(row.host), self._clock(), took)

    def settle(self, row: Row, answer: Answer, gate: str | None = None) -> Generator[None, None, Entry]:
        """Note what came of a row, in the steps of `Ledger.closing`; for robots.txt see `heard`."""
        entry = yield from self._ledger.closing(row, answer, gate)
        host = self._pace.host(row.host)
        if entry.outcome.cool:
            self._pace.rest(host, self._clock() + entry.outcome.cool)
        if row.kind is UrlKind.PAGE and entry.outcome.state is State.QUEUED:
            self._pages_left += 1
        self._offer(entry.hosts)
        return entry

    def heard(self, row: Row, answer: Answer) -> None:
        """Take in what came for a robots.txt."""
        host = self._pace.host(row.host)
        asked = host.asking or origin(row.url)
        heard = self._manners.answered(asked, row, answer)
        if isinstance(heard, Further):
            host.errand = heard.row
            self._pace.rest(host, self._clock() + heard.wait)
        else:
            host.asking = None
            self._adopt(host, row, answer, heard)
        self._pace.offer(host)

    def give_back(self, row: Row) -> None:
        """The row was not fetched after all."""
        self._frontier.release(row)

    def _adopt(self, host: Host, row: Row, answer: Answer, word: Word) -> None:
        host.delay = max(host.delay, min(word.rules.crawl_delay or 0.0, CRAWL_DELAY_LIMIT))
        state = State.FAILED if word.rules.closed else State.DONE
        status = answer.message.status if answer.message else None
        fetched = Fetched(instants.iso(answer.at), status, word.rules.closed, answer.size)
        named = word.rules.sitemaps if host.name in self.own else ()
        sitemaps = (Found(url, UrlKind.SITEMAP) for url in named if urls.host(url) == host.name)
        self._offer(self._frontier.finish(row, state, fetched, sitemaps))

    def _offer(self, names: Iterable[str]) -> None:
        for name in names:
            host = self._pace.host(name)
            cooling = self._frontier.cooling(name) if not host.known else 0.0
            host.known = True
            if cooling:
                self._pace.rest(host, self._clock() + cooling - time.time())
            self._pace.offer(host)

    def _errand(self, host: Host) -> Row | None:
        row, host.errand = host.errand, None
        return row

    def _row(self, host: Host) -> Row | None:
        """The next row of a host that may be fetched; what may not is closed here, one row a call."""
        if host.asking is not None:
            return None
        rank = RANK[UrlKind.PAGE] if self._pages_left > 0 else RANK[UrlKind.REQUISITE]
        row = self._frontier.take(host.name, time.time(), rank)
        if row is None:
            due = self._frontier.due(host.name, rank)
            if due is not None:
                self._pace.rest(host, self._clock() + due - time.time())
                self._pace.offer(host)
            return None
        return self._permitted(host, row) if self._obey else row

    def _permitted(self, host: Host, row: Row) -> Row | None:
        at = origin(row.url)
        word = self._manners.word(at)
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
