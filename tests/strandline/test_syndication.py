"""Feeds of what hostile pages said: well-formed, and without a tag of theirs."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import access
from archive.text import Extractors
from strandline.syndication import Feed, as_atom, as_json_feed, entry_id
from tests.archive.test_ingest import Archived
from tests.sites.records import article

HOSTILE = "The lamp </content> <script>alert(1)</script> ]]> & \x1b[31m \ufffe was replaced on a Tuesday."


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


@pytest.fixture
def archived(tmp_path: Path, extractors: Extractors) -> Archived:
    return Archived(tmp_path, extractors)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def test_fetched_markup_is_text(archived: Archived) -> None:
    archived.run(0, ("/a", article("A & <b>", "It stood there for forty years and nobody minded.")))
    archived.run(1, ("/a", article("A & <b>", escaped(HOSTILE))))
    with access.Archive(archived.home) as archive:
        rows = list(archive.changes())
        feed = Feed("<Changes>", "x", None, rows, None)
        atom, items = as_atom(feed, archive), json.loads(as_json_feed(feed, archive))["items"]
    (content,) = [
        one.text or "" for one in ElementTree.fromstring(atom).iter() if one.tag.endswith("content")
    ]
    assert items[0]["content_html"] == content
    assert "<script" not in content and "&lt;script&gt;alert(1)" in content
    assert items[0]["id"] == entry_id(rows[0])


def test_the_same_edit_on_many_pages_is_one_row(archived: Archived) -> None:
    said = [f"Page {n} has words of its own, and tells of the harbour number {n}." for n in range(3)]
    note = "All our prices were raised by nine crowns from the first of May."
    archived.run(0, *((f"/{n}", article(f"Page {n}", one)) for n, one in enumerate(said)))
    archived.run(1, *((f"/{n}", article(f"Page {n}", one, note)) for n, one in enumerate(said[:2])),
                 ("/2", article("Page 2", said[2].replace("harbour", "quay"))))  # fmt: skip
    with access.Archive(archived.home) as archive:
        groups = access.grouped(archive, archive.changes())
        assert [(group["pages"], len(group["urls"])) for group in groups] == [(2, 2), (1, 1)]
        wanted = access.Sought(added="nine CROWNS")
        assert len(list(access.sought(archive, archive.changes(), wanted))) == 2
