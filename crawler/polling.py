"""When the feeds of a source are to be asked again, from what the archive has of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import access, feeds, urls
from crawler import pulse
from crawler.discovery import HOPS, is_feed
from crawler.originals import recorded
from crawler.rows import UrlKind
from crawler.source import Source

__all__ = ["Poll", "next_poll"]

_GONE = 410


@dataclass(frozen=True, slots=True)
class Poll:
    """`next` is when a light run will be worth while for the feeds, `every` how long it is from one to the
    next at their present pace.
    """

    every: timedelta
    next: datetime


def next_poll(archive: access.Archive, source: Source, now: datetime) -> Poll | None:
    """When the first of the source's feeds is due, at `now` if it is; None where none of them was read yet.

    Seeds that are feeds count too. A feed without dates is judged by when the archive saw another one.
    """
    polls = [
        poll
        for url in dict.fromkeys(map(urls.canonical, (*source.feeds, *source.seeds)))
        if (poll := _of(archive, source, url)) is not None
    ]
    if not polls:
        return None
    return Poll(min(one.every for one in polls), max(now, min(one.next for one in polls)))


def _of(archive: access.Archive, source: Source, url: str) -> Poll | None:
    for _ in range(HOPS):
        row = archive.polled(source.name, url)
        if row is None or row["redirect"] is None:
            break
        url = row["redirect"]
    if row is None or row["status"] == _GONE or row["file"] is None:
        return None
    folder = archive.home.warc / source.name
    message = recorded(folder, row["file"], row["offset"], UrlKind.FEED)
    if message is None or not is_feed(message):
        return None
    feed = feeds.parse(message.decoded(feeds.LARGEST + 1), url, message.get("content-type"))
    every = pulse.interval(list(_dates(feed)) or row["appeared"], row["asked"])
    return Poll(every, row["asked"] + every)


def _dates(feed: feeds.Feed) -> Iterator[datetime]:
    """When something came, or was changed."""
    for entry in feed.entries:
        yield from filter(None, {entry.published, entry.updated})
