"""What an answer means for its URL: done, to be asked again, or given up."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archive import http
from crawler.exchange import Answer, Cut
from crawler.rows import State

TRIES = 3
"""So often a URL is asked for before it is given up."""

COOLING_LIMIT = 900.0
"""Seconds: the longest pause a server may ask for (RFC 9110, section 10.2.3)."""

_BACK_OFF_LIMIT = 300.0
_AGAIN = frozenset({408, 425, 429})
_COOL = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state` is done, failed, or queued for a further try after `wait` seconds; for `cool` seconds the host
    is left alone. `reason` is for a person.
    """

    state: State
    status: int | None
    reason: str | None
    wait: float = 0.0
    cool: float = 0.0


def judge(answer: Answer, tries: int, delay: float) -> Outcome:
    """`tries` is the number of attempts before this one, `delay` the seconds between requests to the host."""
    last = tries + 1 >= TRIES
    wait = back_off(tries, delay)
    message = answer.message
    if message is None:
        if last or answer.final:
            return Outcome(State.FAILED, None, _tried(answer.error, tries))
        return Outcome(State.QUEUED, None, answer.error, wait)
    status = message.status
    if status in _AGAIN or status >= 500:
        wait = max(wait, retry_after(message, answer.at) or 0.0)
        cool = wait if status in _COOL else 0.0
        told = f"status {status}"
        if last:
            return Outcome(State.FAILED, status, _tried(told, tries), cool=cool)
        return Outcome(State.QUEUED, status, told, wait, cool)
    if answer.cut in (Cut.TIME, Cut.DISCONNECT, Cut.UNSPECIFIED) and not last:
        return Outcome(State.QUEUED, status, answer.error, wait)
    # What is cut at the third try too is all there is to be had: better than nothing, and marked as cut.
    return Outcome(State.DONE, status, f"truncated: {answer.cut}" if answer.cut else None)


def back_off(tries: int, delay: float) -> float:
    """Seconds until the next try: in the pace of the crawl, and five times longer each time."""
    return float(min(max(delay, 0.05) * 5 ** (tries + 1), _BACK_OFF_LIMIT))


def retry_after(message: http.Message, at: datetime) -> float | None:
    """Retry-After in seconds, of either form, up to COOLING_LIMIT; None where it says nothing readable."""
    value = message.get("retry-after")
    if not value:
        return None
    if value.isascii() and value.isdigit():
        seconds = float(value[:9])
    else:
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - at).total_seconds()
    return min(max(seconds, 0.0), COOLING_LIMIT)


def _tried(told: str | None, tries: int) -> str:
    told = told or "no answer"
    return f"{told} ({tries + 1} tries)" if tries else told
