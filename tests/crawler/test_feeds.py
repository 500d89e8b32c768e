"""Feeds as a way to find pages: real runs against a real server."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive import access, http, instants, runs
from archive.home import Home
from crawler import discovery, harvest
from crawler.frontier import Frontier
from crawler.rows import RANK, SEED_RANK, Found, Row, Standing, State, UrlKind
from crawler.source import Manners, ScopeRules, Source
from tests.sites.server import Page, Server

MONDAY = datetime(2025, 1, 27, 10, 0, tzinfo=UTC)
ATOM = "http://www.w3.org/2005/Atom"
XML = ("Content-Type", "application/xml; charset=utf-8")


def page(title: str, *links: str) -> Page:
    said = f"The {title} was seen off the north quay on Monday morning, and nobody knew what to make of it."
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    body = f"<html><body><ul>{anchors}</ul><h1>{title}</h1><p>{said}</p></body></html>"
    return Page(body=body.encode())


def atom(links: Iterable[str], more: str = "", updated: dict[str, datetime] | None = None) -> Page:
    times = updated or {}
    entries = "".join(
        f'<entry><id>tag:{link}</id><link rel="alternate" href="{link}"/><published>2024-01-01T00:00:00Z'
        f"</published><updated>{instants.iso(times.get(link, MONDAY))}</updated></entry>"
        for link in links
    )
    body = f'<feed xmlns="{ATOM}"><title>Quay</title>{more}{entries}</feed>'.encode()
    return Page(headers=(XML, ("ETag", f'"{hash(body)}"')), body=body)


def press(links: Iterable[str]) -> Page:
    """A WordPress feed: without a word of where older entries are."""
    items = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in links)
    made = "<generator>https://wordpress.org/?v=6.7</generator>"
    return Page(headers=(XML,), body=f'<rss version="2.0"><channel>{made}{items}</channel></rss>'.encode())


def crawl(
    root: Path, server: Server, *feeds: str, seeds: tuple[str, ...] = ("/",), **more: Any
) -> harvest.Report:
    source = Source(
        name="quay",
        seeds=tuple(server.url + seed for seed in seeds),
        feeds=tuple(server.url + feed for feed in feeds),
        manners=Manners(delay=0, allow_private=True),
        **more,
    )
    return harvest.harvest(Home(root), source, contact=None, software="Strandline/test", workers=1)


def test_a_feed_of_400_entries_is_walked_to_its_end(tmp_path: Path) -> None:
    """It gives 150 entries at most, and names the next as if it gave what was asked for, as Blogger does."""

    def part(first: int) -> Page:
        links = [f"/post/{n}" for n in range(first, min(first + 150, 401))]
        more = (
            "<generator>Blogger</generator>"
            f'<s:totalResults xmlns:s="http://a9.com/-/spec/opensearch/1.1/">400</s:totalResults>'
            f'<s:startIndex xmlns:s="http://a9.com/-/spec/opensearch/1.1/">{first}</s:startIndex>'
            f'<link rel="next" href="/feeds?start-index={first + 500}&amp;max-results=500"/>'
        )
        return atom(links, more)

    site = {f"/post/{n}": page(f"post {n}") for n in range(1, 401)}
    site |= {f"/feeds?start-index={first}&max-results=150": part(first) for first in (151, 301)}
    site |= {"/": page("seal"), "/feeds?max-results=500": part(1), "*": Page(404)}
    with Server(site, conditional=True) as server:
        report = crawl(tmp_path, server, "/feeds?max-results=500")
        asked = [path for path in server.paths if path.startswith("/feeds")]
        before = len(server.paths)
        crawl(tmp_path, server, "/feeds?max-results=500")
        again = [path for path in server.paths[before:] if path.startswith("/feeds")]
        statuses = {one.status for one in server.exchanges[before:] if one.path.startswith("/feeds")}
    assert report.outcome is runs.Outcome.SUCCEEDED
    assert asked == [
        "/feeds?max-results=500",
        "/feeds?start-index=151&max-results=150",
        "/feeds?start-index=301&max-results=150",
    ]
    assert report.counts["new"] == 401
    assert (again, statuses) == (["/feeds?max-results=500"], {304})


def test_what_a_feed_tells_of_as_new_or_updated_is_asked_for_first(tmp_path: Path) -> None:
    posts = [f"/post/{n}" for n in range(8)]
    site = {path: page(path) for path in posts}
    site |= {"/": page("seal", *posts), "/feed": atom(posts), "*": Page(404)}
    with Server(site) as server:
        crawl(tmp_path, server, "/feed")
        time.sleep(1.1)  # dates in feeds are of seconds
        now = instants.now()
        server.state = {
            **site,
            "/feed": atom(["/new", *posts], updated={"/post/5": now, "/post/6": now.replace(year=9000)}),
            "/new": page("new"),
        }
        time.sleep(1.1)
        before = len(server.paths)
        report = crawl(tmp_path, server, "/feed")
        paths = [path for path in server.paths[before:] if path.startswith(("/post", "/new", "/feed"))]
    assert paths[:3] == ["/feed", "/post/5", "/new"]
    assert sorted(paths[3:]) == sorted(set(posts) - {"/post/5"})
    assert report.counts["new"] == 1


def test_older_entries_are_looked_for_as_long_as_the_last_one_is_new(tmp_path: Path) -> None:
    """Also where the addresses in the feed only redirect to the pages: those are known by that."""

    def site(posts: list[int]) -> dict[str, Page]:
        parts = [posts[start : start + 3] for start in range(0, len(posts), 3)]
        feeds = {
            f"/feed/?paged={number}" if number > 1 else "/feed/": press(f"/go/{n}" for n in part)
            for number, part in enumerate(parts, 1)
        }
        moved = {f"/go/{n}": Page(301, (("Location", f"/post/{n}"),)) for n in posts}
        pages = {f"/post/{n}": page(f"post {n}") for n in posts}
        return {"/": page("seal"), **feeds, **moved, **pages, "*": Page(404)}

    def asked(server: Server, start: int) -> list[str]:
        return [path for path in server.paths[start:] if path.startswith("/feed")]

    with Server(site(list(range(9)))) as server:
        first = crawl(tmp_path, server, "/feed/")
        assert first.counts["new"] == 10
        assert asked(server, 0) == ["/feed/", *(f"/feed/?paged={n}" for n in (2, 3, 4))]
        before = len(server.paths)
        crawl(tmp_path, server, "/feed/")
        assert asked(server, before) == ["/feed/"]
        server.state = site([20, 21, 22, *range(9)])
        before = len(server.paths)
        third = crawl(tmp_path, server, "/feed/")
        assert asked(server, before) == ["/feed/", "/feed/?paged=2"]
        assert third.counts["new"] == 3


def test_feeds_that_moved_for_good_or_are_gone_are_told_of(tmp_path: Path) -> None:
    site = {
        "/": page("seal"),
        "/old": Page(301, (("Location", "/newer"),)),
        "/newer": Page(308, (("Location", "/feed"),)),
        "/feed": atom(["/post"]),
        "/post": page("post"),
        "/gone": Page(410),
        "/closed": Page(301, (("Location", "/"),)),
        "/lent": Page(302, (("Location", "/feed?lent"),)),
        "/feed?lent": atom(["/post"]),
        "*": Page(404),
    }
    with Server(site) as server:
        report = crawl(tmp_path, server, "/old", "/gone", "/closed", "/lent")
        assert report.feeds == (
            f"feed {server.url}/old moved to {server.url}/feed: change feeds in sources/quay.toml",
            f"feed {server.url}/gone is gone",
        )
        folder = Home(tmp_path).run(report.run)
        assert json.loads((folder / "report.json").read_text())["feeds"] == list(report.feeds)
        log = (folder / "log.jsonl").read_text()
        assert (
            f"{server.url}/old: the feed moved to {server.url}/newer: change feeds in sources/quay.toml"
            in log
        )
        assert f"{server.url}/gone: the feed is gone" in log
    assert report.counts["new"] == 2


def test_a_feed_is_kept_and_is_no_page(tmp_path: Path) -> None:
    named = atom(["/post", "https://elsewhere.example/x", "/private/y"])
    site = {
        "/": page("seal"),
        "/feed": Page(headers=(("Content-Type", "text/html"),), body=named.body),
        "/post": page("post"),
        "*": Page(404),
    }
    with Server(site) as server:
        report = crawl(tmp_path, server, "/feed", scope=ScopeRules(exclude=("/private/",)))
        with access.Archive(Home(tmp_path)) as archive:
            pages = [row["url"].removeprefix(server.url) for row in archive.pages("quay")]
            everything = [row["url"] for row in archive.pages("quay", everything=True)]
        assert pages == ["/", "/post"]
        assert f"{server.url}/feed" in everything
        assert "/private/y" not in server.paths
    assert report.outcome is runs.Outcome.SUCCEEDED


def test_a_seed_that_turns_out_to_be_a_feed_is_one(tmp_path: Path) -> None:
    site = {"/feed": atom(["/post"], '<link rel="next" href="/feed?2"/>'), "/feed?2": atom(["/older"])}
    site |= {"/post": page("post"), "/older": page("older"), "*": Page(404)}
    with Server(site) as server:
        report = crawl(tmp_path, server, seeds=("/feed",))
    assert report.counts["new"] == 2


def test_a_page_in_the_place_of_a_feed_is_told_of_and_is_a_page(tmp_path: Path) -> None:
    site = {"/": page("seal"), "/feed": Page(301, (("Location", "/stories"),)), "*": Page(404)}
    site |= {"/stories": page("stories", "/story"), "/story": page("story")}
    with Server(site) as server:
        report = crawl(tmp_path, server, "/feed")
        log = (Home(tmp_path).run(report.run) / "log.jsonl").read_text()
        assert f"{server.url}/stories: not a feed" in log
        crawl(tmp_path, server, "/feed")
        with access.Archive(Home(tmp_path)) as archive:
            rows = list(archive.pages("quay"))
    pages = [(row["url"].removeprefix(server.url), row["verdict"], row["captures"]) for row in rows]
    assert pages == [("/", "same", 2), ("/stories", "same", 2), ("/story", "same", 2)]
    assert report.feeds == ()


FEED = Row(1, "https://quay.example/feed", "quay.example", UrlKind.FEED)


def listed(row: Row, everything: bool = True) -> tuple[Found, ...]:
    body = atom(["/a"], '<link rel="next" href="/feed?more"/>').body
    assert isinstance(body, bytes)
    message = http.parse(b"HTTP/1.1 200 OK\r\n\r\n" + body)
    return discovery.listed(row, message, lambda url: MONDAY, instants.now(), everything).found


def test_a_feed_without_end_is_walked_to_a_bound() -> None:
    last = Row(1, FEED.url, FEED.host, UrlKind.FEED, depth=discovery.FEED_PAGES - 1)
    assert [one.kind for one in listed(FEED)] == [UrlKind.PAGE, UrlKind.FEED]
    assert [one.depth for one in listed(FEED)] == [1, 1]
    assert [one.kind for one in listed(last)] == [UrlKind.PAGE]
    assert [one.kind for one in listed(FEED, everything=False)] == [UrlKind.PAGE]


def test_the_places_of_feeds_and_of_what_they_tell_of() -> None:
    url = "https://quay.example/a"
    seed = Found(url, UrlKind.PAGE).place()
    feed = Found(url, UrlKind.FEED, 7).place()
    newer, older, undated = (Found(url, UrlKind.PAGE, 1, told=told).place() for told in (200, 100, 0))
    changed = Found(url, UrlKind.PAGE, 1, standing=Standing.CHANGED, told=150).place()
    same = Found(url, UrlKind.PAGE, 1, standing=Standing.SAME, told=300).place()
    linked = Found(url, UrlKind.PAGE, 1).place()
    wanted = [seed, feed, newer, changed, older, undated, linked, same]
    assert sorted(wanted) == wanted
    assert (feed[0], linked[0]) == (SEED_RANK, RANK[UrlKind.PAGE])


def test_what_waits_moves_forward_when_a_feed_tells_of_it(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.db")
    host = "quay.example"
    urls = [f"https://{host}/{n}" for n in range(4)]
    frontier.add(Found(url, UrlKind.PAGE, 3, standing=Standing.SAME) for url in urls)
    frontier.add([Found(urls[2], UrlKind.PAGE, 5, standing=Standing.CHANGED, told=1)])
    row = frontier.take(host, 0.0)
    assert row and (row.url, row.depth) == (urls[2], 3)
    frontier.add([Found(urls[3], UrlKind.FEED)])  # to which an old feed redirects: it stays a page
    frontier.add([Found(f"{urls[0]}/feed", UrlKind.REQUISITE)])
    frontier.add([Found(f"{urls[0]}/feed", UrlKind.FEED)])
    taken = [frontier.take(host, 0.0) for _ in range(4)]
    kinds = {row.url: row.kind for row in taken if row}
    assert (kinds[urls[3]], kinds[f"{urls[0]}/feed"]) == (UrlKind.PAGE, UrlKind.FEED)
    frontier.close()


def test_feeds_are_counted_in_the_frontier_of_an_older_program(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.db")
    frontier._db.execute("DELETE FROM tally WHERE kind = 'feed'")
    frontier._db.execute("PRAGMA user_version = 2")
    frontier.close()
    taken_up = Frontier(tmp_path / "frontier.db")
    taken_up.add([Found(FEED.url, UrlKind.FEED)])
    assert taken_up.count(State.QUEUED, UrlKind.FEED) == 1
    taken_up.close()
