"""A careful schedule for a site that is new: seldom enough to be no burden, often enough to miss little."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NIGHT = 6 * 60  # minutes after midnight in which full crawls begin


@dataclass(frozen=True, slots=True)
class Proposal:
    """`schedule` of the full crawls, `light` of the light runs between them, and why."""

    schedule: str
    light: str
    reason: str


def propose(name: str, listed: bool, every: timedelta | None) -> Proposal:
    """For a source of this name: `listed` says that feeds or sitemaps tell what is new, `every` how far the
    entries of its liveliest feed are apart.

    Day and minute come from the name, so that not all sources begin at once.
    """
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])
    minute = number // 7 % _NIGHT
    at = f"{minute // 60:02}:{minute % 60:02} UTC"
    schedule = f"weekly on {_DAYS[number % 7]} at {at}"
    if not listed:
        return Proposal(
            schedule, f"daily at {at}", "no feed or sitemap: light runs see what is on the front pages"
        )
    if every is None:
        return Proposal(schedule, f"daily at {at}", "feeds or sitemaps tell what is new, and not how often")
    if every < timedelta(hours=6):
        return Proposal(schedule, "every 1 hour", f"its feed has a new entry about {spoken(every)}")
    if every < timedelta(days=3):
        return Proposal(schedule, "every 4 hours", f"its feed has a new entry about {spoken(every)}")
    return Proposal(schedule, f"daily at {at}", f"its feed has a new entry about {spoken(every)}")


def spoken(every: timedelta) -> str:
    """A length of time between two of a kind, as people say it: every 3 days."""
    minutes = every.total_seconds() / 60
    for size, unit in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= 1.5 * size:
            return f"every {minutes / size:.0f} {unit}s"
    return "every minute"
