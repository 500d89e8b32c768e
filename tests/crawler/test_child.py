"""The real child process on sites of loopback: what it fetches, what it leaves out, and how it ends."""

import json
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import urls, warc
from crawler import run
from tests.crawler.crawls import RUN, Crawl, source
from tests.sites.server import Asked, Page, Server

HTML = (("Content-Type", "text/html; charset=utf-8"),)
CSS = (("Content-Type", "text/css"),)
TEXT = (("Content-Type", "text/plain"),)
XML = (("Content-Type", "application/xml"),)


def html(*links: str, more: str = "") -> Page:
    anchors = "".join(f'<a href="{link}">{link}</a> ' for link in links)
    return Page(body=f"<!doctype html><title>t</title>{anchors}{more}".encode())


def moved(target: str, status: int = 301) -> Page:
    return Page(status, (("Location", target),), b"")


def robots(text: str) -> Page:
    return Page(headers=TEXT, body=text.encode())


def end(crawl: Crawl) -> dict[str, object]:
    note: dict[str, object] = json.loads((crawl.home.run(RUN) / "end.json").read_text())
    return note


def paths(crawl: Crawl, server: Server) -> dict[str, tuple[str, str, str | None, int | None]]:
    """The rows of the server's first port by path."""
    rows = crawl.rows()
    return {
        url.removeprefix(server.url): row for url, row in rows.items() if url.startswith(server.url + "/")
    }


def test_it_is_begun_without_what_its_parent_alone_needs() -> None:
    """The library of the index alone takes a quarter of a second and 10 MiB."""
    program = "import sys, crawler.child; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"sqlalchemy", "alembic", "trafilatura", "typer"}.isdisjoint(loaded.stdout.split())


def test_a_site_is_crawled_once_in_scope_with_its_requisites(tmp_path: Path) -> None:
    state = {
        "/": html(
            "/a", "/b#part", "/a", "http://outside.example/", more='<link rel=stylesheet href="/s.css">'
        ),
        "/b": moved("/c?x=1"),
        "/c?x=1": html("/gone"),
        "/s.css": Page(headers=CSS, body=b"@import '/t.css'; p { background: url(/bg.png) }"),
        "/t.css": Page(headers=CSS, body=b"@font-face { src: url('/f.woff2') }"),
        "/i.png": Page(headers=(("Content-Type", "image/png"),), body=b"PNG"),
        "//other/far.png": Page(headers=(("Content-Type", "image/png"),), body=b"far"),
    }
    with Server(state) as server:
        pictures = f'<img src="/i.png"><img src="{server.other_url}/far.png">'
        server.state = {**state, "/a": html("/", "/b", more=pictures)}
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        assert crawl.finish() == 0
        asked = Counter(server.paths)
        rows = paths(crawl, server)
    assert end(crawl) == {"reason": None, "complete": True}
    assert set(asked.values()) == {1}
    assert {path: row[:2] for path, row in rows.items()} == {
        "/robots.txt": ("robots", "done"),
        "/sitemap.xml": ("sitemap", "done"),
        "/": ("page", "done"),
        "/a": ("page", "done"),
        "/b": ("page", "done"),
        "/c?x=1": ("page", "done"),
        "/gone": ("page", "done"),
        "/s.css": ("requisite", "done"),
        "/t.css": ("requisite", "done"),
        "/bg.png": ("requisite", "done"),
        "/f.woff2": ("requisite", "done"),
        "/i.png": ("requisite", "done"),
    }
    assert rows["/gone"][3] == 404
    every = crawl.rows()
    assert every[f"{server.other_url}/far.png"][:2] == ("requisite", "done")
    assert every["http://outside.example/"] == (
        "page",
        "out",
        f"outside host {server.url.removeprefix('http://')}",
        None,
    )
    assert len(crawl.responses()) == 14
    found = run.progress(crawl.home, RUN)
    assert (found.done, found.known, found.failed, found.requests) == (14, 14, 0, 14)
    assert (found.pages_done, found.pages_known) == (5, 5)


def test_robots_txt_is_obeyed_and_names_sitemaps(tmp_path: Path) -> None:
    state = {
        "/robots.txt": moved("/real-robots.txt"),
        "/": html("/open", "/shut/a", more='<img src="/shut/i.png">'),
        "/map.xml": Page(
            headers=XML,
            body=b"<urlset><url><loc>BASE/hidden</loc></url></urlset>",
        ),
        "/hidden": html(),
        "/open": html(),
    }
    with Server(state) as server:
        text = f"User-agent: strandline\nDisallow: /shut/\n\nSitemap: {server.url}/map.xml\nSitemap: http://x.example/s"
        mapped = Page(headers=XML, body=state["/map.xml"].body.replace(b"BASE", server.url.encode()))  # type: ignore[union-attr]  # bytes
        server.state = {**state, "/real-robots.txt": robots(text), "/map.xml": mapped}
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        assert crawl.finish() == 0
        asked = server.paths
        rows = paths(crawl, server)
    assert asked[:2] == ["/robots.txt", "/real-robots.txt"]
    assert not any(path.startswith("/shut") for path in asked)
    assert rows["/shut/a"] == ("page", "robots", "line 2: Disallow: /shut/", None)
    assert rows["/shut/i.png"][1] == "robots"
    assert rows["/hidden"][:2] == ("page", "done")
    kinds = {record.uri: record.block for record in crawl.records() if record.type == "metadata"}
    assert b"kind: robots\r\n" in kinds[f"{server.url}/real-robots.txt"]


