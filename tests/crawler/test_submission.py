"""Sitemaps that speak for other hosts: two hosts, which are two ports of a server, and robots.txt files."""

import time
from pathlib import Path
from typing import Any

import pytest

from archive import http, instants
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.ledger import Ledger
from crawler.rows import Found, State, UrlKind
from crawler.source import ScopeRules, Source
from tests.crawler.crawls import Crawl, source
from tests.sites.server import Asked, Page, Server

NEWS, SHOP = "https://news.example", "https://shop.example"
XML = (("Content-Type", "application/xml"),)
TEXT = (("Content-Type", "text/plain"),)


def listing(*addresses: str, tag: str = "url") -> bytes:
    return (
        "".join(f"<{tag}><loc>{address}</loc></{tag}>" for address in addresses)
        .join(("<x>", "</x>"))
        .encode()
    )


class Read:
    """A frontier in which a sitemap of NEWS is read; `via` is the index that it is in."""

    def __init__(
        self, folder: Path, *seeds: str, sitemaps: tuple[str, ...] = (), within: Any = "host"
    ) -> None:
        self.frontier = Frontier(folder / "frontier.db")
        given = Source(
            name="news",
            seeds=seeds or (f"{NEWS}/", f"{SHOP}/"),
            sitemaps=sitemaps,
            scope=ScopeRules(within=within),
        )
        self.ledger = Ledger(given, self.frontier)

    def hear(self, origin: str, *sitemaps: str, status: int | None = 200, reason: str | None = None) -> None:
        body = "".join(f"Sitemap: {url}\n" for url in sitemaps).encode()
        self.frontier.hear(origin, instants.iso(instants.now()), status, reason, body)

    def read(self, url: str, body: bytes, new: bool = True) -> None:
        self.frontier.add([Found(url, UrlKind.SITEMAP)] if new else [])
        row = self.frontier.take("news.example", time.time(), rank=0)
        assert row and row.url == url
        self.ledger.close(row, Answer(instants.now(), http.parse(b"HTTP/1.1 200 OK\r\n\r\n" + body)))

    def reason(self, url: str) -> str | None:
        """Why a URL was left out; None where it is queued."""
        sql = "SELECT state, reason FROM url WHERE url = ?"
        state, reason = self.frontier._db.execute(sql, (url,)).fetchone()
        assert (state == State.QUEUED) is (reason is None)
        return str(reason) if reason else None


def test_on_its_own_host_a_sitemap_may_list_everything(tmp_path: Path) -> None:
    read = Read(tmp_path)
    own = [f"{NEWS}/maps/a", f"{NEWS}/above", f"{NEWS}/beside/b", "http://www.news.example/c"]
    read.read(f"{NEWS}/maps/sitemap.xml", listing(*own))
    assert [read.reason(url) for url in own] == [None] * 4


def test_for_another_host_its_robots_txt_has_to_name_it(tmp_path: Path) -> None:
    read = Read(tmp_path)
    read.read(f"{NEWS}/one.xml", listing(f"{SHOP}/a"))
    unheard = "the robots.txt of https://shop.example would have to name it, and is not known"
    assert read.reason(f"{SHOP}/a") == f"listed by a sitemap of another host: {unheard}"
    read.hear(SHOP, f"{SHOP}/own.xml", f"{NEWS}/three.xml")
    read.read(f"{NEWS}/two.xml", listing(f"{SHOP}/b"))
    unnamed = "the robots.txt of https://shop.example does not name it"
    assert read.reason(f"{SHOP}/b") == f"listed by a sitemap of another host: {unnamed}"
    read.read(f"{NEWS}/three.xml", listing(f"{SHOP}/a", f"{SHOP}/c"))
    assert read.reason(f"{SHOP}/a") is read.reason(f"{SHOP}/c") is None


def test_an_index_that_is_named_speaks_for_its_sitemaps(tmp_path: Path) -> None:
    read = Read(tmp_path)
    read.hear(SHOP, f"{NEWS}/index.xml")
    read.read(f"{NEWS}/index.xml", listing("/one.xml", tag="sitemap"))
    read.read(f"{NEWS}/one.xml", listing(f"{SHOP}/a"), new=False)
    assert read.reason(f"{SHOP}/a") is None


