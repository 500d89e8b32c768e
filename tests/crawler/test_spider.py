"""What the spider sends along: configured headers and cookies, to those they are meant for."""

from pathlib import Path

from crawler import ledger
from tests.crawler.crawls import Crawl, source
from tests.sites.server import Page, Server

KEYS = {"Authorization": "Basic c2VjcmV0", "Cookie": "login=c2VjcmV0; kind=é"}
PICTURE = (("Content-Type", "image/png"),)
TEXT = (("Content-Type", "text/plain"),)


def moved(target: str, *cookies: str) -> Page:
    return Page(302, (("Location", target), *(("Set-Cookie", one) for one in cookies)), b"")


def test_configured_headers_go_to_the_own_hosts_alone(tmp_path: Path) -> None:
    """Also where a picture, or robots.txt itself, has moved to another host."""
    state = {
        "/": Page(body=b"<img src=/i.png>"),
        "//other/robots-of-another.txt": Page(headers=TEXT, body=b"User-agent: *\nAllow: /\n"),
        "//other/i.png": Page(headers=PICTURE, body=b"PNG"),
    }
    with Server(state) as server:
        state["/robots.txt"] = moved(f"{server.other_url}/robots-of-another.txt")
        state["/i.png"] = moved(f"{server.other_url}/i.png")
        server.state = state
        crawl = Crawl(tmp_path, source(f"{server.url}/", fetch={"headers": KEYS}))
        assert crawl.finish() == 0
        asked = [one.request for one in server.exchanges]
        own = [request for request in asked if f":{server.port}\r\n".encode() in request]
    assert len(own) == 4
    assert all(b"\r\nCookie: login=c2VjcmV0; kind=\xc3\xa9\r\n" in request for request in own)
    assert len(asked) > 6
    assert [request for request in asked if b"c2VjcmV0" in request] == own
    for record in crawl.records():
        assert b"c2VjcmV0" not in record.block


def test_a_cookie_is_sent_back_beside_the_configured_one(tmp_path: Path) -> None:
    state = {"/": moved("/", "seen=yes; Path=/"), "*": Page(404)}
    with Server(state) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/", fetch={"headers": KEYS}))
        assert crawl.finish() == 0
        home = [one.request for one in server.exchanges if one.path == "/"]
    assert [b"seen=yes" in request for request in home] == [False, True]
    assert b"\r\nCookie: login=c2VjcmV0; kind=\xc3\xa9; seen=yes\r\n" in home[1]
    assert crawl.rows()[f"{server.url}/"][1:] == ("done", None, 302)


def test_a_page_with_very_many_links_is_settled_in_parts(tmp_path: Path) -> None:
    links = b"".join(b"<a href=http://far.example/%d>" % number for number in range(2 * ledger.PART + 7))
    with Server({"/": Page(body=links + b"<a href=/last>"), "/last": Page(), "*": Page(404)}) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        assert crawl.finish() == 0
    rows = crawl.rows()
    assert sum(url.startswith("http://far.example/") for url in rows) == 2 * ledger.PART + 7
    assert rows[f"{server.url}/last"][1] == "done"
