"""A disk that is full, or fails, at any write: nothing is lost, and the next crawl goes on."""

import errno
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.journeys.program import Person
from tests.sites.server import Page, Server, State
from tests.survival import hunt, island, judge
from tests.survival.faults import Ended, Fault, Shim, Site

FIRST, SECOND, TORN = "the first crawl", "the second crawl", "a crawl taken up after a torn record"
NEEDED = {
    FIRST: (" (deleted)", "/strandline/hosts.db", "/links.db"),
    SECOND: (" (deleted)", "/strandline/hosts.db", "/links.db"),
    TORN: (".tail", "/strandline/hosts.db", "/links.db"),
}
"""Parts of paths that are written in each."""

ARTICLES = 6
LARGE = 1_500_000
"""Bytes of the picture: more than is held in memory."""

DELAY = 0.01
"""Seconds between requests: without any, no turns are shared with others on the machine."""


@dataclass
class Start:
    """A home about to crawl: its folder, the site's state, what its archive says then, where it writes."""

    home: Path
    state: State
    reference: Mapping[str, Any]
    sites: Mapping[Site, int]


@dataclass
class Bench:
    """A site, and homes that are about to crawl it."""

    root: Path
    server: Server
    shim: Shim
    starts: dict[str, Start]

    def prepare(self, name: str, state: State, reference: Mapping[str, Any] | None = None) -> None:
        """Remember the home as it is now, then let it crawl undisturbed."""
        self.server.state = state
        person = self.person()
        before = self.root / name
        shutil.copytree(person.home, before)
        sites = self.shim.sites(person)
        found = judge.history(person, self.server.url)
        judge.compare(found, reference or found)
        self.starts[name] = Start(before, state, found, sites)

    def suffer(self, start: Start, fault: Fault) -> Ended:
        """Crawl with a fault, then, if that was stopped, without."""
        self.server.state = start.state
        person = self.person(start.home)
        ended = self.shim.crawl(person, fault)
        assert "Traceback" not in ended.said and "fault in Strandline" not in ended.said, ended.said
        if ended.code:
            assert ended.code in _codes(fault), (fault, ended)
            person.run("crawl")
        judge.compare(judge.history(person, self.server.url), start.reference)
        judge.check(person)
        return ended

    def person(self, before: Path | None = None) -> Person:
        """Somebody whose home is like that in `before`; what is the machine's is on the same disk."""
        home = self.root / "home"
        if before:
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(before, home)
        person = Person(home)
        person.environment["XDG_STATE_HOME"] = str(home / "state")
        return person


def _site(number: int) -> State:
    """The island, with a picture that is put aside in a file while it comes."""
    site = dict(island.state(number, ARTICLES))
    small = site["/map.png"]
    noise = Random(1).randbytes(LARGE)  # it does not get smaller by compressing it
    return {**site, "/map.png": Page(headers=small.headers, body=noise)}


def _tear(person: Person, server: Server) -> None:
    """Kill a crawl in its middle, in the middle of a record."""
    server.state, server.latency = _site(0), 0.05
    began, answered = person.start("crawl"), len(server.exchanges)
    while len(server.exchanges) < answered + 10:
        assert began.poll() is None
        time.sleep(0.01)
    os.killpg(began.pid, signal.SIGKILL)
    began.wait()
    server.latency = 0.0
    assert hunt.Hunt(person, server, Random(1)).left_over() == []
    (path,) = (person.home / "warc").rglob("*.open")
    with path.open("r+b") as file:
        start = file.read(100)
        file.seek(0, os.SEEK_END)
        file.write(start)


def _codes(fault: Fault) -> tuple[int, ...]:
    if fault.errno == errno.EIO:
        return (1,)
    # SQLite does not say why a sync or the like failed, and a disk that was full only once cannot be asked.
    return (5,) if fault.stays else (5, 1)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("faults")
    with Server(conditional=True) as server:
        bench = Bench(root, server, Shim(root), {})
        person = bench.person()
        person.watch(server.url, "island", DELAY)
        bench.prepare(FIRST, _site(0))
        bench.prepare(SECOND, _site(1))
        _tear(bench.person(bench.starts[FIRST].home), server)
        bench.prepare(TORN, _site(0), bench.starts[FIRST].reference)
        yield bench


def test_one_fault_after_the_other_is_survived(tmp_path: Path) -> None:
    """The child cannot write a record, the parent not a text; then nothing is wrong any more."""
    shim = Shim(tmp_path)
    person = Person(tmp_path / "home")
    with Server(island.state(0, ARTICLES)) as server:
        person.watch(server.url, "island")
        full = shim.crawl(
            person, Fault(Site("child", "write", ".warc.gz.open"), 12, errno.ENOSPC, stays=True)
        )
        assert full.code == 5
        assert "No space left on device" in full.said and "Make room on that disk" in full.said
        broken = shim.crawl(person, Fault(Site("parent", "write", "Z.tmp"), 2, errno.EIO))
        assert broken.code == 1
        assert "Input/output error" in broken.said and "Look after that disk" in broken.said
        person.run("crawl")
        judge.check(person, server.exchanges, in_flight=2)
    (run,) = person.json("runs")
    assert (run["outcome"], run["resumed"], run["new"]) == ("succeeded", 2, ARTICLES + 2)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", [FIRST, SECOND, TORN])
@pytest.mark.parametrize(
    ("number", "stays"), [(errno.ENOSPC, True), (errno.EIO, False), (errno.EDQUOT, False)], ids=str
)
def test_a_fault_at_every_site_loses_nothing(bench: Bench, name: str, number: int, stays: bool) -> None:
    """The first call of every site, the last, and one in the middle; with STRANDLINE_FAULTS=1 one of these.

    Prints how far it is.
    """
    start = bench.starts[name]
    for part in NEEDED[name]:
        assert any(part in site.file for site in start.sites), part
    faults = [
        Fault(site, at, number, stays)
        for place, (site, many) in enumerate(sorted(start.sites.items()))
        for at in _points(many, place)
    ]
    began = time.monotonic()
    wrong, codes = [], Counter[int]()
    for done, fault in enumerate(faults, 1):
        try:
            codes[bench.suffer(start, fault).code] += 1
        except AssertionError as error:
            wrong.append(f"{fault}: {error}")
            print(f"WRONG: {wrong[-1]}", flush=True)
        print(f"{done} of {len(faults)}, {time.monotonic() - began:.0f} s: {fault}", flush=True)
    print(f"{len(start.sites)} sites, {sum(start.sites.values())} calls; exit codes {dict(codes)}")
    assert wrong == []


def _points(many: int, place: int) -> list[int]:
    points = sorted({1, (many + 1) // 2, many})
    return [points[place % len(points)]] if os.environ.get("STRANDLINE_FAULTS") == "1" else points
