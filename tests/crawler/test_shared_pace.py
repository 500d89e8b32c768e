"""Real crawls on one host, several at a time: together they keep its pace and its pauses."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from archive import instants
from crawler import shared
from crawler.health import ROW
from crawler.rows import Found, UrlKind
from tests.crawler.crawls import RUN, Crawl, source
from tests.sites.server import Asked, Page, Server

DELAY = 0.3


class Log:
    """Who asked when: a page of its own for each path, which notes the time of each request."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str]] = []

    def page(
        self, path: str, *links: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
    ) -> Page:
        anchors = "".join(f'<a href="{link}">x</a>' for link in links)

        def body(_: Asked) -> bytes:
            self.asked.append((time.monotonic(), path))
            return f"<title>{path}</title>{anchors}".encode()

        return Page(status, (("Content-Type", "text/html"), *headers), body)

    def section(self, name: str, pages: int) -> dict[str, Page]:
        links = [f"/{name}/{number}" for number in range(pages)]
        return {f"/{name}/": self.page(f"/{name}/", *links), **{link: self.page(link) for link in links}}

    @property
    def gaps(self) -> list[float]:
        return [later - earlier for (earlier, _), (later, _) in pairwise(sorted(self.asked))]

    def times(self, beginning: str) -> list[float]:
        return sorted(at for at, path in self.asked if path.startswith(beginning))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def children() -> Iterator[list["subprocess.Popen[bytes]"]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def until(true: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def part(root: Path, server: Server, name: str, **more: object) -> Crawl:
    """A crawl of one section of the site, in a home of its own."""
    manners = {"delay": DELAY, "robots": "ignore", **more}
    wanted = source(f"{server.url}/{name}/", scope={"within": "prefix"}, manners=manners)
    return Crawl(root / name, wanted)


def pages(server: Server, paths: Iterable[str]) -> list[Found]:
    return [Found(f"{server.url}/{path.removeprefix('/')}", UrlKind.PAGE, 1) for path in paths]


def _after(both: threading.Barrier, page: Page) -> Page:
    body = page.body
    assert callable(body)

    def waited(asked: Asked) -> bytes:
        sent = body(asked)
        both.wait()
        return sent

    return replace(page, body=waited)


def test_two_homes_keep_the_pace_of_one_host_together(tmp_path: Path, log: Log) -> None:
    with Server({**log.section("a", 5), **log.section("b", 5)}) as server:
        # Neither goes on before both are there, however unequal their start is.
        both = threading.Barrier(2, timeout=60)
        server.state = {**server.state, **{path: _after(both, server.state[path]) for path in ("/a/", "/b/")}}
        crawls = [part(tmp_path, server, name) for name in "ab"]
        processes = [crawl.start() for crawl in crawls]
        assert [process.wait(60) for process in processes] == [0, 0]
    assert len(log.asked) == 12
    # A request may be noted late, and then the next one seems to come early; two paces would halve the mean.
    assert min(log.gaps) > DELAY * 0.3
    assert sum(log.gaps) / len(log.gaps) > DELAY * 0.95
    # When they were sent is in the record; the clocks of two processes are the same.
    sent = sorted(record.at for crawl in crawls for record in crawl.responses())
    assert min((later - earlier).total_seconds() for earlier, later in pairwise(sent)) > DELAY - 0.002
    assert min(log.times("/b")) < max(log.times("/a"))
    assert min(log.times("/a")) < max(log.times("/b"))


@pytest.mark.nightly
@pytest.mark.parametrize("delay", [0.0, 0.1])
def test_a_pause_that_one_run_was_asked_for_is_kept_by_another_at_once(
    tmp_path: Path, log: Log, delay: float, children: list["subprocess.Popen[bytes]"]
) -> None:
    with Server(log.section("b", 400), latency=0.02) as server:
        one = part(tmp_path, server, "b", delay=delay)
        children.append(one.start())
        until(lambda: len(log.asked) > 3)
        other = shared.Shared(one.home)
        asked_at = time.monotonic()
        other.cool(server.url.removeprefix("http://"), time.time() + 3)
        other.close()
        until(lambda: log.times("/b")[-1] > asked_at + 2.9)
    meanwhile = [at for at in log.times("/b") if asked_at < at < asked_at + 2.9]
    # Those under way; without a delay the file is not read before each one. There would be some 30, or 140.
    assert len(meanwhile) <= (3 if delay else 70)


def test_a_pause_is_kept_after_a_kill(
    tmp_path: Path, log: Log, children: list["subprocess.Popen[bytes]"]
) -> None:
    busy = log.page("/a/", status=503, headers=(("Retry-After", "3"),))
    with Server({"/a/": busy, **log.section("b", 1)}) as server:
        first = part(tmp_path, server, "a", delay=0)
        children.append(first.start())
        until(lambda: log.asked and first.rows()[f"{server.url}/a/"][3] == 503)
        children[0].kill()
        children[0].wait()
        # Another source of the same home; it asks the same host.
        other = replace(first, source=part(tmp_path, server, "b", delay=0).source).again()
        assert other.finish() == 0
    assert log.times("/b")[0] - log.times("/a")[0] > 2.9


@pytest.mark.nightly
def test_a_slow_server_is_asked_more_slowly_also_several_at_a_time(tmp_path: Path, log: Log) -> None:
    took, at_once = 0.8, 3
    with Server(log.section("a", 8), latency=took) as server:
        crawl = part(tmp_path, server, "a", delay=0.05, concurrency=at_once)
        assert crawl.finish() == 0
    times = log.times("/a/")
    # The first alone, then three at a time: each group begins a pause as long as an answer after the last.
    groups = [times[:1], times[1:4], times[4:7], times[7:]]
    assert all(group[-1] - group[0] < took for group in groups)
    for earlier, later in pairwise(groups):
        assert later[0] - earlier[-1] > 2 * took - 0.05
        assert later[0] - earlier[-1] < 2 * took + 0.8


def test_robots_txt_is_asked_for_once_a_day_by_all_runs_of_a_home(tmp_path: Path, log: Log) -> None:
    rules = b"User-agent: *\nDisallow: /a/1\nSitemap: BASE/map.xml\n"
    with Server(log.section("a", 3)) as server:
        robots = Page(
            headers=(("Content-Type", "text/plain"),), body=rules.replace(b"BASE", server.url.encode())
        )
        server.state = {**server.state, "/robots.txt": robots}
        first = part(tmp_path, server, "a", delay=0, robots="obey")
        assert first.finish() == 0
        server.state = {**log.section("a", 3), "/robots.txt": Page(500)}
        second = first.again()
        assert second.finish() == 0
        paths = server.paths
        rows = second.rows("test0002")
    assert paths.count("/robots.txt") == 1
    assert paths.count("/map.xml") == 2
    assert paths.count("/a/2") == 2
    assert rows[f"{server.url}/a/1"][:3] == ("page", "robots", "line 2: Disallow: /a/1")
    told = [one.robots(run_) for one, run_ in ((first, RUN), (second, "test0002"))]
    assert told[0] == told[1]
    ((origin, at, status, reason, body),) = told[0]
    assert (origin, status, reason, body) == (server.url, 200, None, robots.body)
    # The instant leads to the record, also from the second run, which has none of its own.
    kept = [one for one in first.responses() if one.uri == f"{server.url}/robots.txt"]
    assert [instants.iso(one.at) for one in kept] == [at]


def test_a_dead_host_is_given_up_and_asked_again_by_the_next_run(tmp_path: Path, log: Log) -> None:
    with Server({"*": Page(503)}) as server:
        wanted = source(f"{server.url}/", manners={"robots": "ignore"})
        crawl = Crawl(tmp_path, wanted, pages(server, map(str, range(60))))
        assert crawl.finish() == 0
        asked = len(server.paths)
        rows = crawl.rows()
        assert ROW < asked < 3 * ROW
        reasons = [reason for _, state, reason, _ in rows.values() if state == "failed"]
        assert len(reasons) == 62
        assert sum("host given up: 1" in (reason or "") for reason in reasons) > 40
        assert "failures in a row, last: status 503" in (reasons[-1] or "")
        server.state = {"*": Page(200)}
        assert crawl.again().finish() == 0
        assert {row[1] for row in crawl.rows("test0002").values()} == {"done"}


@pytest.mark.nightly
def test_broken_pages_among_good_ones_do_not_bring_a_host_down(tmp_path: Path, log: Log) -> None:
    state = {f"/{number}": Page(500 if number % 10 else 200) for number in range(100)}
    with Server(state) as server:
        wanted = source(f"{server.url}/0", manners={"robots": "ignore", "concurrency": 8})
        crawl = Crawl(tmp_path, wanted, pages(server, state))
        assert crawl.finish() == 0
        rows = crawl.rows()
    states = [rows[server.url + path][1] for path in state]
    assert (states.count("done"), states.count("failed")) == (10, 90)
    assert not any("given up" in (row[2] or "") for row in rows.values())


def test_the_limit_of_requests_stops_the_run_and_the_next_one_goes_on(tmp_path: Path, log: Log) -> None:
    with Server(log.section("a", 8)) as server:
        wanted = source(f"{server.url}/a/", limits={"requests": 5})
        crawl = Crawl(tmp_path, wanted)
        assert crawl.finish() == 3
        assert len(server.paths) == 5
        assert crawl.ended() == "the limit of 5 requests; 6 addresses are left"
        crawl.order = replace(crawl.order, source=source(f"{server.url}/a/"))
        assert crawl.finish() == 0
        assert len(server.paths) == 11
    assert {row[1] for row in crawl.rows().values()} == {"done"}


@pytest.mark.nightly
def test_a_flaky_site_does_not_triple_a_run(tmp_path: Path, log: Log) -> None:
    """Two of three pages are broken; the well ones between them keep the host alive."""
    state = {f"/{number}": Page(200 if number % 3 == 0 else 500) for number in range(900)}
    with Server(state) as server:
        wanted = source(f"{server.url}/0", manners={"robots": "ignore", "concurrency": 16})
        crawl = Crawl(tmp_path, wanted, pages(server, state))
        assert crawl.finish(120) == 0
        asked = len(server.paths)
    assert 1350 < asked <= 901 + 100 + 451
    reasons = [row[2] or "" for row in crawl.rows().values()]
    assert sum("this run has repeated enough requests" in reason for reason in reasons) > 100


@pytest.mark.nightly
def test_a_run_that_is_longer_than_a_robots_txt_holds_asks_again(tmp_path: Path, log: Log) -> None:
    with Server({**log.section("a", 40), "/robots.txt": Page(404)}) as server:
        crawl = part(tmp_path, server, "a", delay=0.1, robots="obey")
        crawl.settings = "tests.crawler.hasty_settings"
        process = crawl.start()
        until(lambda: len(log.asked) > 5)
        shut = Page(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nDisallow: /a/3\n")
        server.state = {**server.state, "/robots.txt": shut}
        assert process.wait(30) == 0
        asked = server.paths
        rows = crawl.rows()
    assert 3 <= asked.count("/robots.txt") <= 8
    assert rows[f"{server.url}/a/39"][:3] == ("page", "robots", "line 2: Disallow: /a/3")
    assert [row[2] for row in crawl.robots()] == [200]
