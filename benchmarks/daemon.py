"""The daemon through hard times: `python benchmarks/daemon.py [--minutes 10] [--sources 30] [--kills 20]`.

Prints what must be nothing (missed slots, overlaps at one site, zombies, processes left over), and how its
memory grew.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.journeys.hardship import Trial
from tests.journeys.program import Person


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--sources", type=int, default=30)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Person(Path(folder) / "home"), given.sources, minutes=(3, 4, 5))
        found = trial.run(given.minutes * 60, given.kills, random.Random(given.seed))
        said = (Path(folder) / "serve.log").read_text()
    before, after = found.memory
    print(f"runs {found.runs}: " + ", ".join(f"{n} {what}" for what, n in sorted(found.outcomes.items())))
    print(f"kills {found.kills}; slots {found.slots}, of which a newer one stands for {found.made_up}")
    print(f"missed slots {found.missed or 0}")
    print(f"sources never crawled {found.never or 0}, still failing {found.unwell or 0}")
    print(f"overlaps {found.overlaps or 0}; zombies {len(found.zombies)}; left over {found.left_over or 0}")
    print(f"told {found.told} troubles and recoveries; untrue or twice {found.untrue or 0}")
    print(f"memory {before / 1e6:.1f} MB, at the end {after / 1e6:.1f} MB ({after / before - 1:+.1%})")
    print(f"stopped in {found.stopped_in:.1f} s; tracebacks {said.count('Traceback')}")
    well = not (
        found.untrue
        or found.missed
        or found.never
        or found.unwell
        or found.overlaps
        or found.zombies
        or found.left_over
    )
    return 0 if well and after < before * 1.1 and "Traceback" not in said else 1


if __name__ == "__main__":
    sys.exit(main())
