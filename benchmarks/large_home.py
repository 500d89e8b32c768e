"""A large home, made up: as many pages, captures, texts and changes as are asked for, over two years.

Run: `python benchmarks/large_home.py HOME [--pages 200000] [--captures 1000000] [--until 2025-12-31]`. The
rows are those that crawls would have left, written straight into the index; there are no WARC files behind
them. The same options give the same home. The words of all texts are taken into the search, too, which takes
most of the time.
"""

import argparse
import hashlib
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from archive import database, instants, schema, search  # noqa: E402  (the repository is no installed package here)
from archive import home as homes  # noqa: E402  (likewise)
from archive.text import EXTRACTOR  # noqa: E402  (likewise)
from benchmarks.prose import LANGUAGES, Prose  # noqa: E402  (likewise)

DAYS = 730
BUSY = 5
"""So many sources are crawled every day, the others once a week."""
ARTICLES = 0.88
"""Of the pages; the others are images and what pages need."""
TURNS = (
    *(("same", 0.735), ("edited", 0.125), ("restyled", 0.10), ("failed", 0.02)),
    *(("gone", 0.01), ("blocked", 0.007), ("moved", 0.003)),
)
"""What a capture of an article that was there before means, and how often."""
KINDS = (
    *((["body"], 60), (["body", "title"], 12), (["date"], 6), (["body", "date"], 6)),
    *((["entries"], 8), (["links"], 4), (["author"], 2), (["title"], 2)),
)
OPENNESS = (("silent", 60), ("announced", 30), ("redated", 4), (None, 6))
_BATCH = 5000


@dataclass(frozen=True)
class Sizes:
    """What is asked for. `often` is how many of the captures are of one page alone."""

    pages: int = 200_000
    captures: int = 1_000_000
    sources: int = 40
    often: int = 100_000


@dataclass(slots=True)
class Run:
    """A run: `pages` are those it captures."""

    id: str
    source: int
    started: datetime
    warc: int
    pages: list[int]


@dataclass(slots=True)
class Now:
    """How a page stands: what it says, as numbers of paragraphs, and its version under way."""

    text: int = 0
    parts: tuple[int, ...] = ()
    title: str = ""
    payload: str = ""
    first: str = ""
    capture: int = 0
    version: int = 0
    seen: int = 0
    last: str = ""
    verdict: str = ""


def source_name(number: int) -> str:
    return f"{('gazette', 'herald', 'diary', 'review', 'board')[number % 5]}-{number:02d}"


def page_url(source: int, number: int, article: bool) -> str:
    folder = f"{2019 + number % 7}/{1 + number % 12:02d}"
    ending = f"{folder}/report-{number}" if article else f"media/{number}.jpg"
    return f"https://www.{source_name(source)}.example.org/{ending}"


OFTEN = page_url(0, 0, True)
"""The page that is captured most often."""


