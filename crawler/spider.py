"""The spider: asks for what the turns hand out and notes what came. It yields neither requests nor items."""

import asyncio
import logging
import math
import os
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Generator
from functools import partial
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import http, space, urls, warc
from crawler import bounds, robots, wire
from crawler.cookies import Cookies
from crawler.discovery import location
from crawler.ending import CRASHED, STALLED, Ending
from crawler.exchange import Exchange
from crawler.frontier import Frontier
from crawler.order import Order
from crawler.originals import Originals
from crawler.recorder import Recorder
from crawler.rows import FOLLOWED, Row, UrlKind
from crawler.turns import Turns

GRACE = 2.0
"""Seconds that requests under way are given to end by themselves when the crawl is stopped."""

LARGEST = warc.RECORD_LIMIT - 64 * 1024 * 1024
"""Bytes of a body, whatever the source says: what a WARC record of ours can hold."""

_MARK_SECONDS = 1.0
_REVISITED = (*FOLLOWED, UrlKind.REQUISITE, UrlKind.FEED, UrlKind.SITEMAP)

log = logging.getLogger(__name__)


class Harvester(Spider):
    """One run. `turns` says what to fetch, `recorder` keeps what came."""

    name = "strandline"

    def __init__(
        self,
        order: Order,
        frontier: Frontier,
        turns: Turns,
        recorder: Recorder,
        ending: Ending,
        user_agent: str,
        originals: Originals,
        guard: space.Guard,
    ) -> None:
        super().__init__()
        self.turns = turns
        self.ending = ending
        self._frontier = frontier
        self._recorder = recorder
        self._originals = originals
        self._guard = guard
        self._source = order.source
        self._live: set[Exchange] = set()
        self._unwritten = 0
        self._marks: dict[Exchange, tuple[int, int]] = {}
        self._marked = 0.0
        self._beaten = -math.inf
        self._stall = bounds.Stall(order.source.limits.stall)
        given = order.source.fetch.headers
        self._headers = {**_HEADERS, "User-Agent": user_agent}
        self._own_headers = {**self._headers, **{n: v for n, v in given.items() if n.lower() != "cookie"}}
        cookies = next((v for n, v in given.items() if n.lower() == "cookie"), "")
        self._own_cookies = cookies.encode().decode("latin-1")
        self._own_secure = all(seed.startswith("https:") for seed in order.source.seeds)
        self._cookies = Cookies(wire.is_suffix)
        self._page_bytes = min(order.source.limits.page_bytes, LARGEST)
        self._bytes_left = (
            order.source.limits.bytes - frontier.total("bytes") + frontier.total("bytes before")
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **named: Any) -> "Harvester":
        spider = super().from_crawler(crawler, *args, **named)
        crawler.signals.connect(spider.failed, signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        self._loop = asyncio.get_running_loop()
        limits = self._source.limits
        self._loop.call_later(
            limits.minutes * 60, lambda: self.ending.ask(bounds.time_reason(limits), limit=True)
        )
        self._frontier.hold()
        self._look_round()
        self.ending.act = self._wind_up
        if self.ending.asked:
            self._wind_up()
        return
        yield  # an iterator of nothing: requests come from the scheduler

    def request(self, row: Row) -> Request:
        """The request for a row. What the source's file adds to it goes to the source's own hosts alone."""
        original = self._originals.get(row.url) if row.kind in _REVISITED else None
        # Of a robots.txt all is read that counts, however small the pages are to be.
        limit = max(self._page_bytes, robots.LARGEST) if row.kind is UrlKind.ROBOTS else self._page_bytes
        exchange = Exchange(row, limit, original, self._recorder.spool)
        exchange.begun = partial(self._sent, row)
        self._live.add(exchange)
        headers: dict[str, Any] = self._own_headers if self._is_own(row) else self._headers
        conditions = original.conditions() if original else {}
        exchange.cookies = self._cookies_for(row)
        if conditions or exchange.cookies:
            # Byte for byte as they came: Latin-1, which Scrapy would send as UTF-8.
            further = {**conditions, "Cookie": exchange.cookies} if exchange.cookies else conditions
            headers = {**headers, **{name: value.encode("latin-1") for name, value in further.items()}}
        return Request(
            row.url,
            callback=self.settled,
            errback=self.broke,
            headers=headers,
            meta={"exchange": exchange, "download_slot": row.host, "verbatim_url": True},
        )

    def _sent(self, row: Row) -> None:
        if self.turns.sent(row):
            wire.wake(self.crawler)

    def _is_own(self, row: Row) -> bool:
        """Whether what the source's file adds may go there: it may be a key, so not in the clear unless the
        source is. A robots.txt that has moved to another host is a row of the host that was asked first.
        """
        if self._own_secure and row.url.startswith("http:"):
            return False
        return row.kind in FOLLOWED or urls.host(row.url) in self.turns.own

    def _cookies_for(self, row: Row) -> str:
        held = self._cookies.header(row.url) if self._cookies else ""
        given = self._own_cookies if self._own_cookies and self._is_own(row) else ""
        return "; ".join(filter(None, (given, held)))

    def left(self, exchange: Exchange) -> None:
        """Writing and reading an answer goes on beside the next request, unless the host may want a rest.

        A feed is read first: it says what comes next.
        """
        self._live.discard(exchange)
        if exchange.fine and exchange.row.kind is not UrlKind.FEED:
            self._free(exchange)

    def _free(self, exchange: Exchange) -> None:
        if not exchange.freed:
            exchange.freed = True
            self.turns.left(exchange.row, exchange.milliseconds / 1000)
            wire.wake(self.crawler)

    async def keep(self, exchange: Exchange) -> None:
        size = exchange.size
        self._unwritten += size
        self._marks[exchange] = self._recorder.reached
        try:
            await self._recorder.keep(exchange)
        except OSError as error:
            exchange.dropped = True
            said = f"nothing more can be written: {error}"
            self.ending.lose(self._guard.trouble(error) or space.DiskTrouble(said, full=False))
        finally:
            self._unwritten -= size

    def settled(self, response: Response) -> Coroutine[Any, Any, None] | None:
        exchange: Exchange = response.meta["exchange"]
        settling = self._settle(exchange)
        for _ in settling:
            return self._go_on(exchange, settling)
        self._finish(exchange)
        return None

    async def _go_on(self, exchange: Exchange, settling: Generator[None, None, None]) -> None:
        """Settle an answer with very many links; other work is done between its parts."""
        for _ in settling:
            await asyncio.sleep(0)
        self._finish(exchange)

    def _finish(self, exchange: Exchange) -> None:
        """An exchange is closed. Note where the first lies that is not: from there a crash is made good."""
        self._marks.pop(exchange, None)
        now = self._loop.time()
        if now >= self._marked + _MARK_SECONDS:
            self._marked = now
            self._frontier.mark(*next(iter(self._marks.values()), self._recorder.reached))
        self._free(exchange)

    def _settle(self, exchange: Exchange) -> Generator[None, None, None]:
        row = exchange.row
        if exchange.dropped:
            self.turns.give_back(row)
            return
        answer = exchange.answer()
        gate = self._take_cookies(exchange, answer.message) if answer.message else None
        if row.kind is UrlKind.ROBOTS:
            self.turns.heard(row, answer)
        else:
            entry = yield from self.turns.settle(row, answer, gate)
            if entry.outcome.reason:
                log.info("%s: %s", row.url, entry.outcome.reason, extra={"state": entry.outcome.state})
        self._bytes_left -= answer.size
        if self._bytes_left <= 0:
            self.ending.ask(f"the limit of {self._source.limits.bytes} bytes", limit=True)

    def _take_cookies(self, exchange: Exchange, message: http.Message) -> str | None:
        """Take in the cookies of an answer. Returns where it redirects to, if that is the page itself, or one
        that led to it, and there are cookies now that the page was asked without.
        """
        row = exchange.row
        lines = message.get_all("set-cookie")
        if lines:
            self._cookies.take(row.url, lines)
        if not self._cookies or not 300 <= message.status < 400:
            return None
        target = location(row.url, message)
        if target == row.url:
            return target if self._cookies_for(row) != exchange.cookies else None
        return target if target and row.hops and self._cookies.header(target) else None

    def broke(self, failure: Failure) -> None:
        """No answer is an error to Scrapy, so this is a fault of our own."""
        self.failed(failure)

    def failed(self, failure: Failure, **_: Any) -> None:
        self.fault(failure.value or RuntimeError(failure.getErrorMessage()))

    def fault(self, error: BaseException) -> None:
        """End the run for an error that nobody has expected, or because nothing can be written."""
        trouble = self._guard.trouble(error)
        if trouble:
            self.ending.lose(trouble)
        else:
            log.error("fault", exc_info=error)
            self.ending.ask(f"a fault: {error!r}", CRASHED)

    def _look_round(self) -> None:
        """Four times a second: let others see what was done. And is there room for what is on its way? If
        not, it is dropped and asked for later.
        """
        try:
            if self._loop.time() >= self._beaten + bounds.BEAT_SECONDS:
                self._beaten = self._loop.time()
                self._frontier.beat()
            self._frontier.commit()
        except sqlite3.Error as error:
            self.fault(error)
            return
        coming = self._unwritten + sum(one.coming for one in self._live)
        if short := self._guard.shortage(coming):
            self.ending.lose(short)
            self._drop()
        else:
            self._keep_limits()
            self._loop.call_later(space.LOOK_SECONDS, self._look_round)

    def _keep_limits(self) -> None:
        if bounds.resident(os.getpid()) > self._source.limits.memory:
            self.ending.ask(bounds.memory_reason(self._source.limits), limit=True)
        fetched = sum(one.size for one in self._live) - self._bytes_left
        resting = not self._live and self.turns.rests()
        if self._stall.stands(self._loop.time(), fetched, resting):
            self.ending.ask(self._stall.reason, STALLED)

    def _wind_up(self) -> None:
        log.info("stopping: %s", self.ending.reason)
        self._loop.call_later(GRACE, self._drop)
        self._loop.create_task(self.crawler.engine.close_spider_async(reason=self.ending.reason or ""))

    def _drop(self) -> None:
        for exchange in tuple(self._live):
            if exchange.drop:
                exchange.drop()


_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # No zstd: the tools that replay archives cannot decode it.
    "Accept-Encoding": "gzip, deflate, br",
}


def secrets(order: Order) -> tuple[str, ...]:
    """The headers that the source's file sets: blotted out in the record, since any of them may be a key."""
    return tuple(order.source.fetch.headers)
