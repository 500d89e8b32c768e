"""The dated archive on disk."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive import dated
from archive.model import Text

ORIGIN = dated.Origin(
    url="https://example.org/2025/01/the-quay.html",
    source="example",
    version=1,
    captured=datetime(2025, 1, 27, 6, 30, tzinfo=UTC),
    warc="example-20250127T060000Z-r-00000.warc.gz",
    offset=346,
    record="<urn:uuid:1>",
    payload="sha256:00",
)
TEXT = Text('The "quay": open', date(2025, 1, 20), None, "en", "One.\n\nTwo.", (), "x 1")


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://example.org/", "index"),
        ("https://example.org/2025/01/the-quay.html", "2025-01-the-quay"),
        ("https://example.org/%D0%BF%D1%80%D0%B8/", "index"),
        ("https://example.org/../../etc/passwd", "etc-passwd"),
        ("https://example.org/a%2F..%2Fb%00c", "a-b-c"),
        ("https://example.org/" + "long-" * 50, "-".join(["long"] * 12)),
        ("https://example.org/v1.2/notes", "v1-2-notes"),
    ],
)
def test_addresses_become_names_that_every_file_system_takes(url: str, slug: str) -> None:
    assert dated.slug(url) == slug


def test_the_folder_has_the_articles_own_date_and_the_file_the_instant_of_capture() -> None:
    name = dated.file_name(ORIGIN, TEXT)
    assert name.startswith("example/2025/01/20/2025-01-the-quay-")
    assert name.endswith("/20250127T063000Z.md")
    assert dated.file_name(ORIGIN, replace(TEXT, date=None)).startswith("example/2025/01/27/")


def test_two_addresses_never_share_a_folder() -> None:
    other = replace(ORIGIN, url="https://example.org/2025/01/The%20quay.html")
    assert dated.slug(other.url) == dated.slug(ORIGIN.url)
    assert dated.file_name(other, TEXT) != dated.file_name(ORIGIN, TEXT)


def test_a_file_is_written_again_only_if_it_says_something_else(tmp_path: Path) -> None:
    dated.write(tmp_path, "a/b.md", ORIGIN, TEXT)
    before = (tmp_path / "a/b.md").stat()
    dated.write(tmp_path, "a/b.md", ORIGIN, TEXT)
    after = (tmp_path / "a/b.md").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    dated.write(tmp_path, "a/b.md", ORIGIN, replace(TEXT, text="Read anew."))
    assert "Read anew." in (tmp_path / "a/b.md").read_text("utf-8")
    assert [path.name for path in tmp_path.rglob("*.*")] == ["b.md"]


def test_the_front_matter_quotes_what_pages_put_into_titles() -> None:
    lines = dated.render(ORIGIN, replace(TEXT, title='---\nurl: "fake"')).splitlines()
    assert lines[0] == "---"
    assert lines.index("---", 1) == 18
    assert 'title: "---\\nurl: \\"fake\\""' in lines
    assert lines[-3:] == ["One.", "", "Two."]
