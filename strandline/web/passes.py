"""Passes to the archived pages: an address there is good for some hours, and for those who got it from here.

Without them any page of the web could find out, by images that load or do not, what this archive holds.
"""

import hmac
import time
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit

from flask import request

from strandline.web import show
from strandline.web.room import Room

HOURS = 12
"""A pass is good for so long, and up to twice as long."""
_LETTERS = 24


def grant(its: Room) -> str:
    """The pass of this time."""
    return _pass(its, _period())


def holds(its: Room, given: str) -> bool:
    """Whether it is the pass of this time, or of the one before."""
    return any(hmac.compare_digest(given, _pass(its, _period() - back)) for back in (0, 1))


def _period() -> int:
    return int(time.time() // (HOURS * 3600))


def _pass(its: Room, period: int) -> str:
    return hmac.new(its.secret, f"kept {period}".encode(), sha256).hexdigest()[:_LETTERS]


def kept_base(its: Room) -> str | None:
    """The origin of the archived pages, as whoever asks reaches it; None where they are not served."""
    if its.settings.web.kept:
        return its.settings.web.kept.rstrip("/")
    if its.kept is None:
        return None
    host = urlsplit(f"//{request.host}").hostname or "127.0.0.1"
    return f"{request.scheme}://{f'[{host}]' if ':' in host else host}:{urlsplit(its.kept).port}"


def path(granted: str, at: datetime, url: str, beside: datetime | None = None) -> str:
    """The path of an archived URL as it was at an instant; with what differs from another instant marked."""
    stamp = show.stamp(at) + (f"{BESIDE}{show.stamp(beside)}" if beside else "")
    return f"/{granted}/{stamp}/{quote(url, safe=_SAFE)}"


BESIDE = "~"
"""Stands between the two instants."""


_SAFE = "/:@!$&'()*+,;=~-._"
