"""WARC files, read by independent readers, torn at every byte, and written under a full disk and kill -9."""

import gzip
import hashlib
import os
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastReader
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioReader

from archive import http, warc
from archive import members as gzip_members

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)
INFO = {"software": "strandline/0.1.0", "robots": "obey", "operator": "Zoë <zoe@example.org>"}
HTML = b"<html><title>T\xc3\xa9st</title><p>" + b"hello world " * 40 + b"</p></html>"
GZ = gzip.compress(HTML, mtime=0)

# Blocks as they were on the wire, with the payload each of them has.
WIRE = {
    "chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"64;name=val\r\n%s\r\n%x\r\n%s\r\n0\r\nX-Sum: 1\r\n\r\n" % (HTML[:100], len(HTML) - 100, HTML[100:]),
        HTML,
    ),
    "gzip": (b"HTTP/1.1 200 OK\r\ncontent-ENCODING: gzip\r\n\r\n" + GZ, GZ),
    "latin": (b"HTTP/1.1 200 Tr\xe8s Bien\r\nX-Latin: caf\xe9\r\n\r\n" + HTML, HTML),
    "lf": (b"HTTP/1.0 200 OK\nno colon here\nX-Folded: one\n two\n\n" + HTML, HTML),
    "empty": (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
}


def response(block: bytes, uri: str = "http://example.org/") -> warc.Draft:
    payload = http.parse(block).payload()
    return warc.Draft("response", uri, AT, block, "application/http;msgtype=response", payload=payload)


def written(path: Path, *drafts: warc.Draft) -> Path:
    writer = warc.Writer(path, INFO)
    writer.write(drafts)
    return writer.seal()


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """A file with every block of WIRE, in several writes."""
    writer = warc.Writer(tmp_path / "a" / "2026" / "wire.warc.gz", INFO)
    for name, (block, _) in WIRE.items():
        answer = response(block, f"http://example.org/{name}")
        both = (("WARC-Concurrent-To", warc.new_id()), ("WARC-Concurrent-To", warc.new_id()))
        question = warc.Draft("request", answer.uri, AT, b"GET / HTTP/1.1\r\n\r\n", "application/http", both)
        writer.write([answer, question])
    writer.write([warc.Draft("revisit", "http://example.org/gzip", AT, b"", "application/http")])
    return writer.seal()


# What is written


def test_records_are_read_back_as_they_were_drafted(wire: Path) -> None:
    info, *records = warc.read(wire)
    assert (info.type, info.uri, info.headers["warc-filename"]) == ("warcinfo", None, "wire.warc.gz")
    assert info.block.decode().splitlines()[:4] == [
        "software: strandline/0.1.0",
        "robots: obey",
        "operator: Zoë <zoe@example.org>",
        "format: WARC File Format 1.1",
    ]
    assert [r.block for r in records if r.type == "response"] == [block for block, _ in WIRE.values()]
    assert {record.at for record in records} == {AT}
    assert records[0].headers["WARC-Date"] == "2026-03-01T12:30:15.123456Z"
    assert len({record.record_id for record in records}) == len(records)
    assert len(records[1].headers.get_all("warc-concurrent-to")) == 2
    assert records[-1].block == b""


def test_warcio_reads_every_block_byte_for_byte(wire: Path) -> None:
    with wire.open("rb") as file:
        blocks = [record.raw_stream.read() for record in WarcioReader(file, no_record_parse=True)]
    assert blocks == [record.block for record in warc.read(wire)]
    assert [block for block, _ in WIRE.values()] == blocks[1:-1:2]


def test_fastwarc_reads_every_block_byte_for_byte(wire: Path) -> None:
    with wire.open("rb") as file:
        read = [(r.record_id, r.reader.read()) for r in FastReader(file, parse_http=False)]
    assert [block for _, block in read] == [record.block for record in warc.read(wire)]
    names = [record.record_id for record in warc.read(wire)]
    assert [f"<{str(name).strip('<>')}>" for name, _ in read] == names


def test_digests_are_those_of_block_and_payload(wire: Path) -> None:
    records = list(warc.read(wire))
    assert [r.headers["WARC-Block-Digest"] for r in records] == [sha256(r.block) for r in records]
    payloads = [r.headers["WARC-Payload-Digest"] for r in records if r.type == "response"]
    assert payloads == [sha256(payload) for _, payload in WIRE.values()]
    assert all("WARC-Payload-Digest" not in r.headers for r in records if r.type != "response")


