"""All behaviours of the torture table, tried on the real child process."""

import json
import re
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import urls, warc
from tests.crawler.crawls import Crawl, source, whole
from tests.torture.row import Group, Row, Want
from tests.torture.server import KEPT, Sent, TortureServer
from tests.torture.table import KNOWN, LARGE, NAMES, TABLE

pytestmark = pytest.mark.nightly  # its servers keep to the second, which a machine at work may not

PAGE_BYTES = 1024 * 1024
MEMORY = 300 * 1024
"""KiB that the child may ever hold."""

BOUND = 45.0
"""Seconds after which a child must have ended by itself."""

WAYS: dict[Group, dict[str, Any]] = {
    Group.WIRE: {"robots": "ignore", "allow_private": True, "seconds": 2.0},
    Group.MANNERS: {"robots": "obey", "allow_private": False, "seconds": 2.0},
    Group.HEAVY: {"robots": "ignore", "allow_private": True, "seconds": 20.0},
}


@dataclass
class Tried:
    """What came of a group of rows."""

    crawl: Crawl
    code: int | None = None
    seconds: float = 0.0
    peak: int = 0
    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    records: dict[tuple[str, str], list[warc.Record]] = field(default_factory=lambda: defaultdict(list))

    def run(self) -> None:
        began = time.monotonic()
        process = self.crawl.start()
        try:
            while process.poll() is None and time.monotonic() - began < BOUND:
                self.peak = max(self.peak, _peak(process))
                time.sleep(0.05)
            self.code = process.poll()
        finally:
            process.kill()
            process.wait()
        self.seconds = time.monotonic() - began
        self.rows = self.crawl.rows()
        for record in self.crawl.records():
            self.records[record.type, record.uri or ""].append(record)


@dataclass
class Torture:
    """All groups, and the server as it saw them."""

    server: TortureServer
    tried: dict[Group, Tried]

    def sent(self, url: str) -> list[Sent]:
        return [one for one in self.server.sent if urls.canonical(one.url) == url]

    def sent_raw(self, url: str) -> list[Sent]:
        """The same of a server that does not read which path it is asked for."""
        return [one for one in self.server.sent if not one.head and urls.host(one.url) == urls.host(url)]


