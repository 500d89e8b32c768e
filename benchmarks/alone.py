"""The harvester alone, no ingest and no text: `python benchmarks/alone.py HOME DELAY CONCURRENCY SEED...`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from archive import home as homes
from archive import instants
from crawler import run
from crawler.source import Manners, Source


def main(home: homes.Home, delay: float, concurrency: int, seeds: tuple[str, ...]) -> int:
    manners = Manners(delay=delay, concurrency=concurrency, allow_private=True)
    source = Source(name="site", seeds=seeds, manners=manners)
    order = run.Order("benchmark", source, instants.now(), "benchmark@example.org", 0, "benchmark")
    run.prepare(home, order, [])
    return run.Child.start(home, order.run).wait()


if __name__ == "__main__":
    sys.exit(main(homes.Home(Path(sys.argv[1])), float(sys.argv[2]), int(sys.argv[3]), tuple(sys.argv[4:])))
