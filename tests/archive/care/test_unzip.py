"""WACZ files: what is in them is checked against what they say of themselves, and none does harm."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archive import space
from archive.care import foreign
from archive.care.foreign import ForeignError, Losses
from archive.care.unzip import ALTERED, MISSING, UNREADABLE, is_zip, unzip
from tests.archive.care.foreign_files import members, plain, response, wacz

PAGES = [response(f"/{number}", number, f"<p>Page {number}.</p>") for number in range(3)]
PACKAGE = b'{"profile": "data-package", "resources": []}'


def unzipped(path: Path, room: Callable[[int], None] = lambda _size: None) -> tuple[list[bytes], Losses]:
    """What is found in a file, and what is told of it."""
    folder = path.with_name("unzipped")
    folder.mkdir()
    losses = Losses()
    found = unzip(path, folder, losses, room)
    assert all(one.parent == folder for one in found)
    return [one.read_bytes() for one in found], losses


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


def test_its_warc_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    second = members(tmp_path / "b.warc.gz", PAGES[:1])
    first = plain(tmp_path / "a.warc", PAGES[1:])
    path = wacz(tmp_path / "site.wacz", [second, first])
    assert is_zip(path) and not is_zip(first)
    assert unzipped(path) == ([first.read_bytes(), second.read_bytes()], Losses())


def test_a_file_with_another_digest_is_told_and_taken(tmp_path: Path) -> None:
    """Its records are checked one by one behind it, so that what is whole is not lost."""
    one = members(tmp_path / "a.warc.gz", PAGES)
    found, losses = unzipped(wacz(tmp_path / "site.wacz", [one], spoil=True))
    assert (found, losses.counts) == ([one.read_bytes()], {f"{ALTERED}: archive/a.warc.gz": 1})


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    one = members(tmp_path / "a.warc.gz", PAGES)
    path = wacz(tmp_path / "site.wacz", [one], named=["archive/b.warc.gz", "pages/\x1bpages.jsonl"])
    found, losses = unzipped(path)
    assert found == [one.read_bytes()]
    assert losses.counts == {f"{MISSING}: archive/b.warc.gz": 1, f"{MISSING}: pages/?pages.jsonl": 1}


@pytest.mark.parametrize("package", [b"", b"[]", b"{" * 100_000], ids=["empty", "a list", "deep"])
def test_a_package_that_cannot_be_read_is_told(tmp_path: Path, package: bytes) -> None:
    path = zipped(tmp_path / "x.wacz", {"archive/a.warc": PAGES[0], "datapackage.json": package})
    found, losses = unzipped(path)
    assert (found, losses.counts) == ([PAGES[0]], {f"{UNREADABLE}: datapackage.json": 1})


def test_an_altered_package_is_told(tmp_path: Path) -> None:
    seal = b'{"path": "datapackage.json", "hash": "sha256:00"}'
    files = {
        "archive/a.warc": PAGES[0],
        "datapackage.json": PACKAGE,
        "datapackage-digest.json": seal,
    }
    assert unzipped(zipped(tmp_path / "x.wacz", files))[1].counts == {f"{ALTERED}: datapackage.json": 1}


def test_names_lead_nowhere_else(tmp_path: Path) -> None:
    evil = ["archive/../../evil.warc", "/archive/evil.warc", "archive/a/evil.warc", "archive/..\\evil.warc"]
    files = {"datapackage.json": PACKAGE, **dict.fromkeys(evil, PAGES[0]), "archive/a.warc": PAGES[1]}
    found, _ = unzipped(zipped(tmp_path / "x.wacz", files))
    assert PAGES[1] in found
    assert [one.name for one in tmp_path.rglob("*evil*")] == []


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "SPARED", 1 << 20)
    files = {"datapackage.json": PACKAGE, "archive/a.warc": bytes(8 << 20)}
    with pytest.raises(ForeignError, match="inflates to more than 250 times its size"):
        unzipped(zipped(tmp_path / "x.wacz", files, zipfile.ZIP_DEFLATED))
    assert not list((tmp_path / "unzipped").iterdir())


def test_room_is_asked_for_first(tmp_path: Path) -> None:
    asked = []

    def none(size: int) -> None:
        asked.append(size)
        raise space.DiskTrouble("The disk is full.", full=True)

    path = zipped(tmp_path / "x.wacz", {"datapackage.json": PACKAGE, "archive/a.warc": PAGES[0]})
    with pytest.raises(space.DiskTrouble):
        unzipped(path, none)
    assert asked == [len(PAGES[0])] and not list((tmp_path / "unzipped").iterdir())


def encrypted(path: Path) -> None:
    """Mark all files but the package as encrypted, in their heads and in the list at the end."""
    raw = bytearray(path.read_bytes())
    for mark, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + flags] |= raw[at + name : at + name + 7] == b"archive"
            at = raw.find(mark, at + 1)
    path.write_bytes(raw)


def damaged(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.find(b"a.warc") + 40] ^= 0xFF
    path.write_bytes(raw)


@pytest.mark.parametrize("harm", [encrypted, damaged])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_what_cannot_be_unpacked_is_told(tmp_path: Path, harm: Callable[[Path], None], method: int) -> None:
    files = {"datapackage.json": PACKAGE, "archive/a.warc": PAGES[0] * 20, "archive/b.warc": PAGES[1]}
    path = zipped(tmp_path / "x.wacz", files, method)
    harm(path)
    found, losses = unzipped(path)
    assert losses.counts[f"{UNREADABLE}: archive/a.warc"] == 1
    assert (found[-1:] == [PAGES[1]]) == (harm is damaged)


def test_unusual_packing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("datapackage.json", PACKAGE)
        file.writestr("archive/a.warc", PAGES[0], zipfile.ZIP_LZMA)
    assert unzipped(path)[1].counts == {f"{UNREADABLE}: archive/a.warc": 1}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"archive/a.warc": PAGES[0]}, "no WACZ file: it has no datapackage.json"),
        ({"datapackage.json": PACKAGE}, "it has no archive/"),
        ({"datapackage.json": b'{"profile": "multi-wacz-package"}'}, "a bundle of WACZ files"),
    ],
    ids=["a ZIP", "no pages", "a bundle"],
)
def test_other_zip_files_are_refused(tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    with pytest.raises(ForeignError, match=said):
        unzipped(zipped(tmp_path / "x.zip", files))


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    """What a ZIP file holds is told at its end."""
    path = wacz(tmp_path / "x.wacz", [members(tmp_path / "a.warc.gz", PAGES)])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ForeignError, match="cannot be read"):
        unzipped(path)
