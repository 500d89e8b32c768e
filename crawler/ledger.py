"""Closes URLs in the frontier with what came of them: from the wire, or after a crash from the WARC."""

import hashlib
import logging
import sqlite3
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import cast

from archive import http, instants, urls
from crawler.discovery import Discovery, discover, is_html, linked, page_links
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.held import Held
from crawler.originals import Original, Originals
from crawler.outcome import Outcome, judge
from crawler.outlinks import Outlinks
from crawler.rows import Fetched, Found, Row, Standing, State, UrlKind
from crawler.scope import Scope
from crawler.shared import Shared
from crawler.source import Source
from crawler.traps import Traps

log = logging.getLogger(__name__)

_SEEN = 50_000
_GATES = 10_000
PART = 500
"""So many links are added at a time: a fifth of a second for the worst of them."""

CUT = "not all of its links: it takes too long to read, or cannot be read"

_REPEATS = 100
_REPEATED = 2
"""A run repeats up to a hundred requests, and one for every second URL: a flaky site cannot triple it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was noted of an attempt; `hosts` may have something to fetch now."""

    outcome: Outcome
    hosts: frozenset[str]


class Ledger:
    """Knows the scope, and what was met lately: most links of a page are on all pages of the site."""

    def __init__(
        self,
        source: Source,
        frontier: Frontier,
        originals: Originals | None = None,
        shared: Shared | None = None,
        outlinks: Outlinks | None = None,
        held: Held | None = None,
    ) -> None:
        self._held = held
        self._originals = originals
        self._shared = shared
        self._outlinks = outlinks
        self._asked = 0
        self._repeats = 0
        self._traps = Traps(instants.now().year)
        self._scope = Scope(source)
        self._depth = source.scope.depth
        self._delay = source.manners.delay
        self._requisites = source.fetch.requisites
        self._frontier = frontier
        self._seen: set[int] = set()
        self._gates: set[str] = set()

    def close(self, row: Row, answer: Answer, gate: str | None = None) -> Entry:
        """Note what came of an attempt; the links of an answer are in the frontier when the URL is done."""
        closing = self.closing(row, answer, gate)
        while True:
            try:
                next(closing)
            except StopIteration as end:
                return cast(Entry, end.value)

    def closing(self, row: Row, answer: Answer, gate: str | None = None) -> Generator[None, None, Entry]:
        """`close` in steps, so that an answer with very many links does not stop everything else.

        `gate` is where a redirect leads, if that has not been asked yet with the cookies there are now: once
        for each URL it is asked again.
        """
        self._asked += row.tries == 0
        again = self._repeats < _REPEATS + self._asked // _REPEATED
        outcome = judge(answer, row.tries, self._delay, again)
        if outcome.state is State.DONE and gate == row.url and self._passes(gate):
            outcome = Outcome(State.QUEUED, outcome.status, "asked again with the cookie that it set")
        fetched = Fetched(instants.iso(answer.at), outcome.status, outcome.reason, answer.size)
        now = time.time()
        if outcome.cool and self._shared:
            self._shared.cool(row.host, now + outcome.cool)
        if outcome.state is State.QUEUED:
            self._repeats += 1
            self._frontier.again(row, fetched, now + outcome.wait)
            return Entry(outcome, frozenset({row.host}))
        hosts = {row.host}
        new: Iterator[Found] = iter(())
        if answer.message and outcome.state is State.DONE:
            discovery = self._read(row, answer.message, fetched.at)
            admitted = (self.admit(found, row.host) for found in discovery.found)
            new = filter(self._is_wanted, admitted)
            if discovery.cut:
                outcome = replace(outcome, reason=outcome.reason or CUT)
                fetched = replace(fetched, reason=outcome.reason)
        while len(part := list(islice(new, PART))) == PART:
            hosts |= self._frontier.add(part, row)
            yield
        hosts |= self._frontier.finish(row, outcome.state, fetched, part)
        if gate and gate != row.url and self._passes(gate):
            hosts |= self._frontier.reopen(gate)
        return Entry(outcome, frozenset(hosts))

    def _passes(self, gate: str) -> bool:
        new = gate not in self._gates and len(self._gates) < _GATES
        self._gates.add(gate)
        return new

    def admit(self, found: Found, from_host: str | None = None) -> Found:
        """The URL as it goes into the frontier: as it is, or left out (of scope, a trap) with the rule.

        Requisites are of any host; a sitemap is of the host that names it, or in scope.
        """
        if found.kind is UrlKind.REQUISITE or found.state is State.OUT:
            return found
        if found.kind is UrlKind.SITEMAP and urls.host(found.url) == from_host:
            return found
        ruling = self._scope.rule(found.url, found.depth)
        if not ruling.inside:
            return replace(found, state=State.OUT, reason=ruling.rule)
        trap = self._traps.trap(found.url) if found.kind is UrlKind.PAGE else None
        return replace(found, state=State.OUT, reason=trap) if trap else found

    def _is_wanted(self, found: Found) -> bool:
        """A light run leaves alone what the archive holds, but for sitemaps, redirects of seeds, and what is
        said to have changed. What is due is queued already.
        """
        if self._held is None or found.state is State.OUT or found.kind is UrlKind.SITEMAP:
            return True
        asked_anyway = found.depth == 0 or found.standing is Standing.CHANGED
        return asked_anyway or found.url not in self._held

    def _known(self, url: str, kind: UrlKind, depth: int) -> bool:
        key = hash((url, kind))  # 50,000 addresses may take 100 MB
        if key in self._seen:
            return True
        if len(self._seen) > _SEEN:
            self._seen.clear()
        # What is too deep from here may be near from elsewhere.
        if depth <= self._depth:
            self._seen.add(key)
        return False

    def _read(self, row: Row, message: http.Message, at: str) -> Discovery:
        try:
            return self._discovered(row, message, at)
        except (OSError, sqlite3.Error):
            raise
        except Exception:
            # Strangers' bytes: one answer on which our reading fails must not end every run of the source.
            log.exception("%s: its links could not be read", row.url)
            return Discovery(cut=True)

    def _discovered(self, row: Row, message: http.Message, at: str) -> Discovery:
        """What the answer leads to; "not modified", and what is as it was, leads where it led before."""
        original = self._repeated(row.url, message)
        # What an unchanged page shows was asked for before; if it could not be had, a full run tries again.
        requisites = self._requisites and not (original and self._held)
        if original and self._outlinks and row.kind is UrlKind.PAGE:
            links = self._outlinks.of(original)
            if links is not None:
                return linked(row, row.kind, links, requisites, self._known)
        if message.status == 304 and self._originals:
            message = self._originals.message(row.url) or message
        kind = self._kind(row, message)
        if kind is not UrlKind.PAGE or not 200 <= message.status < 300:
            return discover(row, kind, message, requisites, self._known)
        links = page_links(row.url, message)
        if self._outlinks and not original and not links.cut:
            self._outlinks.keep(row.url, at, links)
        return linked(row, kind, links, requisites, self._known)

    def _repeated(self, url: str, message: http.Message) -> Original | None:
        """The earlier answer that this one says again."""
        original = self._originals.get(url) if self._originals and message.status in (200, 304) else None
        if original is None or message.status == 304:
            return original
        digest = hashlib.sha256(message.payload()).hexdigest()
        return original if original.payload == f"sha256:{digest}" else None

    def _kind(self, row: Row, message: http.Message) -> UrlKind:
        """HTML in scope is a page, also where an image or a preload was the first to name it."""
        answers = 200 <= message.status < 300  # the body of a redirect or an error is not what was asked for
        if (
            row.kind is UrlKind.REQUISITE
            and answers
            and is_html(message)
            and self._scope.decide(row.url, 0).inside
        ):
            return UrlKind.PAGE
        return row.kind
