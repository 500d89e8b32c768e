"""Byte for byte: what a server wrote is what the WARC holds, over HTTP and HTTPS, good answers and bad.

This is also the contract with the private names of Scrapy and Twisted in `crawler/wire.py`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from archive import http, warc
from tests.crawler.crawls import Crawl, source, whole
from tests.sites.wire_server import HTML, SHAPES, Shape, WireServer

LIMIT = 1024 * 1024
HEADERS = {"Authorization": "Basic c2VjcmV0", "Cookie": "key=value", "X-Own": "yes"}


class Wired:
    """A crawl of all shapes over both protocols, and the servers as they saw it."""

    def __init__(self, crawl: Crawl, servers: tuple[WireServer, WireServer]) -> None:
        self.crawl = crawl
        self.servers = servers
        self.rows = crawl.rows()
        self.metadata = crawl.metadata()
        self.records = list(crawl.records())
        self.responses = {one.uri: one for one in self.records if one.type == "response"}
        self.requests = {one.uri: one for one in self.records if one.type == "request"}


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    folder = tmp_path_factory.mktemp("wire")
    with WireServer() as plain, WireServer(folder) as secure:
        servers = (plain, secure)
        seeds = [server.url + path for server in servers for path in SHAPES]
        chosen = source(
            *seeds,
            manners={"robots": "ignore", "concurrency": 8},
            limits={"page_bytes": LIMIT},
            fetch={"requisites": False, "headers": HEADERS},
        )
        crawl = Crawl(folder / "home", chosen, settings="tests.crawler.quick_settings")
        assert crawl.finish() == 0
        yield Wired(crawl, servers)


BOTH = pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])


@BOTH
@pytest.mark.parametrize("path", [path for path, shape in SHAPES.items() if shape.readable])
def test_response_is_what_the_server_wrote(wired: Wired, path: str, secure: bool) -> None:
    shape = SHAPES[path]
    record = wired.responses[wired.servers[secure].url + path]
    if path == "/reset" and secure:
        assert shape.kept.startswith(
            record.block
        )  # what TLS had not decrypted yet is lost with the connection
    elif path == "/reset":
        assert shape.kept.startswith(record.block)
        assert record.headers["WARC-Truncated"] == "disconnect"
    elif shape.repeat:
        assert record.block.startswith(shape.kept)
        assert LIMIT < len(record.block) < LIMIT + 1024 * 1024
        assert record.headers["WARC-Truncated"] == shape.cut
    else:
        assert record.block == shape.kept
        assert record.headers.get("WARC-Truncated") == shape.cut


@BOTH
@pytest.mark.parametrize("path", [path for path, shape in SHAPES.items() if not shape.readable])
def test_what_is_no_answer_leaves_a_reason_and_no_response(wired: Wired, path: str, secure: bool) -> None:
    url = wired.servers[secure].url + path
    assert url not in wired.responses
    kind, state, reason, status = wired.rows[url]
    assert (kind, state, status) == ("page", "failed", None)
    assert reason
    assert any(line.startswith("error: ") for line in wired.metadata[url])


@BOTH
def test_requests_are_as_sent_but_for_the_secrets(wired: Wired, secure: bool) -> None:
    server = wired.servers[secure]
    for path in ("/plain", "/odd-case", "/redirect"):
        sent = next(raw for asked, raw in server.requests if asked == path)
        assert b"Authorization: Basic c2VjcmV0\r\n" in sent
        assert b"key=value" in sent
        stored = wired.requests[server.url + path].block
        assert b"c2VjcmV0" not in stored
        assert b"key=value" not in stored
        hidden = (b"Authorization: redacted", b"Cookie: redacted", b"X-Own: redacted")
        assert [line for line in stored.split(b"\r\n") if line not in hidden] == [
            line
            for line in sent.split(b"\r\n")
            if not line.lower().startswith((b"authorization:", b"cookie:", b"x-own:"))
        ]
        assert {"redacted: Authorization", "redacted: Cookie"} <= set(wired.metadata[server.url + path])


def test_nothing_of_the_sources_headers_is_in_the_warcinfo(wired: Wired) -> None:
    block = wired.records[0].block
    assert wired.records[0].type == "warcinfo"
    assert not any(value.encode() in block for value in HEADERS.values())
    assert b"robots: ignore\r\n" in block
    assert b"http-header-user-agent: Strandline/" in block
    assert b"isPartOf: site\r\n" in block


@BOTH
def test_interim_answers_are_in_the_metadata(wired: Wired, secure: bool) -> None:
    url = wired.servers[secure].url + "/early-hints"
    line = next(one for one in wired.metadata[url] if one.startswith("interimResponses: "))
    kept = json.loads(line.partition(": ")[2]).encode("latin-1")
    assert kept == b"".join(SHAPES["/early-hints"].writes[:2])


def test_the_connection_is_described(wired: Wired) -> None:
    plain, secure = (wired.responses[server.url + "/plain"].headers for server in wired.servers)
    assert plain["WARC-IP-Address"] == secure["WARC-IP-Address"] == "127.0.0.1"
    assert plain.get_all("WARC-Protocol") == ("http/1.1",)
    assert secure.get_all("WARC-Protocol") == ("http/1.1", "tls/1.3")
    assert plain.get("WARC-Cipher-Suite") is None
    assert secure["WARC-Cipher-Suite"].startswith("TLS_")
    ten = wired.responses[wired.servers[0].url + "/http10"].headers
    assert ten.get_all("WARC-Protocol") == ("http/1.0",)


def test_a_bad_certificate_is_told(wired: Wired) -> None:
    problems = [one for one in wired.metadata[wired.servers[1].url + "/plain"] if "certificate" in one]
    assert problems == [
        "certificateProblem: self-signed",
        "certificateProblem: expired",
        "certificateProblem: not issued for 127.0.0.1",
    ]


def test_the_three_records_of_an_exchange_belong_together(wired: Wired) -> None:
    url = wired.servers[0].url + "/plain"
    three = [record for record in wired.records if record.uri == url]
    assert [record.type for record in three] == ["request", "metadata", "response"]
    assert len({record.at for record in three}) == 1
    for record in three[:2]:
        assert record.headers["WARC-Concurrent-To"] == three[2].record_id


def test_payload_digests_are_of_the_body_without_its_framing(wired: Wired) -> None:
    digests = {
        path: wired.responses[wired.servers[0].url + path].headers["WARC-Payload-Digest"]
        for path in ("/plain", "/chunked", "/gzip", "/gzip-chunked")
    }
    assert digests["/plain"] == digests["/chunked"]
    assert digests["/gzip"] == digests["/gzip-chunked"] != digests["/plain"]
    message = http.parse(wired.responses[wired.servers[0].url + "/gzip-chunked"].block)
    assert message.decoded(LIMIT) == HTML


def test_warcio_and_fastwarc_read_the_same(wired: Wired) -> None:
    for path in wired.crawl.files():
        ours = [whole(record).block for record in warc.read(path) if record.type == "response"]
        with path.open("rb") as file:
            fast = FastIterator(file, record_types=WarcRecordType.response, parse_http=False)
            assert [record.reader.read() for record in fast] == ours
        with path.open("rb") as file:
            theirs = ArchiveIterator(file, no_record_parse=True)
            assert [one.raw_stream.read() for one in theirs if one.rec_type == "response"] == ours
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                record.raw_stream.read()


def test_secrets_reach_the_disk_nowhere(wired: Wired) -> None:
    folder: Path = wired.crawl.home.warc
    for path in folder.rglob("*"):
        if path.is_file():
            assert all(b"c2VjcmV0" not in record.block for record in warc.read(path))


class Once(dict[str, Shape]):
    """Shapes of which each is served once; from then on the whole page."""

    def get(self, path: str, default: Any = None) -> Any:
        return self.pop(path, SHAPES["/plain"])


def test_an_answer_is_whole_though_the_kept_connection_before_was_reset(tmp_path: Path) -> None:
    """The client asks again on a new one by itself; what became of the first is no fault of the answer."""
    with WireServer(shapes=Once({"/b": Shape((), "reset")})) as server:
        chosen = source(*(server.url + path for path in ("/a", "/b")), manners={"robots": "ignore"})
        crawl = Crawl(tmp_path, chosen)
        assert crawl.finish() == 0
        assert [path for path, _ in server.requests if path in ("/a", "/b")] == ["/a", "/b", "/b"]
    assert [one.headers.get("WARC-Truncated") for one in crawl.responses()] == [None] * 3
    assert crawl.rows()[f"{server.url}/b"][1:] == ("done", None, 200)
