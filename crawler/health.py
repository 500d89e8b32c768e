"""Whether a host is well: where everything fails it rests, longer each time, and is given up in the end."""

from dataclasses import dataclass
from enum import Enum

from crawler.exchange import Answer

ROW = 10
"""So many different URLs of a host must fail in a row before it rests."""

RESTS = 3
"""So often it rests; if it is no better then, it is given up for this run. A host that has not been well at
all in this run rests once.
"""

_FIRST_REST = 30.0  # times the delay; four times longer each time
_LONGEST_REST = 900.0
_DEAD = frozenset({429, 502, 503, 504})


class Sign(Enum):
    """What an answer tells of its host. A page of its own may be ill where all others are well."""

    WELL = "well"
    ILL = "ill"
    DEAD = "dead"
    NONE = "none"


def sign(answer: Answer) -> Sign:
    message = answer.message
    if message is None:
        # Such as an address that we do not connect to: of the host that tells nothing.
        return Sign.NONE if answer.final else Sign.DEAD
    if message.status in _DEAD:
        return Sign.DEAD
    if message.status >= 500:
        return Sign.ILL
    return Sign.NONE if answer.cut else Sign.WELL


@dataclass(slots=True)
class Health:
    """The failures of one host since it last was well. `given_up` is why it is not asked any more.

    Only first tries are counted, and so each URL once: when all others are done, what is left to be tried
    again fails in long rows, and tells nothing of the host.
    """

    given_up: str | None = None
    was_well: bool = False
    _failures: int = 0
    _since: int = 0
    _rests: int = 0
    _rested_at: float = 0.0

    @property
    def in_doubt(self) -> bool:
        """Whether it has rested and was not well since."""
        return self._rests > 0

    def note(self, answer: Answer, tries: int, told: str, delay: float, now: float) -> float:
        """Take in what came of a request; returns for how many seconds the host is to rest.

        `tries` counts those of the URL before this one, `delay` is that of the host, `now` in seconds since
        the epoch, `told` the failure in words.
        """
        of = sign(answer)
        if of is Sign.WELL:
            self.given_up, self.was_well = None, True
            self._failures = self._since = self._rests = 0
        elif of is not Sign.NONE and tries == 0 and answer.at.timestamp() >= self._rested_at:
            self._failures += 1
            self._since += 1
            # After a rest one more failure is enough where the host does not serve at all; where it
            # answers, that may just be the next broken page.
            if self._since >= ROW or (of is Sign.DEAD and self.in_doubt):
                return self._rest(told, delay, now)
        return 0.0

    def _rest(self, told: str, delay: float, now: float) -> float:
        self._since = 0
        if self._rests == (RESTS if self.was_well else 1):
            self.given_up = f"host given up: {self._failures} failures in a row, last: {told}"
            return 0.0
        pause = min(max(delay, 0.05) * _FIRST_REST * 4**self._rests, _LONGEST_REST)
        self._rests += 1
        # What was sent before the rest is no news after it.
        self._rested_at = now + pause
        return float(pause)
