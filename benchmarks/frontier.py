"""A frontier of 1,000,000 URLs: memory and time of the processes that prepare a run and crawl.

Run: `python benchmarks/frontier.py [--urls 1000000] [--seconds 40]`. It makes a home whose index knows so
many articles of a site on loopback (5 in 100 with two versions), prepares a run as `strandline crawl` does,
and starts the real child, which is killed with SIGKILL and started again. The site's pages have 60 links to
known pages and 5 to new ones each. Then the frontier alone: how many URLs a second go in, and come out and
are closed. Memory is the peak of resident memory as the kernel keeps it.
"""

import argparse
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from archive import access, database, instants, runs  # noqa: E402  (the repository is no installed package here)
from archive.home import Home  # noqa: E402  (likewise)
from crawler import known, run  # noqa: E402  (likewise)
from crawler.frontier import Frontier  # noqa: E402  (likewise)
from crawler.rows import Fetched, Found, State, UrlKind  # noqa: E402  (likewise)
from crawler.source import Source  # noqa: E402  (likewise)
from tests.sites.server import Asked, Page, Server  # noqa: E402  (likewise)

AT = "2025-01-27T06:00:00.000000Z"
LATER = "2025-02-03T06:00:00.000000Z"
TAKEN = 20_000


@dataclass
class Site:
    """Answers every path with a page of links; `first` is when it was first asked, on a monotonic clock."""

    urls: int
    first: float = 0.0
    asked: int = 0

    def body(self, asked: Asked) -> bytes:
        self.first = self.first or time.monotonic()
        self.asked += 1
        chance = random.Random(asked.number)
        links = [path(chance.randrange(self.urls)) for _ in range(60)]
        links += [f"/new/{asked.number}/an-article-that-nobody-has-seen-yet-{n}" for n in range(5)]
        anchors = "".join(f'<li><a href="{link}">an article</a>' for link in links)
        return f"<!doctype html><title>{asked.number}</title><ul>{anchors}</ul>".encode()


def path(number: int) -> str:
    return f"/section-{number % 97}/2024/an-article-with-a-title-as-long-as-most-{number}"


def fill(home: Home, source: Source, urls: int) -> str:
    """Put a finished run and its articles into the index; returns the next run, which is begun."""
    engine = database.open_index(home)
    past = runs.begin(engine, source.name, known.settings(source), "benchmark")
    runs.finish(
        engine, past.id, outcome=runs.Outcome.SUCCEEDED, reason=None, complete=True, requests=0, received=0
    )
    with sqlite3.connect(home.database) as db:
        db.execute("INSERT INTO warcs VALUES (1, 'f.warc.gz', ?, ?, 0, 1, NULL)", (source.name, past.id))
        numbers = range(1, urls + 1)
        seed = source.seeds[0].rstrip("/")
        db.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, 1, ?, 'same', NULL, NULL)",
            ((n, source.name, seed + path(n), 1 + n % 4) for n in numbers),
        )
        db.executemany(
            """INSERT INTO captures VALUES (?, ?, ?, 1, ?, 'r', ?, 200, 'text/html', ?, 5000, 0, NULL, NULL,
            '"abc"', NULL, NULL, NULL, NULL, 'new', NULL, 1)""",
            ((n, n, past.id, n * 3000, AT, f"sha256:{n:064x}") for n in numbers),
        )
        db.execute("INSERT INTO texts VALUES (1, 'p', 'e', 't', NULL, NULL, NULL, NULL, '', '[]', '[]', 's')")
        version = "INSERT INTO versions VALUES (?, ?, ?, ?, 1, ?, 1, 'f.md')"
        db.executemany(version, ((n, 1, AT, AT, n) for n in numbers))
        db.executemany(version, ((n, 2, LATER, LATER, n) for n in numbers if n % 20 == 0))
    begun = runs.begin(engine, source.name, known.settings(source), "benchmark").id
    engine.dispose()
    return begun


