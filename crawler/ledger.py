"""Closes URLs in the frontier with what came of them: from the wire, or after a crash from the WARC."""

import hashlib
import logging
import sqlite3
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import cast

from archive import feeds, http, instants, urls
from crawler import lastmod
from crawler.admission import Admission
from crawler.discovery import Discovery, discover, is_feed, is_html, linked, listed, location, page_links
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.held import Held
from crawler.links import Links
from crawler.lists import Before, Lists
from crawler.novelty import Novelty
from crawler.originals import Original, Originals
from crawler.outcome import Outcome, judge
from crawler.outlinks import Outlinks
from crawler.rows import FOLLOWED, Fetched, Found, Row, Standing, State, UrlKind
from crawler.shared import Shared
from crawler.source import Source
from crawler.submission import refusals

log = logging.getLogger(__name__)

_SEEN = 50_000
_GATES = 10_000
PART = 500
"""So many links are added at a time: a fifth of a second for the worst of them."""

CUT = "not all of its links: it is too long, or takes too long to read"
UNREAD = "not all of its links: it cannot be read"

WITH_COOKIES = "asked again with the cookies that were set since"
IN_A_CIRCLE = "redirects to itself also when it is asked again with the cookies that were set since"

MOVED, ADVICE = "the feed moved to ", ": change feeds in {}"
GONE = "the feed is gone"
"""The reasons of feeds that are not where the source says that they are."""

TOLD = "older entries of a feed whose entries another one has"

_KNOWN = (State.QUEUED, State.INFLIGHT, State.DONE)
_REPEATS = 100
_REPEATED = 2
"""A run repeats up to a hundred requests, and one for every second URL: a flaky site cannot triple it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was noted of an attempt; `hosts` may have something to fetch now."""

    outcome: Outcome
    hosts: frozenset[str]


