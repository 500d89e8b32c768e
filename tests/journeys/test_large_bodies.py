"""Bodies larger than the memory that they may take: crawled, indexed, replayed, cut, asked for again."""

import hashlib
import json
import resource
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import psutil
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator

from archive import cdxj, warc
from crawler.harvest import NO_SPACE
from tests import oracles
from tests.crawler.crawls import Crawl, source
from tests.journeys.program import Person
from tests.sites.large import LargeServer, body, chunks, digest

MIB = 1024 * 1024
SMALL, ROOM = 80, 40
"""MiB that a process takes for a small site, and that it may take beyond that."""

LARGE, FRAMED, TAGGED = 60_000_000, 10_000_000, 3_000_000
FILMS = (f"{LARGE}.mp4", f"{FRAMED}.chunked.mp4", f"{TAGGED}.tag.mp4")


@dataclass(frozen=True)
class Peaks:
    """The most that the two processes held in memory, in MiB."""

    parent: int
    child: int


def watched(program: "Popen[bytes]") -> Peaks:
    """Wait for the program's end; the kernel keeps the peaks (`VmHWM`), which are read until then."""
    peaks = {"parent": 0, "child": 0}
    while program.poll() is None:
        try:
            for process in psutil.Process(program.pid).children(recursive=True):
                if "crawler.child" in process.cmdline():
                    peaks["child"] = max(peaks["child"], _peak(process.pid))
            peaks["parent"] = max(peaks["parent"], _peak(program.pid))
        except (psutil.Error, OSError):
            pass  # it ended meanwhile
        time.sleep(0.02)
    assert program.returncode == 0
    return Peaks(**peaks)


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return max((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), default=0)


def watch(home: Path, url: str) -> Person:
    person = Person(home)
    person.watch(url, "films")
    settings = home / "sources" / "films.toml"
    text = settings.read_text().replace("# page_bytes = 67108864", "page_bytes = 4_000_000_000")
    settings.write_text(text.replace("# concurrency = 1", "concurrency = 3"))
    return person


@dataclass
class Films:
    """A home in which the films were crawled twice."""

    person: Person
    url: str
    peaks: tuple[Peaks, Peaks]

    def __post_init__(self) -> None:
        self.first, self.second = self.person.warcs
        self._records = [record for path in self.person.warcs for record in warc.read(path)]

    def record(self, name: str, type_: str = "response") -> warc.Record:
        url = f"{self.url}/{name}"
        return next(one for one in self._records if (one.type, one.uri) == (type_, url))


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Films]:
    folder = tmp_path_factory.mktemp("films")
    with LargeServer() as server:
        person = watch(folder, f"{server.url}/page/{','.join(FILMS)}")
        peaks = (watched(person.start("crawl")), watched(person.start("crawl")))
        yield Films(person, server.url, peaks)


def test_neither_process_grows_with_the_bodies(films: Films) -> None:
    for peaks in films.peaks:
        print(peaks)
        assert 0 < peaks.parent < SMALL + ROOM
        assert 0 < peaks.child < SMALL + ROOM


def drained(stream: Any) -> Iterator[bytes]:
    return iter(lambda: stream.read(MIB), b"")


def sha256(pieces: Iterator[bytes]) -> str:
    engine = hashlib.sha256()
    for piece in pieces:
        engine.update(piece)
    return f"sha256:{engine.hexdigest()}"


def test_the_bytes_and_their_digests_are_right(films: Films) -> None:
    for name, size, sent in zip(FILMS, (LARGE, FRAMED, TAGGED), (body, chunks, body), strict=True):
        record = films.record(name)
        pieces = warc.pieces(record.path, record.offset)
        block = hashlib.sha256(start := next(pieces))
        head, _, start = start.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        sound = hashlib.sha256(start)
        for piece in pieces:
            block.update(piece)
            sound.update(piece)
        assert f"sha256:{sound.hexdigest()}" == sha256(sent(size))
        assert record.headers["WARC-Block-Digest"] == f"sha256:{block.hexdigest()}"
        assert record.headers["WARC-Payload-Digest"] == digest(size)
        assert not record.whole


def test_warcio_and_fastwarc_read_them(films: Films) -> None:
    wanted = {films.record(name).record_id: films.record(name).headers["WARC-Block-Digest"] for name in FILMS}
    with films.first.open("rb") as file:
        theirs = ArchiveIterator(file, no_record_parse=True)
        read = {one.rec_headers["WARC-Record-ID"]: sha256(drained(one.raw_stream)) for one in theirs}
    assert wanted.items() <= read.items()
    with films.first.open("rb") as file:
        fast = FastIterator(file, record_types=WarcRecordType.response, parse_http=False)
        read = {f"<{str(one.record_id).strip('<>')}>": sha256(drained(one.reader)) for one in fast}
    assert wanted.items() <= read.items()


def test_the_index_has_their_digests_and_sizes(films: Films) -> None:
    with sqlite3.connect(films.person.home / "archive.db") as db:
        rows = db.execute(
            "SELECT pages.url, payload, size, revisit FROM captures JOIN pages ON pages.id = page "
            "WHERE content_type = 'video/mp4' OR revisit IS NOT NULL ORDER BY captures.id"
        ).fetchall()
    found = {
        (url.removeprefix(f"{films.url}/"), revisit): (payload, size) for url, payload, size, revisit in rows
    }
    same = "identical-payload-digest"
    large, framed, tagged = FILMS
    assert (
        found.items()
        >= {
            (large, None): (digest(LARGE), LARGE),
            (framed, None): (digest(FRAMED), FRAMED),
            (tagged, None): (digest(TAGGED), TAGGED),
            (large, same): (digest(LARGE), 0),
            (framed, same): (digest(FRAMED), 0),
            (tagged, "server-not-modified"): (digest(TAGGED), 0),
        }.items()
    )