def test_the_writer_says_where_each_record_is(tmp_path: Path) -> None:
    writer = warc.Writer(tmp_path / "a.warc.gz", INFO)
    own = warc.new_id()
    metadata = warc.Draft("metadata", None, AT, b"x: y\r\n", "application/warc-fields", record_id=own)
    placed = writer.write([response(b"block"), metadata])
    assert placed[1].record_id == own
    assert placed[1].offset + placed[1].length == writer.size == writer.open_path.stat().st_size
    path = writer.seal()
    for place in placed:
        record = warc.at(path, place.offset)
        assert warc.Placed(record.record_id, record.offset, record.length) == place


@settings(max_examples=25, deadline=None)
@given(blocks=st.lists(st.binary(max_size=3000), max_size=4))
def test_any_bytes_come_back(blocks: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = written(tmp_path_factory.mktemp("any") / "a.warc.gz", *map(response, blocks))
    assert [record.block for record in warc.read(path)][1:] == blocks


def test_a_file_is_open_until_it_is_sealed_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.warc.gz"
    writer = warc.Writer(path, INFO)
    assert [entry.name for entry in path.parent.iterdir()] == ["a.warc.gz.open"]
    with pytest.raises(warc.WarcError, match=r"a\.warc\.gz\.open exists"):
        warc.Writer(path, INFO)
    assert writer.seal() == path
    assert [entry.name for entry in path.parent.iterdir()] == ["a.warc.gz"]
    with pytest.raises(warc.WarcError, match="never written over"):
        warc.Writer(path, INFO)
    assert len(list(warc.read(path))) == 1


def test_a_field_that_would_break_the_header_is_refused_and_nothing_written(tmp_path: Path) -> None:
    writer = warc.Writer(tmp_path / "a.warc.gz", INFO)
    size = writer.size
    for uri in ("http://x/\r\nWARC-Type: warcinfo", "http://x/\ud800"):
        with pytest.raises(warc.WarcError, match="WARC-Target-URI"):
            writer.write([response(b"good"), response(b"", uri)])
    assert writer.open_path.stat().st_size == writer.size == size
    with pytest.raises(warc.WarcError, match="software"):
        warc.Writer(tmp_path / "b.warc.gz", {"software": "a\nb"})
    assert not (tmp_path / "b.warc.gz.open").exists()


def test_a_record_too_large_to_be_read_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gzip_members, "RECORD_LIMIT", 2000)
    writer = warc.Writer(tmp_path / "a.warc.gz", INFO)
    with pytest.raises(warc.WarcError, match="more than 2000"):
        writer.write([response(b"x" * 2000)])
    writer.write([response(b"x" * 1000)])
    assert len(list(warc.read(writer.seal()))) == 2


def test_file_names() -> None:
    assert warc.file_name("blog", AT, "k3x9", 7) == "blog-20260301T123015Z-k3x9-00007.warc.gz"


# Reading a file that grows, is torn or damaged


def test_a_growing_file_is_read_on_from_where_it_ended(tmp_path: Path) -> None:
    writer = warc.Writer(tmp_path / "a.warc.gz", INFO)
    offset = 0
    for number in range(3):
        writer.write([response(b"%d" % number), response(b"again %d" % number)])
        new = list(warc.read(writer.open_path, offset))
        offset = new[-1].offset + new[-1].length
        assert [record.block for record in new][-2:] == [b"%d" % number, b"again %d" % number]
        assert offset == writer.size


def test_records_larger_than_every_buffer_are_read(tmp_path: Path) -> None:
    blocks = [b"\0" * 5_000_000, os.urandom(1_500_000), b"text " * 1_000_000, b"", b"12" * 250_000]
    path = written(tmp_path / "a.warc.gz", *map(response, blocks))
    for record, block in zip(list(warc.read(path))[1:], blocks, strict=True):
        assert (record.size, record.whole) == (len(block), len(block) < 1_000_000)
        assert record.block == block[: len(record.block)]
        assert b"".join(warc.pieces(path, record.offset)) == block
        assert warc.first(path, record.offset, 1_200_000) == block[:1_200_000]


def test_at_wants_a_whole_record(wire: Path) -> None:
    with pytest.raises(warc.WarcError, match=r"wire\.warc\.gz: no whole record at offset"):
        warc.at(wire, wire.stat().st_size)
    with pytest.raises(warc.WarcError, match=r"wire\.warc\.gz: damaged at offset 1:"):
        warc.at(wire, 1)


def test_damage_before_the_end_is_told_with_file_and_offset(wire: Path) -> None:
    third = list(warc.read(wire))[2]
    data = bytearray(wire.read_bytes())
    data[third.offset + third.length - 6] ^= 0xFF  # in the checksum
    wire.write_bytes(data)
    reading = warc.read(wire)
    assert (next(reading).type, next(reading).type) == ("warcinfo", "response")
    with pytest.raises(warc.WarcError, match=rf"wire\.warc\.gz: damaged at offset {third.offset}:"):
        next(reading)


