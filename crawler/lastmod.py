"""What a light run makes of the dates in sitemaps: which sitemaps of an index it asks, and which known pages.

A full run asks for all of them, whatever the dates say: many sites give every page the time at which the
sitemap was made, others never change it.
"""

import math
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.frontier import reading
from crawler.rows import CHANGED_RANK, Found

WITNESSES = 100
"""So many pages that were asked for their dates tell how far these are to be believed, the last ones."""

SHARE = 4
"""One of so many known pages that a light run may ask is kept for those that a sitemap says have changed."""

_NEWS = re.compile("news", re.IGNORECASE)


def age(found: Found) -> float:
    """Orders what sitemaps date, the latest first, and last what they do not date."""
    return -found.changed.timestamp() if found.changed else math.inf


def is_newer(found: Found, met: datetime, now: datetime) -> bool:
    """Whether a page has changed since it was `met`, as far as its date is believed.

    A date that is a mere day says so for what was met before that day; and for what was met on the day itself
    when the day is over, for then all of it counts. What lies in the future says nothing.
    """
    if found.changed is None:
        return False
    until = found.until or found.changed
    return met < found.changed <= now or met < until <= now


def may_be_newer(found: Found, met: datetime | None) -> bool:
    """Whether a sitemap of an index is to be asked, by the date that the index gives it; `met` is when it was
    last seen good. Those of news are always asked: they hold the last two days, and some indexes do not say.
    """
    if met is None or found.changed is None or _NEWS.search(urlsplit(found.url).path.rpartition("/")[2]):
        return True
    return met < (found.until or found.changed)


def trust(asked: int, changed: int) -> float:
    """How far the dates of a source are believed, from 0 to 1: of pages that were asked for them in light
    runs before, so many had changed. All the way at first, and where half of them had; never not at all.
    """
    return min(1.0, 2 * (changed + 1) / (asked + 2))


def kept(most: int, believed: float) -> int:
    """How many of `most` known pages are kept for those that a sitemap says have changed, at that trust."""
    return math.ceil(most / SHARE * believed)


def room(most: int, due: int, believed: float) -> int:
    """How many such pages may be asked where `due` of `most` known pages are asked for other reasons."""
    return math.ceil(max(0, most - due) * believed)


def dated(path: Path) -> list[str]:
    """The known pages that a light run has taken up for their dates, from its frontier in `path`. Raises
    sqlite3.Error.
    """
    sql = """SELECT url.url FROM url JOIN url AS list ON list.id = url.via
        WHERE url.kind = 'page' AND url.rank = ? AND list.kind = 'sitemap'"""
    with reading(path) as db:
        return [url for (url,) in db.execute(sql, (CHANGED_RANK,))]
