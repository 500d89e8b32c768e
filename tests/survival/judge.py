"""Judges a home that was crawled under fire: is everything there once, whole, and as if undisturbed?"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import warc
from tests.journeys.program import Person
from tests.sites.server import Exchange

ANSWERS = ("response", "revisit")


def history(person: Person, site: str) -> dict[str, Any]:
    """What the archive says of the site at this address, without what differs from one crawl to the next."""
    with closing(sqlite3.connect(person.home / "archive.db")) as db:
        found = {name: db.execute(sql).fetchall() for name, sql in _QUESTIONS.items()}
    told: dict[str, Any] = {
        name: [tuple(one.removeprefix(site) if isinstance(one, str) else one for one in row) for row in rows]
        for name, rows in found.items()
    }
    told["texts"] = _texts(person.home / "text")
    return told


def compare(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Two histories are the same; what is not is told row by row."""
    for name, rows in expected.items():
        lacking = [row for row in rows if row not in found[name]]
        further = [row for row in found[name] if row not in rows]
        assert (lacking, further) == ([], []), f"{name}: lacking {lacking}, further {further}"
        assert found[name] == rows, name


_QUESTIONS = {
    "runs": "SELECT outcome, complete FROM runs ORDER BY started",
    "pages": """SELECT url, article, depth, verdict, moved_to FROM pages
        WHERE url NOT LIKE '%/robots.txt' ORDER BY url""",
    "captures": """SELECT url, captures.verdict, version, status, revisit, payload, count(*) FROM captures
        JOIN pages ON pages.id = page WHERE url NOT LIKE '%/robots.txt'
        GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6""",
    "versions": """SELECT url, number, versions.captures, sha256 FROM versions
        JOIN pages ON pages.id = page JOIN texts ON texts.id = versions.text ORDER BY 1, 2""",
    "changes": """SELECT url, kinds, from_version, to_version, added, removed, changed,
        changes.moved_to, back_to FROM changes JOIN pages ON pages.id = page ORDER BY 1, 2, 3, 4, 5""",
}


def _texts(folder: Path) -> list[tuple[str, str]]:
    """The folder of each file of the dated archive, and its text."""
    found = []
    for path in sorted(folder.rglob("*")):
        assert path.suffix == ".md" or path.is_dir(), f"{path} was left behind"
        if path.is_file():
            front, text = path.read_text("utf-8").removeprefix("---\n").split("\n---\n", 1)
            version = next(line for line in front.splitlines() if line.startswith("version:"))
            # Its day is that of the capture, and its end a digest of the URL, in which the port is.
            found.append((f"{path.parent.name[:-9]} {version}", text))
    return sorted(found)


def check(person: Person, log: list[Exchange] | None = None, in_flight: int = 0) -> None:
    """Every file is sealed, whole and indexed; nothing is done without a record, and nothing was done twice.

    `log` is what the server answered: nothing was recorded that it did not say, and no more than `in_flight`
    of its answers are not in the record.
    """
    assert [path.name for path in (person.home / "warc").rglob("*.open")] == []
    recorded: Counter[tuple[str, str]] = Counter()
    answers: Counter[bytes] = Counter()
    with closing(sqlite3.connect(person.home / "archive.db")) as db:
        known = {name: (run, read, sealed, sha) for name, run, read, sealed, sha in db.execute(
            "SELECT name, run, read, sealed, sha256 FROM warcs")}  # fmt: skip
    assert {path.name for path in person.warcs} == set(known)
    for path in person.warcs:
        run, read, sealed, digest = known[path.name]
        assert (read, sealed) == (path.stat().st_size, 1), path.name
        assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
        records = list(_records(path))
        found = [one for one in records if one.type in ANSWERS]
        recorded.update((run, one.uri or "") for one in found)
        answers.update(one.block for one in found if one.type == "response")
        index = path.with_name(path.name.replace(".warc.gz", ".cdxj")).read_text().splitlines()
        assert len(index) == len(found), path.name
    twice = {one: n for one, n in recorded.items() if n > 1 and not one[1].endswith("/robots.txt")}
    assert twice == {}
    for folder in (person.home / "runs").iterdir():
        if folder.is_dir():
            _check_frontier(folder, {uri for run, uri in recorded if run == folder.name})
    if log is not None:
        said = Counter(exchange.response for exchange in log)
        assert answers - said == Counter(), "something was recorded that the server did not say"
        assert len(log) - recorded.total() <= in_flight


def _records(path: Path) -> Iterator[warc.Record]:
    """The records of a file, as read by our reader; two others, which know nothing of ours, agree with it."""
    assert path.name.endswith(".warc.gz")
    records = [
        one if one.whole else replace(one, block=b"".join(warc.pieces(path, one.offset)))
        for one in warc.read(path)
    ]
    assert records[-1].offset + records[-1].length == path.stat().st_size
    for record in records:
        assert record.headers["WARC-Block-Digest"] == f"sha256:{hashlib.sha256(record.block).hexdigest()}"
    with path.open("rb") as file:
        read = []
        for one in ArchiveIterator(file, no_record_parse=True, check_digests=False):
            read.append((one.rec_headers.get_header("WARC-Record-ID"), one.raw_stream.read()))
    assert read == [(one.record_id, one.block) for one in records]
    with path.open("rb") as file:
        assert len(list(FastIterator(file, parse_http=False))) == len(records)
    yield from records


def _check_frontier(folder: Path, recorded: set[str]) -> None:
    with closing(sqlite3.connect(folder / "frontier.db")) as db:
        done = {url for (url,) in db.execute("SELECT url FROM url WHERE state = 'done'")}
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert {url for url in done - recorded if not url.endswith("/robots.txt")} == set(), folder.name
