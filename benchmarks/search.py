"""What it costs to take in the words that are searched, against all else that ingest does.

Run: `python benchmarks/search.py [--pages 600] [--times 3]`. A site of this machine (tests/sites/still.py,
pages of 40 KB) is crawled into a home. Then, in turn and in one process, the index is rebuilt from the WARC
files, and the words are taken in from it once more; CPU counts, that of the workers included. Says the
ratio, and how large the words are beside the index. Exits with 1 where they cost more than SHARE of all else.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from archive import access, care, search, text  # noqa: E402  (the repository is no installed package here)
from archive import home as homes  # noqa: E402  (likewise)
from benchmarks.crawl import prepare, strandline  # noqa: E402  (likewise)
from tests.sites.server import Apart  # noqa: E402  (likewise)

SHARE = 0.1


def cpu(work: Callable[[], object]) -> float:
    """The seconds of CPU that some work takes, in this process and in those that it has ended."""
    before = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - before


def rebuild(home: homes.Home) -> None:
    with text.Extractors(1) as extractors:
        care.rebuild(home, extractors)


def take_in(home: homes.Home) -> None:
    with access.Archive(home) as archive:
        search.follow(home, archive.engine)


def main() -> None:
    parser = argparse.ArgumentParser(description="What the words that are searched cost.")
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = homes.Home(Path(folder) / "home")
        with Apart(f"tests.sites.still:validated:{chosen.pages}") as site:
            prepare(home.root, site.url)
            strandline("crawl", home.root)
        shares = []
        for turn in range(chosen.times):
            whole = cpu(lambda: rebuild(home))
            search.forget(home)
            words = cpu(lambda: take_in(home))
            shares.append(words / (whole - words))  # a rebuild takes the words in, too
            print(
                f"{turn + 1}: all else {whole - words:.2f} s, words {words:.2f} s: {shares[-1]:.1%}",
                flush=True,
            )
        sizes = home.search.stat().st_size, home.database.stat().st_size
    share = statistics.median(shares)
    print(
        f"median {share:.1%}; search.db {sizes[0] / 1e6:.2f} MB beside {sizes[1] / 1e6:.2f} MB of archive.db"
    )
    sys.exit(1 if share > SHARE else 0)


if __name__ == "__main__":
    main()
