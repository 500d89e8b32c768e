"""The way to a robots.txt that redirects: what was asked for, hop by hop, from the captures in the index."""

from dataclasses import dataclass
from datetime import timedelta

from archive import access
from crawler.manners import HOPS, UNREACHABLE_LIFE, Heard

_NEAR = timedelta(milliseconds=1)
_LONG = timedelta(seconds=UNREACHABLE_LIFE)
"""What was captured longer before belongs to another question: trouble is not asked about again sooner."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One address that was asked for. `status` is None where no answer came."""

    url: str
    status: int | None


def hops(archive: access.Archive, source: str, url: str, heard: Heard) -> tuple[Hop, ...]:
    """From the robots.txt at `url` to the last answer, of which `heard` is known; at least two hops.

    Empty where nothing was redirected, or where the index does not know the whole way. Another source of the
    home may have asked.
    """
    for name in dict.fromkeys((source, *archive.sources_of(url))):
        way = _way(archive, name, url, heard)
        if len(way) > 1:
            return way
    return ()


def shown(way: tuple[Hop, ...]) -> str:
    """Where it led, in words; each address once, also where they are a circle."""
    urls = ("itself" if hop.url == way[0].url else hop.url for hop in way[1:])
    return ", then to ".join(dict.fromkeys(urls))


def _way(archive: access.Archive, source: str, url: str, heard: Heard) -> tuple[Hop, ...]:
    way: list[Hop] = []
    while len(way) <= HOPS:
        past = archive.past(source, url)
        newest = past["newest"] if past else []
        before = (one for one in newest if heard.at - _LONG <= one["at"] <= heard.at + _NEAR)
        capture = next(before, None)
        way.append(Hop(url, capture["status"] if capture else None))
        if capture is None:
            return tuple(way) if heard.status is None else ()
        if capture["redirect"] is None or len(way) > HOPS:
            whole = abs(capture["at"] - heard.at) <= _NEAR and capture["status"] == heard.status
            return tuple(way) if whole else ()
        url = capture["redirect"]
    return ()
