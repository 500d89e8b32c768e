"""What feeds said of pages: when each was published and last updated, as far as a feed told so.

A page that states no date of its own is shown with the feed's. It is never part of a comparison: what a
page says does not change because a feed was read.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from archive import feeds
from archive.answers import Seen
from archive.model import Evidence, Sureness, Text
from archive.schema import changes, fed, pages

MANY = 500
"""Values in one `IN (...)`."""

FRESH = timedelta(minutes=2)
"""An entry that was updated so shortly before the feed was fetched may have the time of the fetching."""


def note(connection: Connection, source: str, seen: Seen, body: bytes) -> set[str]:
    """Keep what the answer of a feed tells of its entries. Of each saying the earliest instant is kept, so
    that the order of reading never matters. Returns the pages of which it says that they were updated anew.
    """
    document = feeds.parse(body, seen.url)
    made_up = _made_up(document.entries, seen.record.at)
    told = {
        (entry.link, entry.published, None if made_up else entry.updated)
        for entry in document.entries
        if entry.link and (entry.published or (entry.updated and not made_up))
    }
    links = sorted({link for link, _, _ in told})
    known = {
        (row.url, row.published, row.updated): row
        for row in _rows(connection, links, (fed.c.source == source) & (fed.c.feed == seen.url))
    }
    for saying in told & known.keys():
        if seen.record.at < known[saying].at:
            earlier = update(fed).where(fed.c.id == known[saying].id)
            connection.execute(earlier.values(at=seen.record.at))
    of = {"source": source, "feed": seen.url, "at": seen.record.at}
    new = [
        {**of, "url": url, "published": out, "updated": on}
        for url, out, on in sorted(told - known.keys(), key=str)
    ]
    if new:
        connection.execute(fed.insert(), new)
    return {url for url, _, on in told - known.keys() if on is not None}


def settle(connection: Connection, source: str, urls: Collection[str]) -> None:
    """Give pages the instant at which feeds say they were published: what was said first stands."""
    first: dict[str, Any] = {}
    for row in _rows(connection, sorted(set(urls)), fed.c.source == source):
        if row.published is not None:
            first.setdefault(row.url, row)
            first[row.url] = min(first[row.url], row, key=lambda one: (one.at, one.feed, one.published))
    links = sorted(first)
    for start in range(0, len(links), MANY):
        some = (pages.c.source == source) & pages.c.url.in_(links[start : start + MANY])
        for page in connection.execute(select(pages.c.id, pages.c.url, pages.c.fed).where(some)).all():
            published = first[page.url].published
            if page.fed != published:
                connection.execute(update(pages).where(pages.c.id == page.id).values(fed=published))


def updates(connection: Connection, source: str, url: str) -> list[datetime]:
    """The instants at which feeds say that a page was updated. What a feed says of the time before a capture
    holds for it whenever the feed was read.
    """
    of = select(fed.c.updated).where(fed.c.source == source, fed.c.url == url, fed.c.updated.is_not(None))
    return list(connection.execute(of.distinct()).scalars())


def captured(connection: Connection, source: str, urls: Collection[str]) -> set[int]:
    """The numbers of those of the pages that ever changed: only changes can have been announced."""
    found: set[int] = set()
    links = sorted(urls)
    for start in range(0, len(links), MANY):
        some = (pages.c.source == source) & pages.c.url.in_(links[start : start + MANY])
        of = select(pages.c.id).join(changes, changes.c.page == pages.c.id).where(some)
        found.update(connection.execute(of.distinct()).scalars())
    return found


def told(connection: Connection, source: str, seen: Seen) -> set[str]:
    """The pages of which the feed at this address ever told."""
    of = select(fed.c.url).where(fed.c.source == source, fed.c.feed == seen.url)
    return set(connection.execute(of.distinct()).scalars())


def completed(text: Text, published: datetime | None) -> Text:
    """A text with the date that a feed gives, where it has none; where both give the same day it is sure."""
    if published is None:
        return text
    if text.date is None:
        stamp = published.isoformat(timespec="seconds").replace("+00:00", "Z")
        evidence = (*text.evidence, Evidence("date", "the feed", Sureness.LIKELY))
        return replace(text, date=published.date(), published=stamp, evidence=evidence)
    if text.date != published.date():
        return text
    return replace(
        text,
        evidence=tuple(
            Evidence("date", f"{one.place} and the feed", Sureness.SURE) if one.field == "date" else one
            for one in text.evidence
        ),
    )


def _made_up(entries: Sequence[feeds.Entry], at: datetime) -> bool:
    """Whether most entries were "updated" when the feed was made for this very request."""
    fresh = sum(1 for entry in entries if entry.updated and abs(at - entry.updated) < FRESH)
    return fresh > max(1, len(entries) // 2)


def _rows(connection: Connection, urls: Sequence[str], where: Any) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(urls), MANY):
        some = select(fed).where(where, fed.c.url.in_(urls[start : start + MANY]))
        found += connection.execute(some)
    return found