def prepare(root: Path, name: str, seed: str) -> None:
    """What `strandline crawl` does before it starts the child; in a process of its own, for its memory."""
    home = Home(root)
    source = site_source(seed)
    order = run.Order(name, source, instants.now(), "mailto:o@example.org", 0, "benchmark")
    began = time.monotonic()
    with access.Archive(home) as archive:
        pages, originals = known.pages(archive, source), known.originals(archive, source)
        run.prepare(home, order, pages, originals, archive.redirected(source.name))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = time.monotonic() - began
    print(f"{seconds:.1f} s, peak {used.ru_maxrss / 1024:.0f} MiB, CPU {used.ru_utime + used.ru_stime:.1f} s")


def site_source(seed: str) -> Source:
    manners = {"delay": 0, "allow_private": True}
    limits = {"pages": 10_000_000}
    return Source(name="site", seeds=(seed,), manners=manners, limits=limits)  # type: ignore[arg-type]  # pydantic


def child(home: Home, name: str, site: Site, seconds: float) -> None:
    """Start the child, watch it so long, and kill it."""
    site.first, site.asked = 0.0, 0
    began = time.monotonic()
    process = run.Child.start(home, name)
    try:
        while time.monotonic() - began < seconds and process.poll() is None:
            time.sleep(0.05)
        if process.poll() is not None:
            raise SystemExit(f"the child ended: {(home.run(name) / 'child.err').read_text()}")
        peak = next(line for line in _status(process.pid) if line.startswith("VmHWM")).split()[1]
    finally:
        process.kill()
        process.wait()
    rate = site.asked / (began + seconds - site.first)
    print(
        f"{site.first - began:.2f} s to its first request, peak {int(peak) / 1024:.0f} MiB, "
        f"{site.asked} requests, {rate:.0f} a second"
    )


def _status(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/status").read_text().splitlines()


def rates(folder: Path, urls: int) -> None:
    """The frontier alone: `urls` put in, 50 a time as a page's links are, and some taken out again."""
    frontier = Frontier(folder / "frontier.db")
    seed = "https://news.example"
    rest: Iterator[Found] = (Found(seed + path(n), UrlKind.PAGE, 1 + n % 4) for n in range(urls))
    seconds = _timed(_batches(rest, 50), frontier.add)
    print(f"put in:        {urls / seconds:,.0f} URLs a second, 50 in a transaction")
    again = (Found(seed + path(n), UrlKind.PAGE, 5) for n in random.Random(1).sample(range(urls), TAKEN))
    seconds = _timed(_batches(again, 50), frontier.add)
    print(f"met again:     {TAKEN / seconds:,.0f} URLs a second")
    began = time.monotonic()
    rows = [frontier.take("news.example", time.time()) for _ in range(TAKEN)]
    seconds = time.monotonic() - began
    print(f"taken out:     {TAKEN / seconds:,.0f} a second")
    seconds = _timed(filter(None, rows), lambda row: frontier.finish(row, State.DONE, Fetched(AT, 200)))
    print(f"closed:        {TAKEN / seconds:,.0f} a second")
    frontier.close()
    print(f"on disk:       {(folder / 'frontier.db').stat().st_size / 1e6:,.0f} MB")


def _batches(rest: Iterator[Found], size: int) -> Iterator[list[Found]]:
    while batch := list(islice(rest, size)):
        yield batch


def _timed(values: Iterable[Any], work: Callable[[Any], object]) -> float:
    began = time.monotonic()
    for value in values:
        work(value)
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="A frontier of 1,000,000 URLs.")
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=40, help="how long the child may crawl each time")
    parser.add_argument("--prepare", nargs=3, metavar=("HOME", "RUN", "SEED"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.prepare:
        prepare(Path(chosen.prepare[0]), *chosen.prepare[1:])
        return
    site = Site(chosen.urls)
    with tempfile.TemporaryDirectory() as folder, Server({"*": Page(body=site.body)}, record=False) as server:
        _measure(Home(Path(folder)), f"{server.url}/", site, chosen.seconds)
        rates(Path(folder), chosen.urls)


def _measure(home: Home, seed: str, site: Site, seconds: float) -> None:
    name = fill(home, site_source(seed), site.urls)
    again = [sys.executable, __file__, "--prepare", str(home.root), name, seed]
    for what in ("prepare:       ", "taken up:      "):
        print(what, end="", flush=True)
        subprocess.run(again, check=True)
    for what in ("child:         ", "after kill -9: "):
        print(what, end="", flush=True)
        child(home, name, site, seconds)


if __name__ == "__main__":
    main()
