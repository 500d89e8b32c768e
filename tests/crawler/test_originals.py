"""What a run knows of earlier answers, and how it asks with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import http, warc
from crawler.originals import Original, Originals, write
from tests.sites import records

MONDAY = datetime(2025, 1, 27, 6, 0, 0, 123456, tzinfo=UTC)
MODIFIED = "Mon, 27 Jan 2025 05:00:00 GMT"
HELD = Original("https://quay.example/", MONDAY, MONDAY, "sha256:00", 'W/"a"', MODIFIED, True, "f", 0)


def test_validators_go_back_as_they_came() -> None:
    assert HELD.conditions() == {
        "If-None-Match": 'W/"a"',
        "If-Modified-Since": MODIFIED,
    }
    assert replace(HELD, modified=None).conditions() == {"If-None-Match": 'W/"a"'}
    assert replace(HELD, ask=False).conditions() == {}


def test_the_list_is_read_back_exactly_and_never_made_twice(tmp_path: Path) -> None:
    path = tmp_path / "originals.db"
    write(path, [HELD])
    write(path, [replace(HELD, payload="sha256:11")])
    held = Originals(path, tmp_path)
    assert held.get(HELD.url) == HELD
    assert held.get("https://quay.example/other") is None
    held.close()


def test_the_answer_is_read_from_its_record(tmp_path: Path) -> None:
    file = tmp_path / "2025" / "quay.warc.gz"
    records.write(file, [records.Answer(HELD.url, MONDAY, "<p>The seal.</p>")])
    offset = next(one.offset for one in warc.read(file) if one.type == "response")
    write(tmp_path / "originals.db", [replace(HELD, file=file.name, offset=offset)])
    held = Originals(tmp_path / "originals.db", tmp_path)
    message = held.message(HELD.url)
    assert isinstance(message, http.Message)
    assert message.body == b"<p>The seal.</p>"


@pytest.mark.parametrize("etag", ['"' + "e" * 200_000 + '"', '"a\rInjected: 1"', "\0", None])
def test_validators_that_servers_would_stumble_over_are_not_sent_back(etag: str | None) -> None:
    assert replace(HELD, etag=etag, modified=None).conditions() == {}


def test_a_record_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    write(tmp_path / "originals.db", [HELD])
    assert Originals(tmp_path / "originals.db", tmp_path).message(HELD.url) is None
