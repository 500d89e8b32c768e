"""What a second crawl of an unchanged site costs, against the first.

Run: `python benchmarks/recrawl.py [--pages 2000] [--effort 0.02] [--replay]`. The site
(`tests/sites/still.py`) has pages of 40 KB and a few requisites; its server has a process of its own,
which counts the bytes of requests and answers, heads included. Once it answers with ETag and
Last-Modified, once without either. Both crawls have the same settings: no delay, one request at a time,
texts included. `--effort` is what a full answer costs the server, in seconds; by default nothing, which
is the worst case for the ratio of the times. `--replay` then compares every page at both dates with what
the site shows, as pywb and ReplayWeb.page replay it.

Exits with 1 where a second crawl is not five times as fast, moves 5 % of the bytes or stores 10 % of
them.
"""

import argparse
import gzip
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from archive import warc  # noqa: E402  (the repository is no installed package here)
from benchmarks.crawl import MIB, Cost, prepare, show, strandline  # noqa: E402  (likewise)
from tests import oracles  # noqa: E402  (likewise)
from tests.sites import still  # noqa: E402  (likewise)
from tests.sites.server import Apart, State  # noqa: E402  (likewise)

FASTER, MOVED, STORED = 5.0, 0.05, 0.10


@dataclass(frozen=True, slots=True)
class Crawl:
    """One crawl: what it took, and the bytes that it moved and stored."""

    cost: Cost
    moved: int

    @property
    def stored(self) -> int:
        return sum(file.stat().st_size for file in self.cost.files)


def crawl(home: Path, site: Apart, name: str) -> Crawl:
    before = site.moved()
    cost = strandline(name, home)
    return Crawl(cost, site.moved() - before)


def twice(folder: Path, kind: str, pages: int, effort: float) -> tuple[Crawl, Crawl]:
    """Crawl the site two times into a home of its own."""
    home = folder / kind
    with Apart(f"tests.sites.still:{kind}:{pages}", "--conditional", "--effort", str(effort)) as site:
        prepare(home, site.url)
        return crawl(home, site, f"{kind} first"), crawl(home, site, f"{kind} second")


def columns(first: Crawl, second: Crawl) -> list[list[str]]:
    figures = [
        (one.cost.wall, one.cost.cpu, one.cost.largest / MIB, one.moved / MIB, one.stored / MIB)
        for one in (first, second)
    ]
    ratios = [after / before for before, after in zip(*figures, strict=True)]
    shown = [[f"{number:.2f}" for number in row] for row in figures]
    return [
        *([one.cost.name, *row] for one, row in zip((first, second), shown, strict=True)),
        ["ratio", *(f"{ratio:.4f}" for ratio in ratios)],
    ]


def captures(files: Sequence[Path]) -> Iterator[warc.Record]:
    for file in files:
        yield from (record for record in warc.read(file) if record.type in ("response", "revisit"))


def replayed(files: Sequence[Path], state: State) -> str:
    """How many captures two programs replay as the site shows them."""
    wanted = [(one.uri or "", one.at) for one in captures(files)]
    pages = [state.get("/" + url.split("/", 3)[3], state["*"]) for url, _ in wanted]
    bodies = [bytes(page.body) for page in pages]
    with oracles.pywb_replay(files, cdxj=True) as replay:
        found = [replay(url, at) for url, at in wanted]
    pywb = sum(one.body == body for one, body in zip(found, bodies, strict=True))
    with oracles.replayweb_replay(files) as browser:
        found = browser.fetch(wanted)
    plain = [gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body for body in bodies]
    replayweb = sum(one.body == body for one, body in zip(found, plain, strict=True))
    return f"replayed as served, of {len(wanted)} captures: pywb {pywb}, ReplayWeb.page {replayweb}"


def main() -> None:
    parser = argparse.ArgumentParser(description="What a second crawl of an unchanged site costs.")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument(
        "--effort", type=float, default=0.0, help="seconds that a full answer costs the server"
    )
    parser.add_argument("--replay", action="store_true", help="replay every page at both dates")
    chosen = parser.parse_args()
    table = [["", "wall s", "CPU s", "largest process MiB", "moved MiB", "stored MiB"]]
    said, missed = [], []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("validated", "bare"):
            first, second = twice(Path(folder), kind, chosen.pages, chosen.effort)
            table += columns(first, second)
            if kind == "validated" and first.cost.wall < FASTER * second.cost.wall:
                missed.append(f"not {FASTER:.0f} times as fast")
            if kind == "validated" and second.moved >= MOVED * first.moved:
                missed.append(f"moved {MOVED:.0%} or more")
            if second.stored >= STORED * first.stored:
                missed.append(f"{kind}: stored {STORED:.0%} or more")
            if chosen.replay:
                state = getattr(still, kind)(chosen.pages)
                said.append(f"{kind}: {replayed([*first.cost.files, *second.cost.files], state)}")
    show(table)
    print(*said, *(f"missed: {one}" for one in missed), sep="\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
