"""Every absence has a reason: `strandline why` on a crawled site, for each thing that can become of a URL."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from strandline import cli
from tests.journeys.program import Person
from tests.sites.server import Page, Server
from tests.sites.wire_server import WireServer

STORY = "The seal was seen off the north quay on Monday morning, and nobody knew what to make of it. " * 5
TRAP = "/a/b/a/b/a/b/a/b"
OUTSIDE = "http://outside.example/far"
ROBOTS = "User-agent: *\nDisallow: /private/\nAllow: /private/open\n"
PATHS = (
    "/story",
    "/private/x",
    "/private/open",
    "/broken",
    "/old",
    "/missing",
    "/long",
    "/loop",
    "/gate",
    TRAP,
)


def page(title: str, *links: str, more: str = "") -> Page:
    anchors = "".join(f'<a href="{link}">{link}</a> ' for link in links)
    return Page(body=f"<!doctype html><nav>{anchors}</nav><h1>{title}</h1><p>{STORY}</p>{more}".encode())


def site(secure: str) -> dict[str, Page]:
    return {
        "/": page("Stories", *PATHS, OUTSIDE, more=f'<img src="{secure}/plain">'),
        "/robots.txt": Page(headers=(("Content-Type", "text/plain"),), body=ROBOTS.encode()),
        "/story": page("The seal"),
        "/private/open": page("The open one"),
        "/broken": Page(500),
        "/old": Page(301, (("Location", "/story"),)),
        "/loop": Page(302, (("Location", "/loop"),)),
        "/gate": Page(302, (("Location", "/gate"), ("Set-Cookie", "seen=1; Path=/gate"))),
        "/long": Page(body=b"<!doctype html><p>" + b"more and more " * 50_000),
    }


class Crawled(Person):
    """Somebody who has crawled the site twice."""

    def __init__(self, home: Path, server: Server, secure: str) -> None:
        super().__init__(home)
        self.url, self.secure = server.url, secure
        self.watch(server.url, "stories")
        source = home / "sources" / "stories.toml"
        source.write_text(source.read_text().replace("[limits]", "[limits]\npage_bytes = 2048"))
        for _ in range(2):
            self.run_here("crawl", code=0)

    def why(self, where: str) -> dict[str, Any]:
        """The one answer, asked for within this process."""
        url = where if "://" in where else self.url + where
        with redirect_stdout(io.StringIO()) as printed:
            assert cli.main(["--home", str(self.home), "why", "--json", url]) == 0
        answer: dict[str, Any] = json.loads(printed.getvalue())
        return answer


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("why")
    with WireServer(folder) as secure, Server(site(secure.url)) as server:
        yield Crawled(folder / "home", server, secure.url)


def told(answer: dict[str, Any]) -> str:
    return "\n".join(answer["reasons"])


def test_an_unchanged_page(crawled: Crawled) -> None:
    answer = crawled.why("/story")
    assert list(answer)[:5] == ["url", "source", "scope", "rule", "robots"]
    assert (answer["source"], answer["scope"], answer["state"]) == ("stories", "in", "fetched")
    assert answer["rule"] == f"within host {crawled.url.removeprefix('http://')}"
    assert answer["robots"].startswith("no line speaks of it: allowed (robots.txt of ")
    assert (answer["captures"], answer["verdict"], answer["status"]) == (2, "same", 200)
    assert [one["verdict"] for one in answer["history"]] == ["same", "new"]
    assert answer["last_good"] == answer["history"][0]["at"]
    assert answer["found_on"] == f"{crawled.url}/"
    assert f"Found on {crawled.url}/ in run " in told(answer)
    assert "Captured twice in 2 runs" in told(answer)
    assert "Unchanged since " in told(answer)


def test_what_robots_txt_forbids_and_allows(crawled: Crawled) -> None:
    shut, opened, never = (crawled.why(f"/private/{path}") for path in ("x", "open", "never-met"))
    assert (shut["state"], shut["scope"], shut["allowed"]) == ("disallowed", "in", False)
    assert shut["robots"].startswith("line 2: Disallow: /private/ (robots.txt of ")
    assert "since robots.txt forbids it: line 2: Disallow: /private/." in told(shut)
    assert (shut["tries"], shut["last_good"]) == (0, None)
    assert (opened["state"], opened["allowed"]) == ("fetched", True)
    assert opened["robots"].startswith("line 3: Allow: /private/open")
    assert (never["state"], never["allowed"]) == ("never met", False)
    assert "would not be asked for: robots.txt forbids it" in told(never)


def test_what_failed_moved_or_is_not_there(crawled: Crawled) -> None:
    broken, old, missing = (crawled.why(path) for path in ("/broken", "/old", "/missing"))
    assert (broken["state"], broken["status"], broken["tries"], broken["last_good"]) == (
        "failed",
        500,
        3,
        None,
    )
    assert "asked for 3 times, the last time at " in told(broken)
    assert "Captured 6 times in 2 runs" in told(broken)
    assert (old["state"], old["status"], old["verdict"]) == ("fetched", 301, "moved")
    assert f"redirects to {crawled.url}/story" in told(old)
    assert (missing["status"], missing["last_good"]) == (404, None)
    assert "HTTP 404" in told(missing)


def test_a_page_that_leads_to_itself_is_asked_again_for_a_cookie_alone(crawled: Crawled) -> None:
    loop, gate = crawled.why("/loop"), crawled.why("/gate")
    assert (loop["tries"], gate["tries"]) == (1, 2)
    reason = "redirects to itself also when it is asked again with the cookies that were set since"
    assert gate["reasons"][1].endswith(f": status 302; {reason}.")
    log = (crawled.home / "runs" / gate["run"] / "log.jsonl").read_text()
    told = [json.loads(line)["message"] for line in log.splitlines() if "/gate: " in line]
    again = "asked again with the cookies that were set since"
    assert told == [f"{crawled.url}/gate: {again}", f"{crawled.url}/gate: {reason}"]
    for one in (loop, gate):
        assert "It redirects to itself." in one["reasons"]


def test_what_is_out_of_scope_or_a_trap(crawled: Crawled) -> None:
    outside, trap, elsewhere = (crawled.why(one) for one in (OUTSIDE, TRAP, "http://elsewhere.example/"))
    assert (outside["state"], outside["scope"]) == ("out of scope", "out")
    assert outside["rule"] == f"outside host {crawled.url.removeprefix('http://')}"
    assert (trap["state"], trap["scope"]) == ("out of scope", "out")
    assert trap["rule"].startswith("trap: a/b repeated ")
    assert (elsewhere["state"], elsewhere["scope"]) == ("never met", "out")


def test_what_is_cut_off_and_whose_certificate_is_bad(crawled: Crawled) -> None:
    long, secure = crawled.why("/long"), crawled.why(f"{crawled.secure}/plain")
    assert "truncated: length" in told(long)
    assert "The last capture is not whole: " in told(long)
    assert long["last_good"] is None
    assert (secure["state"], secure["kind"], secure["scope"]) == ("fetched", "requisite", "in")
    assert secure["robots"].startswith("no robots.txt (status 404, asked ")
    assert "The server's certificate does not hold: expired." in told(secure)


def test_it_is_told_to_a_person(crawled: Crawled) -> None:
    shown = crawled.run("why", f"{crawled.url}/private/x").splitlines()
    assert shown[0] == f"{crawled.url}/private/x"
    assert shown[2].split() == ["state", "disallowed"]
    assert shown[-1].startswith("  -  Not asked for in run ")


def test_of_a_source_the_schedule_is_told(crawled: Crawled) -> None:
    (told,) = crawled.json("why", "stories")
    assert (told["source"], told["last_outcome"], told["due"]) == ("stories", "partly", None)
    crawled.run("why", "storeis", code=2)
