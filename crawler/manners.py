"""What the robots.txt of each origin says, and how it is come by (RFC 9309, section 2.3)."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

from crawler import robots
from crawler.discovery import location
from crawler.exchange import Answer, Cut
from crawler.outcome import TRIES, back_off, retry_after
from crawler.rows import Row

HOPS = 5
CRAWL_DELAY_LIMIT = 60.0
"""Seconds: the longest Crawl-delay that is kept to."""

LIFE = 86_400.0
"""Seconds for which an answer holds, also in later runs (RFC 9309, section 2.4)."""

UNREACHABLE_LIFE = 600.0
"""Seconds until a robots.txt that could not be read is asked for again: meanwhile nothing may be fetched."""

PRODUCT = "Strandline"
"""The product token that robots.txt files address us by."""

_BYTES = 1024 * 1024
_ORIGINS = 1000
_RULES = 200_000
"""So many rules are held of all origins together; what goes is in the home's memory of a day."""

_PREFIX = "robots.txt: "
"""What begins the reason of a page that is left out because of trouble with its robots.txt."""


@dataclass(frozen=True, slots=True)
class Word:
    """What holds for an origin. `unreachable`: why nothing there can be asked for at all, if so."""

    rules: robots.Rules
    unreachable: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What came for a robots.txt, after redirects and repeats: all that its word follows from (see `read`).

    `status` is that of the last answer, None where none came. `reason`: why the file could not be read, and
    so nothing may be fetched. `body` is decoded.
    """

    at: datetime
    status: int | None
    reason: str | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Further:
    """robots.txt takes one more request: a redirect or another try, after so many seconds. `cool`: the host
    has asked for that pause.
    """

    row: Row
    wait: float = 0.0
    cool: bool = False


def origin(url: str) -> str:
    """Scheme and host of a canonical URL: what one robots.txt is good for."""
    return url[: url.index("/", url.index("//") + 2)]


def read(status: int | None, reason: str | None, body: bytes) -> Word:
    """The word that follows from what was heard; see `Heard`."""
    if reason is not None or status is None:
        told = trouble(reason or "no answer")
        return Word(robots.DISALLOW_ALL(_PREFIX + told), told if status is None else None)
    # More redirects than are followed count as no robots.txt (section 2.3.1.2).
    return Word(robots.for_status(404 if 300 <= status < 400 else status, body, PRODUCT))


def trouble(reason: str) -> str:
    """What was wrong with a robots.txt, without saying that it was one; older frontiers say so as well."""
    return reason.removeprefix(_PREFIX)


class Manners:
    """The words of the origins asked lately. Instants are in seconds since the epoch."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._words: OrderedDict[str, tuple[Word, float]] = OrderedDict()
        self._rules = 0

    def word(self, of: str, now: float) -> Word | None:
        """What holds for an origin, as long as it does."""
        word, until = self._words.get(of, (None, 0.0))
        return word if now < until else None

    def adopt(self, of: str, heard: Heard, now: float) -> Word:
        """Let what was heard hold from now on; returns what holds.

        Where the file is unreachable when a day has passed, what it said before goes on (section 2.4).
        """
        word = read(heard.status, heard.reason, heard.body)
        until = heard.at.timestamp() + LIFE
        if word.rules.closed is not None:
            until = now + UNREACHABLE_LIFE
            before, _ = self._words.get(of, (None, 0.0))
            if before is not None and before.rules.closed is None:
                word = before
        self._keep(of, word, until)
        return word

    def _keep(self, of: str, word: Word, until: float) -> None:
        before, _ = self._words.pop(of, (None, 0.0))
        self._rules += len(word.rules.rules) - (len(before.rules.rules) if before else 0)
        self._words[of] = (word, until)
        while len(self._words) > 1 and (len(self._words) > _ORIGINS or self._rules > _RULES):
            _, (gone, _) = self._words.popitem(last=False)
            self._rules -= len(gone.rules.rules)

    def answered(self, row: Row, answer: Answer) -> Heard | Further:
        """What to make of an answer to the question for a robots.txt."""
        message = answer.message
        target = location(row.url, message) if message and 300 <= message.status < 400 else None
        if target and row.hops < HOPS:
            return Further(replace(row, url=target, hops=row.hops + 1, tries=0))
        told = _trouble(answer)
        if told and not answer.final and row.tries + 1 < TRIES:
            wait = back_off(row.tries, self._delay)
            asked = retry_after(message, answer.at) if message else None
            return Further(replace(row, tries=row.tries + 1), max(wait, asked or 0.0), asked is not None)
        status = message.status if message else None
        if told:
            return Heard(answer.at, status, told)
        return Heard(answer.at, status, None, message.decoded(_BYTES) if message else b"")


def _trouble(answer: Answer) -> str | None:
    """Why an answer tells nothing yet. A server that is asked too often has not said that all is allowed."""
    if answer.message is None:
        return answer.error or "no answer"
    status = answer.message.status
    if status >= 500 or status == 429 or status < 200:
        return f"status {status}"
    if answer.cut in (Cut.TIME, Cut.DISCONNECT, Cut.UNSPECIFIED):
        return answer.error or "broken off"
    return None
