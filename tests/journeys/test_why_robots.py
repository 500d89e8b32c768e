"""What came of a robots.txt that was not simply there, as `strandline crawl` and `strandline why` tell it."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from strandline import cli
from tests.journeys.program import Person
from tests.sites.server import Page, Server

STORY = "The seal was seen off the north quay on Monday morning, and nobody knew what to make of it. " * 5
FRONT = Page(body=f"<!doctype html><h1>The seal</h1><p>{STORY}</p><a href=/shut>more</a>".encode())
INSTANT = re.compile(r"20[0-9-]{8} [0-9:]{8} UTC")
RUN = re.compile(r"run [0-9a-z]{8}\b")
RULES = Page(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nDisallow: /shut\n")


def moved(target: str, status: int = 302) -> Page:
    return Page(status, (("Location", target),))


HOSTS: dict[str, dict[str, Page]] = {
    "busy": {"/robots.txt": Page(503)},
    "hops": {"/robots.txt": moved("/r2", 301), "/r2": moved("/r3"), "/r3": RULES},
    "missing": {"/robots.txt": moved("/r2")},
    "circle": {"/robots.txt": moved("/robots.txt")},
    "two": {"/robots.txt": moved("/r2"), "/r2": moved("/robots.txt")},
    "nowhere": {"/robots.txt": Page(302)},
    "led to a busy": {"/robots.txt": moved("/r2"), "/r2": Page(503)},
    "led to nobody": {"/robots.txt": moved("http://127.0.0.1:1/robots.txt")},
    "led to a page": {"/robots.txt": moved("/")},
}
"""A server for each of them, which has the same front page."""


class Crawled(Person):
    """Somebody who has crawled all of them at once."""

    def __init__(self, home: Path, servers: dict[str, Server]) -> None:
        super().__init__(home)
        self.servers = servers
        self.watch(servers["fine"].url, "quays")
        source = home / "sources" / "quays.toml"
        seeds = json.dumps([f"{server.url}/" for server in servers.values()])
        fine = json.dumps([f"{servers['fine'].url}/"])
        source.write_text(source.read_text().replace(f"seeds = {fine}", f"seeds = {seeds}"))
        self.said = self.run_here("crawl")

    def why(self, name: str, path: str) -> dict[str, Any]:
        """The one answer, with `HOST` for the server, and `T` for each instant."""
        with redirect_stdout(io.StringIO()) as printed:
            url = self.servers[name].url + path
            assert cli.main(["--home", str(self.home), "why", "--json", url]) == 0
        answer: dict[str, Any] = json.loads(self.plain(name, printed.getvalue()))
        return answer

    def plain(self, name: str, text: str) -> str:
        text = INSTANT.sub("T", text.replace(self.servers[name].url, "HOST"))
        return RUN.sub("run R", text)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(Server({"/": FRONT, "/shut": FRONT, **more}))
            for name, more in {"fine": {}, **HOSTS}.items()
        }
        yield Crawled(tmp_path_factory.mktemp("robots") / "home", servers)


def test_that_it_could_not_be_had_is_said_once(crawled: Crawled) -> None:
    assert "  failed: HOST/robots.txt: status 503\n" in crawled.plain("busy", crawled.said)
    front, file, never = (crawled.why("busy", path) for path in ("/", "/robots.txt", "/never"))
    assert front["robots"] == "robots.txt could not be had (status 503, asked T): nothing may be fetched"
    assert front["state"] == "disallowed"
    assert front["reasons"][1] == "Not asked for in run R, since its robots.txt could not be had: status 503."
    assert file["reasons"][1].endswith("asked for 3 times, the last time at T: status 503.")
    assert never["reasons"][-1].endswith("would not be asked for: its robots.txt could not be had.")


@pytest.mark.parametrize(
    ("name", "robots", "status", "tries", "story"),
    [
        (
            "hops",
            "no line speaks of it: allowed (robots.txt of T, status 200, redirected to HOST/r2, "
            "then to HOST/r3)",
            301,
            1,
            "redirected to HOST/r2, then to HOST/r3, which was asked for once at T: status 200; "
            "that is what holds.",
        ),
        (
            "missing",
            "no robots.txt (status 404, asked T, redirected to HOST/r2): all allowed",
            302,
            1,
            "redirected to HOST/r2, which was asked for once at T: status 404; that is what holds.",
        ),
        (
            "circle",
            "robots.txt redirects too often (status 302, asked T, redirected to itself): all allowed",
            302,
            6,
            "redirected to itself, and so on: more than 5 redirects are not followed, "
            "and count as no robots.txt.",
        ),
        (
            "two",
            "robots.txt redirects too often (status 302, asked T, redirected to HOST/r2, then to itself): "
            "all allowed",
            302,
            3,
            "redirected to HOST/r2, then to itself, and so on: more than 5 redirects are not followed, "
            "and count as no robots.txt.",
        ),
        (
            "led to a busy",
            "robots.txt could not be had (status 503, asked T, redirected to HOST/r2): "
            "nothing may be fetched",
            302,
            1,
            "redirected to HOST/r2, which was asked for 3 times, the last time at T: status 503; "
            "nothing of the host may be fetched.",
        ),
        (
            "led to nobody",
            "robots.txt could not be had (connection refused, asked T, redirected to "
            "http://127.0.0.1:1/robots.txt): nothing may be fetched",
            302,
            1,
            "redirected to http://127.0.0.1:1/robots.txt, which was asked for 3 times, the last time at T: "
            "connection refused; nothing of the host may be fetched.",
        ),
        (
            "led to a page",
            "it is a web page and has no rules: allowed (robots.txt of T, status 200, redirected to HOST/)",
            302,
            1,
            "redirected to HOST/, which was asked for once at T: status 200; that is what holds.",
        ),
    ],
)
def test_where_it_was_redirected_to_and_what_holds(
    crawled: Crawled, name: str, robots: str, status: int, tries: int, story: str
) -> None:
    file = crawled.why(name, "/robots.txt")
    assert (file["robots"], file["status"], file["tries"]) == (robots, status, tries)
    assert file["captures"] == tries
    times = "once" if tries == 1 else f"{tries} times"
    assert file["reasons"][1] == f"Asked for {times} in run R, and {story}"
    page = crawled.why(name, "/shut")["robots"]
    assert page.partition(" (")[2] == robots.partition(" (")[2]


def test_what_a_robots_txt_redirects_to_has_a_story_of_its_own(crawled: Crawled) -> None:
    assert crawled.why("nowhere", "/robots.txt")["robots"] == (
        "robots.txt leads nowhere (status 302, asked T): all allowed"
    )
    shut, first, between = (crawled.why("hops", path) for path in ("/shut", "/robots.txt", "/r2"))
    assert (shut["state"], shut["robots"].partition(" (")[0]) == ("disallowed", "line 2: Disallow: /shut")
    assert first["reasons"][-1] == "Its own answer redirects to HOST/r2, which leads there."
    assert between["rule"] == "a redirect of the robots.txt of a host that is asked"
    assert between["reasons"][-1].startswith("A robots.txt redirects to it; ")


def test_another_run_that_knows_the_answer_still_tells_where_it_came_from(crawled: Crawled) -> None:
    before = crawled.why("hops", "/shut")["robots"]
    crawled.run_here("crawl")
    assert crawled.servers["hops"].paths.count("/robots.txt") == 1
    assert crawled.why("hops", "/shut")["robots"] == before