def test_hosts_in_trouble_are_left_with_the_reason(tmp_path: Path) -> None:
    with Server({}) as server:
        dead = f"{server.url}/"
    with Server({"/robots.txt": Page(503), "/": html()}) as server:
        crawl = Crawl(tmp_path, source(dead, f"{server.url}/"))
        assert crawl.finish() == 0
        assert server.paths == ["/robots.txt"] * 3
    rows = crawl.rows()
    assert rows[f"{server.url}/"] == ("page", "robots", "robots.txt: status 503", None)
    assert rows[dead] == ("page", "failed", "connection refused", None)
    assert run.failures(crawl.home, RUN)[0] == (dead, "connection refused")


def test_broken_pictures_of_one_page_do_not_give_up_a_host_whose_pages_are_well(tmp_path: Path) -> None:
    pictures = b"".join(b"<img src=/%d.png>" % number for number in range(10))
    state = {"/": Page(body=pictures + b"<a href=/a>a</a><a href=/b>b</a>"), "/a": html(), "/b": html()}
    broken = {f"/{number}.png": Page(502) for number in range(10)}
    with Server({**state, **broken, "*": Page(404)}) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        assert crawl.finish() == 0
    rows = crawl.rows()
    assert [rows[server.url + path][1] for path in state] == ["done"] * 3
    assert [rows[server.url + path][1] for path in broken] == ["failed"] * 10


def test_private_addresses_are_refused_whatever_they_are_called(tmp_path: Path) -> None:
    with Server({"/": html()}) as server:
        port = server.port
        seeds = [
            urls.canonical(f"http://{host}:{port}/")
            for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]")
        ]
        crawl = Crawl(tmp_path, source(*seeds, manners={"allow_private": False}))
        assert crawl.finish() == 0
        assert server.paths == []
    for row in (crawl.rows()[seed] for seed in seeds):
        assert row[1] == "failed"
        assert "is not a public address" in (row[2] or "")


def test_trouble_is_asked_again_and_the_host_is_left_alone_meanwhile(tmp_path: Path) -> None:
    calls: list[tuple[str, float]] = []

    def noted(path: str) -> None:
        calls.append((path, time.monotonic()))

    def body(asked: Asked) -> bytes:
        noted("/a")
        return b"a"

    with Server({"/": html("/busy", "/a"), "/a": Page(body=body)}) as server:
        busy = Page(429, (("Retry-After", "2"),), lambda asked: noted("/busy") or b"")  # type: ignore[func-returns-value]  # for the note
        server.state = {**server.state, "/busy": busy}
        crawl = Crawl(tmp_path, source(f"{server.url}/", manners={"robots": "ignore"}))
        process = crawl.start()
        while not calls:
            time.sleep(0.01)
        server.state = {**server.state, "/busy": html()}
        assert process.wait(30) == 0
        rows = paths(crawl, server)
        busy_paths = server.paths.count("/busy")
    assert calls[0][0] == "/busy"
    assert calls[1][0] == "/a"
    assert calls[1][1] - calls[0][1] > 1.9
    assert busy_paths == 2
    assert rows["/busy"] == ("page", "done", None, 200)
    assert len(crawl.responses(b" 429 ")) == 1


def test_the_pace_is_kept(tmp_path: Path) -> None:
    with Server({"/": html("/1", "/2", "/3")}) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/", manners={"robots": "ignore", "delay": 0.3}))
        assert crawl.finish() == 0
    sent = sorted(record.at for record in crawl.responses())
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(sent)]
    assert len(gaps) == 4
    assert min(gaps) > 0.29
    assert max(gaps) < 1.0


def test_the_next_request_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    state = {"/": html(*(f"/{n}" for n in range(8)))} | {f"/{n}": html() for n in range(8)}
    with Server(state) as server:
        given = source(f"{server.url}/", manners={"robots": "ignore", "concurrency": 1})
        crawl = Crawl(tmp_path, given, settings="tests.crawler.slow_disk_settings")
        assert crawl.finish() == 0
    sent = sorted(record.at for record in crawl.responses() if record.uri != f"{server.url}/")
    assert len(sent) == 9  # with the sitemap that is not there
    assert (sent[-1] - sent[1]).total_seconds() < 2 * 0.3


def test_the_limit_of_pages_stops_the_run_and_the_next_process_goes_on(tmp_path: Path) -> None:
    state = {"/": html(*(f"/{n}" for n in range(5)), more='<img src="/i.png">')}
    state.update({f"/{n}": html(more=f'<img src="/{n}.png">') for n in range(5)})
    with Server(state) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/", limits={"pages": 4}))
        assert crawl.finish() == 3
        assert str(end(crawl)["reason"]).startswith("the limit of 4 pages; ")
        assert end(crawl)["complete"] is False
        first = server.paths
        assert [path for path in first if path in state] == ["/", "/0", "/1", "/2"]
        assert {"/i.png", "/0.png", "/1.png", "/2.png"} <= set(first)
        assert crawl.finish() == 0
        again = Counter(path for path in server.paths if path != "/robots.txt")
    assert set(again.values()) == {1}
    assert len(crawl.files()) == 2


