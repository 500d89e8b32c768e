"""Files as Heritrix, Browsertrix, ArchiveBox and others write them byte by byte, with what is odd in them."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.archive.care.foreign_files import (
    AGNOSTIC,
    OLD_PROFILE,
    SITE,
    answer,
    members,
    one_member,
    record,
    response,
    sha1,
    wacz,
)
from tests.archive.care.keeper import FIRST, OTHER, SECOND, Keeper

SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
HEAD = answer("", "Content-Type: text/html; charset=utf-8")


def revisit(path: str, day: float, profile: str, block: bytes, *fields: tuple[str, str]) -> bytes:
    return record("revisit", SITE + path, day, block, ("WARC-Profile", profile), *fields)


@pytest.mark.parametrize("block", [HEAD, b""], ids=["with a head", "without one"])
def test_heritrix(keeper: Keeper, tmp_path: Path, block: bytes) -> None:
    """It looks names up on the record, tells where it came from, and names payloads by SHA-1."""
    via = b"via: https://gazette.example/\r\nhopsFromSeed: L\r\nfetchTimeMs: 41\r\n"
    records = [
        record("warcinfo", None, 0, b"software: Heritrix/3.4.0\r\nformat: WARC File Format 1.0\r\n"),
        record(
            "response", "dns:gazette.example", 0, b"20190304060000\ngazette.example. 300 IN A 192.0.2.1\n",
            ("Content-Type", "text/dns"),
        ),
        response("/1", 0, FIRST, sha1(FIRST), ("WARC-IP-Address", "192.0.2.1")),
        record("request", SITE + "/1", 0, b"GET /1 HTTP/1.0\r\nHost: gazette.example\r\n\r\n"),
        record("metadata", SITE + "/1", 0, via, ("Content-Type", "application/warc-fields")),
        revisit("/1", 1, OLD_PROFILE, block, sha1(FIRST), ("WARC-Truncated", "length")),
        response("/1", 2, SECOND, sha1(SECOND)),
    ]  # fmt: skip
    taken = keeper.take(members(tmp_path / "WEB-20190304.warc.gz", records))
    assert (taken.outcome, taken.captures, taken.revisits, taken.pages) == ("taken", 3, 1, 1)
    assert taken.left_out == {"fetched by dns": 1}
    assert keeper.versions() == [2, 1]
    assert keeper.damage() == []


@pytest.mark.parametrize("first", [0, 1], ids=["the original first", "the revisit first"])
def test_a_revisit_and_its_original_in_two_files(keeper: Keeper, tmp_path: Path, first: int) -> None:
    """`uri-agnostic`: what was there under another address."""
    named = ("WARC-Refers-To-Target-URI", f"{SITE}/1"), ("WARC-Refers-To-Date", "2019-03-04T06:00:00Z")
    paths = [
        members(tmp_path / "a.warc.gz", [response("/1", 0, FIRST, sha1(FIRST))]),
        members(tmp_path / "b.warc.gz", [revisit("/2", 1, AGNOSTIC, HEAD, sha1(FIRST), *named)]),
    ]
    for path in (paths[first], paths[1 - first]):
        assert keeper.take(path).captures == 1
    assert (keeper.versions("/1"), keeper.versions("/2")) == ([1], [1])
    assert keeper.damage() == []


def test_a_revisit_without_its_original_is_kept_and_means_nothing(keeper: Keeper, tmp_path: Path) -> None:
    records = [
        response("/1", 0, FIRST, sha1(FIRST)),
        revisit("/1", 1, SAME, HEAD, sha1("<p>Nobody kept this.</p>")),
        response("/1", 2, FIRST, sha1(FIRST)),
    ]
    assert keeper.take(members(tmp_path / "a.warc.gz", records)).captures == 3
    assert keeper.changes() == []
    assert keeper.damage() == []


@pytest.mark.parametrize("line", [b"HTTP/2 200", b"HTTP/2.0 200 OK", b"HTTP/3 200 "])
def test_browsertrix(keeper: Keeper, tmp_path: Path, line: bytes) -> None:
    """Its browser has undone all codings, and left the fields that named them."""
    left = ("content-type: text/html", "content-encoding: br", "transfer-encoding: chunked")
    url = f"{SITE}/1"

    def page(day: float, body: str) -> bytes:
        block = answer(body, *left, f"content-length: {len(body) // 3}").replace(
            b"HTTP/1.1 200 Whatever", line
        )
        digest = "WARC-Payload-Digest", f"sha256:{hashlib.sha256(body.encode()).hexdigest()}"
        extra = ("WARC-Protocol", "h2"), ("WARC-Resource-Type", "document"), digest
        return record("response", url, day, block, *extra, form="WARC/1.1")

    digest = "WARC-Payload-Digest", f"sha256:{hashlib.sha256(SECOND.encode()).hexdigest()}"
    named = ("WARC-Refers-To-Target-URI", url), ("WARC-Refers-To-Date", "2019-03-05T06:00:00Z")
    info = json.dumps({"urls": {url: {"status": 200}}}).encode()
    script = ("WARC-Resource-Type", "fetch")
    records = [
        record("warcinfo", None, 0, b"software: Browsertrix-Crawler 1.5.0 (with warcio.js 2.4.3)\r\n"),
        page(0, FIRST),
        record("request", url, 0, b"GET /1 HTTP/1.1\r\nhost: gazette.example\r\n\r\n"),
        page(1, SECOND),
        record("response", f"{SITE}/part", 1, answer(OTHER), script),
        record("response", f"{url}?__wb_method=POST&a=b", 1, answer(OTHER), script),
        revisit("/1", 2, SAME, HEAD.replace(b"HTTP/1.1 200 Whatever", line), digest, *named),
        record("resource", f"urn:pageinfo:{url}", 0, info, ("Content-Type", "application/json")),
        record("resource", f"urn:thumbnail:{url}", 0, b"\xff\xd8", ("Content-Type", "image/jpeg")),
        record("resource", f"urn:text:{url}", 0, b"The quay\n"),
    ]
    path = wacz(tmp_path / "crawl.wacz", [members(tmp_path / "rec-0.warc.gz", records)])
    taken = keeper.take(path)
    assert (taken.captures, taken.pages, taken.changes) == (5, 1, 1)
    assert (taken.copied, taken.left_out, taken.damage) == (True, {"a resource record": 3}, {})
    assert keeper.versions() == [1, 2]
    assert keeper.damage() == []


def test_archivebox(keeper: Keeper, tmp_path: Path) -> None:
    """It calls wget for each page; old ones put addresses in brackets, and their logs beside the pages."""
    name = "metadata://gnu.org/software/wget/warc"

    def saved(day: float, body: str) -> Path:
        records = [
            record("warcinfo", None, day, b"software: Wget/1.19.4 (linux-gnu)\r\nrobots: off\r\n"),
            record("request", f"<{SITE}/1>", day, b"GET /1 HTTP/1.1\r\nHost: gazette.example\r\n\r\n"),
            record("response", f"<{SITE}/1>", day, answer(body), sha1(body)),
            record("metadata", f"<{name}/MANIFEST.txt>", day, b"<urn:uuid:1>\n"),
            record("resource", f"<{name}/wget.log>", day, b"Saving to: 1.html\n"),
        ]
        return members(tmp_path / f"{1551679200 + day * 86400:.0f}.warc.gz", records)

    for day, body in enumerate([FIRST, FIRST, SECOND]):
        taken = keeper.take(saved(day, body))
        assert (taken.captures, taken.left_out) == (1, {"a resource record": 1})
    assert keeper.versions() == [2, 1]
    assert keeper.damage() == []


def test_a_part_of_a_page_is_no_version(keeper: Keeper, tmp_path: Path) -> None:
    """Browsers ask for ranges; what was answered with is not what the page says."""
    half = record("response", f"{SITE}/1", 1, answer(FIRST[: len(FIRST) // 2], status=206))
    cut = response("/1", 2, FIRST[: len(FIRST) // 2], ("WARC-Truncated", "disconnect"))
    records = [response("/1", 0, FIRST), half, cut, response("/1", 3, FIRST)]
    assert keeper.take(one_member(tmp_path / "a.warc.gz", records)).captures == 4
    assert (keeper.versions(), keeper.changes()) == ([2], [])


def test_what_is_no_answer_of_a_web_server_is_told(keeper: Keeper, tmp_path: Path) -> None:
    records = [
        response("/1", 0, FIRST),
        record("response", "ftp://gazette.example/a", 0, b"hello", ("Content-Type", "text/plain")),
        record("response", "https://[broken/", 0, answer(FIRST)),
        record("response", f"{SITE}/bare", 0, FIRST.encode(), ("Content-Type", "text/html")),
        record("conversion", f"{SITE}/1", 0, b"Nine boats", ("Content-Type", "text/plain")),
        record("novelty", f"{SITE}/1", 0, b"?"),
    ]
    taken = keeper.take(members(tmp_path / "a.warc.gz", records))
    assert (taken.captures, taken.left_out) == (
        1,
        {
            "fetched by ftp": 1,
            "an address that cannot be read": 1,
            "an answer without its HTTP head": 1,
            "a conversion record": 1,
            "a record of an unknown type": 1,
        },
    )
    assert keeper.damage() == []