IDS = b"WARC/1.1\r\nWARC-Type: a\r\nWARC-Record-ID: <b>\r\n"
DATED = IDS + b"WARC-Date: 2026-01-01T00:00:00Z\r\n"
NO_RECORDS = {
    "empty": b"",
    "text": b"hello",
    "no fields": b"WARC/1.1\r\n\r\n\r\n\r\n",
    "no date": IDS + b"Content-Length: 0\r\n\r\n\r\n\r\n",
    "bad date": IDS + b"WARC-Date: 0001-01-01T00:00:00+14:00\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
    "no length": DATED + b"\r\nblock\r\n\r\n",
    "short": DATED + b"Content-Length: 9\r\n\r\nshort\r\n\r\n",
    "long": DATED + b"Content-Length: 2\r\n\r\nlonger\r\n\r\n",
}


@pytest.mark.parametrize("plain", NO_RECORDS.values(), ids=NO_RECORDS)
def test_a_member_that_is_no_record_is_damage(tmp_path: Path, plain: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(plain))
    with pytest.raises(warc.WarcError, match=r"no WARC record at offset 0"):
        list(warc.read(path))
    path.write_bytes(gzip.compress(DATED + b"Content-Length: 5\r\n\r\nright\r\n\r\n"))
    assert [record.block for record in warc.read(path)] == [b"right"]


def test_a_bomb_is_refused_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gzip_members, "RECORD_LIMIT", 4_000_000)
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(b"\0" * 200_000_000, compresslevel=1))
    tracemalloc.start()
    with pytest.raises(warc.WarcError, match="larger than 4000000 bytes"):
        list(warc.read(path))
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()


# A full disk and a killed writer: real ones, in a process of their own

DRAFT = """
import errno, os, resource, sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from archive import warc

def draft(block):
    return warc.Draft("resource", None, datetime(2026, 1, 1, tzinfo=UTC), block, "text/plain")
"""

LIMITED = """
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

writer = warc.Writer(Path(sys.argv[1]), {})
noise = bytes(range(256)) * 4096
for room in range(0, 3000, 50):
    size = writer.size
    limit(size + room)
    try:
        writer.write([draft(b"lost"), draft(noise)])
    except OSError as error:
        assert error.errno == errno.EFBIG, error
    else:
        raise SystemExit("the limit was not felt")
    assert writer.size == size == writer.open_path.stat().st_size
    limit(resource.RLIM_INFINITY)
    assert [place.offset for place in writer.write([draft(b"after %d" % room)])] == [size]
limit(10)
try:
    warc.Writer(Path(sys.argv[2]), {})
except OSError as error:
    assert error.errno == errno.EFBIG, error
assert not list(Path(sys.argv[2]).parent.glob("second*"))
limit(resource.RLIM_INFINITY)
writer.seal()
"""

ENDLESS = """
noise = os.urandom(8_000_000)
writer = warc.Writer(Path(sys.argv[1]), {})
for number in count():
    writer.write([draft(b"%d " % number + noise)] * 2)
    os.write(1, b"%d\\n" % number)
"""


def child(program: str, *arguments: Path) -> subprocess.Popen[bytes]:
    root = Path(warc.__file__).parents[1]
    command = [sys.executable, "-c", DRAFT + program, *map(str, arguments)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE)


def test_a_full_disk_leaves_no_half_record_and_the_writer_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    assert child(LIMITED, path, tmp_path / "second.warc.gz").wait(60) == 0
    blocks = [record.block for record in warc.read(path)][1:]
    assert blocks == [b"after %d" % room for room in range(0, 3000, 50)]


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_writer_killed_in_the_middle_leaves_all_it_had_reported(tmp_path: Path, writes: int) -> None:
    path = tmp_path / "a.warc.gz.open"
    with child(ENDLESS, tmp_path / "a.warc.gz") as process:
        assert process.stdout is not None
        for _ in range(writes):
            process.stdout.readline()
        size = path.stat().st_size
        while path.stat().st_size == size and process.poll() is None:
            pass  # until the next member is being written
        process.kill()  # -9
        reported = writes + len(process.stdout.readlines())
    cut = warc.repair(path, tmp_path / "quarantine")
    numbers = [int(record.block.split(b" ", 1)[0]) for record in list(warc.read(path))[1:]]
    assert numbers == sorted([*range(reported), *range(reported), reported, reported][: len(numbers)])
    assert len(numbers) >= 2 * reported
    assert bool(cut) == (tmp_path / "quarantine").exists()
