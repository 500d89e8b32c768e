"""What feeds say of pages: real runs against a real server, and the WARC files read in another order."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive import access
from archive.fed import completed
from archive.home import Home
from archive.model import Evidence, Sureness, Text
from crawler import harvest
from crawler.source import Manners, Source
from tests.sites.server import Page, Server

SAID = "<p>The ferry will not run in a strong wind, whatever the poster on the quay says about it.</p>" * 3
DATED = '<meta property="article:published_time" content="2024-05-03T08:15:00Z">'


def page(title: str, head: str = "", more: str = "") -> Page:
    body = f"<h1>{title}</h1>{SAID}<p>{more}</p>"
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return Page(body=html.encode())


def feed(*entries: str) -> Page:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Quay</title>{"".join(entries)}</feed>'
    return Page(headers=(("Content-Type", "application/atom+xml"),), body=body.encode())


def entry(link: str, published: str) -> str:
    return f'<entry><id>{link}</id><link href="{link}"/><published>{published}</published></entry>'


def crawl(root: Path, server: Server) -> None:
    source = Source(
        name="quay",
        seeds=(f"{server.url}/",),
        feeds=(f"{server.url}/feed",),
        manners=Manners(delay=0, allow_private=True),
    )
    harvest.harvest(Home(root), source, contact=None, software="Strandline/test", workers=1)


def test_a_page_without_a_date_gets_the_feeds_and_no_change_of_it(tmp_path: Path) -> None:
    """Before the feed told of it, and after; and a later word of the feed does not move the date."""
    first = {"/": page("Start"), "/feed": feed(), "*": Page(404)}
    told = entry("/bare", "2024-05-03T23:30:00+02:00") + entry("/dated", "2024-05-03T10:00:00Z")
    posts = {"/bare": page("Bare"), "/dated": page("Dated", DATED)}
    with Server(first) as server:
        crawl(tmp_path, server)
        server.state = first | posts | {"/feed": feed(told)}
        crawl(tmp_path, server)
        server.state = first | posts | {"/feed": feed(told.replace("2024", "2025"))}
        crawl(tmp_path, server)
        with access.Archive(Home(tmp_path)) as archive:
            days = {row["url"].removeprefix(server.url): row["date"] for row in archive.pages("quay")}
            bare, dated = archive.show(f"{server.url}/bare"), archive.show(f"{server.url}/dated")
            edited = [kind for change in archive.changes() for kind in change["kinds"] if kind != "new"]
    assert days == {"/": None, "/bare": date(2024, 5, 3), "/dated": date(2024, 5, 3)}
    assert (bare["published"], bare["evidence"][-1]) == (
        "2024-05-03T21:30:00Z",
        {"field": "date", "place": "the feed", "sureness": "likely"},
    )
    found = next(one for one in dated["evidence"] if one["field"] == "date")
    assert found["place"] == "the head, article:published_time and the feed"
    assert (found["sureness"], edited) == ("sure", [])


def test_an_edit_that_a_feed_told_of_is_announced_and_another_is_silent(tmp_path: Path) -> None:
    def told(updated: datetime) -> str:
        when = f"<updated>{updated.isoformat(timespec='seconds')}</updated></entry>"
        return entry("/bare", "2024-05-03T10:00:00Z").replace("</entry>", when)

    began = datetime.now(UTC)
    site = {"/": page("Start"), "/feed": feed(told(began - timedelta(days=9)), "<entry/>" * 3)}
    with Server(site | {"/bare": page("Bare"), "*": Page(404)}) as server:
        crawl(tmp_path, server)
        time.sleep(1.1)  # dates in feeds are of seconds
        announced = feed(told(datetime.now(UTC)), *[entry(f"/{n}", "2024-01-01T00:00:00Z") for n in range(3)])
        server.state = server.state | {"/feed": announced, "/bare": page("Bare", "", "The mill was sold.")}
        crawl(tmp_path, server)
        server.state = server.state | {"/bare": page("Bare", "", "The mill was let.")}
        crawl(tmp_path, server)
        with access.Archive(Home(tmp_path)) as archive:
            edits = [row for row in archive.changes(url=f"{server.url}/bare") if "body" in row["kinds"]]
    assert [(row["openness"], row["announced_by"]) for row in edits] == [
        ("announced", "the feed"),
        ("silent", None),
    ]


def test_a_feed_that_says_another_day_than_the_page_is_not_believed() -> None:
    likely = Evidence("date", "the byline", Sureness.LIKELY)
    text = Text("Quay", date(2024, 5, 3), None, None, "x", (), "x 1", evidence=(likely,))
    assert completed(text, datetime(2024, 6, 1, tzinfo=UTC)) == text
    assert completed(text, None) == text
