"""What the spider sends along: configured headers and cookies, to those they are meant for."""

import time
from pathlib import Path

import pytest

from crawler import ledger, run
from crawler.exchange import HELD
from tests.crawler.crawls import RUN, Crawl, source
from tests.sites.server import Page, Server
from tests.sites.wire_server import Shape, WireServer, head

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
    assert crawl.rows()[f"{server.url}/"][1:] == ("done", ledger.IN_A_CIRCLE, 302)


def test_a_page_with_very_many_links_is_settled_in_parts(tmp_path: Path) -> None:
    links = b"".join(b"<a href=http://far.example/%d>" % number for number in range(2 * ledger.PART + 7))
    with Server({"/": Page(body=links + b"<a href=/last>"), "/last": Page(), "*": Page(404)}) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        assert crawl.finish() == 0
    rows = crawl.rows()
    assert sum(url.startswith("http://far.example/") for url in rows) == 2 * ledger.PART + 7
    assert rows[f"{server.url}/last"][1] == "done"


def test_a_request_that_cannot_be_made_ends_the_run_with_the_reason(tmp_path: Path) -> None:
    with Server({"/": Page()}) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        run.prepare(crawl.home, crawl.order, ())
        originals = crawl.home.run(RUN) / "originals.db"
        originals.write_bytes(b"no database" * 1000)
        assert crawl.finish() == 1
    assert "file is not a database" in crawl.ended()


def test_what_is_dropped_leaves_no_file_open(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    large = Shape((head(length=9 * HELD), b"x" * 3 * HELD), "stall")
    with WireServer(shapes={"/": large}) as server:
        chosen = source(f"{server.url}/", manners={"robots": "ignore"})
        crawl = Crawl(tmp_path, chosen, environment={"PYTHONWARNINGS": "always::ResourceWarning"})
        process = crawl.start()
        while "/" not in (path for path, _ in server.requests):
            time.sleep(0.02)
        time.sleep(0.5)
        assert process.stdin
        process.stdin.close()
        assert process.wait(20) == 3
    assert crawl.rows()[f"{server.url}/"][1] == "queued"
    assert "unclosed file" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "lines", [(b"X-One: " + b"a" * 300_000,), tuple(b"X-%d: " % n + b"a" * 1000 for n in range(300))],
    ids=["one line", "many lines"],
)  # fmt: skip
@pytest.mark.parametrize("last", [0, 20_000, 60_000])
def test_a_head_beyond_the_bound_is_no_answer_whatever_piece_its_end_comes_with(
    tmp_path: Path, lines: tuple[bytes, ...], last: int
) -> None:
    whole = head(*lines, length=2)
    cut = len(whole) - last
    with WireServer(shapes={"/": Shape((whole[:cut], whole[cut:] + b"ok"))}) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/", manners={"robots": "ignore"}))
        assert crawl.finish() == 0
    assert crawl.rows()[f"{server.url}/"][1:] == ("failed", "more than 262144 bytes of headers", None)
