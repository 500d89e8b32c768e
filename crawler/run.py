"""The parent's side of a crawl: prepares a run, starts and stops the child process, reads how it stands."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from archive import feeds, urls
from archive import home as homes
from crawler.admission import Admission
from crawler.discovery import HOPS
from crawler.frontier import Frontier, reading
from crawler.held import Held
from crawler.held import write as list_held
from crawler.ledger import ADVICE, GONE, MOVED
from crawler.manners import origin
from crawler.order import Order, store
from crawler.originals import Original, Originals, write
from crawler.rows import Found, State, UrlKind
from crawler.source import Source

__all__ = [
    "Child",
    "Order",
    "Progress",
    "answered",
    "failures",
    "moved_feeds",
    "prepare",
    "progress",
    "refusals",
]

_SITEMAP_ENDINGS = (".xml", ".xml.gz", ".txt")


@dataclass(frozen=True, slots=True)
class Progress:
    """How a run stands. `known` are the addresses to be fetched or fetched, `done` those that are finished
    (the failed and the disallowed among them); `pages_*` the same of pages alone. `bytes` were received.
    `states` counts addresses by `crawler.rows.State`, `beats` goes up as long as the child is not stuck.
    """

    done: int = 0
    known: int = 0
    failed: int = 0
    requests: int = 0
    bytes: int = 0
    pages_done: int = 0
    pages_known: int = 0
    pages_failed: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    beats: int = 0


def prepare(
    home: homes.Home,
    order: Order,
    known: Iterable[Found],
    originals: Iterable[Original] = (),
    redirected: Iterable[tuple[str, datetime]] = (),
    anew: bool = False,
    held: Iterable[str] = (),
) -> None:
    """Make the run's folder, with the order and a frontier that holds what the crawl starts from.

    `known` are pages of earlier runs to be asked again, `originals` the records that revisits may refer to,
    `redirected` when what leads elsewhere last did, `held` the URLs that a light run need not ask for; none
    is looked at where a run is taken up that has them. Then the order is replaced, and the rest stays as it
    is, but for what waits or was left out when the source's scope was another. `anew`: the limits begin anew.
    """
    folder = home.run(order.run)
    store(home, order)
    write(folder / "originals.db", originals, redirected)
    if order.light:
        list_held(folder / "held.db", held)
    frontier = Frontier(folder / "frontier.db")
    try:
        frontier.add(_starts(order.source, folder) if order.light else seeds(order.source))
        scope = _digest(order.source)
        if not frontier.filled(scope):
            frontier.sift(_rule(order.source))
            frontier.fill(scope, _admitted(order.source, known))
        if anew:
            frontier.rebase()
    finally:
        frontier.close()


def seeds(source: Source) -> Iterator[Found]:
    """What a crawl of the source starts from; of a seed and its twins the one that stands for all."""
    yield from _given(source)
    yield from _guessed(source)


def _starts(source: Source, folder: Path) -> Iterator[Found]:
    """What a light run starts from: not a sitemap at the usual place where there was none."""
    yield from _given(source)
    with (
        closing(Held(folder / "held.db")) as held,
        closing(Originals(folder / "originals.db", folder)) as had,
    ):
        yield from (one for one in _guessed(source) if one.url not in held or had.met(one.url))


def _given(source: Source) -> Iterator[Found]:
    for url in map(urls.canonical, source.sitemaps):
        yield Found(url, UrlKind.SITEMAP)
    for url in map(urls.canonical, source.feeds):
        yield Found(url, UrlKind.FEED)
    for url in Admission(source).starts:
        path = url.partition("?")[0].lower()
        sitemap = "sitemap" in path.rsplit("/", 1)[-1] and path.endswith(_SITEMAP_ENDINGS)
        yield Found(url, UrlKind.SITEMAP if sitemap else UrlKind.PAGE)


def _guessed(source: Source) -> Iterator[Found]:
    for at in dict.fromkeys(map(origin, map(urls.canonical, (*source.seeds, *source.feeds)))):
        yield Found(f"{at}/sitemap.xml", UrlKind.SITEMAP)


def _rule(source: Source) -> Callable[[str, int], str | None]:
    """Why a page that is in the frontier is left out; as the URL under which it was put there."""
    admission = Admission(source)

    def rule(url: str, depth: int) -> str | None:
        ruling = admission.rule(url, depth)
        return None if ruling.inside else ruling.rule

    return rule


def _admitted(source: Source, known: Iterable[Found]) -> Iterator[Found]:
    """The pages of earlier runs, each as the one that stands for its twins. Nothing is said of traps: what is
    in the archive passed them.
    """
    admission = Admission(source)
    for page in known:
        url = admission.fold(page.url).url
        ruling = admission.rule(url, page.depth)
        if not ruling.inside:
            yield replace(page, url=url, state=State.OUT, reason=ruling.rule)
        else:
            yield page if url == page.url else replace(page, url=url)


def _digest(source: Source) -> str:
    """Changes when other pages are in the source's scope."""
    rules = (source.seeds, source.feeds, source.sitemaps, source.preset, source.scope.model_dump())
    return hashlib.sha256(json.dumps(rules).encode()).hexdigest()


