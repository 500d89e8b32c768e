"""The list of changes: narrowed down, turned over, grouped, and as a feed."""

import xml.etree.ElementTree as ElementTree

import pytest
from flask.testing import FlaskClient

from archive import access
from archive.home import Home

ATOM = "{http://www.w3.org/2005/Atom}"


def rows(client: FlaskClient, **asked: str) -> list[dict[str, object]]:
    found = client.get("/changes.json", query_string=asked).get_json()["changes"]
    assert isinstance(found, list)
    return found


def test_the_newest_comes_first_and_links_to_what_changed(client: FlaskClient) -> None:
    seen = [row["to"] for row in rows(client)]
    assert len(seen) == 8 and seen == sorted(seen, reverse=True)
    assert "A seal on the slipway" in client.get("/changes").text


@pytest.mark.parametrize(
    ("asked", "pages"),
    [
        ({"kind": "gone"}, ["oil"]),
        ({"openness": "silent", "kind": "body"}, ["letter", "breakwater"]),
        ({"openness": "redated"}, ["fish-hall"]),
        ({"kind": "body", "words": "20"}, ["letter"]),
        ({"added": "AGREED in principle"}, ["breakwater"]),
        ({"removed": "the mayor's sister"}, ["letter"]),
        ({"source": "nobody"}, []),
        ({"until": "2020"}, []),
    ],
)
def test_it_is_narrowed_down(client: FlaskClient, asked: dict[str, str], pages: list[str]) -> None:
    assert [str(row["url"]).rstrip("/").rsplit("/", 1)[-1] for row in rows(client, **asked)] == pages


@pytest.mark.parametrize("asked", ["kind=other", "openness=loud", "since=someday", "words=many", "before=x"])
def test_what_cannot_be_asked_is_told(client: FlaskClient, asked: str) -> None:
    answer = client.get(f"/changes.json?{asked}")
    assert answer.status_code == 400 and answer.get_json()["error"]


def test_turning_over_leaves_out_and_repeats_nothing(home: Home) -> None:
    with access.Archive(home) as archive:
        whole, end = access.changes_page(archive, {})
        assert end is None
        turned, key = access.changes_page(archive, {}, most=3)
        while key:
            more, key = access.changes_page(archive, {}, most=3, before=key)
            turned += more
        assert turned == whole


def test_the_list_goes_on_behind_what_is_looked_at_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.access.listing.LOOKED", 3)
    with access.Archive(home) as archive:
        found, key = access.changes_page(archive, {"openness": "redated"})
        while key and not found:
            found, key = access.changes_page(archive, {"openness": "redated"}, before=key)
        assert [row["kinds"] for row in found] == [["date"]]


def test_a_feed_has_the_diffs_and_is_not_sent_twice(client: FlaskClient) -> None:
    answer = client.get("/changes.atom?kind=body")
    entries = ElementTree.fromstring(answer.data).findall(f"{ATOM}entry")
    assert len(entries) == 2 and "<del>" in (entries[1].findtext(f"{ATOM}content") or "")
    again = client.get("/changes.atom?kind=body", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert len(client.get("/changes.feed?openness=redated").get_json(force=True)["items"]) == 1


def test_the_year_counts_each_day(client: FlaskClient, home: Home) -> None:
    with access.Archive(home) as archive:
        years = {row["to"].year for row in archive.changes()}
        total = sum(run["captures"] for run in archive.runs())
    said = [client.get(f"/index.json?year={year}").get_json()["calendar"] for year in years]
    assert sum(one["changes"] for one in said) == 8
    assert sum(one["captures"] for one in said) >= total
