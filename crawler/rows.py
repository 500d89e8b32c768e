"""The values that go in and out of the frontier."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class UrlKind(StrEnum):
    """What a URL is fetched as."""

    ROBOTS = "robots"
    SITEMAP = "sitemap"
    REQUISITE = "requisite"
    PAGE = "page"


class State(StrEnum):
    """Where a URL stands. `robots` (disallowed) and `out` (of scope) are never fetched."""

    QUEUED = "queued"
    INFLIGHT = "inflight"
    DONE = "done"
    FAILED = "failed"
    ROBOTS = "robots"
    OUT = "out"


RANK: Mapping[UrlKind, int] = {
    UrlKind.ROBOTS: 0,
    UrlKind.SITEMAP: 0,
    UrlKind.REQUISITE: 1,
    UrlKind.PAGE: 2,
}
"""The order at a host: requisites before further pages, so that a page and what it shows are of one time."""


@dataclass(frozen=True, slots=True)
class Found:
    """A URL to be added. `depth` counts links from a seed (a requisite: from its page), `hops` redirects."""

    url: str
    kind: UrlKind
    depth: int = 0
    hops: int = 0
    state: State = State.QUEUED
    reason: str | None = None


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
