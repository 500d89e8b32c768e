"""What a light run makes of the dates in sitemaps."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import instants
from archive.home import Home
from crawler import harvest, lastmod
from crawler.listing import period
from crawler.rows import Found, UrlKind
from crawler.source import Limits, Manners, Source
from tests.journeys.program import Person
from tests.sites.server import Asked, Page, Server

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


PAGES = 12
XML = ("Content-Type", "application/xml")


def _listed(tag: str, *addresses: tuple[str, str]) -> bytes:
    lines = "".join(
        f"<{tag}><loc>{where}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</{tag}>"
        for where, at in addresses
    )
    return f"<list>{lines}</list>".encode()


def _stamped(asked: Asked) -> bytes:
    """Every page has the time of the request, or nearly."""
    at = instants.iso(instants.now() - timedelta(minutes=1))
    return _listed("url", *((f"/{number}", at) for number in range(PAGES)))


def test_light_runs_of_a_site_that_dates_everything_now(tmp_path: Path) -> None:
    """All is asked for once; when nothing of it has changed, next to nothing. Of the sitemaps of the index
    only those are asked that may have changed, and for what is newer only; none where there was none.
    """
    story = "<p>The seal was seen off the north quay on Monday, and nobody knew what to make of it.</p>"
    parts = {"/old.xml": "2020-01-01", "/stamped.xml": "", "/undated.xml": ""}
    site = {f"/{number}": Page(body=f"<h1>{number}</h1>{story}".encode()) for number in range(PAGES)}
    site |= {
        "/": Page(body=b"<p>Nothing leads anywhere.</p>"),
        "/index.xml": Page(headers=(XML, ("ETag", '"i"')), body=_listed("sitemap", *parts.items())),
        "/old.xml": Page(headers=(XML,), body=_listed("url", ("/0", ""))),
        "/stamped.xml": Page(headers=(XML,), body=_stamped),
        "/undated.xml": Page(headers=(XML, ("ETag", '"u"')), body=_listed("url", ("/1", ""))),
    }
    with Server(site, conditional=True) as server:
        server.state = {**site, "/robots.txt": Page(body=f"Sitemap: {server.url}/index.xml".encode())}
        source = Source(
            name="quay", seeds=(f"{server.url}/",), limits=Limits(light_pages=PAGES),
            manners=Manners(delay=0, allow_private=True),
        )  # fmt: skip
        runs = []
        for light in (False, True, True):
            if light:
                Person(tmp_path).later(1)
            before = len(server.exchanges)
            harvest.harvest(Home(tmp_path), source, contact=None, software="test", workers=1, light=light)
            runs.append([(one.path, one.status) for one in server.exchanges[before:]])
    full, *lights = (Counter(run) for run in runs)
    assert len(full) == full.total() == 2 + 4 + 1 + PAGES
    always = {("/index.xml", 304), ("/stamped.xml", 200), ("/undated.xml", 304)}
    always |= {("/robots.txt", 200), ("/", 200)}
    assert set(lights[0]) == {*always, *((f"/{number}", 200) for number in range(PAGES))}
    assert set(lights[1]) == {*always, ("/0", 200), ("/1", 200)}
