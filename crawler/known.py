"""What a run starts with besides its seeds: what the archive knows of the source from earlier runs."""

import heapq
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from archive import access, urls
from crawler import lastmod, order
from crawler.manners import origin
from crawler.originals import Original
from crawler.revisit import Visit, rate, urgency
from crawler.rows import Found, Standing, UrlKind
from crawler.source import Source

_RUNS = 20
"""So many light runs are looked at for what the dates of sitemaps were worth."""


def settings(source: Source) -> dict[str, object]:
    """The settings as the index keeps them, with what tells whether headers are still the same."""
    kept = order.settings(source)
    kept["fetch"]["headers_sha256"] = order.headers_digest(source)
    return kept


def pages(archive: access.Archive, source: Source) -> Iterator[Found]:
    """The articles of earlier runs, with the depth at which they were found: else each run would go deeper
    than the one before.
    """
    for row in archive.known(source.name):
        standing = Standing.CHANGED if row["changed"] else Standing.SAME
        yield Found(row["url"], UrlKind.PAGE, row["depth"], standing=standing)


def due(archive: access.Archive, source: Source, now: datetime, trust: float = 0.0) -> Iterator[Found]:
    """The articles that a light run asks again: the front pages, and of the others those that are due by
    `crawler/revisit.py`, the most urgent ones, as many as the source allows, less what `crawler/lastmod.py`
    keeps for others at this `trust`. The seeds are asked anyway.
    """
    given = [urls.canonical(url) for url in (*source.seeds, *source.feeds, *source.sitemaps)]
    fronts = {f"{at}/" for at in map(origin, given)}.difference(given)
    for url in sorted(fronts):
        past = archive.past(source.name, url)
        if past and past["article"]:
            yield Found(url, UrlKind.PAGE, past["depth"] or 0, standing=Standing.SAME)
    rest = (row for row in archive.visited(source.name) if row["url"] not in fronts.union(given))
    urgent = ((_urgency(row, now), row["url"], row["depth"], _standing(row)) for row in rest)
    most = source.limits.light_pages
    for _, url, depth, standing in heapq.nlargest(
        most - lastmod.kept(most, trust), (one for one in urgent if one[0] >= 1.0)
    ):
        yield Found(url, UrlKind.PAGE, depth, standing=standing)


def trust(archive: access.Archive, source: Source) -> float:
    """How far a light run believes the dates of the source's sitemaps: by what the last light runs found at
    the pages that they asked for these dates, as far as their folders are still there.
    """
    asked = changed = 0
    for run in archive.light_runs(source.name, _RUNS):
        path = archive.home.run(run) / "frontier.db"
        with suppress(sqlite3.Error):
            pages = set(lastmod.dated(path)) if path.exists() else set()
            if pages:
                asked += len(pages)
                changed += len(pages.intersection(row["url"] for row in archive.changes(run=run)))
        if asked >= lastmod.WITNESSES:
            break
    return lastmod.trust(asked, changed)


def _urgency(row: access.VisitedRow, now: datetime) -> float:
    visits = [Visit(*visit) for visit in row["visits"]]
    return urgency(rate(visits, now, row["born"]), row["asked"], now, row["born"])


def _standing(row: access.VisitedRow) -> Standing:
    return Standing.CHANGED if any(changed for _, changed in row["visits"]) else Standing.SAME


def originals(archive: access.Archive, source: Source) -> Iterator[Original]:
    """What this run may refer to. Asked for what is newer only: where the headers are those with which the
    validators were got, and not at every Nth visit, since servers are wrong about it now and then.
    """
    digest = order.headers_digest(source)
    for held in archive.originals(source.name):
        same = held["headers_sha256"] == digest
        validators = held["etag"] is not None or held["modified"] is not None
        yield Original(
            url=held["url"],
            at=held["at"],
            met=held["met"],
            payload=held["payload"],
            etag=held["etag"],
            modified=held["modified"],
            ask=same and validators and held["captures"] % source.fetch.revisit_every != 0,
            file=held["file"],
            offset=held["offset"],
        )
