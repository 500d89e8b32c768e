"""The front page tells how everything stands, to people and to programs."""

import urllib.request

from flask.testing import FlaskClient

from archive.home import Home
from strandline.web import server
from tests.strandline.web.conftest import Writable


def test_the_front_page_tells_how_each_source_stands(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    assert "gazette" in page and "succeeded" in page and "badge" in page
    (source,) = client.get("/index.json").json["sources"]
    assert (source["source"], source["outcome"], source["running"]) == ("gazette", "succeeded", False)


def test_a_broken_source_file_is_told_with_its_line(writable: Writable) -> None:
    writable.home.source("broken").write_text("seeds = 7\n")
    assert "broken.toml" in writable.client.get("/").get_data(as_text=True)


def test_prometheus_and_a_watcher_are_answered(client: FlaskClient) -> None:
    assert 'strandline_run_outcome{source="gazette",outcome="succeeded"} 1' in client.get("/metrics").text
    assert client.get("/health").text == "ok\n"


def test_it_is_served_for_real_and_knows_no_more_than_it_says(served: server.Serving) -> None:
    with urllib.request.urlopen(f"{served.url}/") as answer:
        assert answer.status == 200 and answer.headers["Server"] is None
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert b"gazette" in answer.read()


def test_another_index_in_its_place_is_seen(writable: Writable) -> None:
    assert writable.client.get("/health").status_code == 200
    Home(writable.home.root).database.unlink()
    assert writable.client.get("/index.json").json["sources"][0]["outcome"] is None