def _peak(process: "subprocess.Popen[bytes]") -> int:
    """The most memory that the process has ever held, in KiB: no sample can miss it."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{process.pid}/status").read_text())
        return int(found[1]) if found else 0
    return 0


def _crawl(group: Group, server: TortureServer, folder: Path) -> Crawl:
    way = dict(WAYS[group])
    names = NAMES | {
        row.host.encode("idna").decode(): list(row.resolves or (row.at,))
        for row in TABLE
        if row.host not in ("", *NAMES)
    }
    return Crawl(
        folder / group.value,
        source(
            *(server.url(row, seed) for row in TABLE if row.group is group for seed in row.seeds),
            scope={"depth": 8},
            limits={"page_bytes": PAGE_BYTES},
            manners={"concurrency": 32, "robots": way["robots"], "allow_private": way["allow_private"]},
        ),
        settings="tests.torture.settings",
        environment={"TORTURE_SECONDS": str(way["seconds"]), "TORTURE_NAMES": json.dumps(names)},
    )


@pytest.fixture(scope="module")
def torture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Torture]:
    folder = tmp_path_factory.mktemp("torture")
    with TortureServer(TABLE, folder) as server:
        tried = {group: Tried(_crawl(group, server, folder)) for group in Group}
        # Two of them mostly wait; the third needs all the time it can get.
        both = [threading.Thread(target=tried[group].run) for group in (Group.WIRE, Group.MANNERS)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        tried[Group.HEAVY].run()
        yield Torture(server, tried)


def _parameter(value: object, name: str, known: str | None) -> Any:
    marks = [pytest.mark.xfail(reason=known, strict=True, raises=AssertionError)] if known else []
    return pytest.param(value, id=name, marks=marks)


@pytest.mark.parametrize(
    "row", [_parameter(row, f"{row.number:03d} {row.name}", KNOWN.get(row.number)) for row in TABLE]
)
def test_behaviour(torture: Torture, row: Row) -> None:
    for path, want in row.wanted.items():
        _check(torture, row, urls.canonical(torture.server.url(row, path)), want)


def _check(torture: Torture, row: Row, url: str, want: Want) -> None:
    tried = torture.tried[row.group]
    _, state, reason, status = tried.rows.get(url, (None, None, None, None))
    where = f"{url}: {state}, {status}, {reason!r}"
    attempts = tried.records["metadata", url]
    responses = tried.records["response", url]
    wanted = want.requests if isinstance(want.requests, range) else (want.requests,)
    assert len(attempts) in wanted, f"{where}: {len(attempts)} attempts"
    if url.endswith("/robots.txt"):
        return
    assert status == want.status, where
    assert re.fullmatch(want.state or "None", str(state)), where
    assert re.search(want.reason, reason or ""), where
    if want.recorded is None:
        assert len(responses) == len(attempts), f"{where}: {len(responses)} responses"
    else:
        assert len(responses) == want.recorded, f"{where}: {len(responses)} responses"
    for response in responses:
        assert re.fullmatch(want.cut or "None", str(response.headers.get("WARC-Truncated"))), where
    sent = torture.sent(url)
    if want.whole:
        assert {one.kept for one in sent if one.finished} & {one.block for one in responses}, where
    for told in want.told:
        assert re.search(told, attempts[-1].block.decode()), f"{where}: {attempts[-1].block!r}"
    if attempts and not row.raw and row.kind == "http":
        assert len(sent) == len(attempts), f"{where}: {len(sent)} requests at the server"
    if want.gap:
        assert sent[1].at - sent[0].at >= want.gap, where


GROUPS = pytest.mark.parametrize("group", list(Group))


@GROUPS
def test_the_child_ends_by_itself_in_time(torture: Torture, group: Group) -> None:
    tried = torture.tried[group]
    print(f"{group.value}: {tried.seconds:.1f} s, {tried.peak // 1024} MB, {len(tried.rows)} addresses")
    assert tried.code == 0
    assert tried.seconds < BOUND


@pytest.mark.parametrize("group", [_parameter(group, group.value, LARGE.get(group)) for group in Group])
def test_the_child_stays_small(torture: Torture, group: Group) -> None:
    assert 0 < torture.tried[group].peak < MEMORY


@GROUPS
def test_every_file_is_whole_for_three_readers(torture: Torture, group: Group) -> None:
    files = torture.tried[group].crawl.files()
    assert files
    for path in files:
        assert path.name.endswith(".warc.gz")
        ours = [(record.record_id, whole(record).block) for record in warc.read(path)]
        with path.open("rb") as file:
            fast = FastIterator(file, parse_http=False)
            assert [(record.record_id, record.reader.read()) for record in fast] == ours
        with path.open("rb") as file:
            theirs = ArchiveIterator(file, no_record_parse=True)
            assert [(one.rec_headers["WARC-Record-ID"], one.raw_stream.read()) for one in theirs] == ours


@GROUPS
def test_every_response_is_what_the_server_sent(torture: Torture, group: Group) -> None:
    wrong = []
    for (kind, url), records in torture.tried[group].records.items():
        if kind != "response":
            continue
        sent = [one.kept for one in torture.sent(url) or torture.sent_raw(url)]
        for record in records:
            cut = record.headers.get("WARC-Truncated")
            if not any(one.startswith(record.block) if cut else one == record.block for one in sent):
                wrong.append((url, cut, record.block[:200]))
            assert len(record.block) < KEPT
    assert wrong == []


@GROUPS
def test_every_address_has_a_state_and_a_reason(torture: Torture, group: Group) -> None:
    rows = torture.tried[group].rows
    assert {state for _, state, _, _ in rows.values()} <= {"done", "failed", "robots", "out"}
    assert [(url, row) for url, row in rows.items() if row[1] != "done" and not row[2]] == []
    assert [(url, row) for url, row in rows.items() if row[1] == "done" and row[3] is None] == []


def test_nothing_private_was_connected_to(torture: Torture) -> None:
    assert torture.server.trapped == []


def test_the_rows_are_numbered_and_each_is_told(torture: Torture) -> None:
    numbers = [row.number for row in TABLE]
    assert len(set(numbers)) == len(numbers) >= 70
    assert numbers == sorted(numbers)
    assert all(row.does for row in TABLE)
    assert len({row.name for row in TABLE}) == len(TABLE)
    assert set(KNOWN) <= {row.number for row in TABLE}