def plan(sizes: Sizes, until: date) -> tuple[list[int], list[Run]]:
    """The source of each page, and all runs with the pages they capture, in the order of time."""
    chance = random.Random(8)
    begin = datetime(until.year, until.month, until.day, tzinfo=UTC) - timedelta(days=DAYS)
    weights = [1 / (rank + 2) ** 0.8 for rank in range(sizes.sources)]
    owners = [0, *chance.choices(range(sizes.sources), weights, k=sizes.pages - 1)]
    runs: list[list[Run]] = []
    for source in range(sizes.sources):
        step = 1 if source < BUSY else 7
        hour = timedelta(days=source % step, hours=chance.randrange(20), minutes=chance.randrange(60))
        starts = [begin + hour + timedelta(days=day) for day in range(0, DAYS - step + 1, step)]
        runs.append([Run(f"{source:02d}x{place:05d}", source, at, 0, []) for place, at in enumerate(starts)])
    mean = (sizes.captures - sizes.often) / sizes.pages
    for page, source in enumerate(owners[1:], 1):
        mine = runs[source]
        # four in ten were there from the start
        born = 0 if chance.random() < 0.4 else chance.randrange(len(mine))
        wanted = min(len(mine) - born, 1 + int(chance.expovariate(1 / (mean - 0.38))))
        step = (len(mine) - born) / wanted
        for place in range(wanted):
            mine[born + int(place * step)].pages.append(page)
    for place in range(sizes.often):
        runs[0][place * len(runs[0]) // sizes.often].pages.append(0)
    ordered = sorted((run for some in runs for run in some if run.pages), key=lambda run: run.started)
    for number, run in enumerate(ordered, 1):
        run.warc = number
    return owners, ordered


def articles(pages: int) -> list[bool]:
    """Which pages are articles."""
    chance = random.Random(7)
    return [page == 0 or chance.random() < ARTICLES for page in range(pages)]


class Writer:
    """Puts rows into the tables of an index, each column by its name, a batch at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}
        self._said: dict[str, str] = {}
        self.counts: Counter[str] = Counter()

    def add(self, table: str, **row: Any) -> None:
        if table not in self._said:
            assert row.keys() <= set(schema.metadata.tables[table].c.keys()), row.keys()
            marks = ", ".join("?" * len(row))
            names = ", ".join(f'"{name}"' for name in row)
            self._said[table] = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            self._waiting[table] = []
        self._waiting[table].append(tuple(row.values()))
        self.counts[table] += 1
        if len(self._waiting[table]) >= _BATCH:
            self._flush(table)

    def end(self) -> None:
        for table in self._waiting:
            self._flush(table)

    def _flush(self, table: str) -> None:
        self._connection.executemany(self._said[table], self._waiting[table])
        self._waiting[table].clear()


class History:
    """Writes what the runs found, run by run."""

    def __init__(self, writer: Writer, owners: list[int]) -> None:
        self._writer = writer
        self._owners = owners
        self._chance = random.Random(9)
        self._prose = {name: Prose(name) for name in dict.fromkeys(LANGUAGES)}
        self._now: dict[int, Now] = {}
        self._captures = self._texts = 0
        self._verdicts, self._shares = zip(*TURNS, strict=True)
        self.articles = articles(len(owners))

    def run(self, run: Run, first: bool) -> None:
        """A run with its captures. In one of a hundred the whole site is edited in the same way."""
        everywhere = f"everywhere {run.id}" if not first and self._chance.random() < 0.01 else None
        counts: Counter[str] = Counter()
        step = timedelta(hours=23 if run.source == 0 else 3) / (len(run.pages) + 1)
        for place, page in enumerate(run.pages):
            at = instants.iso(run.started + (place + 1) * step)
            verdict = self._capture(run, page, at, first, everywhere)
            counts[verdict] += 1
            counts["captures"] += 1
        self._writer.add(
            "runs", id=run.id, source=source_name(run.source), slot=instants.iso(run.started),
            started=instants.iso(run.started), ended=instants.iso(run.started + timedelta(hours=3)),
            outcome="succeeded" if self._chance.random() < 0.96 else "stopped", reason=None, complete=1,
            light=0, imported=0, resumed=0, requests=len(run.pages) + 3, bytes=len(run.pages) * 21_000,
            counts=json.dumps(counts), settings=json.dumps(_settings(run.source)), software="Strandline/0",
        )  # fmt: skip
        name = f"{source_name(run.source)}-{instants.stamp(run.started)}-{run.id}-00000.warc.gz"
        self._writer.add(
            "warcs", id=run.warc, name=name, source=source_name(run.source), run=run.id,
            read=len(run.pages) * 9000, sealed=1, sha256=_sha256(name),
        )  # fmt: skip

    def end(self) -> None:
        """The pages themselves, with the versions they have now."""
        for page, source in enumerate(self._owners):
            now, article = self._now.get(page, Now()), self.articles[page]
            if now.version:
                self._version(page, now)
            self._writer.add(
                "pages", id=page + 1, source=source_name(source), url=page_url(source, page, article),
                article=int(article), depth=page % 7, verdict=now.verdict or None,
                moved_to=f"{page_url(source, page, article)}-moved" if now.verdict == "moved" else None,
            )  # fmt: skip

    def _capture(self, run: Run, page: int, at: str, first: bool, everywhere: str | None) -> str:
        now = self._now.setdefault(page, Now())
        verdict = self._verdict(page, now)
        self._captures += 1
        article, good = self.articles[page], verdict not in ("failed", "gone", "blocked", "moved")
        if article and verdict in ("new", "edited"):
            self._edit(page, now, at)
        elif verdict == "restyled":
            now.payload = "sha256:" + _sha256(f"restyled {self._captures}")
        if not article and not now.payload:
            now.payload = "sha256:" + _sha256(f"image {page}")
        if good and article:
            now.seen, now.last = now.seen + 1, at
        if article and (verdict in ("edited", "gone", "moved") or (verdict == "new" and not first)):
            self._change(run, page, now, at, verdict, everywhere)
        now.verdict = verdict
        status = {"failed": 503, "gone": 404, "blocked": 403, "moved": 301}.get(verdict, 200)
        identity = _sha256(f"record {self._captures}")
        self._writer.add(
            "captures", id=self._captures, page=page + 1, run=run.id, warc=run.warc,
            offset=self._captures * 9000 % 1_000_000_000,
            record=f"<urn:uuid:{identity[:8]}-{identity[8:12]}-4{identity[13:16]}-8{identity[17:20]}-{identity[20:32]}>",
            at=at, status=status, content_type="text/html; charset=utf-8" if article else "image/jpeg",
            payload=now.payload if good else "sha256:" + _sha256(f"{status}"), size=21_000, truncated=0,
            redirect=None if verdict != "moved" else page_url(run.source, page, article) + "-moved",
            revisit="identical-payload-digest" if verdict == "same" else None,
            text=now.text if good and article else None, verdict=verdict,
            reason=None if good else f"answered with {status}",
            version=now.version if good and article else None,
        )  # fmt: skip
        return verdict

    def _verdict(self, page: int, now: Now) -> str:
        if not now.payload:
            return "new"
        if page == 0 or not self.articles[page]:  # a page that is asked every few minutes, and images
            return "edited" if page == 0 and self._chance.random() < 0.004 else "same"
        return str(self._chance.choices(self._verdicts, self._shares)[0])

    def _edit(self, page: int, now: Now, at: str) -> None:
        """A new text, and with it a new version."""
        source, chance = self._owners[page], self._chance
        language = LANGUAGES[source % len(LANGUAGES)]
        prose = self._prose[language]
        if now.version:
            self._version(page, now)
            place = chance.randrange(len(now.parts))
            now.parts = (*now.parts[:place], chance.randrange(len(prose.paragraphs)), *now.parts[place + 1 :])
        else:
            length = min(60, 1 + int(chance.lognormvariate(1.6, 0.7)))
            now.parts = tuple(chance.choices(range(len(prose.paragraphs)), k=length))
            now.title = prose.title(chance)
        self._texts += 1
        now.text, now.version, now.first, now.capture = self._texts, now.version + 1, at, self._captures
        now.seen, now.payload = 0, "sha256:" + _sha256(f"text {self._texts}")
        whole = "\n\n".join([prose.sentence(chance, 9), *(prose.paragraphs[part] for part in now.parts), ""])
        self._writer.add(
            "texts", id=self._texts, payload=now.payload, extractor=EXTRACTOR, title=now.title,
            date=at[:10], author=None if page % 3 else f"{prose.title(random.Random(page % 200))[:24]}",
            language=language, charset="utf-8", text=whole, entries="[]", reasons=_REASONS, shape="article",
            evidence=_EVIDENCE, links="[]", sha256=_sha256(whole), seal=_sha256(f"seal {self._texts}"),
        )  # fmt: skip

    def _version(self, page: int, now: Now) -> None:
        self._writer.add(
            "versions", page=page + 1, number=now.version, first=now.first, last=now.last, captures=now.seen,
            capture=now.capture, text=now.text,
            file=f"text/{source_name(self._owners[page])}/{now.first[:10]}/{page}/{now.version}.md",
        )  # fmt: skip

    def _change(self, run: Run, page: int, now: Now, at: str, verdict: str, everywhere: str | None) -> None:
        chance, edited = self._chance, verdict == "edited"
        kinds = chance.choices(*zip(*KINDS, strict=True))[0] if edited else [verdict]
        openness = chance.choices(*zip(*OPENNESS, strict=True))[0] if edited else None
        words = int(chance.lognormvariate(3, 1.2))
        said = everywhere or f"{page} {at}"
        self._writer.add(
            "changes", page=page + 1, run=run.id, kinds=json.dumps(kinds),
            announced=None if openness is None else int(openness == "announced"), openness=openness,
            announced_by=None, from_at=now.last or None, to_at=at,
            from_version=now.version - 1 if edited else None if verdict == "new" else now.version,
            to_version=now.version if verdict in ("edited", "new") else None,
            added=words if edited else 0, removed=words // 2 if edited else 0, changed=1 + words // 40,
            share=min(1.0, words / 400), moved_to=None,
            edit=f"{source_name(run.source)} {_sha256(said)}" if edited else None,
        )  # fmt: skip


_REASONS = json.dumps(
    ["charset utf-8: valid UTF-8", "read as one article", "cut header", "cut aside", "cut footer",
     "main column: article.story", "title: from a heading and the head (sure)",
     "date: from the byline and the head, article:published_time (sure)"]
)  # fmt: skip
_EVIDENCE = json.dumps(
    [{"field": "title", "place": "a heading and the head", "sureness": "sure"},
     {"field": "date", "place": "the byline and the head, article:published_time", "sureness": "sure"}]
)  # fmt: skip


def _settings(source: int) -> dict[str, Any]:
    seeds = [f"https://www.{source_name(source)}.example.org/"]
    return {
        "name": source_name(source), "seeds": seeds, "feeds": [], "sitemaps": [],
        "schedule": "daily at 05:00", "light": None, "paused": False, "preset": "generic",
        "scope": {"within": "host", "twins": [], "include": [], "exclude": [], "keep": [], "depth": 20},
        "manners": {"delay": 1.0, "concurrency": 1, "robots": "obey", "allow_private": False},
        "limits": {"pages": 100_000, "requests": 1_000_000, "bytes": 50_000_000_000, "minutes": 1440.0},
        "fetch": {"requisites": True, "headers": [], "revisit_every": 10, "headers_sha256": _sha256("")},
        "about": {"title": source_name(source), "language": LANGUAGES[source % len(LANGUAGES)]},
    }  # fmt: skip


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make(root: Path, sizes: Sizes, until: date) -> Counter[str]:
    """Make the home; returns how many rows its tables have. There must be none yet."""
    strandline = [sys.executable, "-m", "strandline", "init", str(root)]
    subprocess.run(strandline, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    home = homes.Home(root)
    before = until - timedelta(days=60)
    yearly = f"0 5 {before.day} {before.month} *"  # none is due for a while: they would be asked for
    for number in range(sizes.sources):
        seeds = json.dumps(_settings(number)["seeds"])
        home.source(source_name(number)).write_text(f'seeds = {seeds}\nschedule = "{yearly}"\n')
    database.open_index(home).dispose()
    owners, runs = plan(sizes, until)
    with closing(sqlite3.connect(home.database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > ''")
        made = indexes.fetchall()
        connection.execute("BEGIN")
        for name, _ in made:
            connection.execute(f"DROP INDEX {name}")
        writer = Writer(connection)
        history, met = History(writer, owners), set[int]()
        for run in runs:
            history.run(run, run.source not in met)
            met.add(run.source)
        history.end()
        writer.end()
        for _, said in made:
            connection.execute(said)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine = database.open_index(home)
    search.follow(home, engine, seconds=3600)
    engine.dispose()
    return writer.counts


def options(parser: argparse.ArgumentParser) -> None:
    """The options that sizes are given by."""
    parser.add_argument("--pages", type=int, default=Sizes.pages)
    parser.add_argument("--captures", type=int, default=Sizes.captures)
    parser.add_argument("--sources", type=int, default=Sizes.sources)
    parser.add_argument("--often", type=int, help="captures of one page; a tenth of all by default")
    parser.add_argument(
        "--until", type=date.fromisoformat, default=instants.now().date(), help="the last day; today"
    )


def sizes_of(chosen: argparse.Namespace) -> Sizes:
    often = chosen.captures // 10 if chosen.often is None else chosen.often
    return Sizes(chosen.pages, chosen.captures, chosen.sources, often)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a large home up.")
    parser.add_argument("home", type=Path)
    options(parser)
    chosen = parser.parse_args()
    began = time.monotonic()
    counts = make(chosen.home, sizes_of(chosen), chosen.until)
    size = homes.Home(chosen.home).database.stat().st_size
    print(dict(counts), f"{size / 1e6:,.0f} MB in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
