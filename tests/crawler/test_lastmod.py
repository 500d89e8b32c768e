"""What a light run makes of the dates in sitemaps."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler import lastmod
from crawler.listing import period
from crawler.rows import Found, UrlKind

NOW = datetime(2026, 3, 21, 18, 0, tzinfo=UTC)
EARLY, LATE = NOW - timedelta(days=2), NOW - timedelta(hours=4)
"""The evening of the 19th, and this afternoon at two."""


def dated(text: str, url: str = "https://quay.example/a", kind: UrlKind = UrlKind.PAGE) -> Found:
    changed, until = period(text) or (None, None)
    return Found(url, kind, 1, changed=changed, until=until)


@pytest.mark.parametrize(
    ("text", "met", "newer"),
    [
        ("2026-03-21T17:00:00Z", LATE, True),
        ("2026-03-21T17:00:00+04:00", LATE, False),
        ("2026-03-21T19:00:00Z", LATE, False),  # in the future: it is not believed
        ("2026-03-20", EARLY, True),
        ("2026-03-20", LATE, False),
        ("2026-03-21", EARLY, True),
        ("2026-03-21", LATE, False),  # met on the day itself: asked when the day is over
        ("2026-03-19", EARLY, True),  # and once then
        ("2026", LATE, False),
        ("", EARLY, False),
        ("yesterday", EARLY, False),
    ],
)
def test_a_page_has_changed_since_it_was_met(text: str, met: datetime, newer: bool) -> None:
    assert lastmod.is_newer(dated(text), met, NOW) is newer


@pytest.mark.parametrize(
    ("text", "name", "asked"),
    [
        ("2026-03-21T17:00:00Z", "posts-1.xml", True),
        ("2026-03-21T09:00:00Z", "posts-1.xml", False),
        ("2026-03-21", "posts-1.xml", True),
        ("2026-03-20", "posts-1.xml", False),
        ("", "posts-1.xml", True),
        ("2020-01-01", "sitemap-news.xml", True),
    ],
)
def test_a_sitemap_of_an_index_is_asked_unless_it_is_known_to_be_old(
    text: str, name: str, asked: bool
) -> None:
    found = dated(text, f"https://newspaper.example/{name}", UrlKind.SITEMAP)
    assert lastmod.may_be_newer(found, LATE) is asked
    assert lastmod.may_be_newer(found, None)


def test_the_latest_come_first() -> None:
    texts = ["2026-03-19", "", "2026-03-21", "2026-03-20T10:00:00Z"]
    assert [found.changed and found.changed.day for found in sorted(map(dated, texts), key=lastmod.age)] == [
        21, 20, 19, None
    ]  # fmt: skip


def test_dates_that_lead_to_nothing_are_believed_less_and_less_and_never_not_at_all() -> None:
    """A site that gives all its pages the time of the request: light runs of 100 known pages at most, of
    which the last 20 are looked at.
    """
    asked: list[int] = []
    for _ in range(60):
        asked.append(lastmod.room(100, 0, lastmod.trust(sum(asked[-20:]), 0)))
    assert asked[:3] == [100, 2, 2]
    assert max(asked[20:]) <= 5
    assert min(asked) >= 1


def test_dates_that_are_right_are_believed() -> None:
    assert lastmod.trust(0, 0) == lastmod.trust(100, 60) == 1
    assert lastmod.trust(100, 20) == pytest.approx(0.41, abs=0.01)


def test_pages_that_are_due_and_pages_that_are_dated_share_what_is_allowed() -> None:
    for most in (0, 1, 7, 100):
        for believed in (1.0, 0.5, 0.02):
            due = most - lastmod.kept(most, believed)
            assert due + lastmod.room(most, due, believed) <= most
    assert lastmod.kept(100, 1.0) == lastmod.room(100, 75, 1.0) == 25
    assert lastmod.kept(100, 0.02) == lastmod.room(100, 99, 0.02) == 1
