"""Where the older entries of a feed are: what the feed says, and the habits of Blogger and WordPress."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from archive import urls

BLOGGER_MOST = 150
"""So many entries Blogger gives at most, whatever `max-results` asks for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one document of a feed stands. `named` are the addresses that the feed gives itself for older
    entries (RFC 5005: `next`, `prev-archive`; JSON Feed: `next_url`); `entries` is how many were read,
    `start` and `total` are OpenSearch's, both counted from 1.
    """

    url: str
    named: tuple[str, ...] = ()
    generator: str = ""
    entries: int = 0
    start: int | None = None
    total: int | None = None


def further(place: Place) -> tuple[str, ...]:
    """The documents with older entries; none follow one that has no entries."""
    if not place.entries:
        return ()
    found: tuple[str, ...] = ()
    generator = place.generator.lower()
    if "blogger" in generator or any("start-index" in _query(url) for url in place.named):
        found = _blogger(place)
    elif place.named:
        found = place.named
    elif "wordpress" in generator:
        number = _number(_query(place.url).get("paged")) or 1
        found = (_with(place.url, {"paged": number + 1}),)
    return tuple(dict.fromkeys(url for url in found if url != place.url))


def _blogger(place: Place) -> tuple[str, ...]:
    """It gives fewer entries than were asked for, and may name the next as if it had not: so the next begins
    behind those that came, and as many are asked for as there are at once.
    """
    asked = _query(place.url)
    begin = place.start or _number(asked.get("start-index")) or 1
    behind = begin + place.entries
    if place.total is not None and behind > place.total:
        return ()
    if not place.named and place.total is None:
        return ()
    url = next((url for url in place.named if "start-index" in _query(url)), place.url)
    return (_with(url, {"start-index": behind, "max-results": BLOGGER_MOST}),)


def _query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else None


def _with(url: str, values: Mapping[str, int]) -> str:
    """The URL with these parameters instead of those of their names."""
    front, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in values]
    return urls.canonical(
        f"{front}?{'&'.join([*kept, *(f'{name}={value}' for name, value in values.items())])}"
    )
