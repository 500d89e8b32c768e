"""Files that were torn at every byte, or damaged, and what is left of them."""

import gzip
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import warc

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)


def members(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return [data[record.offset : record.offset + record.length] for record in warc.read(path)]


def small(path: Path) -> Path:
    blocks = (b"first", b"second", b"last")
    writer = warc.Writer(path, {})
    writer.write([warc.Draft("metadata", None, AT, block, "text/plain") for block in blocks])
    return writer.seal()


def test_cut_anywhere_it_is_repaired_to_its_whole_members(tmp_path: Path) -> None:
    path = small(tmp_path / "a.warc.gz")
    whole, parts = path.read_bytes(), members(path)
    ends = [sum(map(len, parts[:number])) for number in range(len(parts) + 1)]
    torn, quarantine = tmp_path / "torn.warc.gz.open", tmp_path / "quarantine"
    for cut in range(len(whole) + 1):
        torn.write_bytes(whole[:cut])
        end = max(end for end in ends if end <= cut)
        assert len(list(warc.read(torn))) == ends.index(end)
        assert warc.repair(torn, quarantine) == cut - end
        assert torn.read_bytes() == whole[:end]
        tail = quarantine / f"{torn.name}.{end}.tail"
        assert (tail.read_bytes() if tail.exists() else b"") == whole[end:cut]
        tail.unlink(missing_ok=True)
        with torn.open("ab") as file:
            file.write(parts[-1])
        records = list(warc.read(torn))
        assert (len(records), records[-1].block) == (ends.index(end) + 1, b"last")
    assert not list(quarantine.iterdir())


@pytest.mark.parametrize("garbage", [b"\0" * 5000, b"x", b"\x1f\x8b\x08 is how gzip begins", b"WARC/1.1\r\n"])
@pytest.mark.parametrize("records", [True, False])
def test_garbage_after_the_last_member_is_cut(tmp_path: Path, garbage: bytes, records: bool) -> None:
    path = small(tmp_path / "a.warc.gz")
    if not records:
        path.write_bytes(b"")
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(garbage)
    assert warc.repair(path, tmp_path / "quarantine") == len(garbage)
    assert path.stat().st_size == size
    assert (tmp_path / "quarantine" / f"a.warc.gz.{size}.tail").read_bytes() == garbage


def test_no_tail_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz.open"
    for tail in (b"first", b"second"):
        path.write_bytes(tail)
        warc.repair(path, tmp_path / "q")
    assert sorted(tail.read_bytes() for tail in (tmp_path / "q").iterdir()) == [b"first", b"second"]


def test_damage_that_records_follow_is_not_cut(tmp_path: Path) -> None:
    path = small(tmp_path / "a.warc.gz")
    second = list(warc.read(path))[1]
    data = bytearray(path.read_bytes())
    data[second.offset + second.length - 6] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(warc.WarcError, match=rf"damaged at offset {second.offset}:.* nothing was cut"):
        warc.repair(path, tmp_path / "quarantine")
    assert path.read_bytes() == data


def test_a_torn_record_that_holds_a_warc_file_is_cut(tmp_path: Path) -> None:
    path = small(tmp_path / "a.warc.gz")
    size = path.stat().st_size
    stored = gzip.compress(b"WARC/1.1\r\n" + path.read_bytes() * 2, compresslevel=0)
    with path.open("ab") as file:
        file.write(stored[:-100])
    assert path.read_bytes().count(members(path)[0]) == 3
    assert warc.repair(path, tmp_path / "quarantine") == len(stored) - 100
    assert path.stat().st_size == size


@pytest.mark.parametrize("follows", [True, False])
def test_a_long_damaged_tail_is_looked_through_in_little_memory(tmp_path: Path, follows: bool) -> None:
    path = small(tmp_path / "a.warc.gz")
    size, last = path.stat().st_size, members(path)[-1]
    tail = (b"\x1f\x8b\x08\0" + b"\xff" * 99_999) * 300 + b"\0" * 1_048_570  # magic bytes at odd places
    path.write_bytes(path.read_bytes() + tail + (last if follows else b""))
    tracemalloc.start()
    if follows:
        with pytest.raises(warc.WarcError, match="nothing was cut"):
            warc.repair(path, tmp_path / "quarantine")
    else:
        assert warc.repair(path, tmp_path / "quarantine") == len(tail)
        assert path.stat().st_size == size
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()
