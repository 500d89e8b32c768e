"""What the first crawl would do is what it does."""

import json
from pathlib import Path

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
        person.run("init", str(person.home))
        words = (server.url, "--name", "blog", "--allow-private", "--delay", "0", "--json")
        tried = json.loads(person.run("add", *words, "--dry-run"))
        assert not list(Home(person.home).sources.iterdir())
        written = json.loads(person.run("add", *words))
        assert {**written, "file": None} == {**tried, "file": None}
        assert (tried["file"], written["file"]) == (None, "sources/blog.toml")
        before = len(server.exchanges)
        person.run("crawl")
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


def test_a_site_without_end_is_looked_at_for_a_while() -> None:
    with Server() as server:
        children = [f"{server.url}/map{number}.xml" for number in range(2000)]
        index = sitemap(*children, kind="sitemapindex", tag="sitemap")
        server.state = {"/sitemap.xml": index, "*": sitemap(f"{server.url}/a")}
        found = seen(source(f"{server.url}/"))
    assert len(server.paths) <= preview.MOST + 1 <= caller.MOST
    assert len(found.unread) == 2000 + 1 - preview.MOST
    assert found.pages == 2
