"""The CDXJ index: as pywb makes it of the same files, sorted by bytes, whole or not there."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import cdxj, http, warc
from tests import oracles

AT = datetime(2026, 1, 2, 3, 4, 5, 999999, UTC)
ORIGINAL = (
    ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
    ("WARC-Refers-To-Target-URI", "http://example.org/tide"),
    ("WARC-Refers-To-Date", "2026-01-02T03:04:05.999999Z"),
)
NOT_MODIFIED = (
    ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified"),
    *ORIGINAL[1:],
)
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>high water"

# Answers in their variety: a name, the block, further WARC fields.
ANSWERS: list[tuple[str, bytes, tuple[tuple[str, str], ...]]] = [
    ("/tide", PAGE, ()),
    ("/shouting", b"HTTP/1.1 200 OK\r\nCONTENT-TYPE: text/HTML\r\n\r\nx", ()),
    ("/no-type", b"HTTP/1.1 404 Not here\r\n\r\nx", ()),
    ("/moved", b"HTTP/1.1 301 Moved\r\nLocation: /tide\r\nContent-Type: text/plain\r\n\r\n", ()),
    ("/two-types", b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\nx", ()),
    ("/bare-lf", b"HTTP/1.1 500 Oh\nContent-Type: text/html\n\nx", ()),
    ("/latin", b"HTTP/1.1 200 d\xe9j\xe0 vu\r\nContent-Type: image/png \r\n\r\nx", ()),
    ("/cut", b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\nxx", (("WARC-Truncated", "length"),)),
]
ADDRESSES = [
    "https://example.org:8443/x",
    "http://127.0.0.1:8000/q?b",
    "http://xn--bcher-kva.example/a",
    "http://example.org/a,b?u=http://other.example/",
    "http://sub.example.org/a?b=1&c=2",
    "http://example.org/-",
    "http://example.org/a~",
]

# What replay tools fold: see `archive/keys.py`.
FOLDED = [
    "http://www.example.org/",
    "http://example.org/UP?Q=1",
    "http://example.org/q?b=2&a=1",
    "http://example.org/%C3%A4",
    "http://example.org//a//b/",
    "http://example.org/folder/",
    "http://[::1]:8000/x",
    "http://example.org/x?PHPSESSID=0123456789abcdef0123456789abcdef",
]


def draft(
    uri: str, block: bytes, type_: str = "response", headers: tuple[tuple[str, str], ...] = ()
) -> warc.Draft:
    message = http.parse(block)
    kind = "application/warc-fields" if type_ == "metadata" else "application/http"
    return warc.Draft(type_, uri, AT, block, kind, headers, payload=message.payload() if block else None)


def sealed(path: Path, drafts: list[warc.Draft]) -> Path:
    writer = warc.Writer(path, {"software": "strandline"})
    writer.write(drafts)
    return writer.seal()


def row(line: str) -> dict[str, str]:
    key, timestamp, fields = line.split(" ", 2)
    return {"key": key, "timestamp": timestamp, **json.loads(fields)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    drafts = [draft(f"http://example.org{name}", block, headers=more) for name, block, more in ANSWERS]
    drafts += [draft(uri, PAGE) for uri in (*ADDRESSES, *FOLDED)]
    drafts.append(draft("http://example.org/same", PAGE, "revisit", ORIGINAL))
    drafts.append(draft("http://example.org/304", b"", "revisit", NOT_MODIFIED))
    drafts.append(draft("http://example.org/tide", b"fetchTimeMs: 12\r\n", "metadata"))
    return sealed(tmp_path / "bay-20260102T030405Z-r1-00000.warc.gz", drafts)


def test_a_line_says_what_a_capture_is_and_where_it_is(tmp_path: Path) -> None:
    path = sealed(tmp_path / "bay.warc.gz", [draft("http://example.org/tide?high", PAGE)])
    (_, placed) = warc.read(path)
    (line,) = cdxj.lines(path)
    assert line == (
        'org,example)/tide?high 20260102030405999 {"url": "http://example.org/tide?high", '
        '"mime": "text/html", "status": "200", '
        f'"digest": "sha256:{hashlib.sha256(b"<p>high water").hexdigest()}", '
        f'"length": "{placed.length}", "offset": "{placed.offset}", "filename": "bay.warc.gz"}}'
    )


def test_pywb_makes_the_same_index(file: Path) -> None:
    theirs = {entry["offset"]: entry for entry in oracles.pywb_cdx([file])}
    ours = {entry["offset"]: entry for entry in map(row, cdxj.lines(file))}
    assert ours.keys() == theirs.keys()
    for offset, entry in ours.items():
        entry["timestamp"] = entry["timestamp"][:14]  # pywb has whole seconds
        entry.pop("truncated", None)  # pywb leaves that out
        if entry["mime"] == "warc/revisit":
            entry.pop("status", None)  # and that, of revisits
        assert entry == theirs[offset]


def test_revisit_and_truncation_are_told(file: Path) -> None:
    entries = {entry["url"]: entry for entry in map(row, cdxj.lines(file))}
    same, unmodified = entries["http://example.org/same"], entries["http://example.org/304"]
    assert (same["mime"], same["status"]) == ("warc/revisit", "200")
    assert same["digest"] == entries["http://example.org/tide"]["digest"]
    assert unmodified["mime"] == "warc/revisit"
    assert "status" not in unmodified and "digest" not in unmodified
    assert entries["http://example.org/cut"]["truncated"] == "length"


def test_only_captures_of_web_addresses_have_a_line(tmp_path: Path) -> None:
    drafts = [
        draft("http://example.org/a", b"GET /a HTTP/1.1\r\n\r\n", "request"),
        draft("http://example.org/a", b"a", "resource"),
        draft("dns:example.org", b"192.0.2.1", "response"),
        draft("http://user:secret@example.org/", PAGE),
        draft("<http://example.org/in-brackets>", PAGE),  # as Wget writes it
    ]
    path = sealed(tmp_path / "a.warc.gz", drafts)
    assert [row(line)["url"] for line in cdxj.lines(path)] == ["http://example.org/in-brackets"]


def test_an_answer_that_is_no_http_has_no_status(tmp_path: Path) -> None:
    path = sealed(tmp_path / "a.warc.gz", [draft("http://example.org/", b"garbage")])
    entry = row(cdxj.lines(path)[0])
    assert (entry["mime"], "status" in entry) == ("unk", False)


def test_it_is_written_beside_the_file_sorted_by_bytes(file: Path) -> None:
    index = cdxj.write(file)
    assert index == file.with_name("bay-20260102T030405Z-r1-00000.cdxj")
    written = index.read_bytes().splitlines(keepends=True)
    assert written == sorted(written)
    assert b"".join(written).decode("ascii").splitlines() == cdxj.lines(file)
    assert cdxj.write(file) == index
    assert sorted(file.parent.iterdir()) == sorted([file, index])


def test_same_page_at_two_instants_is_in_their_order(tmp_path: Path) -> None:
    late = warc.Draft("response", "http://example.org/", AT.replace(year=2027), PAGE, "application/http")
    path = sealed(tmp_path / "a.warc.gz", [late, draft("http://example.org/", PAGE)])
    assert [row(line)["timestamp"][:4] for line in cdxj.lines(path)] == ["2026", "2027"]


def test_a_torn_file_is_not_indexed_and_the_old_index_stays(file: Path) -> None:
    index = cdxj.write(file)
    before = index.read_bytes()
    with file.open("rb+") as torn:
        torn.truncate(file.stat().st_size - 10)
    with pytest.raises(warc.WarcError, match=r"torn at offset [0-9]+, .* Repair it"):
        cdxj.write(file)
    assert index.read_bytes() == before
    assert sorted(file.parent.iterdir()) == sorted([file, index])


def test_an_open_file_is_not_indexed(tmp_path: Path) -> None:
    writer = warc.Writer(tmp_path / "a.warc.gz", {})
    writer.close()
    with pytest.raises(warc.WarcError, match=r"no sealed WARC file .* Seal it"):
        cdxj.write(writer.open_path)