def test_the_second_crawl_refers_to_the_first(films: Films) -> None:
    assert films.second.stat().st_size < MIB
    for name in FILMS:
        original, revisit = films.record(name), films.record(name, "revisit")
        assert revisit.headers["WARC-Refers-To-Date"] == original.headers["WARC-Date"]
        assert revisit.headers["WARC-Payload-Digest"] == original.headers["WARC-Payload-Digest"]


def test_they_are_in_the_cdxj_index(films: Films) -> None:
    rows = [json.loads(line.split(" ", 2)[2]) for line in cdxj.lines(films.first)]
    entries = {row["url"].removeprefix(f"{films.url}/"): row for row in rows}
    for name, size in zip(FILMS, (LARGE, FRAMED, TAGGED), strict=True):
        assert (entries[name]["mime"], entries[name]["digest"]) == ("video/mp4", digest(size))
        assert int(entries[name]["length"]) >= size


def test_pywb_replays_them_at_both_dates(films: Films) -> None:
    with oracles.pywb_replay(films.person.warcs) as fetch:
        for name, size in ((FILMS[1], FRAMED), (FILMS[2], TAGGED)):
            for type_ in ("response", "revisit"):
                replayed = fetch(f"{films.url}/{name}", films.record(name, type_).at)
                assert replayed.status == 200
                assert sha256(iter([replayed.body])) == digest(size)


def crawl_of(folder: Path, *urls: str, page_bytes: int = 4_000_000_000) -> Crawl:
    return Crawl(folder, source(*urls, manners={"robots": "ignore"}, limits={"page_bytes": page_bytes}))


def test_of_a_large_body_that_is_cut_all_that_came_is_kept(tmp_path: Path) -> None:
    limit = 10 * MIB
    with LargeServer() as server:
        long, torn = f"{server.url}/30000000.mp4", f"{server.url}/16000000.torn.mp4"
        crawl = crawl_of(tmp_path, long, torn, page_bytes=limit)
        assert crawl.finish() == 0
    sent = b"".join(body(30_000_000))
    responses = crawl.responses(b" 200 ")
    assert sorted((one.uri, one.headers["WARC-Truncated"]) for one in responses) == [
        *[(torn, "disconnect")] * 3,  # tries
        (long, "length"),
    ]
    for one in responses:
        kept = one.block.partition(b"\r\n\r\n")[2]
        assert sent.startswith(kept)
        assert len(kept) == 8_000_000 if one.uri == torn else limit < len(kept) < limit + MIB
        assert one.headers["WARC-Payload-Digest"] == sha256(iter([kept]))


def test_killed_within_a_large_record_and_taken_up_again(tmp_path: Path) -> None:
    size = 30_000_000
    with LargeServer() as server:
        crawl = crawl_of(tmp_path, f"{server.url}/{size}.mp4")
        process = crawl.start()
        while not any(path.stat().st_size > MIB for path in crawl.files()):
            assert process.poll() is None
        process.kill()  # -9, in the middle of the record
        process.wait()
        (torn,) = crawl.files()
        assert torn.stat().st_size < size
        assert 0 < watched(crawl.start()).parent < SMALL + ROOM
    (tail,) = crawl.home.quarantine.iterdir()
    assert MIB < tail.stat().st_size < size
    found = [one for path in crawl.files() for one in warc.read(path) if one.type == "response"]
    (response,) = (one for one in found if b" 200 " in one.block[:20])
    assert response.headers["WARC-Payload-Digest"] == digest(size)
    assert {row[1] for row in crawl.rows().values()} == {"done"}


def test_no_room_to_put_a_large_body_aside_ends_the_crawl_as_any_full_disk(tmp_path: Path) -> None:
    with LargeServer() as server:
        crawl = crawl_of(tmp_path, f"{server.url}/20000000.mp4")
        process = crawl.start()
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (5_000_000, resource.RLIM_INFINITY))
        assert process.wait(60) == NO_SPACE
        assert crawl.responses(b" 200 ") == []
        assert crawl.finish() == 0
    (response,) = crawl.responses(b" 200 ")
    assert response.headers["WARC-Payload-Digest"] == digest(20_000_000)


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_half_a_gigabyte_three_times_at_once(tmp_path: Path) -> None:
    size = 500_000_000
    with LargeServer() as server:
        small = watched(watch(tmp_path / "small", f"{server.url}/page/9.mp4").start("crawl"))
        names = [f"{size}.mp4", f"{size}.chunked.mp4", f"{size}.tag.mp4"]
        person = watch(tmp_path / "large", f"{server.url}/page/{','.join(names)}")
        began = time.monotonic()
        peaks = watched(person.start("crawl"))
    print(f"small: {small}, large: {peaks}, {time.monotonic() - began:.1f} s")
    assert peaks.parent < small.parent + ROOM
    assert peaks.child < small.child + ROOM
    found = [record for path in person.warcs for record in warc.read(path) if record.type == "response"]
    films = [record for record in found if record.size > size]
    assert [record.headers["WARC-Payload-Digest"] for record in films] == [digest(size)] * 3
