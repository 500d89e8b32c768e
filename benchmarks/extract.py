"""What a page's text costs beside plain trafilatura. Run: `python benchmarks/extract.py [--pages DIR]`.

The same pages in one process, in turns, least of the rounds: so both see the same machine. *trafilatura* is
`bare_extraction` of the decoded page with its defaults and metadata, *fast* without its second and third
try and without metadata; *strandline* is the whole of `extract`, from bytes to entries and reasons.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from trafilatura import bare_extraction

from archive.text import extract
from archive.text.page import warm

URL = "https://lamp.example/2024/05/a.html"
NAMES = ("trafilatura", "fast", "strandline")
ROUNDS = 7


def pages(folder: Path | None) -> dict[str, bytes]:
    """Pages of a folder, else those of the tests."""
    found = folder or Path(__file__).parents[1] / "tests" / "archive" / "text" / "data"
    return {path.stem: path.read_bytes() for path in sorted(found.rglob("*.html"))}


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=Path, help="a folder with .html files")
    asked = parser.parse_args()
    warm()
    costs: list[tuple[float, ...]] = []
    found = pages(asked.pages)
    print(f"{'page':24}{'kB':>7}" + "".join(f"{name:>14}" for name in NAMES) + "   CPU ms")
    for name, payload in found.items():
        text = payload.decode("utf-8", "replace")
        works = (
            lambda text=text: bare_extraction(text, url=URL, with_metadata=True),
            lambda text=text: bare_extraction(text, url=URL, fast=True),
            lambda payload=payload: extract(payload, URL),
        )
        rounds = [[seconds(work) for work in works] for _ in range(ROUNDS)]
        costs.append(tuple(min(times) for times in zip(*rounds, strict=True)))
        print(
            f"{name[:23]:24}{len(payload) / 1000:7.1f}" + "".join(f"{1000 * one:14.2f}" for one in costs[-1])
        )
    totals = [sum(times) for times in zip(*costs, strict=True)]
    print(f"{'pages a CPU second':31}" + "".join(f"{len(costs) / total:14.0f}" for total in totals))
    print(f"{'CPU, trafilatura = 1':31}" + "".join(f"{total / totals[0]:14.2f}" for total in totals))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
