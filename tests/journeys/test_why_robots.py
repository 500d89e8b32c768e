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
HOSTS: dict[str, dict[str, Page]] = {
    "busy": {"/robots.txt": Page(503)},
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
        self.said = self.run("crawl")

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
