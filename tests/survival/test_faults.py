"""A disk that is full, or fails, at any write: nothing is lost, and the next crawl goes on."""

import errno
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.program import Person
from tests.sites.server import Server
from tests.survival import island, judge
from tests.survival.faults import Ended, Fault, Shim, Site

ARTICLES = 6


@dataclass
class Bench:
    """A site, and homes that are about to crawl it for the first and for the second time."""

    root: Path
    server: Server
    shim: Shim
    references: list[dict[str, Any]]
    sites: list[Mapping[Site, int]]

    def suffer(self, crawl: int, fault: Fault) -> Ended:
        """Crawl for the first (0) or second time (1) with a fault, then, if that was stopped, without."""
        self.server.state = island.state(crawl, ARTICLES)
        home = self.root / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.root / f"before-{crawl}", home)
        person = Person(home)
        ended = self.shim.crawl(person, fault)
        assert "Traceback" not in ended.said and "fault in Strandline" not in ended.said, ended.said
        if ended.code:
            assert ended.code in _codes(fault), (fault, ended)
            person.run("crawl")
        assert judge.history(person, self.server.url) == self.references[crawl], (fault, ended)
        judge.check(person)
        return ended


def _codes(fault: Fault) -> tuple[int, ...]:
    if fault.errno == errno.EIO:
        return (1,)
    # SQLite does not say why a sync or the like failed, and a disk that was full only once cannot be asked.
    return (5,) if fault.stays else (5, 1)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("faults")
    with Server(conditional=True) as server:
        bench = Bench(root, server, Shim(root), [], [])
        person = Person(root / "home")
        person.watch(server.url, "island")
        for crawl in range(2):
            shutil.copytree(person.home, root / f"before-{crawl}")
            server.state = island.state(crawl, ARTICLES)
            bench.sites.append(bench.shim.sites(person))
            bench.references.append(judge.history(person, server.url))
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
@pytest.mark.parametrize("crawl", [0, 1], ids=["the first crawl", "the second crawl"])
@pytest.mark.parametrize(
    ("number", "stays"), [(errno.ENOSPC, True), (errno.EIO, False), (errno.EDQUOT, False)], ids=str
)
def test_a_fault_at_every_site_loses_nothing(bench: Bench, crawl: int, number: int, stays: bool) -> None:
    """The first call of every site, the last, and one in the middle. Prints how far it is."""
    sites = bench.sites[crawl]
    faults = [
        Fault(site, at, number, stays)
        for site, many in sorted(sites.items())
        for at in sorted({1, (many + 1) // 2, many})
    ]
    began = time.monotonic()
    wrong, codes = [], Counter[int]()
    for done, fault in enumerate(faults, 1):
        try:
            codes[bench.suffer(crawl, fault).code] += 1
        except AssertionError as error:
            wrong.append(f"{fault}: {error}")
        print(f"{done} of {len(faults)}, {time.monotonic() - began:.0f} s: {fault}", flush=True)
    print(f"{len(sites)} sites, {sum(sites.values())} calls; exit codes {dict(codes)}")
    assert wrong == []
