"""Broken pages against the extractor, as long as wanted. Run: `python benchmarks/fuzz_text.py --minutes 30`.

Each page goes through a real worker with its limits of time and memory. A finding is a page at which
something raised, or whose worker hung, died or ran out of memory; it is told by its number, and `--page
NUMBER` reads that page alone, with the traceback. Exit code 1 with findings.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil

from archive.text import Extractors, TextError, page
from archive.text.decode import decoded
from tests.sites.mangled import mangled

URL = "https://lamp.example/2024/a.html"
SECONDS = 10.0
"""What a page of at most 400 kB may take."""

GROWTH = 600
"""MiB that a worker may hold after any number of pages."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first page")
    parser.add_argument("--page", type=int, help="read only the page of this number, here")
    asked = parser.parse_args()
    if asked.page is not None:
        return alone(asked.page)
    findings, done, slowest, largest = 0, 0, (0.0, 0), 0.0
    end = time.monotonic() + 60 * asked.minutes
    with Extractors(workers=1, seconds=SECONDS) as pool:
        while time.monotonic() < end:
            number = asked.seed + done
            payload, kind = mangled(number)
            began = time.monotonic()
            trouble = read(pool, payload, kind)
            slowest = max(slowest, (time.monotonic() - began, number)) if done else slowest
            done += 1
            if done % 50 == 0 and pool.pids:
                largest = max(largest, psutil.Process(pool.pids[0]).memory_info().rss / 2**20)
            if trouble:
                findings += 1
                print(f"page {number}: {trouble}", flush=True)
    print(f"{done} pages, {findings} findings; the slowest took {slowest[0]:.2f} s (page {slowest[1]})")
    print(f"the worker held {largest:.0f} MiB at the most")
    if largest > GROWTH:
        print(f"the worker holds more than {GROWTH} MiB")
    return 1 if findings or largest > GROWTH else 0


def read(pool: Extractors, payload: bytes, kind: str | None, again: bool = False) -> str | None:
    """What went wrong at a page, if anything: late is one that is late twice."""
    try:
        text = pool.submit(payload, URL, kind).result()
    except TextError as error:
        if not again and "took more than" in str(error):
            print(f"late once, read again: {error}", flush=True)  # a busy machine may stand still for seconds
            return read(pool, payload, kind, again=True)
        return str(error)
    return next((reason for reason in text.reasons if reason.startswith("could not be read")), None)


def alone(number: int) -> int:
    payload, kind = mangled(number)
    print(f"{len(payload)} bytes as {kind}")
    began = time.process_time()
    if kind == "text/plain":
        print(page.extract(payload, URL, kind).reasons)
    else:
        text = page._page(page.parse(decoded(payload, kind)[0]), URL, "")
        print(f"{time.process_time() - began:.2f} s, {len(text.text)} characters", *text.reasons, sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
