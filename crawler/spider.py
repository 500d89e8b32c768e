"""The spider: asks for what the turns hand out and notes what came. It yields neither requests nor items."""

import asyncio
import logging
from collections.abc import AsyncIterator
from http.cookies import CookieError, SimpleCookie
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import warc
from crawler import wire
from crawler.ending import CRASHED, NO_SPACE, Ending, is_full
from crawler.exchange import Exchange
from crawler.frontier import Frontier
from crawler.order import Order
from crawler.originals import Originals
from crawler.recorder import Recorder
from crawler.rows import Row, UrlKind
from crawler.turns import Turns

GRACE = 2.0
"""Seconds that requests under way are given to end by themselves when the crawl is stopped."""

LARGEST = warc.RECORD_LIMIT - 64 * 1024 * 1024
"""Bytes of a body, whatever the source says: what a WARC record of ours can hold."""

_REVISITED = (UrlKind.PAGE, UrlKind.REQUISITE)

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
    ) -> None:
        super().__init__()
        self.turns = turns
        self.ending = ending
        self._frontier = frontier
        self._recorder = recorder
        self._originals = originals
        self._source = order.source
        self._live: set[Exchange] = set()
        given = order.source.fetch.headers
        self._headers = {**_HEADERS, "User-Agent": user_agent}
        self._own_headers = {**self._headers, **{n: v for n, v in given.items() if n.lower() != "cookie"}}
        self._own_cookies: Any = _cookies(next((v for n, v in given.items() if n.lower() == "cookie"), ""))
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
        minutes = self._source.limits.minutes
        self._loop.call_later(
            minutes * 60, lambda: self.ending.ask(f"the limit of {minutes:g} minutes", limit=True)
        )
        self.ending.act = self._wind_up
        if self.ending.asked:
            self._wind_up()
        return
        yield  # an iterator of nothing: requests come from the scheduler

    def request(self, row: Row) -> Request:
        """The request for a row. What the source's file adds to it goes to the source's own hosts alone."""
        original = self._originals.get(row.url) if row.kind in _REVISITED else None
        exchange = Exchange(row, self._page_bytes, original, self._recorder.spool)
        self._live.add(exchange)
        own = row.host in self.turns.own or row.kind is UrlKind.PAGE
        conditions = original.conditions() if original else {}
        return Request(
            row.url,
            callback=self.settled,
            errback=self.broke,
            headers={**(self._own_headers if own else self._headers), **conditions},
            cookies=self._own_cookies if own else None,
            meta={"exchange": exchange, "download_slot": row.host, "verbatim_url": True},
        )

    def left(self, exchange: Exchange) -> None:
        """Writing and reading an answer goes on beside the next request, unless the host may want a rest."""
        self._live.discard(exchange)
        if exchange.fine:
            self._free(exchange)

    def _free(self, exchange: Exchange) -> None:
        if not exchange.freed:
            exchange.freed = True
            self.turns.left(exchange.row, exchange.milliseconds / 1000)
            wire.wake(self.crawler)

    async def keep(self, exchange: Exchange) -> None:
        try:
            await self._recorder.keep(exchange)
        except OSError as error:
            exchange.dropped = True
            self.ending.ask(f"nothing more can be written: {error}", NO_SPACE)

    def settled(self, response: Response) -> None:
        exchange: Exchange = response.meta["exchange"]
        self._settle(exchange)
        self._free(exchange)

    def _settle(self, exchange: Exchange) -> None:
        row = exchange.row
        if exchange.dropped:
            self.turns.give_back(row)
            return
        answer = exchange.answer()
        if row.kind is UrlKind.ROBOTS:
            self.turns.heard(row, answer)
        else:
            entry = self.turns.settle(row, answer)
            if entry.outcome.reason:
                log.info("%s: %s", row.url, entry.outcome.reason, extra={"state": entry.outcome.state})
        self._bytes_left -= answer.size
        if self._bytes_left <= 0:
            self.ending.ask(f"the limit of {self._source.limits.bytes} bytes", limit=True)

    def broke(self, failure: Failure) -> None:
        """No answer is an error to Scrapy, so this is a fault of our own."""
        self.failed(failure)

    def failed(self, failure: Failure, **_: Any) -> None:
        self.fault(failure.value or RuntimeError(failure.getErrorMessage()))

    def fault(self, error: BaseException) -> None:
        """End the run for an error that nobody has expected, or because nothing can be written."""
        if is_full(error):
            self.ending.ask(f"nothing more can be written: {error}", NO_SPACE)
        else:
            log.error("fault", exc_info=error)
            self.ending.ask(f"a fault: {error!r}", CRASHED)

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


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
