"""Runs of the real child process, for tests: a home, an order, and what is in the WARC files afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive import instants, warc
from archive.home import Home
from crawler import run
from crawler.frontier import reading
from crawler.rows import Found
from crawler.source import Source

RUN = "test0001"
AGAIN = "test0002"


def source(*seeds: str, **more: Any) -> Source:
    """A source without a pause that may go to loopback; `more` as in a source's file."""
    manners = {"delay": 0, "allow_private": True, **more.pop("manners", {})}
    return Source(name="site", seeds=seeds, manners=manners, **more)  # type: ignore[arg-type]  # pydantic


@dataclass
class Crawl:
    """One run in `root`. `settings` names another module of Scrapy settings."""

    root: Path
    source: Source
    known: Iterable[Found] = ()
    settings: str = "crawler.settings"
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home = Home(self.root)
        self.order = run.Order(RUN, self.source, instants.now(), "mailto:o@example.org", 0, "Strandline/test")

    def again(self) -> "Crawl":
        """The next run of the source in this home."""
        after = replace(self)
        after.order = replace(after.order, run=AGAIN)
        return after

    def start(self) -> "subprocess.Popen[bytes]":
        run.prepare(self.home, self.order, self.known)
        environment = {**os.environ, "SCRAPY_SETTINGS_MODULE": self.settings, **self.environment}
        return subprocess.Popen(
            [sys.executable, "-m", "crawler.child", str(self.root), self.order.run],
            stdin=subprocess.PIPE,
            env=environment,
            cwd=Path(__file__).parents[2],
        )

    def finish(self, seconds: float = 60) -> int:
        process = self.start()
        try:
            return process.wait(seconds)
        finally:
            process.kill()

    def files(self) -> list[Path]:
        return sorted(self.home.warc.rglob("*.warc.gz*"))

    def records(self) -> Iterator[warc.Record]:
        for path in self.files():
            yield from warc.read(path)

    def responses(self, status: bytes = b"") -> list[warc.Record]:
        """The response records, or those with this status."""
        found = (record for record in self.records() if record.type == "response")
        return [one for one in found if status in one.block.split(b"\r\n", 1)[0]]

    def metadata(self) -> dict[str, list[str]]:
        """The lines of the metadata records by URL; of the last attempt."""
        found = (record for record in self.records() if record.type == "metadata")
        return {record.uri or "": record.block.decode().splitlines() for record in found}

    def ended(self) -> str:
        """Why the last process of the run ended."""
        return str(json.loads((self.home.run(RUN) / "end.json").read_text())["reason"])

    def robots(self, of: str = RUN) -> list[tuple[str, str, int | None, str | None, bytes]]:
        """Origin, instant, status, reason and body of what was heard."""
        with reading(self.home.run(of) / "frontier.db") as db:
            return db.execute(
                "SELECT origin, at, status, reason, body FROM robots ORDER BY origin"
            ).fetchall()

    def rows(self, of: str = RUN) -> dict[str, tuple[str, str, str | None, int | None]]:
        """Kind, state, reason and status by URL."""
        with reading(self.home.run(of) / "frontier.db") as db:
            rows = db.execute("SELECT url, kind, state, reason, status FROM url")
            return {url: tuple(rest) for url, *rest in rows}
