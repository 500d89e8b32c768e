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
_REDIRECT_LIMIT = 30.0
"""Seconds: the longest pause that a redirect may ask for."""

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


def judge(answer: Answer, tries: int, delay: float, again: bool = True) -> Outcome:
    """`tries` is the number of attempts before this one, `delay` the seconds between requests to the host.
    `again`: whether the run may repeat requests.
    """
    last = tries + 1 >= TRIES or not again
    wait = back_off(tries, delay)
    message = answer.message
    if message is None:
        if last or answer.final:
            return Outcome(State.FAILED, None, _tried(answer.error, tries, again or answer.final))
        return Outcome(State.QUEUED, None, answer.error, wait)
    status = message.status
    if status in _AGAIN or status >= 500:
        asked = retry_after(message, answer.at) or 0.0
        wait = max(wait, asked)
        # Not as long as this URL waits: where more of them fail, `crawler/health.py` lets the host rest.
        cool = max(back_off(0, delay), asked) if status in _COOL else 0.0
        told = f"status {status}"
        if last:
            return Outcome(State.FAILED, status, _tried(told, tries, again), cool=cool)
        return Outcome(State.QUEUED, status, told, wait, cool)
    if answer.cut in (Cut.TIME, Cut.DISCONNECT, Cut.UNSPECIFIED) and not last:
        return Outcome(State.QUEUED, status, answer.error, wait)
    # What is cut at the third try too is all there is to be had: better than nothing, and marked as cut.
    told_why = f"truncated: {answer.cut}" if answer.cut else None
    return Outcome(State.DONE, status, told_why, cool=_before_redirect(message, answer.at))


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
        until = _date(value)
        if until is None:
            return None
        # By the server's own clock, where it tells: it may be hours from ours.
        seconds = (until - (_date(message.get("date") or "") or at)).total_seconds()
    return min(max(seconds, 0.0), COOLING_LIMIT)


def _date(value: str) -> datetime | None:
    """An HTTP date (RFC 9110, section 5.6.7), which is in UTC whatever it says."""
    try:
        return parsedate_to_datetime(value).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _before_redirect(message: http.Message, at: datetime) -> float:
    """How long a redirect asks to wait before it is followed (RFC 9110, section 10.2.3)."""
    asked = retry_after(message, at) if 300 <= message.status < 400 else None
    return min(asked or 0.0, _REDIRECT_LIMIT)


def _tried(told: str | None, tries: int, again: bool) -> str:
    told = told or "no answer"
    if not again and tries + 1 < TRIES:
        return f"{told}; this run has repeated enough requests"
    return f"{told} ({tries + 1} tries)" if tries else told