class Child:
    """The child process of a run (`crawler/child.py`). It stops cleanly when this process dies."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    @classmethod
    def start(cls, home: homes.Home, run: str, lock: int | None = None) -> Self:
        """Start it, holding the descriptor `lock` as this process does.

        What it says on standard error, which is a crash, is in `runs/RUN/child.err`.
        """
        with (home.run(run) / "child.err").open("ab") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own program; HOME and RUN are ours
                # -P: a folder called `crawler` in the working directory must not be taken for ours.
                [sys.executable, "-P", "-m", "crawler.child", str(home.root.resolve()), run],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=() if lock is None else (lock,),
                env={**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings"},
            )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, or None while it runs; negative for a signal."""
        return self._process.poll()

    def stop(self) -> None:
        """Ask for a clean stop; may be asked again."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()

    def kill(self) -> None:
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""
        return self._process.wait(timeout)

    def linger(self, seconds: float) -> None:
        """Wait so long, or until it ends."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(seconds)

    def end(self, seconds: float) -> int:
        """Stop it cleanly, and after so many seconds by force."""
        self.stop()
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.wait()


def progress(home: homes.Home, run: str) -> Progress:
    """How a run stands; may be asked at any time, also of a run that has ended."""
    with reading(home.run(run) / "frontier.db") as db:
        tally = db.execute("SELECT kind, state, n FROM tally").fetchall()
        totals = dict(db.execute("SELECT name, n FROM total").fetchall())
    states = {state.value: sum(n for _, its, n in tally if its == state) for state in State}
    pages = {state: n for kind, state, n in tally if kind == UrlKind.PAGE}
    return Progress(
        done=_done(states),
        known=_known(states),
        failed=states[State.FAILED],
        requests=totals["requests"],
        bytes=totals["bytes"],
        pages_done=_done(pages),
        pages_known=_known(pages),
        pages_failed=pages.get(State.FAILED, 0),
        states=states,
        beats=totals.get("beats", 0),
    )


def failures(home: homes.Home, run: str, most: int = 20) -> list[tuple[str, str]]:
    """The first failed addresses of a run with their reasons; pages before requisites."""
    sql = "SELECT url, reason FROM url WHERE state = 'failed' ORDER BY kind <> 'page', id LIMIT ?"
    with reading(home.run(run) / "frontier.db") as db:
        return [(url, reason or "") for url, reason in db.execute(sql, (most,))]


def refusals(home: homes.Home, run: str) -> list[tuple[str, str]]:
    """Why a run got nothing: the first page that failed, was disallowed, or was answered with an error."""
    sql = """SELECT url, reason, status FROM url WHERE kind = 'page'
        AND (state IN ('failed', 'robots') OR (state = 'done' AND (status < 200 OR status >= 300)))
        ORDER BY state = 'done', id LIMIT 1"""
    with reading(home.run(run) / "frontier.db") as db:
        return [(url, reason or f"status {status}") for url, reason, status in db.execute(sql)]


def answered(home: homes.Home, run: str, most: int = 20) -> list[str]:
    """The first pages of a run that were answered, whatever with."""
    sql = "SELECT url FROM url WHERE kind = 'page' AND state = 'done' ORDER BY id LIMIT ?"
    with reading(home.run(run) / "frontier.db") as db:
        return [url for (url,) in db.execute(sql, (most,))]


def moved_feeds(home: homes.Home, source: Source, run: str) -> list[str]:
    """What is to be told of the source's feeds: those that moved for good, with their new address, and those
    that are gone. A feed that moved to what is none is not told of: sites send old addresses to their front.
    """
    told = []
    with reading(home.run(run) / "frontier.db") as db:
        for url in dict.fromkeys(map(urls.canonical, source.feeds)):
            end, row = url, _settled(db, url)
            for _ in range(HOPS):
                if not row or not (row[1] or "").startswith(MOVED):
                    break
                end = row[1].removeprefix(MOVED).partition(ADVICE.partition("{")[0])[0]
                row = _settled(db, end)
            if row and row[1] == GONE and end == url:
                told.append(f"feed {url} is gone")
            elif end != url and row and row[0] in (200, 304) and not (row[1] or "").startswith(feeds.NO_FEED):
                told.append(f"feed {url} moved to {end}: change feeds in sources/{source.name}.toml")
    return told


_SETTLED = "SELECT status, reason FROM url WHERE url = ? AND kind = 'feed' AND state = 'done'"


def _settled(db: sqlite3.Connection, url: str) -> Any:
    """Status and reason of a feed that was answered."""
    return db.execute(_SETTLED, (url,)).fetchone()


def _known(states: Mapping[str, int]) -> int:
    return sum(states.values()) - states[State.OUT]


def _done(states: Mapping[str, int]) -> int:
    return _known(states) - states[State.QUEUED] - states[State.INFLIGHT]
