"""How quickly the reading room answers over a large archive, with many readers, while a site is crawled.

Run: `python benchmarks/reading.py [--pages 200000] [--captures 1000000] [--readers 20] [--think 1.0]
[--seconds 180] [--home FOLDER]`. A home is made up (benchmarks/large_home.py; one that is in FOLDER is taken
as it is); `strandline serve` serves it in a process of its own; a site on this machine (tests/sites) is
crawled into it again and again, by `strandline crawl`, with `--delay` seconds between two requests. Each
reader asks for a page, reads the answer, thinks for a time whose mean is `--think` seconds, and asks for
another: a closed loop, so that the readers ask for less where the server is slow. What is asked for is drawn
anew each time: the kind of page, the page, and what a list is narrowed down by.

Says for each kind of page how long the answers took, and the server's memory after five minutes and at the
end.
Exits with 1 where a bound of issue 8 is broken: MEDIAN and RARELY seconds, GROWTH of memory.
"""

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import large_home  # noqa: E402  (the repository is no installed package here)
from benchmarks.prose import LANGUAGES, Prose  # noqa: E402  (likewise)
from tests.sites.server import Apart  # noqa: E402  (likewise)

MEDIAN, RARELY = 0.2, 0.5
WARM = 300.0
"""Seconds until all caches have filled."""
GROWTH = 1.1
"""The memory at the end, against that after WARM seconds."""
MIB = 1 << 20
BOUND = ("overview", "changes", "search", "page", "often")
"""What the bounds hold for; `often` is the page with a tenth of all captures."""
SITE_PAGES = 2000
PATIENCE = 60.0


@dataclass
class Asked:
    """What readers draw their addresses from."""

    sources: int
    owners: list[int]
    articles: list[bool]
    until: date
    prose: dict[str, Prose] = field(default_factory=lambda: {name: Prose(name) for name in set(LANGUAGES)})

    def draw(self, kind: str, chance: random.Random) -> str:
        """An address of a kind."""
        name = large_home.source_name(chance.randrange(self.sources))
        match kind:
            case "overview":
                return chance.choice(("/", "/", f"/?year={self.until.year - 1}"))
            case "changes":
                return self._changes(chance, name)
            case "search":
                return self._search(chance, name)
            case "source":
                return f"/source/{name}"
            case "run":
                return "/runs"
            case "often":
                return f"/page/{_in_path(large_home.OFTEN)}"
        page = chance.randrange(1, len(self.owners))
        while not self.articles[page]:
            page = chance.randrange(1, len(self.owners))
        return f"/{kind}/{_in_path(large_home.page_url(self.owners[page], page, True))}"

    def _changes(self, chance: random.Random, name: str) -> str:
        day = self.until.replace(day=1, month=chance.randint(1, self.until.month))
        return "/changes?" + urlencode(
            chance.choice(
                [
                    {}, {"grouped": 1}, {"source": name}, {"source": name, "grouped": 1}, {"kind": "title"},
                    {"openness": "silent"}, {"openness": "redated"}, {"words": 500}, {"until": str(day)},
                    {"source": name, "kind": "gone"}, {"since": str(day), "kind": "author"},
                ]
            )
        )  # fmt: skip

    def _search(self, chance: random.Random, name: str) -> str:
        prose = self.prose[chance.choice(LANGUAGES)]
        words = prose.sentence(chance, chance.choice((1, 1, 2, 3))).rstrip(".。")
        asked = {"q": f'"{words}"' if " " in words and chance.random() < 0.3 else words}
        if chance.random() < 0.3:
            asked["source"] = name
        return "/search?" + urlencode(asked)


def _in_path(url: str) -> str:
    return quote(url, safe=":/")


SHARES = {"overview": 15, "changes": 25, "search": 20, "page": 25, "often": 5, "source": 7, "run": 3}


