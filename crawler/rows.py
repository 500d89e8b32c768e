"""The values that go in and out of the frontier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b


class UrlKind(StrEnum):
    """What a URL is fetched as. A listing is fetched for its links only, and is no article."""

    ROBOTS = "robots"
    SITEMAP = "sitemap"
    FEED = "feed"
    REQUISITE = "requisite"
    LISTING = "listing"
    PAGE = "page"


class State(StrEnum):
    """Where a URL stands. `robots` (disallowed) and `out` (of scope) are never fetched."""

    QUEUED = "queued"
    INFLIGHT = "inflight"
    DONE = "done"
    FAILED = "failed"
    ROBOTS = "robots"
    OUT = "out"


class Standing(StrEnum):
    """What the archive knows of a page when the run begins."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


RANK: Mapping[UrlKind, int] = {
    UrlKind.ROBOTS: 0,
    UrlKind.SITEMAP: 0,
    UrlKind.REQUISITE: 1,
    UrlKind.LISTING: 4,
    UrlKind.FEED: 2,
    UrlKind.PAGE: 4,
}
"""The order at a host: requisites before further pages, so that a page and what it shows are of one time."""

FOLLOWED = frozenset({UrlKind.PAGE, UrlKind.LISTING})
"""The kinds of which the links are followed to further pages."""

SEED_RANK, CHANGED_RANK = 2, 3
"""Pages that come before the rest: the seeds; what has changed before, or is new or changed by a feed."""

SUBMISSION = "listed by a sitemap of another host: "
"""With this begins the reason why what a sitemap may not speak for is left out."""

_LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Found:
    """A URL to be added, in canonical form. `depth` counts links from a seed (a requisite: from its page),
    `hops` redirects. `changed` is what a sitemap says of it, which may be as late as `until`. `told` is when
    a feed says that the page was written or changed, or in a light run a sitemap, in minutes since 1970
    (0: it does not say when); None for what none of them led to.
    """

    url: str
    kind: UrlKind
    depth: int = 0
    hops: int = 0
    state: State = State.QUEUED
    reason: str | None = None
    standing: Standing = Standing.NEW
    changed: datetime | None = None
    until: datetime | None = None
    told: int | None = None

    def place(self) -> tuple[int, float]:
        """Where it comes at its host: rank, and turn within the rank.

        Pages without a place of their own come breadth-first. One that never changed stands behind the
        new ones of its depth, as if it were one link farther away. Of those that a sitemap dates, the one
        that changed last comes first. Feeds come after the seeds, and what is new or changed by a feed after
        them, the newest first. Lists come behind the new pages of their depth, drawn by lot: whatever is
        asked of them is then from all over the site.
        """
        if self.kind is UrlKind.FEED:
            return RANK[self.kind], 1
        if self.kind is UrlKind.LISTING:
            return RANK[self.kind], self.depth + 1 + _lot(self.url)
        if self.kind not in FOLLOWED:
            return RANK[self.kind], self._age()
        if self.standing is Standing.CHANGED or (self.standing is Standing.NEW and self.told is not None):
            return CHANGED_RANK, -(self.told or 0)
        if self.standing is Standing.NEW and self.depth == 0:  # a seed, or where it redirects to
            return SEED_RANK, 0
        return RANK[self.kind], self.depth + (self.standing is Standing.SAME) + self._age()

    def _age(self) -> float:
        """0 for what has no date; else between 0 and 1, and more for what is older."""
        if self.changed is None:
            return 0
        return 1 - min(max(self.changed.timestamp(), 1.0), _LATEST - 1) / _LATEST


def _lot(url: str) -> float:
    """From 0 to 1, by chance, and always the same for an address on any host. Check
    sums are no lots: those of like addresses are alike.
    """
    target = url.split("/", 3)[3]
    return int.from_bytes(blake2b(target.encode(), digest_size=4).digest()) / 2**32


@dataclass(frozen=True, slots=True)
class Row:
    """A URL that was handed out. `tries` counts the attempts before this one; `via` is where it was found."""

    id: int
    url: str
    host: str
    kind: UrlKind
    depth: int = 0
    hops: int = 0
    tries: int = 0
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """One attempt as the frontier keeps it: `at` is when it was sent (ISO 8601), `size` is in bytes."""

    at: str
    status: int | None = None
    reason: str | None = None
    size: int = 0
