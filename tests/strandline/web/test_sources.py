"""The sources in the reading room: seen, crawled now, paused, edited."""

import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from schedules import editing
from strandline.demo import site
from tests.strandline.conftest import Gazette
from tests.strandline.web.conftest import Writable


def test_a_source_tells_how_it_stands(client: FlaskClient) -> None:
    told = client.get("/source.json/gazette").get_json()
    assert told["source"]["health"] == "good" and len(told["upcoming"]) == 5
    assert len(told["runs"]) == 3 and told["pages"][0]["verdict"]
    html = client.get("/source/gazette").text
    assert "Run now" in html and "The council and the breakwater" in html
    assert client.get("/source/nobody").status_code == 404
    assert client.get("/sources.json").get_json()["sources"][0]["pages"] == len(told["pages"])


def test_its_pages_are_found_by_their_beginning(client: FlaskClient, gazette: Gazette) -> None:
    begins = gazette.page("s")[:-1]
    pages = client.get("/source.json/gazette", query_string={"begins": begins}).get_json()["pages"]
    assert [one["url"] for one in pages] == [gazette.page("seal")]
    assert pages[0]["title"] == "A seal on the slipway" and pages[0]["date"]


def test_it_is_paused_and_goes_on_and_its_file_keeps_the_rest(writable: Writable) -> None:
    file = writable.home.source("gazette")
    before = file.read_text()
    writable.post("/source/gazette/pause", "/source/gazette", rests="1")
    assert writable.client.get("/source.json/gazette").get_json()["source"]["health"] == "paused"
    writable.post("/source/gazette/pause", "/source/gazette", rests="0")
    assert file.read_text().replace("paused = false\n", "", 1) == before
    assert file.read_text().count("paused = false\n") == 1


def test_an_edit_is_checked_and_saved_as_a_whole(writable: Writable) -> None:
    page, file = "/source/gazette/edit", writable.home.source("gazette")
    text = file.read_text()
    known = editing.digest(text)
    wrong = writable.post(page, text=f"{text}\nseads = 1\n", known=known, save="1")
    assert wrong.status_code == 400 and "gazette.toml:" in wrong.text and file.read_text() == text
    checked = writable.post(page, text=text + "\n# mine\n", known=known, check="1")
    assert "Nothing is wrong" in checked.text and file.read_text() == text
    saved = writable.post(page, text=text + "\n# mine\n", known=known, save="1")
    assert saved.status_code == 302 and file.read_text() == text + "\n# mine\n"
    again = writable.post(page, text=text, known=known, save="1")
    assert again.status_code == 400 and "changed by somebody else" in again.text


@pytest.mark.parametrize(
    "text", ["", "seeds = 7", "seeds = [", "\x00", 'seeds = ["https://a.example"]\nx = 1']
)
def test_what_is_wrong_is_told_with_its_line(text: str) -> None:
    assert all(one.startswith("sources/some.toml:") for one in editing.complaints("some", text))
    assert editing.complaints("some", text)


@given(st.lists(st.sampled_from(["# c", 'x = "paused"', "paused = true  # why", "[scope]", "", "[a]  # b"])))
def test_pausing_changes_one_line_at_most(lines: list[str]) -> None:
    text = "\n".join(lines)
    once = editing.paused(text, True)
    assert editing.paused(once, True) == once
    assert len(set(once.splitlines()) ^ set(text.splitlines())) <= 1


def test_a_broken_file_is_shown_to_be_mended(writable: Writable) -> None:
    writable.home.source("gazette").write_text("seeds = 7\n")
    answer = writable.client.get("/source/gazette")
    assert answer.headers["Location"] == "/source/gazette/edit"
    assert "gazette.toml:1: seeds" in writable.client.get("/source/gazette/edit").text
    assert "gazette.toml:1: seeds" in writable.client.get("/source.json/gazette").get_json()["error"]


def test_it_is_crawled_now(writable: Writable) -> None:
    with site.serve() as served:
        lines = f'seeds = ["{served.url}/"]\n[manners]\nallow_private = true\ndelay = 0\n'
        writable.home.source("again").write_text(lines)
        assert writable.post("/source/again/run", "/source/again").status_code == 302
        end = time.monotonic() + 40
        while not (run := newest_of(writable, "again")) or run["ended"] is None:
            assert time.monotonic() < end
            time.sleep(0.3)
    assert (run["outcome"], run["new"] > 5) == ("succeeded", True)
    assert writable.client.get(f"/run/{run['run']}/events").text.count("data: ") == 1


def newest_of(writable: Writable, name: str) -> dict[str, Any] | None:
    found = writable.client.get(f"/runs.json?source={name}").get_json()["runs"]
    return found[0] if found else None


def test_what_is_in_the_way_of_a_run_is_told(writable: Writable) -> None:
    writable.home.source("public").write_text('seeds = ["http://93.184.216.34/"]\n')
    answer = writable.post("/source/public/run", "/source/public")
    html = writable.client.get(answer.headers["Location"]).text
    assert "contact" in html and "flash bad" in html
    assert writable.post("/source/public/stop", "/source/public").status_code == 302
    assert "begun elsewhere" in writable.client.get("/source/public").text
