"""Asks strange sites for a few things, politely: each host's robots.txt first, a pause between two requests.

Outside the harvester; nothing of it is archived.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from archive import urls
from crawler import robots
from crawler.address import PrivateAddressError
from crawler.manners import PRODUCT, origin
from crawler.visit import Answer, VisitError, visit

REDIRECTS = 5
"""As many as RFC 9309, section 2.3.1.2, asks for."""

MOST = 60
"""So many requests are made in all; then nothing more is asked that can be done without."""

LASTING = 120.0
"""Seconds after the first request in which more is asked that can be done without."""

_PATIENCE = 5.0  # seconds; a longer Crawl-delay is the crawl's business


@dataclass(frozen=True, slots=True)
class House:
    """The rules of one host, and how they were come by."""

    rules: robots.Rules
    said: str


class Caller:
    """`user_agent` is the crawler's; `delay` is in seconds between two requests; `tell` hears of each one.

    Unless `allow_private`, hosts at addresses that are not public are refused, after a redirect too.
    """

    def __init__(
        self,
        user_agent: str,
        allow_private: bool = False,
        delay: float = 1.0,
        tell: Callable[[str], None] = lambda _url: None,
    ) -> None:
        self.delay = delay
        self._user_agent = user_agent
        self._allow_private = allow_private
        self._tell = tell
        self._houses: dict[str, House] = {}
        self._shut: dict[str, VisitError] = {}
        self._left = MOST
        self._end: float | None = None
        self._got: dict[str, Answer | None] = {}

    def ask(self, url: str, seconds: float | None = None) -> Answer:
        """GET a canonical URL. Raises as `visit`."""
        if self._end is None:
            self._end = time.monotonic() + LASTING
        else:
            time.sleep(self.delay)
        self._left -= 1
        self._tell(url)
        return visit(url, self._user_agent, self._allow_private, seconds)

    def get(self, url: str, seconds: float | None = None) -> Answer | None:
        """What can be done without, asked for once: None where robots.txt disallows it, where it cannot be
        had, and where enough was asked for, or for long enough. Redirects are not followed.
        """
        if url not in self._got:
            self._got[url] = self._try(url, seconds)
        return self._got[url]

    def _try(self, url: str, seconds: float | None) -> Answer | None:
        if self._left <= 0 or (self._end is not None and time.monotonic() > self._end):
            return None
        try:
            return self.ask(url, seconds) if self.allows(url, seconds) else None
        except (VisitError, PrivateAddressError):
            return None

    def allows(self, url: str, seconds: float | None = None) -> bool:
        """Whether robots.txt does. Raises as `visit`."""
        return self.house(url, seconds).rules.decide(target(url)).allowed

    def heard(self, url: str) -> robots.Rules | None:
        """The rules for a URL's host, if they were asked for."""
        house = self._houses.get(origin(url))
        return house.rules if house else None

    def house(self, url: str, seconds: float | None = None) -> House:
        """The rules for a URL's host, asked for once, also where it does not answer. Raises as `visit`."""
        root = origin(url)
        if root in self._shut:
            raise self._shut[root]
        if root not in self._houses:
            try:
                house = self._read_robots(f"{root}/robots.txt", seconds)
            except VisitError as error:
                self._shut[root] = error
                raise
            self.delay = max(self.delay, min(house.rules.crawl_delay or 0, _PATIENCE))
            self._houses[root] = house
        return self._houses[root]

    def _read_robots(self, url: str, seconds: float | None) -> House:
        answer = self.ask(url, seconds)
        for _ in range(REDIRECTS):
            onward = redirect(answer)
            if onward is None:
                break
            try:
                answer = self.ask(onward, seconds)
            except (VisitError, PrivateAddressError) as error:
                return House(robots.DISALLOW_ALL(str(error)), f"robots.txt cannot be read: {error}")
        status = answer.message.status
        rules = robots.for_status(404 if 300 <= status < 400 else status, answer.body, PRODUCT)
        return House(rules, _said(status))


def _said(status: int) -> str:
    if 200 <= status < 300:
        return "robots.txt"
    if 300 <= status < 500:
        return f"no robots.txt ({status})"
    return f"robots.txt answered {status}: until it can be read, everything is disallowed"


def target(url: str) -> str:
    """Path and query of a canonical URL."""
    return url[url.index("/", len("https://")) :]


def redirect(answer: Answer) -> str | None:
    """Where an answer leads, if it is a redirect."""
    location = answer.message.get("Location")
    if answer.message.status not in (301, 302, 303, 307, 308) or not location:
        return None
    return urls.join(answer.url, location)