class Ledger:
    """Knows what is admitted, and what was met lately: most links of a page are on all pages of the site.

    `held` is there in a light run alone, which may ask for `room` known pages by the dates of sitemaps.
    """

    def __init__(
        self,
        source: Source,
        frontier: Frontier,
        originals: Originals | None = None,
        shared: Shared | None = None,
        outlinks: Outlinks | None = None,
        backfill: bool = False,
        held: Held | None = None,
        room: int = 0,
    ) -> None:
        self._held = held
        self._room = room
        self._originals = originals
        self._shared = shared
        self._outlinks = outlinks
        self._backfill = backfill
        self._name = source.name
        self._asked = 0
        self._repeats = 0
        self._admission = Admission(source)
        before = [Before(*one) for one in frontier.lists()]
        self._admission.recall(one.url for one in before)
        self._lists = Lists(self._admission.listing, before)
        self._novelty = Novelty(self._admission.sense)
        self._depth = source.scope.depth
        self._delay = source.manners.delay
        self._requisites = source.fetch.requisites
        self._frontier = frontier
        self._refusal = refusals(
            frontier, shared, map(urls.canonical, source.sitemaps), self._admission.is_allied
        )
        self._seen: set[int] = set()
        self._gates: set[str] = set()
        self._told: set[int] = set()

    def spare(self, row: Row) -> str | None:
        """Why a list that waits need not be asked for, if others of its kind have told enough."""
        known = sum(self._frontier.count(state, UrlKind.PAGE) for state in _KNOWN)
        return self._lists.spare(row.url, known)

    def left(self) -> dict[str, int]:
        """How many lists were left out so, by host and kind."""
        return self._lists.left()

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
            outcome = Outcome(State.QUEUED, outcome.status, WITH_COOKIES)
        elif outcome.state is State.DONE and row.tries and row.url in self._gates:
            outcome = replace(outcome, reason=outcome.reason or _asked_again(row.url, answer.message))
        if row.kind is UrlKind.FEED and answer.message and outcome.state is State.DONE:
            outcome = replace(outcome, reason=self._whereabouts(row, answer.message) or outcome.reason)
        fetched = Fetched(instants.iso(answer.at), outcome.status, outcome.reason, answer.size)
        now = time.time()
        if outcome.cool and self._shared:
            self._shared.cool(row.host, now + outcome.cool)
        if outcome.state is State.QUEUED:
            self._repeats += 1
            self._frontier.again(row, fetched, now + outcome.wait)
            if row.kind is UrlKind.LISTING:
                self._bring_back(row, self._lists.close(row.url, read=False, led=False))
            return Entry(outcome, frozenset({row.host}))
        hosts = {row.host}
        new: Iterator[Found] = iter(())
        if answer.message and outcome.state is State.DONE:
            discovery = self._read(row, answer.message, fetched.at)
            found = discovery.found
            if self._held and row.kind is UrlKind.SITEMAP:
                found = tuple(sorted(found, key=lastmod.age))  # where there is not room for all, the latest
            admitted = (self._led(row, self._admission.admit(one, row)) for one in found)
            new = map(self._noted, self._wanted(row, admitted, answer.at))
            short = discovery.reason or (UNREAD if discovery.unread else CUT if discovery.cut else None)
            if short:
                told = (outcome.reason, short) if discovery.reason else (outcome.reason or short,)
                outcome = replace(outcome, reason="; ".join(filter(None, told)))
                fetched = replace(fetched, reason=outcome.reason)
        led = False
        while len(part := list(islice(new, PART))) == PART:
            led = led or self._has_news(row, part)
            hosts |= self._frontier.add(part, row)
            yield
        led = led or self._has_news(row, part)
        hosts |= self._frontier.finish(row, outcome.state, fetched, part)
        if row.kind is UrlKind.LISTING:
            self._bring_back(row, self._lists.close(row.url, read=_is_read(outcome), led=led))
        if gate and gate != row.url and self._passes(gate):
            hosts |= self._frontier.reopen(gate)
        return Entry(outcome, frozenset(hosts))

    def _noted(self, found: Found) -> Found:
        if found.kind is UrlKind.LISTING and found.state is State.QUEUED:
            self._lists.meet(found.url)
        return found

    def _has_news(self, row: Row, found: list[Found]) -> bool:
        """Whether a list leads to pages that are met for the first time."""
        if row.kind is not UrlKind.LISTING:
            return False
        pages = (one.url for one in found if one.kind is UrlKind.PAGE and one.state is State.QUEUED)
        return self._frontier.any_new(pages)

    def _bring_back(self, row: Row, reason: str | None) -> None:
        if reason:
            self._frontier.bring_back(row.host, reason)

    def _passes(self, gate: str) -> bool:
        new = gate not in self._gates and len(self._gates) < _GATES
        self._gates.add(gate)
        return new

    def _led(self, row: Row, found: Found) -> Found:
        """What is admitted, unless it is a page that the sitemap `row` may not speak for."""
        if row.kind is not UrlKind.SITEMAP or found.kind not in FOLLOWED or found.state is not State.QUEUED:
            return found
        refusal = self._refusal(row, found.url)
        return replace(found, state=State.OUT, reason=refusal) if refusal else found

    def _wanted(self, row: Row, found: Iterable[Found], now: datetime) -> Iterator[Found]:
        """What goes into the frontier. A light run leaves alone what the archive holds, but for feeds,
        redirects of seeds, and what is said to have changed; and pages that only list others, for feeds,
        sitemaps and front pages have what is new. What is due is queued already.
        """
        held = self._held
        for one in found:
            if held is None or one.state is State.OUT or one.kind is UrlKind.FEED or one.depth == 0:
                yield one
            elif one.kind is UrlKind.SITEMAP:
                lists = self._admission.lists_only(one.url)
                if not lists and lastmod.may_be_newer(one, self._met(one.url)):
                    yield one
            elif one.kind is UrlKind.LISTING:
                continue
            elif one.standing is Standing.CHANGED or one.url not in held:
                yield one
            elif row.kind is UrlKind.SITEMAP and (dated := self._dated(one, now)):
                yield dated

    def _dated(self, found: Found, now: datetime) -> Found | None:
        """A known page as one that has changed, where the sitemap's date says so and there is room for it."""
        if found.kind is not UrlKind.PAGE or found.changed is None or self._room <= 0:
            return None
        met = self._met(found.url)
        if met is None or not lastmod.is_newer(found, met, now):
            return None
        self._room -= 1
        told = int(found.changed.timestamp()) // 60
        return replace(found, standing=Standing.CHANGED, told=told)

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
            return Discovery(unread=True)

    def _discovered(self, row: Row, message: http.Message, at: str) -> Discovery:
        """What the answer leads to; "not modified", and what is as it was, leads where it led before."""
        original = self._repeated(row.url, message)
        # What an unchanged page shows was asked for before; if it could not be had, a full run tries again.
        requisites = self._requisites and not (original and self._held)
        if original and self._outlinks and row.kind in FOLLOWED:
            links = self._outlinks.of(original)
            if links is not None:
                return self._followed(row, row.kind, links, message, requisites)
        if message.status == 304 and self._originals:
            message = self._originals.message(row.url, row.kind) or message
        kind = self._kind(row, message)
        if kind is UrlKind.FEED and 200 <= message.status < 300:
            return self._listed(row, message, at)
        if kind not in FOLLOWED or not 200 <= message.status < 300:
            return discover(row, kind, message, requisites, self._known)
        links = page_links(row.url, message)
        if self._outlinks and not original and not links.cut:
            self._outlinks.keep(row.url, at, links)
        return self._followed(row, kind, links, message, requisites)

    def _followed(
        self, row: Row, kind: UrlKind, read: Links, message: http.Message, requisites: bool
    ) -> Discovery:
        """What the links lead to; those of a list that is at its end are left out, with the reason."""
        end = self._novelty.judge(row.url, read, message)
        self._bring_back(row, end.again)
        if not end.left:
            return linked(row, kind, read, requisites, self._known)
        onward = replace(read, pages=tuple(one for one in read.pages if one not in end.left))
        discovery = linked(row, kind, onward, requisites, self._known)
        deeper = row.depth + 1
        out = tuple(
            Found(one, UrlKind.PAGE, deeper, state=State.OUT, reason=why) for one, why in end.left.items()
        )
        return replace(discovery, found=discovery.found + out)

    def _listed(self, row: Row, message: http.Message, at: str) -> Discovery:
        """What a feed leads to. A page in its place is one: old feeds are redirected to pages that may be met
        nowhere else.
        """
        fed = listed(row, message, self._met, instants.parse(at), self._backfill)
        if fed.reason != feeds.NO_FEED or row.depth > 0 or not is_html(message):
            return self._followed_back(row, fed)
        if not self._admission.rule(row.url).inside:
            return fed
        links = page_links(row.url, message)
        return replace(linked(row, UrlKind.PAGE, links, self._requisites, self._known), reason=feeds.NO_FEED)

    def _followed_back(self, row: Row, fed: Discovery) -> Discovery:
        """What a feed leads to; no farther back where all its entries were told of by another that goes on: a
        site has the same one in several forms.
        """
        pages = tuple(one for one in fed.found if one.kind is UrlKind.PAGE)
        further = [one for one in fed.found if one.kind is UrlKind.FEED]
        entries = {hash(one.url) for one in pages}
        if further and entries and entries <= self._told:
            left = (replace(one, state=State.OUT, reason=TOLD) for one in further)
            return replace(fed, found=(*pages, *left))
        if (further or row.depth > 0) and len(self._told) < _SEEN:
            self._told |= entries
        return fed

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
            and self._admission.rule(row.url).inside
        ):
            return UrlKind.PAGE
        # A seed; others may be feeds too, of comments and of each label: those that are wanted are named.
        if row.kind is UrlKind.PAGE and row.depth == 0 and answers and is_feed(message):
            return UrlKind.FEED
        return row.kind

    def _met(self, url: str) -> datetime | None:
        return self._originals.met(url) if self._originals else None

    def _whereabouts(self, row: Row, message: http.Message) -> str | None:
        """What is to be said of a feed that is not where the source says that it is."""
        if row.depth == 0 and message.status in (301, 308):
            target = location(row.url, message)
            file = f"sources/{self._name}.toml"
            return f"{MOVED}{target}{ADVICE.format(file)}" if target and target != row.url else None
        return GONE if row.depth == 0 and message.status == 410 else None


def _is_read(outcome: Outcome) -> bool:
    status = outcome.status or 0
    return outcome.state is State.DONE and (200 <= status < 300 or status == 304)


def _asked_again(url: str, message: http.Message | None) -> str:
    """Why a page that set a cookie and led to itself, perhaps through others, was asked for twice."""
    circle = message is not None and 300 <= message.status < 400 and location(url, message) == url
    return IN_A_CIRCLE if circle else WITH_COOKIES
