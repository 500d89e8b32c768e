"""The runs in the reading room: what each came to, and what it did not fetch."""

from pathlib import Path

from flask.testing import FlaskClient

from archive.home import Home
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Server
from tests.strandline.web.conftest import client_of


def test_the_runs_are_listed_and_narrowed_down(client: FlaskClient) -> None:
    found = client.get("/runs.json").get_json()["runs"]
    assert [one["outcome"] for one in found] == ["succeeded"] * 3
    assert found[0]["started"] > found[1]["started"]
    assert client.get("/runs.json?outcome=failed").get_json()["runs"] == []
    assert client.get("/runs?outcome=splendid").status_code == 400
    assert found[0]["run"] in client.get("/runs").text


def test_a_run_tells_what_it_found(client: FlaskClient) -> None:
    last = client.get("/runs.json").get_json()["runs"][0]["run"]
    told = client.get(f"/run.json/{last}").get_json()
    assert {kind for one in told["changes"] for kind in one["kinds"]} >= {"gone", "moved"}
    assert told["moment"]["pages_done"] == told["moment"]["pages_known"] > 5
    assert "succeeded" in client.get(f"/run/{last}").text
    assert client.get("/run/nothing").status_code == 404


def test_what_was_not_fetched_has_its_reason(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    front = (
        '<title>Front</title><a href="/a">a</a><a href="/private">p</a><a href="http://else.example/">e</a>'
    )
    state = {
        "/": page(front),
        "/a": page("<title>A</title><p>Broken</p>", status=500),
        "/robots.txt": page("User-agent: *\nDisallow: /private\n", kind="text/plain"),
    }
    with Server(state) as server:
        person.watch(server.url, "mixed")
        person.run_here("crawl", code=0)
    client = client_of(Home(person.home))
    run = client.get("/runs.json").get_json()["runs"][0]["run"]
    left = client.get(f"/run.json/{run}").get_json()["left"]
    said = {one["url"].split("/", 3)[3] or "else": (one["state"], one["reason"]) for one in left}
    assert said["private"][0] == "robots" and "Disallow: /private" in said["private"][1]
    assert said["a"][0] == "failed" and said["else"][0] == "out"
    assert len(client.get(f"/run.json/{run}?state=robots").get_json()["left"]) == 1
    assert "Disallow: /private" in client.get(f"/run/{run}").text
