"""Exchanges over http and https by the thousand (a hundred by day), each byte as the server logged it.

The answers come in every form that HTTP/1.1 allows; three independent programs read what was stored of them.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from tests import oracles
from tests.crawler.crawls import Crawl, source
from tests.oracles import strict
from tests.sites.varied import shapes
from tests.sites.wire_server import SHAPES, Shape, WireServer

ALSO = ("/robots.txt", "/sitemap.xml")


@dataclass(frozen=True)
class Wired:
    """What a crawl left, and the two servers with their logs."""

    warc: Path
    answers: dict[str, Shape]
    servers: tuple[WireServer, WireServer]
    records: list[strict.Strict]

    def of(self, type_: str) -> Iterator[tuple[str, strict.Strict]]:
        return ((one.uri, one) for one in self.records if one.type == type_)


@pytest.fixture(scope="module", params=[100, pytest.param(1000, marks=pytest.mark.nightly)])
def wired(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    answers = shapes(request.param)
    folder = tmp_path_factory.mktemp("identity")
    with WireServer(None, answers, 0) as plain, WireServer(folder, answers, 0) as secure:
        seeds = [server.url + path for path in answers for server in (plain, secure)]
        crawl = Crawl(
            folder / "home", source(*seeds, manners={"concurrency": 4}, fetch={"requisites": False})
        )
        assert crawl.finish(200) == 0
        (warc,) = crawl.files()
        yield Wired(warc, answers, (plain, secure), list(strict.records(warc)))


def written(wired: Wired) -> dict[str, Shape]:
    """What the servers wrote, by URL."""
    return {
        server.url + path: wired.answers.get(path, SHAPES["/missing"])
        for server in wired.servers
        for path, _ in server.requests
    }


def test_each_url_was_asked_for_once_on_connections_that_were_kept(wired: Wired) -> None:
    for server in wired.servers:
        asked = Counter(path for path, _ in server.requests)
        assert asked == dict.fromkeys([*wired.answers, *ALSO], 1)
        ends = sum(shape.end == "close" for shape in wired.answers.values())
        assert server.connections <= ends + 40


def test_each_request_is_stored_as_the_server_received_it(wired: Wired) -> None:
    received = {server.url + path: raw for server in wired.servers for path, raw in server.requests}
    stored = dict(wired.of("request"))
    assert len(stored) == len(list(wired.of("request"))) == 2 * (len(wired.answers) + len(ALSO))
    assert sum(stored[url].block == raw for url, raw in received.items()) == len(received)


def test_each_response_is_stored_as_the_server_wrote_it(wired: Wired) -> None:
    stored = dict(wired.of("response"))
    sent = written(wired)
    assert len(stored) == len(list(wired.of("response"))) == 2 * (len(wired.answers) + len(ALSO))
    wrong = [url for url, shape in sent.items() if stored[url].block != shape.kept]
    assert (wrong, len(sent)) == ([], len(stored))
    assert not any("WARC-Truncated" in one.fields for one in stored.values())


def test_answers_before_the_answer_are_in_the_metadata(wired: Wired) -> None:
    told = dict(wired.of("metadata"))
    for url, shape in written(wired).items():
        lines = dict(line.split(": ", 1) for line in told[url].block.decode().splitlines())
        interims = b"".join(shape.writes[: shape.interim])
        assert json.loads(lines.get("interimResponses", '""')).encode("latin-1") == interims


def test_three_other_readers_find_the_same_records(wired: Wired) -> None:
    ours = [(one.fields["WARC-Record-ID"], one.type, one.block) for one in wired.records]
    with wired.warc.open("rb") as file:
        found = ArchiveIterator(file, no_record_parse=True)
        assert [_read_by_warcio(record) for record in found] == ours
    with wired.warc.open("rb") as file:
        found = FastIterator(file, parse_http=False)
        assert [(one.record_id, str(one.record_type), one.reader.read()) for one in found] == ours
    rows = oracles.pywb_cdx([wired.warc])
    digests = Counter(row["digest"] for row in rows)
    assert digests == Counter(one.fields["WARC-Payload-Digest"] for _, one in wired.of("response"))


def _read_by_warcio(record: ArcWarcRecord) -> tuple[str, str, bytes]:
    return record.rec_headers.get_header("WARC-Record-ID"), record.rec_type, record.raw_stream.read()
