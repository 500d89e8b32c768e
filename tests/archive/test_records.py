"""Records of any size and origin: read whole, in pieces, or refused, in little memory."""

import gzip
import hashlib
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from archive import answers, http, members, warc

AT = datetime(2026, 3, 1, tzinfo=UTC)
MIB = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = b"%x\r\n%b\r\n" % (10 * MIB, b"0123456789abcdef" * (10 * MIB // 16))
CHUNKS = 5


@contextmanager
def in_little_memory(most: int) -> Iterator[None]:
    tracemalloc.start()
    yield
    assert tracemalloc.get_traced_memory()[1] < most
    tracemalloc.stop()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file whose second record has a block of 50 MiB, written from another file."""
    writer = warc.Writer(tmp_path / "a.warc.gz", {})
    with TemporaryFile() as file:
        for piece in (b"before", HEAD, *[CHUNK] * CHUNKS, b"0\r\n\r\n", b"behind"):
            file.write(piece)
        file.flush()
        stored = warc.Stored(file, len("before"), file.tell() - len("behind"))
        payload = http.payload(http.parse(HEAD), stored.pieces(len(HEAD)))
        draft = warc.Draft("response", "http://a.example/", AT, stored, "application/http", payload=payload)
        with in_little_memory(12 * MIB):
            writer.write([draft, warc.Draft("metadata", None, AT, b"next", "text/plain")])
    return writer.seal()


def test_a_block_from_a_file_is_written_and_read_in_little_memory(large: Path) -> None:
    block = hashlib.sha256(HEAD + CHUNK * CHUNKS + b"0\r\n\r\n").hexdigest()
    payload = hashlib.sha256(CHUNK[8:-2] * CHUNKS).hexdigest()
    assert len(CHUNK[8:-2]) == 10 * MIB
    with in_little_memory(8 * MIB):
        _, record, after = warc.read(large)
        assert warc.digest(warc.pieces(large, record.offset)) == f"sha256:{block}"
    assert record.headers["WARC-Block-Digest"] == f"sha256:{block}"
    assert record.headers["WARC-Payload-Digest"] == f"sha256:{payload}"
    assert (record.whole, record.size) == (False, len(HEAD + CHUNK * CHUNKS) + 5)
    assert (after.whole, after.block) == (True, b"next")


def test_what_an_answer_says_is_found_in_little_memory(large: Path) -> None:
    with in_little_memory(12 * MIB):
        (seen,) = answers.look(list(warc.read(large)))
    assert seen.payload == seen.record.headers["WARC-Payload-Digest"]
    assert (seen.status, seen.size, seen.content_type) == (200, CHUNKS * 10 * MIB, "video/mp4")


def test_only_the_start_of_a_block_is_read_where_no_more_is_wanted(large: Path) -> None:
    record = list(warc.read(large))[1]
    with large.open("r+b") as file:
        file.seek(record.offset + record.length - 10)
        file.write(b"damage")
    assert warc.first(large, record.offset, 3 * MIB) == (HEAD + CHUNK)[: 3 * MIB]
    with pytest.raises(warc.WarcError, match=f"damaged at offset {record.offset}"):
        sum(map(len, warc.pieces(large, record.offset)))


def test_a_torn_record_gives_an_error_and_not_half_a_block(large: Path) -> None:
    record = list(warc.read(large))[1]
    with large.open("r+b") as file:
        file.truncate(record.offset + record.length // 2)
    assert len(list(warc.read(large))) == 1
    with pytest.raises(warc.WarcError, match="no whole record"):
        sum(map(len, warc.pieces(large, record.offset)))


@pytest.mark.parametrize("claimed", [5 * MIB - 1, 5 * MIB + 1, 10**30, -1])
def test_a_forged_length_is_damage(tmp_path: Path, claimed: int) -> None:
    path = tmp_path / "a.warc.gz"
    fields = b"WARC-Type: resource\r\nWARC-Record-ID: <b>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
    head = b"WARC/1.1\r\n" + fields + b"Content-Length: %d\r\n\r\n"
    path.write_bytes(gzip.compress(head % claimed + bytes(5 * MIB) + b"\r\n\r\n", compresslevel=1))
    with pytest.raises(warc.WarcError, match="no WARC record at offset 0"):
        list(warc.read(path))
    with pytest.raises(warc.WarcError, match="no WARC record at offset 0"):
        sum(map(len, warc.pieces(path, 0)))


def test_a_head_without_an_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"WARC/1.1\r\n" + b"X: %b\r\n" % (b"y" * 1000) * 4000, compresslevel=1))
    with pytest.raises(warc.WarcError, match="no WARC record at offset 0"):
        list(warc.read(path))
    with pytest.raises(warc.WarcError, match="no WARC record at offset 0"):
        warc.first(path, 0, 10)


def test_what_inflates_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "RECORD_LIMIT", 40 * MIB)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(bytes(100 * MIB), compresslevel=1))
    with in_little_memory(8 * MIB), pytest.raises(warc.WarcError, match="larger than 41943040 bytes"):
        list(warc.read(path))
