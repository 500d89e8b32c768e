"""Foreign WARC files in all packings: every record that is whole is found, and what is not is told."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from archive import warc
from archive.care import foreign
from archive.care.foreign import CUT, DAMAGED, LENGTH, STRAY, UNFIT, ForeignError
from tests.archive.care.foreign_files import members, one_member, plain, record, response

PAGES = [response(f"/{number}", number, f"<p>Page {number}.</p>" * (number + 1)) for number in range(4)]
PACKINGS = pytest.mark.parametrize("pack", [members, one_member, plain])
Pack = Callable[[Path, list[bytes]], Path]


def watch(_done: int, _total: int) -> None:
    pass


def repacked(path: Path) -> tuple[list[bytes], foreign.Losses]:
    """The records of the file as they stand in the copy, without its warcinfo; and what was lost."""
    writer = warc.Writer(path.parent / "ours.warc.gz", {"software": "a test"})
    losses = foreign.repack(path, writer, watch)
    copy = writer.seal()
    raw = copy.read_bytes()
    found = list(warc.read(copy))
    assert found[-1].offset + found[-1].length == len(raw)
    copy.unlink()
    return [gzip.decompress(raw[one.offset : one.offset + one.length]) for one in found[1:]], losses


@PACKINGS
def test_records_are_the_same_bytes_in_any_packing(tmp_path: Path, pack: Pack) -> None:
    path = pack(tmp_path / "file", PAGES)
    foreign.require_warc(path)
    assert foreign.is_like_ours(path, watch) == (pack is members)
    assert repacked(path) == (PAGES, foreign.Losses())


@PACKINGS
def test_a_cut_file_gives_all_records_but_the_last(tmp_path: Path, pack: Pack) -> None:
    path = pack(tmp_path / "file", PAGES)
    path.write_bytes(path.read_bytes()[:-30])
    assert not foreign.is_like_ours(path, watch)
    found, losses = repacked(path)
    # The last may only lack its checksum; of one member for all, what was compressed last is lost together.
    assert found == PAGES[: len(found)] and len(found) >= (1 if pack is one_member else 3)
    assert losses.counts == {CUT: 1}


@PACKINGS
def test_a_wrong_length_costs_one_record(tmp_path: Path, pack: Pack) -> None:
    wrong = response("/wrong", 1, "<p>Short.</p>", ("Content-Length", "20"))
    path = pack(tmp_path / "file", [PAGES[0], wrong, *PAGES[1:]])
    found, losses = repacked(path)
    assert found == PAGES
    assert losses.counts == {LENGTH: 1}


@PACKINGS
def test_a_record_without_an_id_or_a_date_is_told(tmp_path: Path, pack: Pack) -> None:
    nameless = response("/x", 1, "<p>X</p>", ("WARC-Record-ID", ""))
    undated = response("/y", 1, "<p>Y</p>", ("WARC-Date", "last Tuesday"))
    found, losses = repacked(pack(tmp_path / "file", [nameless, PAGES[0], undated, PAGES[1]]))
    assert (found, losses.counts) == (PAGES[:2], {UNFIT: 2})


def test_damage_between_records_is_passed_over(tmp_path: Path) -> None:
    path = members(tmp_path / "file", PAGES)
    packed = [gzip.compress(one) for one in PAGES]
    broken = bytearray(packed[1])
    broken[len(broken) // 2] ^= 0xFF
    path.write_bytes(packed[0] + bytes(broken) + packed[2] + packed[3])
    found, losses = repacked(path)
    assert (found, losses.counts) == ([PAGES[0], *PAGES[2:]], {DAMAGED: 1})
    assert losses.examples == [(len(packed[0]), DAMAGED)]


def test_what_stands_between_plain_records_is_told(tmp_path: Path) -> None:
    """Of the record before it nobody knows where it ends: half a page would be told as an edit."""
    found, losses = repacked(plain(tmp_path / "file", [PAGES[0], b"\r\nnoise\n", b"\r\n", PAGES[1]]))
    assert (found, losses.counts) == ([PAGES[1]], {LENGTH: 1})
    found, losses = repacked(plain(tmp_path / "file", [b"noise\n", PAGES[1]]))
    assert (found, losses.counts) == ([PAGES[1]], {STRAY: 1})


def test_a_page_cannot_smuggle_records_in(tmp_path: Path) -> None:
    """A page that quotes a WARC file, in a file that is cut within it: nothing of it counts."""
    forged = response("/forged", 1, "<p>Never said.</p>").decode()
    quoting = response("/honest", 0, f"<pre>\n\r\n\r\n{forged}\r\n\r\n{forged}</pre>")
    for pack in (members, one_member, plain):
        path = pack(tmp_path / "file", [PAGES[0], quoting])
        path.write_bytes(path.read_bytes()[:-20])
        assert b"forged" not in b"".join(one for one in repacked(path)[0] if b"honest" not in one)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "SPARED", 1 << 20)
    bomb = record("resource", "urn:bomb", 0, bytes(8 << 20))
    for pack in (members, one_member):
        with pytest.raises(ForeignError, match="inflates to more than 250 times its size"):
            repacked(pack(tmp_path / "file", [bomb]))
        (tmp_path / "ours.warc.gz.open").unlink()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no WARC file"), (b"PK\x03\x04", "no WARC file"), (gzip.compress(b"filedesc://x"), "an ARC file")],
    ids=["empty", "ZIP", "ARC"],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ForeignError, match=said):
        foreign.require_warc(path)
