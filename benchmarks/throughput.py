"""How quick the harvester is and what CPU it takes, beside wget and Scrapy, on the same site in one run.

Run: `python benchmarks/throughput.py [--pages 2000]`. The site (`farm.py`) has pages of 48 kB with 200 links
and a process of its own that is not counted. Beside it, each with delay 0 and two connections (wget: one):
`wget --warc-file`; Scrapy that follows `LinkExtractor` and stores nothing (bare); the same with warcio in a
pipeline (naive), and with trafilatura. `alone` is our harvester without ingest and text, `crawl` the whole
command. Then, with 50 ms before each answer, a site of a quarter of the pages, and 20 hosts at once with
two connections and 0.2 s between the requests to a host: what share of the allowed rate is reached.
CPU is user and system time of all processes, start-up included.
"""

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from crawl import STRANDLINE, Cost, fetched, measure, prepare

from archive import warc

HERE = Path(__file__).parent
LATENCY = 0.05
HOSTS = 20
PACE = 0.2
PAGES_A_HOST = 200


@contextmanager
def farm(pages: int, latency: float) -> Iterator[int]:
    """The site on all of 127.0.0.0/8; yields the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, str(HERE / "farm.py"), str(port), str(pages), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield port
        finally:
            server.kill()


def alone(folder: Path, seeds: Sequence[str], delay: float = 0) -> Cost:
    command = [sys.executable, str(HERE / "alone.py"), str(folder), str(delay), "2", *seeds]
    return measure("alone", command, folder)


def crawl(folder: Path, url: str) -> Cost:
    prepare(folder, url)
    return measure("crawl", [*STRANDLINE, "--home", str(folder), "crawl", "site"], folder)


def wget(folder: Path, url: str) -> Cost:
    options = ["--recursive", "--level=inf", "-e", "robots=on", "-nv"]
    command = ["wget", *options, f"--warc-file={folder / 'wget'}", f"--directory-prefix={folder}", f"{url}/"]
    return measure("wget", command, folder, good=(0, 8))  # 8: some answer was an error


def scrapy(folder: Path, url: str, *how: str) -> Cost:
    command = [sys.executable, str(HERE / "peers.py"), how[0], url, str(folder), *how[1:]]
    return measure(" + ".join(how), command, folder)


def pages(cost: Cost, folder: Path) -> int:
    """The pages a program got: by its WARC files, where they can be read, else by its own count."""
    if cost.name in ("bare", "naive", "naive + text"):
        return int((folder / "talk.txt").read_text().split()[-1])
    return fetched(cost.files)[1]


def compare(folder: Path, url: str, programs: Sequence[str]) -> dict[str, float]:
    """Print a line a program; returns the CPU seconds a page."""
    cpu = {}
    print(f"{'':14}  pages  wall s  pages/s   CPU s  CPU ms/page  largest MiB")
    for number, program in enumerate(programs):
        own = folder / str(number)
        own.mkdir()
        match program.split():
            case ["alone"]:
                cost = alone(own, [f"{url}/"])
            case ["crawl"]:
                cost = crawl(own, url)
            case ["wget"]:
                cost = wget(own, url)
            case how:
                cost = scrapy(own, url, *how)
        got = pages(cost, own)
        cpu[program] = cost.cpu / got
        print(
            f"{program:14} {got:6} {cost.wall:7.1f} {got / cost.wall:8.1f} {cost.cpu:7.1f}"
            f" {1000 * cost.cpu / got:12.2f} {cost.largest / (1 << 20):12.0f}",
            flush=True,
        )
        shutil.rmtree(own)
    return cpu


def allowed_share(folder: Path, port: int) -> None:
    seeds = [f"http://127.0.0.{number}:{port}/" for number in range(1, HOSTS + 1)]
    cost = alone(folder, seeds, PACE)
    requests = fetched(cost.files)[0]
    seconds = _between(cost.files)
    rate, allowed = (requests - HOSTS) / seconds, HOSTS / PACE
    print(f"{HOSTS} hosts, {PACE} s between requests: {requests} requests, first to last {seconds:.1f} s:")
    print(f"{rate:.1f} a second of {allowed:.0f} allowed, {rate / allowed:.3f}; CPU {cost.cpu:.1f} s")


def _between(files: Sequence[Path]) -> float:
    """Seconds from the first request to the last."""
    sent = [record.at for file in files for record in warc.read(file) if record.type == "request"]
    return (max(sent) - min(sent)).total_seconds()


def main() -> None:
    parser = argparse.ArgumentParser(description="What the harvester costs beside wget and Scrapy.")
    parser.add_argument("--pages", type=int, default=2000)
    size = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with farm(size, 0) as port:
            print(f"no latency, {size} pages, {time.strftime('%Y-%m-%d')}")
            cpu = compare(_under(folder, "0"), f"http://127.0.0.1:{port}", PROGRAMS)
        for ours, theirs in (("alone", "bare"), ("alone", "wget"), ("crawl", "naive text")):
            print(f"CPU a page, {ours} / {theirs}: {cpu[ours] / cpu[theirs]:.3f}")
        with farm(size // 4, LATENCY) as port:
            print(f"{1000 * LATENCY:.0f} ms latency, {size // 4} pages")
            compare(_under(folder, "50"), f"http://127.0.0.1:{port}", PROGRAMS)
        with farm(PAGES_A_HOST, LATENCY) as port:
            allowed_share(_under(folder, "hosts"), port)


PROGRAMS = ("wget", "bare", "naive", "naive text", "alone", "crawl")


def _under(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


if __name__ == "__main__":
    main()
