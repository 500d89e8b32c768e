"""A disk that is full, or fails, at any write: nothing is lost, and the next crawl goes on."""

import errno
import shutil
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
