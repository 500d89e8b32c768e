"""Closes URLs in the frontier with what came of them: from the wire, or after a crash from the WARC."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive import http, instants, urls
from crawler.discovery import discover, is_html, linked, page_links
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.originals import Original, Originals
from crawler.outcome import Outcome, judge
from crawler.outlinks import Outlinks
from crawler.rows import Fetched, Found, Row, State, UrlKind
from crawler.scope import Scope
from crawler.source import Source
from crawler.traps import Traps

_SEEN = 50_000


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
        outlinks: Outlinks | None = None,
    ) -> None:
        self._originals = originals
        self._outlinks = outlinks
        self._traps = Traps(instants.now().year)
        self._scope = Scope(source)
        self._depth = source.scope.depth
        self._delay = source.manners.delay
        self._requisites = source.fetch.requisites
        self._frontier = frontier
        self._seen: set[tuple[str, UrlKind]] = set()

    def close(self, row: Row, answer: Answer) -> Entry:
        """Note what came of an attempt; the links of an answer are in the frontier when the URL is done."""
        outcome = judge(answer, row.tries, self._delay)
        fetched = Fetched(instants.iso(answer.at), outcome.status, outcome.reason, answer.size)
        now = time.time()
        cool_until = now + outcome.cool if outcome.cool else 0.0
        if outcome.state is State.QUEUED:
            self._frontier.again(row, fetched, now + outcome.wait, cool_until)
            return Entry(outcome, frozenset({row.host}))
        found = self._new(row, answer.message, fetched.at) if outcome.state is State.DONE else ()
        hosts = self._frontier.finish(row, outcome.state, fetched, found, cool_until)
        return Entry(outcome, frozenset({row.host, *hosts}))

    def admit(self, found: Found, from_host: str | None = None) -> Found:
        """The URL as it goes into the frontier: as it is, or left out (of scope, a trap) with the rule.

        Requisites are of any host; a sitemap is of the host that names it, or in scope.
        """
        if found.kind is UrlKind.REQUISITE or found.state is State.OUT:
            return found
        if found.kind is UrlKind.SITEMAP and urls.host(found.url) == from_host:
            return found
        ruling = self._scope.decide(found.url, found.depth)
        if not ruling.inside:
            return replace(found, state=State.OUT, reason=ruling.rule)
        trap = self._traps.trap(found.url) if found.kind is UrlKind.PAGE else None
        return replace(found, state=State.OUT, reason=trap) if trap else found

    def _new(self, row: Row, message: http.Message | None, at: str) -> Iterator[Found]:
        if len(self._seen) > _SEEN:
            self._seen.clear()
        for found in self._discovered(row, message, at) if message else ():
            key = (found.url, found.kind)
            if key in self._seen:
                continue
            # What is too deep from here may be near from elsewhere.
            if found.depth <= self._depth:
                self._seen.add(key)
            yield self.admit(found, row.host)

    def _discovered(self, row: Row, message: http.Message, at: str) -> Iterable[Found]:
        """What the answer leads to; "not modified", and what is as it was, leads where it led before."""
        original = self._repeated(row.url, message)
        links = None
        if original and self._outlinks and row.kind is UrlKind.PAGE:
            links = self._outlinks.of(original)
        if links is None:
            if message.status == 304 and self._originals:
                message = self._originals.message(row.url) or message
            kind = self._kind(row, message)
            if kind is not UrlKind.PAGE or not 200 <= message.status < 300:
                return discover(row, kind, message, self._requisites)
            links = page_links(row.url, message)
            if self._outlinks and not original:
                self._outlinks.keep(row.url, at, links)
        return linked(row, UrlKind.PAGE, links, self._requisites)

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