class Readers:
    """So many threads that ask and think, until they are ended."""

    def __init__(self, url: str, asked: Asked, number: int, think: float, kinds: list[str]) -> None:
        split = urlsplit(url)
        self._place = split.hostname or "", split.port or 80
        self._asked, self._think, self._kinds = asked, think, kinds
        self._ended = threading.Event()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.slowest: dict[str, tuple[float, str]] = {}
        self.sizes: dict[str, int] = {}
        self.faults: list[str] = []
        self._threads = [
            threading.Thread(target=self._read, args=(one,), daemon=True) for one in range(number)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _read(self, number: int) -> None:
        chance = random.Random(number)
        connection = http.client.HTTPConnection(*self._place, timeout=PATIENCE)
        while not self._ended.wait(chance.uniform(0, 2 * self._think)):
            kind = chance.choices(self._kinds, [SHARES[one] for one in self._kinds])[0]
            address = self._asked.draw(kind, chance)
            began = time.perf_counter()
            try:
                connection.request("GET", address)
                answer = connection.getresponse()
                size = len(answer.read())
            except (OSError, http.client.HTTPException) as error:
                self.faults.append(f"{address}: {error!r}")
                connection.close()
                continue
            took = time.perf_counter() - began
            if answer.status != 200:
                self.faults.append(f"{address}: {answer.status}")
            self.times[kind].append(took)
            self.slowest[kind] = max(self.slowest.get(kind, (0.0, "")), (took, address))
            self.sizes[kind] = max(self.sizes.get(kind, 0), size)


@contextmanager
def served(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The reading room in a process of its own: its address and the process."""
    log = home / "serve.txt"
    with log.open("wb") as talk:
        command = [sys.executable, "-m", "strandline", "serve", "--home", str(home), "--port", "0"]
        child = subprocess.Popen(command, stdout=talk, stderr=talk, cwd=ROOT)
    try:
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8"))):
            if child.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The server did not start: {log.read_text('utf-8')[-2000:]}")
            time.sleep(0.1)
        yield found[0], psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(PATIENCE)


class Crawls(threading.Thread):
    """Crawls a site into the home, again and again; the index grows while it is read."""

    def __init__(self, home: Path, url: str, delay: float) -> None:
        super().__init__(daemon=True)
        self._home = home
        self._ended = threading.Event()
        self.runs = 0
        home.joinpath("sources/shore.toml").write_text(
            f'seeds = ["{url}/"]\n[manners]\nallow_private = true\ndelay = {delay}\n'
        )

    def run(self) -> None:
        command = [sys.executable, "-m", "strandline", "--home", str(self._home), "crawl", "shore"]
        log = (self._home / "crawl.txt").open("ab")
        while not self._ended.is_set():
            self._child = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
            self._child.wait()
            self.runs += 1

    def end(self) -> None:
        self._ended.set()
        self._child.terminate()
        self.join(PATIENCE)


def there(url: str, asked: Asked) -> list[str]:
    """The kinds of pages that the server has."""
    found = []
    for kind in SHARES:
        split = urlsplit(url)
        connection = http.client.HTTPConnection(split.hostname or "", split.port, timeout=PATIENCE)
        connection.request("GET", asked.draw(kind, random.Random(1)))
        began = time.perf_counter()
        answer = connection.getresponse()
        answer.read()
        print(f"first {kind}: {answer.status} in {1000 * (time.perf_counter() - began):.0f} ms", flush=True)
        connection.close()
        if answer.status == 200:
            found.append(kind)
    return found


def report(readers: Readers, seconds: float) -> list[str]:
    """Print a line a kind; returns what broke a bound."""
    print(f"{'':10} answers  median ms   p95 ms   p99 ms   max ms   KiB at most   slowest")
    missed = []
    for kind, times in readers.times.items():
        times.sort()
        middle, rare, rarest = (
            statistics.median(times), times[int(0.95 * len(times))], times[int(0.99 * len(times))],
        )  # fmt: skip
        print(
            f"{kind:10} {len(times):7} {1000 * middle:10.0f} {1000 * rare:8.0f} {1000 * rarest:8.0f}"
            f" {1000 * times[-1]:8.0f} {readers.sizes[kind] / 1024:13.0f}   {readers.slowest[kind][1][:70]}"
        )
        if kind in BOUND and (middle > MEDIAN or rarest > RARELY):
            missed.append(f"{kind}: median {middle:.3f} s, p99 {rarest:.3f} s")
    number = sum(len(times) for times in readers.times.values())
    print(f"{number} answers, {number / seconds:.1f} a second; {len(readers.faults)} faults")
    print(*readers.faults[:5], sep="\n")
    return missed + [f"fault: {one}" for one in readers.faults[:3]]


def measure(home: Path, asked: Asked, chosen: argparse.Namespace) -> list[str]:
    """Let the readers read for a while; returns what broke a bound."""
    with Apart(f"tests.sites.magazine:sized:{SITE_PAGES}") as site, served(home) as (url, process):
        kinds = there(url, asked)
        missed = [f"there is no {kind} page" for kind in BOUND if kind not in kinds]
        crawls = Crawls(home, site.url, chosen.delay)
        crawls.start()
        readers = Readers(url, asked, chosen.readers, chosen.think, kinds)
        before, began = sum(process.cpu_times()[:2]), time.monotonic()
        moved = site.moved()
        readers.start()
        first = min(WARM, chosen.seconds / 2)
        time.sleep(first)
        early = process.memory_info().rss
        time.sleep(chosen.seconds - first)
        late, cpu, load = process.memory_info().rss, sum(process.cpu_times()[:2]) - before, os.getloadavg()
        seconds = time.monotonic() - began
        readers.end()
        print(
            f"{chosen.readers} readers, {chosen.think} s of thought on average, {seconds:.0f} s; crawled "
            f"meanwhile: {(site.moved() - moved) / MIB:.0f} MiB in {crawls.runs + 1} runs"
        )
        crawls.end()
    missed += report(readers, seconds)
    print(f"server: {early / MIB:.0f} MiB after {first:.0f} s, {late / MIB:.0f} MiB at the end;", end=" ")
    print(f"CPU {cpu / seconds:.0%} of one core; load average {load[0]:.1f} on {os.cpu_count()} cores")
    if late > GROWTH * early:
        missed.append(f"memory grew from {early / MIB:.0f} to {late / MIB:.0f} MiB")
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description="How quickly the reading room answers.")
    large_home.options(parser)
    parser.add_argument("--home", type=Path, help="where the home is made, or was; else it is thrown away")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between answer and question, mean")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--delay", type=float, default=0.1, help="seconds between two requests of the crawl")
    chosen = parser.parse_args()
    sizes = large_home.sizes_of(chosen)
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder) / "home"
        if not (home / "archive.db").exists():
            print(dict(large_home.make(home, sizes, chosen.until)), flush=True)
        owners, _ = large_home.plan(sizes, chosen.until)
        asked = Asked(sizes.sources, owners, large_home.articles(len(owners)), chosen.until)
        missed = measure(home, asked, chosen)
    print(*(f"missed: {one}" for one in missed), sep="\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
