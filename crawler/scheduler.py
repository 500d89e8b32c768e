"""Scrapy's view of the frontier: a request is made when its turn has come; nothing waits inside Scrapy."""

import asyncio
from typing import cast

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawler import spider, wire


class Scheduler(BaseScheduler):
    """The scheduler of a `crawler.spider.Harvester`."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._timer: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Scheduler":
        return cls(crawler)

    def open(self, spider_: Spider) -> None:
        self._spider = cast(spider.Harvester, spider_)

    def close(self, reason: str) -> None:
        if self._timer:
            self._timer.cancel()

    def has_pending_requests(self) -> bool:
        return bool(self._spider.turns)

    def enqueue_request(self, request: Request) -> bool:
        """Nobody makes requests but `next_request`."""
        return False

    def next_request(self) -> Request | None:
        if self._spider.ending.asked:
            return None
        try:
            row = self._spider.turns.next()
            if row is not None:
                return self._spider.request(row)
        except Exception as error:
            # The engine would go on for ever with a scheduler that fails.
            self._spider.fault(error)
            return None
        self._sleep()
        return None

    def _sleep(self) -> None:
        """Have the engine ask again when the next host is ready."""
        seconds = self._spider.turns.seconds()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, wire.wake, self._crawler)
