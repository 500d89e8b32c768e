"""What the robots.txt of each origin says, and how it is come by (RFC 9309, section 2.3)."""

from collections import OrderedDict
from dataclasses import dataclass, replace

from crawler import robots
from crawler.discovery import location
from crawler.exchange import Answer, Cut
from crawler.outcome import TRIES, back_off, retry_after
from crawler.rows import Row

HOPS = 5
CRAWL_DELAY_LIMIT = 60.0
"""Seconds: the longest Crawl-delay that is kept to."""

PRODUCT = "Strandline"
"""The product token that robots.txt files address us by."""

_BYTES = 1024 * 1024
_ORIGINS = 1000


@dataclass(frozen=True, slots=True)
class Word:
    """What holds for an origin. `unreachable`: why nothing there can be asked for at all, if so."""

    rules: robots.Rules
    unreachable: str | None = None


@dataclass(frozen=True, slots=True)
class Further:
    """robots.txt takes one more request: a redirect or another try, after so many seconds."""

    row: Row
    wait: float = 0.0


def origin(url: str) -> str:
    """Scheme and host of a canonical URL: what one robots.txt is good for."""
    return url[: url.index("/", url.index("//") + 2)]


class Manners:
    """The words of the origins asked lately; each is asked again by the next process."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._words: OrderedDict[str, Word] = OrderedDict()

    def word(self, of: str) -> Word | None:
        return self._words.get(of)

    def answered(self, of: str, row: Row, answer: Answer) -> Word | Further:
        """Take in what came for the robots.txt of an origin."""
        heard = self._judge(row, answer)
        if isinstance(heard, Word):
            self._words[of] = heard
            if len(self._words) > _ORIGINS:
                self._words.popitem(last=False)
        return heard

    def _judge(self, row: Row, answer: Answer) -> Word | Further:
        message = answer.message
        target = location(row.url, message) if message and 300 <= message.status < 400 else None
        if target and row.hops < HOPS:
            return Further(replace(row, url=target, hops=row.hops + 1, tries=0))
        trouble = _trouble(answer)
        if trouble and not answer.final and row.tries + 1 < TRIES:
            wait = back_off(row.tries, self._delay)
            asked = retry_after(message, answer.at) if message else None
            return Further(replace(row, tries=row.tries + 1), max(wait, asked or 0.0))
        if message is None:
            unreachable = answer.error or "no answer"
            return Word(robots.DISALLOW_ALL(f"robots.txt: {unreachable}"), unreachable)
        if trouble:
            return Word(robots.DISALLOW_ALL(f"robots.txt: {trouble}"))
        # More redirects than are followed count as no robots.txt (section 2.3.1.2).
        status = 404 if 300 <= message.status < 400 else message.status
        return Word(robots.for_status(status, message.decoded(_BYTES), PRODUCT))


def _trouble(answer: Answer) -> str | None:
    """Why an answer tells nothing yet. A server that is asked too often has not said that all is allowed."""
    if answer.message is None:
        return answer.error or "no answer"
    status = answer.message.status
    if status >= 500 or status == 429:
        return f"status {status}"
    if answer.cut in (Cut.TIME, Cut.DISCONNECT, Cut.UNSPECIFIED):
        return answer.error or "broken off"
    return None
