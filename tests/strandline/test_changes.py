"""`strandline changes` in a home with three real runs: filters, groups, baselines, feeds."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tests.strandline.conftest import Gazette

ATOM = "{http://www.w3.org/2005/Atom}"


def names(rows: list[dict[str, object]]) -> list[str]:
    """The last part of each page's path."""
    return [str(row["url"]).rstrip("/").rsplit("/", 1)[-1] for row in rows]


def test_each_silent_form_has_its_name_and_filter(gazette: Gazette) -> None:
    assert names(gazette.json("changes", "--silent")) == ["breakwater", "letter"]
    assert names(gazette.json("changes", "--redated")) == ["fish-hall"]
    printed = gazette.run("changes")
    assert "body (silent)" in printed and "date (redated)" in printed


def test_what_happened_to_the_entries_is_told(gazette: Gazette) -> None:
    first, second = gazette.json("changes", gazette.page(""))
    assert first["entries"] == {"added": 1, "removed": 0, "edited": 1, "reordered": 1}
    assert second["entries"]["removed"] == 1
    assert "1 added" in gazette.run("changes", gazette.page(""))
    (row,) = gazette.json("diff", gazette.page(""), "1", "2")
    assert row["entries"] == first["entries"]
    assert "1 entry added" in gazette.run("diff", gazette.page(""), "1", "2")


def test_words_that_came_or_went(gazette: Gazette) -> None:
    assert names(gazette.json("changes", "--added", "AGREED  in Príncìple")) == ["breakwater"]
    assert gazette.json("changes", "--removed", "agreed in principle") == []
    assert names(gazette.json("changes", "--removed", "three keys exist")) == ["oil"]
    assert names(gazette.json("changes", "--added", "seal", "--kind", "new")) == ["seal"]
    # it stands in the text, and neither came nor went
    assert gazette.json("changes", gazette.page("breakwater"), "--added", "council met") == []


def test_size_source_and_kind(gazette: Gazette) -> None:
    assert names(gazette.json("changes", "--min-words", "100")) == ["seal", "oil"]
    assert len(gazette.json("changes", "--source", "gazette")) == len(gazette.json("changes")) == 8
    gazette.run("changes", "--source", "gazelle", code=2)
    gazette.run("changes", "--kind", "bodies", code=2)


def test_everything_beside_one_day(gazette: Gazette) -> None:
    runs = gazette.json("runs")
    rows = gazette.json("changes", "--baseline", runs[0]["ended"])
    assert sorted(names(rows)) == sorted(
        ["breakwater", "fish-hall", "seal", "letter", "oil", "ferry", gazette.page("")[7:-1]]
    )
    front = next(row for row in rows if row["url"] == gazette.page(""))
    assert (front["from_version"], front["to_version"]) == (1, 3)
    assert gazette.json("changes", "--baseline", runs[2]["ended"]) == []
    assert gazette.json("changes", "--baseline", "1999") == []
    assert names(gazette.json("changes", gazette.page("oil"), "--baseline", runs[0]["ended"])) == ["oil"]
    gazette.run("changes", "--baseline", "today", "--since", "today", code=2)


def test_grouped_shows_what_differs_once(gazette: Gazette) -> None:
    rows = gazette.json("changes", "--grouped")
    assert [row["pages"] for row in rows] == [1] * 8


def test_the_atom_feed_holds_the_diffs(gazette: Gazette, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    gazette.run("changes", "gazette", "--format", "atom", "-o", str(file))
    feed = ElementTree.fromstring(file.read_bytes())
    entries = feed.findall(f"{ATOM}entry")
    changes = gazette.json("changes")
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == [row["to"] for row in changes[::-1]]
    ids = [entry.findtext(f"{ATOM}id") for entry in (feed, *entries)]
    assert len(set(ids)) == 9
    content = next(
        entry.findtext(f"{ATOM}content") or "" for entry in entries if "breakwater" in _link(entry)
    )
    assert "<del>decided</del>" in content and "<ins>agreed in principle</ins>" in content
    assert gazette.run("changes", "gazette", "--format", "atom") == file.read_text()
    overall = ElementTree.fromstring(gazette.run("changes", "--format", "atom"))
    assert overall.findtext(f"{ATOM}id") != ids[0]
    assert [entry.findtext(f"{ATOM}id") for entry in overall.findall(f"{ATOM}entry")] == ids[1:]
    gazette.run("changes", "-o", str(file), code=2)


def _link(entry: ElementTree.Element) -> str:
    link = entry.find(f"{ATOM}link")
    return "" if link is None else link.get("href", "")


def test_the_json_feed(gazette: Gazette) -> None:
    feed = json.loads(gazette.run("changes", "--format", "jsonfeed", "--kind", "gone"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    (item,) = feed["items"]
    assert item["url"] == gazette.page("oil") and item["tags"] == ["gone"]
    assert "<del>Three keys exist." in item["content_html"]
