"""The links that are kept for later runs: found again, and no more than a saving when they cannot be."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive import instants
from crawler import outlinks
from crawler.links import Links
from crawler.originals import Original
from crawler.outlinks import Outlinks

AT = "2026-01-01T00:00:00.000000Z"
LINKS = Links(("https://example.org/a",), ("https://example.org/i.png",))
ORIGINAL = Original(
    "https://example.org/", instants.parse(AT), instants.parse(AT), "sha256:0", None, None, False,
    "site-a-20260101T000000Z-run00001-00000.warc.gz", 0,
)  # fmt: skip


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The folder of a run that has kept links."""
    folder = tmp_path / "run00001"
    folder.mkdir()
    with closing(Outlinks(folder)) as kept:
        kept.keep(ORIGINAL.url, AT, LINKS)
    return folder


@pytest.fixture
def later(first: Path) -> Path:
    folder = first.with_name("run00002")
    folder.mkdir()
    return folder


def test_a_later_run_finds_what_was_kept(later: Path) -> None:
    with closing(Outlinks(later)) as links:
        assert links.of(ORIGINAL) == LINKS
        assert links.of(replace(ORIGINAL, url="https://example.org/other")) is None
        assert links.of(replace(ORIGINAL, file="foreign.warc.gz")) is None


def test_what_another_release_found_is_not_used(later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlinks, "_PROGRAM", "another")
    with closing(Outlinks(later)) as links:
        assert links.of(ORIGINAL) is None


def test_a_damaged_file_of_an_earlier_run_is_passed_over(first: Path, later: Path) -> None:
    (first / "links.db").write_bytes(b"no database" * 500)
    with closing(Outlinks(later)) as links:
        assert links.of(ORIGINAL) is None


def test_a_damaged_file_of_the_run_itself_is_begun_anew(first: Path, later: Path) -> None:
    """As after a power cut: the run must go on."""
    (first / "links.db").write_bytes(b"no database" * 500)
    with closing(Outlinks(first)) as own:
        own.keep(ORIGINAL.url, AT, LINKS)
    with closing(Outlinks(later)) as links:
        assert links.of(ORIGINAL) == LINKS


def test_a_file_that_cannot_be_written_ends_no_run(first: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(sqlite3.connect(first / "links.db")) as db:
        db.execute("DROP TABLE link")
        db.execute("CREATE VIEW link AS SELECT 1")
    with closing(Outlinks(first)) as own:
        for _ in range(3):
            own.keep(ORIGINAL.url, AT, LINKS)
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "the links of this run are not kept any more"
    ]
