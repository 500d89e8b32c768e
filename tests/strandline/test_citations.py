"""Citations: what they name, and that nothing archived can break their form."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive.access import CitedRow
from strandline.citations import Citation, as_bibtex, as_csl, as_text
from tests.strandline.conftest import Gazette

NOON = datetime(2025, 5, 1, 12, tzinfo=UTC)


def version(number: int = 2, title: str | None = "Маяк", author: str | None = "Zoë Ķīmele") -> CitedRow:
    return CitedRow(
        url="https://lamp.example/a_b?c={d}&e=5%25", source="lamp", version=number, versions=3, title=title,
        date=date(2025, 3, 4), author=author, language="ru", first=NOON + timedelta(days=number),
        last=NOON + timedelta(days=number, hours=8), captures=2, status=200,
        warc={"file": "lamp-1.warc.gz", "offset": 17, "record_id": "<urn:uuid:1>"}, warc_sha256=None,
        payload="sha256:aa", text_sha256="bb", extractor="x 1", program="Strandline/0.1.0",
    )  # fmt: skip


def test_a_change_is_between_two_captures() -> None:
    change = Citation(version(2), version(1), {"title": "Lamps"})
    assert as_text(change).startswith(
        "Zoë Ķīmele. “Маяк”. 2025-03-04. https://lamp.example/a_b?c={d}&e=5%25 "
        "Changed between 2025-05-02T20:00:00Z and 2025-05-03T12:00:00Z, from version 1 to version 2 of 3."
    )
    for said in ("lamp-1.warc.gz, offset 17, record <urn:uuid:1>", "text sha256:bb", "Lamps, source lamp"):
        assert said in as_text(change)


def test_bibtex_escapes_and_keeps_letters_of_any_language() -> None:
    entry = as_bibtex(Citation(version(title="50 % of #1 & {more} \\o/ ~x^2"), None, {}))
    assert (
        r"title = {{50 \% of \#1 \& \{more\} \textbackslash{}o/ \textasciitilde{}x\textasciicircum{}2}},"
        in entry
    )
    assert "author = {{Zoë Ķīmele}}," in entry
    assert "url = {https://lamp.example/a_b?c=%7Bd%7D&e=5%25}," in entry
    assert entry.startswith("@misc{lamp-example-a-b-v2,\n") and entry.endswith("\n}")


@given(st.text(), st.text())
def test_nothing_archived_ends_a_bibtex_field(title: str, author: str) -> None:
    entry = as_bibtex(Citation(version(title=title, author=author), None, {"title": title}))
    depth, ended = 0, []
    for place, character in enumerate(entry):
        depth += (character == "{") - (character == "}")
        if depth == 0 and character == "}":
            ended.append(place)
    assert ended == [len(entry) - 1]
    assert all(line.startswith("  ") for line in entry.split("\n")[1:-1])


def test_csl_json_is_a_list_of_one_item() -> None:
    (item,) = json.loads(as_csl(Citation(version(), None, {"title": "Lamps"})))
    assert item["type"] == "webpage" and item["archive"] == "Lamps"
    assert item["author"] == [{"literal": "Zoë Ķīmele"}]
    assert item["issued"] == {"date-parts": [[2025, 3, 4]]}
    assert item["accessed"] == {"date-parts": [[2025, 5, 3]]}
    assert "Version 2 of 3, captured 2025-05-03T12:00:00Z" in item["note"]
    bare = replace(Citation(version(title=None, author=None), None, {}))
    (item,) = json.loads(as_csl(bare))
    assert item["title"] == item["URL"] and "author" not in item


def test_a_version_and_a_change_of_a_real_home(gazette: Gazette) -> None:
    page = gazette.page("breakwater")
    (shown,) = gazette.json("show", page)
    (row,) = gazette.json("cite", page)
    assert row["warc"] == shown["warc"] and row["between"] is None
    assert row["about"]["title"].startswith("News")
    (change,) = gazette.json("changes", page)
    (cited,) = gazette.json("cite", page, "1", "2")
    assert cited["between"] == [change["from"], change["to"]]
    assert gazette.run("cite", page, "1", "--format", "bibtex").startswith(
        "@misc{127-0-0-1-2025-03-breakwater-v1,"
    )
    gazette.run("cite", page, "2", "1", code=2)
    gazette.run("cite", page, "7", code=2)
