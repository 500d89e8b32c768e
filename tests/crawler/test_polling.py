"""When the feeds of a source are to be asked again, from what the archive has of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from archive import access, schema
from archive.text import Extractors
from crawler import pulse
from crawler.polling import Poll, next_poll
from crawler.source import Source
from tests.archive.test_ingest import MONDAY, SITE, Archived

HOUR = timedelta(hours=1)
NOON = MONDAY + 6 * HOUR


@pytest.fixture
def archived(tmp_path: Path) -> Iterator[Archived]:
    with Extractors(workers=1) as extractors:
        yield Archived(tmp_path, extractors)


def rss(*published: datetime | None, more: str = "") -> str:
    dates = (f"<pubDate>{format_datetime(at)}</pubDate>" if at else "" for at in published)
    items = "".join(f"<item><link>{SITE}/{n}</link>{date}</item>" for n, date in enumerate(dates))
    return f'<rss version="2.0"><channel><title>The Gazette</title>{more}{items}</channel></rss>'


def poll(archived: Archived, *feeds: str, seed: str = "/", now: datetime = MONDAY) -> Poll | None:
    with archived.engine.begin() as connection:
        connection.execute(update(schema.warcs).values(sealed=True))
    source = Source(name="gazette", seeds=(SITE + seed,), feeds=tuple(SITE + feed for feed in feeds))
    with access.Archive(archived.home) as archive:
        return next_poll(archive, source, now)


def test_it_follows_the_dates_of_the_entries_since_it_was_asked(archived: Archived) -> None:
    daily = [MONDAY - n * 24 * HOUR for n in range(1, 20)]
    archived.run(0, ("/feed", rss(*daily)))
    every = pulse.interval(daily, MONDAY)
    assert poll(archived, "/feed") == Poll(every, MONDAY + every)
    assert poll(archived, "/feed", now=NOON) == Poll(every, NOON), "what is overdue is due now"


def test_of_several_feeds_the_first_counts_also_a_seed_and_one_that_has_moved(archived: Archived) -> None:
    hourly, weekly = ([MONDAY - n * gap * HOUR for n in range(1, 20)] for gap in (1, 168))
    archived.run(0, ("/", rss(*weekly)), ("/old", "/new"), ("/new", rss(*hourly)), ("/gone", 410))
    assert poll(archived, "/gone") == poll(archived)
    every = pulse.interval(hourly, MONDAY + timedelta(minutes=2))
    told = poll(archived, "/gone", "/old")
    assert told is not None
    assert told.every == every


def test_a_feed_without_dates_is_judged_by_when_it_was_another(archived: Archived) -> None:
    for day in range(4):
        archived.run(day, ("/feed", rss(None, more=f"<description>{day // 2}</description>")))
    asked = MONDAY + timedelta(days=3)
    every = pulse.interval([MONDAY + timedelta(days=2)], asked)
    assert poll(archived, "/feed") == Poll(every, asked + every)


def test_no_word_where_no_feed_was_read(archived: Archived) -> None:
    assert poll(archived, "/feed") is None
    archived.run(0, ("/feed", "<html><p>There is no feed any more.</p></html>"), ("/", "<p>Hello.</p>"))
    assert poll(archived, "/feed") is None
    archived.run(1, ("/feed", 410))
    assert poll(archived, "/feed") is None