@pytest.mark.parametrize(
    ("status", "reason"), [(None, "robots.txt: no answer"), (503, "robots.txt: status 503")]
)
def test_a_robots_txt_that_cannot_be_read_names_nothing(
    tmp_path: Path, status: int | None, reason: str
) -> None:
    read = Read(tmp_path)
    read.hear(SHOP, f"{NEWS}/one.xml", status=status, reason=reason)
    read.read(f"{NEWS}/one.xml", listing(f"{SHOP}/a"))
    assert "is not known" in (read.reason(f"{SHOP}/a") or "")


def test_the_body_of_an_error_names_nothing(tmp_path: Path) -> None:
    read = Read(tmp_path)
    read.hear(SHOP, f"{NEWS}/one.xml", status=404)
    read.read(f"{NEWS}/one.xml", listing(f"{SHOP}/a"))
    assert "does not name it" in (read.reason(f"{SHOP}/a") or "")


def test_the_sources_file_vouches_for_its_sitemaps(tmp_path: Path) -> None:
    read = Read(tmp_path, f"{SHOP}/", sitemaps=(f"{NEWS}/one.xml",))
    read.read(f"{NEWS}/one.xml", listing(f"{SHOP}/a", f"{NEWS}/b"))
    assert read.reason(f"{SHOP}/a") is None
    assert read.reason(f"{NEWS}/b") == "outside host shop.example"


def test_a_robots_txt_that_is_heard_later_lets_in_what_was_left_out(tmp_path: Path) -> None:
    def late(asked: Asked) -> bytes:
        time.sleep(1)
        return f"User-agent: *\nDisallow: /shut\nSitemap: {asked.url}/sitemap.xml\n".encode()

    with Server() as server:
        far = [f"{server.other_url}/{name}" for name in ("a", "shut")]
        server.state = {
            "/": Page(body=b"A page."),
            "/sitemap.xml": Page(headers=XML, body=listing("/b", *far)),
            "/b": Page(body=b"A page."),
            "//other/": Page(body=b"A page."),
            "//other/a": Page(body=b"A page."),
            "//other/robots.txt": Page(headers=TEXT, body=late),
        }
        crawl = Crawl(tmp_path, source(f"{server.url}/", f"{server.other_url}/"))
        assert crawl.finish() == 0
        rows = crawl.rows()
    assert rows[far[0]][:3] == ("page", "done", None)
    assert rows[far[1]][:3] == ("page", "robots", "line 2: Disallow: /shut")


def test_a_robots_txt_may_name_a_sitemap_that_lies_elsewhere(tmp_path: Path) -> None:
    with Server() as server:
        server.state = {
            "/": Page(body=b"A page."),
            "/robots.txt": Page(headers=TEXT, body=f"Sitemap: {server.other_url}/map.txt\n".encode()),
            "/a": Page(body=b"A page."),
            "//other/map.txt": Page(headers=TEXT, body=f"{server.url}/a\n{server.other_url}/b\n".encode()),
        }
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        assert crawl.finish() == 0
        rows = crawl.rows()
    assert rows[f"{server.other_url}/map.txt"][:2] == ("sitemap", "done")
    assert rows[f"{server.url}/a"][:2] == ("page", "done")
    assert rows[f"{server.other_url}/b"][:3] == ("page", "out", f"outside host 127.0.0.1:{server.port}")


def test_hosts_of_a_domain_that_the_source_takes_for_one_site_may_list_each_other(tmp_path: Path) -> None:
    read = Read(tmp_path, f"{NEWS}/", within="domain")
    sibling, stranger = "https://shop.news.example/a", f"{SHOP}/a"
    read.read(f"{NEWS}/one.xml", listing(sibling, stranger))
    assert read.reason(sibling) is None
    assert read.reason(stranger) == "outside domain news.example"