def test_limits_of_bytes_and_minutes_stop_the_run(tmp_path: Path) -> None:
    state = {"/": html(*(f"/{n}" for n in range(50)))}
    state.update({f"/{n}": Page(body=b"x" * 1000) for n in range(50)})
    with Server(state, latency=0.05) as server:
        few = Crawl(tmp_path / "bytes", source(f"{server.url}/", limits={"bytes": 5000}))
        assert few.finish() == 3
        assert end(few)["reason"] == "the limit of 5000 bytes"
        short = Crawl(tmp_path / "minutes", source(f"{server.url}/", limits={"minutes": 0.01}))
        assert short.finish() == 3
        assert end(short)["reason"] == "the limit of 0.01 minutes"
    assert 0 < len(few.responses()) < 20
    assert all(path.name.endswith(".warc.gz") for path in [*few.files(), *short.files()])


@pytest.mark.parametrize("how", ["stdin", "SIGTERM"])
def test_it_stops_cleanly_when_asked(tmp_path: Path, how: str) -> None:
    state = {"/": html(*(f"/{n}" for n in range(500)))}
    with Server({**state, "*": Page(body=b"x")}, latency=0.02) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        process = crawl.start()
        while len(server.paths) < 10:
            time.sleep(0.02)
        if how == "stdin":
            assert process.stdin
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, how))
        assert process.wait(10) == 3
    assert end(crawl) == {"reason": "stopped by request", "complete": False}
    (path,) = crawl.files()
    assert path.name.endswith("-test0001-00000.warc.gz")
    assert {row[1] for row in crawl.rows().values()} <= {"done", "queued"}


def test_a_server_that_hangs_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with Server({"/": html()}, latency=30) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/", manners={"robots": "ignore"}))
        process = crawl.start()
        while "inflight" not in (row[1] for row in crawl.rows().values()):
            time.sleep(0.02)
        assert process.stdin
        process.stdin.close()
        began = time.monotonic()
        assert process.wait(20) == 3
        assert time.monotonic() - began < 8
    assert {row[1] for row in crawl.rows().values()} == {"queued"}


def test_a_full_disk_stops_the_run_and_nothing_is_lost_when_there_is_room_again(tmp_path: Path) -> None:
    noise = random.Random(1)
    state = {"/": html(*(f"/{n}" for n in range(30)))}
    state.update({f"/{n}": Page(headers=TEXT, body=noise.randbytes(300_000)) for n in range(30)})
    with Server(state) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        process = crawl.start()
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))
        assert process.wait(30) == 5
        assert "nothing more can be written" in str(end(crawl)["reason"])
        (path,) = crawl.files()
        assert path.name.endswith(".open")
        kept = {record.uri for record in crawl.responses()}
        assert 5 < len(kept) < 20
        assert crawl.finish() == 0
    fetched = Counter(one.uri for one in crawl.responses() if not (one.uri or "").endswith("robots.txt"))
    assert set(fetched.values()) == {1}
    assert len(fetched) == 32


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_done_twice(tmp_path: Path) -> None:
    pages = 60
    chance = random.Random(7)
    state = {
        f"/p{n}": html(
            *(f"/p{m % pages}" for m in range(n, n + 7)), more=f'<img src="/i{n % 9}.png">' + "x" * 20_000
        )
        for n in range(pages)
    }
    state["/"] = html("/p0")
    with Server({**state, "*": Page(body=b"image")}, latency=0.01) as server:
        crawl = Crawl(tmp_path, source(f"{server.url}/"))
        kills = 0
        while True:
            process = crawl.start()
            target = len(server.paths) + chance.randint(8, 18)
            while process.poll() is None and len(server.paths) < target:
                time.sleep(0.002)
            time.sleep(chance.random() * 0.02)
            if process.poll() is not None:
                assert process.returncode == 0
                break
            process.kill()
            process.wait()
            kills += 1
    assert kills >= 4
    fetched = Counter(
        (record.uri or "").removeprefix(server.url)
        for record in crawl.responses(b" 200 ")
        if not (record.uri or "").endswith("/robots.txt")
    )
    assert set(fetched) == {*state, "/sitemap.xml", *(f"/i{n}.png" for n in range(9))}
    assert set(fetched.values()) == {1}
    assert {row[1] for row in crawl.rows().values()} == {"done"}
    assert all(path.name.endswith(".warc.gz") for path in crawl.files())
    for path in crawl.files():
        for record in warc.read(path):
            assert record.headers["WARC-Block-Digest"] == f"sha256:{sha256(record.block).hexdigest()}"
        with path.open("rb") as file:
            assert len(list(FastIterator(file, parse_http=False))) == len(list(warc.read(path)))
        with path.open("rb") as file:
            for read in ArchiveIterator(file):
                read.raw_stream.read()
