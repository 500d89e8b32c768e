"""What a crawl costs, beside `wget --recursive --warc-file`, on a local site of magazine articles.

Run: `python benchmarks/crawl.py [--pages 300] [--recrawl]`. The site's server has a process of its own, which
is not counted. Both programs fetch every page and requisite without delay and write them to WARC files;
strandline also extracts all texts and derives versions and changes. CPU is user and system time of the whole
process tree, start included: what the kernel adds up for children that were waited for, or what was last seen
of every process, whichever is more. Memory is resident memory, sampled every 50 ms; what processes share
counts in each of them.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from archive import http, warc  # noqa: E402  (the repository is no installed package here)
from tests.sites.server import Apart  # noqa: E402  (likewise)

STRANDLINE = [sys.executable, "-m", "strandline"]
LIMIT = 900.0  # seconds that one program may take
MIB = 1 << 20
FIGURES = (
    *("pages", "requests", "wall s", "pages/s", "CPU s", "CPU ms/page"),
    *("largest process MiB", "all processes MiB", "WARC MiB"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one program took: seconds of wall and CPU time, bytes of memory."""

    name: str
    wall: float
    cpu: float
    largest: int
    together: int
    files: Sequence[Path]


class Sampler(threading.Thread):
    """Follows a process and its descendants: memory of the largest and of all at once, CPU of each."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._ended = threading.Event()
        self._cpu: dict[int, float] = {}
        self.largest = self.together = 0

    @property
    def cpu(self) -> float:
        """Seconds, but for the last 50 ms of every process."""
        return sum(self._cpu.values())

    def run(self) -> None:
        while not self._ended.wait(0.05):
            sizes = self._sizes()
            self.largest = max([self.largest, *sizes])
            self.together = max(self.together, sum(sizes))

    def end(self) -> None:
        self._ended.set()
        self.join()

    def _sizes(self) -> list[int]:
        found = []
        try:
            for process in [self._root, *self._root.children(recursive=True)]:
                found.append(process.memory_info().rss)
                times = process.cpu_times()
                self._cpu[process.pid] = times.user + times.system
        except psutil.Error:
            pass  # it ended meanwhile
        return found


def measure(name: str, command: Sequence[str], folder: Path, good: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end and say what it took. Its WARC files are looked for in `folder`."""
    before = {*folder.rglob("*.warc.gz")}
    used, started = _children_cpu(), time.monotonic()
    log = folder / "talk.txt"
    with log.open("wb") as talk:
        child = subprocess.Popen(command, stdout=talk, stderr=talk, cwd=folder, env=_environment())
        sampler = Sampler(child.pid)
        sampler.start()
        try:
            code = child.wait(LIMIT)
        except subprocess.TimeoutExpired:
            child.kill()
            code = child.wait()
        wall = time.monotonic() - started
        sampler.end()
    if code not in good:
        raise SystemExit(f"{name} ended with {code}:\n{log.read_text('utf-8', 'replace')[-2000:]}")
    files = sorted({*folder.rglob("*.warc.gz")} - before)
    cpu = max(_children_cpu() - used, sampler.cpu)
    return Cost(name, wall, cpu, sampler.largest, sampler.together, files)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def prepare(home: Path, url: str) -> None:
    """Make a home that watches the site."""
    _run(home, "init", str(home), "--contact", "benchmark@example.org")
    _run(home, "add", url, "--name", "site", "--no-probe", "--allow-private", "--delay", "0")


def _run(home: Path, *words: str) -> None:
    command = [*STRANDLINE, "--home", str(home), *words]
    subprocess.run(command, check=True, env=_environment(), stdout=subprocess.DEVNULL)


def strandline(name: str, home: Path) -> Cost:
    return measure(name, [*STRANDLINE, "--home", str(home), "crawl", "site"], home)


def wget(folder: Path, url: str) -> Cost:
    options = ["--recursive", "--level=inf", "--page-requisites", "-e", "robots=on", "-nv"]
    command = ["wget", *options, f"--warc-file={folder / 'wget'}", f"--directory-prefix={folder}", f"{url}/"]
    return measure("wget", command, folder, good=(0, 8))  # 8: some answer was an error


def fetched(files: Sequence[Path]) -> tuple[int, int]:
    """Number of responses, and of those that are pages: HTML with status 200."""
    responses = pages = 0
    for file in files:
        for record in warc.read(file):
            if record.type in ("response", "revisit"):
                answer = http.parse(record.block)
                responses += 1
                pages += answer.status == 200 and "html" in (answer.get("Content-Type") or "")
    return responses, pages


def table(costs: Sequence[Cost]) -> list[list[str]]:
    """One column a program: its name, then the figures."""
    columns = [["", *FIGURES]]
    for cost in costs:
        responses, pages = fetched(cost.files)
        columns.append(
            [
                cost.name,
                str(pages),
                str(responses),
                f"{cost.wall:.1f}",
                f"{pages / cost.wall:.1f}",
                f"{cost.cpu:.1f}",
                f"{1000 * cost.cpu / max(pages, 1):.1f}",
                f"{cost.largest / MIB:.0f}",
                f"{cost.together / MIB:.0f}",
                f"{sum(file.stat().st_size for file in cost.files) / MIB:.2f}",
            ]
        )
    return columns


def ratios(of: Sequence[str], to: Sequence[str]) -> list[str]:
    figures = zip(of[1:], to[1:], strict=True)
    return [f"{of[0]}/{to[0]}", *(f"{float(one) / float(other):.2f}" for one, other in figures)]


def show(columns: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in columns]
    for first, *rest in zip(*columns, strict=True):
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]))


def main() -> None:
    parser = argparse.ArgumentParser(description="What a crawl costs, beside wget.")
    parser.add_argument("--pages", type=int, default=300, help="articles on the site; listings come on top")
    parser.add_argument(
        "--recrawl", action="store_true", help="crawl again, with the site in its second state"
    )
    chosen = parser.parse_args()
    if chosen.recrawl and chosen.pages != 300:
        parser.error("--recrawl needs the site of 300 articles: only that one has a second state")
    with tempfile.TemporaryDirectory() as folder, Apart(f"tests.sites.magazine:sized:{chosen.pages}") as site:
        show(_compare(Path(folder), site, chosen.recrawl))


def _compare(folder: Path, site: Apart, recrawl: bool) -> list[list[str]]:
    home, beside = folder / "home", folder / "wget"
    beside.mkdir()
    prepare(home, site.url)
    costs = [strandline("strandline", home)]
    if shutil.which("wget"):
        costs.append(wget(beside, site.url))
    else:
        print("wget is not installed: nothing to compare with.")
    if recrawl:
        site.show("tests.sites.magazine:state_b")
        costs.append(strandline("again", home))
    columns = table(costs)
    if shutil.which("wget"):
        columns.append(ratios(columns[1], columns[2]))
    return columns


if __name__ == "__main__":
    main()
