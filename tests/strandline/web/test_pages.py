"""A page through time: what it said when, what was made of each capture, and where that is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from archive import access
from archive.home import Home
from strandline.web import pages
from tests.strandline.conftest import Gazette


def test_a_page_tells_its_versions_changes_and_captures(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    told = client.get(f"/page.json/{url}").get_json()
    assert [one["number"] for one in told["versions"]] == [2, 1]
    assert [one["kinds"] for one in told["changes"]] == [["body"]]
    assert [one["verdict"] for one in told["captures"]] == ["restyled", "edited", "new"]
    assert "agreed in principle" in told["shown"]["text"] and "Version 2 of 2" in told["citation"]["text"]
    html = client.get(f"/page/{url}").text
    assert "agreed in principle" in html and 'class="bar body silent"' in html


def test_it_shows_what_stood_at_a_time(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    first = client.get(f"/page.json/{url}").get_json()["versions"][-1]["first"]
    told = client.get(f"/page.json/{url}", query_string={"at": first}).get_json()
    assert told["shown"]["version"]["number"] == 1 and "agreed in principle" not in told["shown"]["text"]
    before = client.get(f"/page/{url}?at=2001")
    assert before.status_code == 200 and "stood at that time" in before.text


def test_a_capture_tells_the_answer_and_its_place(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("oil")
    gone = client.get(f"/page.json/{url}").get_json()["captures"][0]
    assert gone["verdict"] == "gone"
    stamp = gone["at"].translate(str.maketrans("", "", "-:TZ"))
    told = client.get(f"/capture.json/{url}/{stamp}").get_json()
    assert told["capture"]["record"] == gone["record"] and told["head"][0][1].startswith("HTTP/1.1 404")
    assert told["next"] is None and told["previous"] < gone["at"]
    html = client.get(f"/capture/{url}/{stamp}").text
    assert "HTTP/1.1 404" in html and f'href="/record/{gone["record"].strip("<>")}"' in html


def test_it_tells_where_a_page_was_met_first(client: FlaskClient, gazette: Gazette) -> None:
    told = client.get(f"/page.json/{gazette.page('breakwater')}").get_json()["origin"]
    assert (told["seed"], told["via"]) == (False, gazette.page("").removesuffix("/") + "/sitemap.xml")
    assert client.get(f"/page.json/{gazette.page('')}").get_json()["origin"]["seed"]
    assert "a seed: every crawl" in client.get(f"/page/{gazette.page('')}").text


def test_it_tells_since_when_each_sentence_stands(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    told = client.get(f"/sentences.json/{url}").get_json()
    assert [one["version"] for one in told["sentences"][:4]] == [1, 1, 2, 1]
    (gone,) = told["removed"]
    assert gone["removed"] == 2 and "decided" in gone["sentence"]
    html = client.get(f"/sentences/{url}").text
    assert f'/change/{url}/1..2">version 2</a>' in html and "<del>By seven votes" in html


def test_older_versions_are_turned_over_to(
    client: FlaskClient, gazette: Gazette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "VERSIONS", 1)
    numbers: list[int] = []
    steps: list[list[int | None]] = []
    upto: int | None = 0
    while upto is not None:
        told = client.get(f"/page.json/{gazette.page('')}", query_string={"upto": upto}).get_json()
        numbers += [one["number"] for one in told["versions"]]
        steps += [[one["from_version"], one["to_version"]] for one in told["changes"]]
        upto = told["older"]
    assert (numbers, steps) == ([3, 2, 1], [[2, 3], [1, 2]])
    assert "Older versions" in client.get(f"/page/{gazette.page('')}").text


def test_why_is_told_of_any_url(client: FlaskClient, gazette: Gazette) -> None:
    assert "fetched" in client.get(f"/why/{gazette.page('seal')}").text
    assert client.get("/why.json/https://elsewhere.example/").get_json()["answers"][0]["state"] == "never met"
    assert client.get("/why/nothing").status_code == 400


@pytest.mark.parametrize("path", ["/page/https://never.example/", "/capture/https://never.example/x/2025"])
def test_what_is_not_there_is_told(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and "never captured" in answer.text


def test_a_malformed_instant_is_told(client: FlaskClient, gazette: Gazette) -> None:
    assert client.get(f"/capture/{gazette.page('seal')}/soon").status_code == 400


def test_captures_are_counted_in_few_marks(home: Home, gazette: Gazette) -> None:
    with access.Archive(home) as archive:
        marks = access.marks(archive, access.head(archive, gazette.page("breakwater")), 2)
        assert len(marks) <= 2 and sum(one["captures"] for one in marks) == 3
        (row,) = access.captures_of(archive, gazette.page("breakwater"), datetime.now(UTC), 1)
        older = access.captures_of(archive, gazette.page("breakwater"), row["at"], 5)
        assert len(older) == 2 and all(one["at"] < row["at"] - timedelta(0) for one in older)
