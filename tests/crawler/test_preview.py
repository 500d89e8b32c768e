"""What the first crawl would do is what it does."""

import json
import socket
import time
from pathlib import Path

import pytest

from archive.home import Home
from crawler import caller, preview
from crawler.probe import Caller
from crawler.source import Source
from schedules.sources import load
from tests.crawler.crawls import source
from tests.journeys.program import Person
from tests.sites import blogger
from tests.sites.server import Page, Server

XML = (("Content-Type", "application/xml"),)


def sitemap(*urls: str, kind: str = "urlset", tag: str = "url") -> Page:
    listed = "".join(f"<{tag}><loc>{url}</loc></{tag}>" for url in urls)
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    return Page(200, XML, f'<?xml version="1.0"?><{kind} {space}>{listed}</{kind}>'.encode())


def seen(given: Source) -> preview.Preview:
    return preview.preview(Caller("x", allow_private=True, delay=0), given)


def test_it_says_what_add_and_crawl_then_do(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server(blogger.state(count=40, cap=15)) as server:
        person.run_here("init", str(person.home))
        words = (server.url, "--name", "blog", "--allow-private", "--delay", "0", "--json")
        tried = json.loads(person.run_here("add", *words, "--dry-run"))
        assert not list(Home(person.home).sources.iterdir())
        written = json.loads(person.run_here("add", *words))
        assert {**written, "file": None} == {**tried, "file": None}
        assert (tried["file"], written["file"]) == (None, "sources/blog.toml")
        before = len(server.exchanges)
        person.run_here("crawl")
    asked = [f"{server.url}{one.path}" for one in server.exchanges[before:]]
    told = written["preview"]
    assert (told["pages"], told["unread"]) == (41, [])
    pages = [url for url in asked if url in told["first"]]
    assert pages == told["first"], "in the order of the crawl"
    assert set(load(Home(person.home), "blog").feeds) <= set(asked)
    assert told["requests"] <= len(asked) <= 2 * told["requests"], "the rest are images, lists and labels"


def test_what_is_left_out_is_counted_by_rule() -> None:
    with Server() as server:
        url = server.url
        elsewhere = [f"https://elsewhere.example/{number}" for number in range(3)]
        posts = [f"{url}/{number}" for number in range(5)]
        server.state = {"/sitemap.xml": sitemap(*posts, *elsewhere, f"{url}/x/print/"), "/": Page()}
        found = seen(source(f"{url}/", scope={"exclude": ["/3$"]}, limits={"pages": 2}))
    assert (found.known, found.pages) == (10, 5)
    assert {left.rule.split()[0]: (left.number, left.example) for left in found.left} == {
        "outside": (3, elsewhere[0]),
        "exclude": (1, f"{url}/3"),
        "skipped": (1, f"{url}/x/print/"),
    }
    assert found.requests == 1 + 2 + 1
    assert found.first[0] == f"{url}/"


def test_what_robots_txt_disallows_is_left_out_and_its_pause_is_counted() -> None:
    rules = b"User-agent: *\nCrawl-delay: 30\nDisallow: /private/"
    with Server() as server:
        url = server.url
        server.state = {
            "/robots.txt": Page(200, (("Content-Type", "text/plain"),), rules),
            "/sitemap.xml": sitemap(f"{url}/a", f"{url}/private/1", f"{url}/private/2"),
        }
        asking = Caller("x", allow_private=True, delay=0)
        asking.house(url + "/")
        asking.delay = 0
        found = preview.preview(asking, source(f"{url}/"))
    assert (found.known, found.pages, found.requests) == (4, 2, 1 + 2 + 1)
    assert (found.delay, found.time.total_seconds()) == (30, 120)
    [left] = found.left
    assert (left.rule, left.number) == ("robots.txt disallows it: line 3: Disallow: /private/", 2)


def test_a_host_that_does_not_answer_is_waited_for_once() -> None:
    with Server() as server, socket.create_server(("127.0.0.1", 0)) as silent:
        dead = f"http://127.0.0.1:{silent.getsockname()[1]}"
        asking = Caller("x", allow_private=True, delay=0)
        began = time.monotonic()
        assert [asking.get(f"{dead}/{number}.xml", 0.3) for number in range(9)] == [None] * 9
        assert time.monotonic() - began < 0.9
        assert asking.get(f"{server.url}/a") is not None


def test_looking_has_an_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "LASTING", 0.2)
    with Server(latency=0.05) as server:
        asking = Caller("x", allow_private=True, delay=0)
        came = [asking.get(f"{server.url}/{number}") is not None for number in range(9)]
    assert came[0]
    assert came[-1] is False


def test_a_site_without_end_is_looked_at_for_a_while() -> None:
    with Server() as server:
        children = [f"{server.url}/map{number}.xml" for number in range(2000)]
        index = sitemap(*children, kind="sitemapindex", tag="sitemap")
        server.state = {"/sitemap.xml": index, "*": sitemap(f"{server.url}/a")}
        found = seen(source(f"{server.url}/"))
    assert len(server.paths) <= preview.MOST + 1 <= caller.MOST
    assert len(found.unread) == 2000 + 1 - preview.MOST
    assert found.pages == 2
