"""One polite look at a site before it is watched: does it answer, may we come, what does it offer?

A few requests outside the harvester; nothing of them is archived.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from archive import feeds, urls
from crawler import offer, presets, sitemaps, twins
from crawler.address import PrivateAddressError
from crawler.caller import REDIRECTS, Caller, House, redirect, target
from crawler.offer import Offer
from crawler.twins import Twin
from crawler.visit import Answer, VisitError, addresses

__all__ = [
    "Caller",
    "FeedFound",
    "Found",
    "PrivateAddressError",
    "Twin",
    "VisitError",
    "addresses",
    "look",
]

_READ = 4  # feeds
_LISTED = 20
PLACES = ("/feed/", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")
"""Where feeds are mostly, on sites whose software is not known and whose pages name none."""
_COMMENTS = re.compile(r"/comments/|[?&]feed=comments|/comments?(?:\.|$)", re.IGNORECASE)
_GAPS = 20
_LANGUAGE = re.compile(
    rb"<language>\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*<|"
    rb"<feed\s[^>]{0,1000}?xml:lang=[\"']([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)[\"']|"
    rb"\"language\"\s*:\s*\"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\""
)


@dataclass(frozen=True, slots=True)
class FeedFound:
    """A feed that could be read. `links` are those of its entries, and `every` is how far these are apart."""

    url: str
    kind: str
    links: tuple[str, ...]
    newest: datetime | None
    every: timedelta | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe saw.

    `url` is where the redirects ended, or the twin that stands for it; `status` is None when robots.txt keeps
    us out there. `robots` says what robots.txt has to say to us; `certificate` what is wrong with the
    server's certificate, if anything. `named` are the feeds that the page names, or that are where
    they mostly are; `feeds` those of them that could be read.
    """

    url: str
    redirects: tuple[str, ...]
    status: int | None
    allowed: bool
    robots: str
    crawl_delay: float | None
    certificate: str | None
    offer: Offer = field(default_factory=Offer)
    sitemaps: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    feeds: tuple[FeedFound, ...] = ()
    twins: tuple[Twin, ...] = ()

    @property
    def language(self) -> str | None:
        """What the page says, else what a feed does."""
        said = (one.language for one in self.feeds if one.url in self.wanted)
        return self.offer.language or next(filter(None, said), None)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The feeds that a source should follow."""
        return tuple(url for url in self.named if self.unwanted(url) is None)

    def unwanted(self, url: str) -> str | None:
        """Why a feed should not be followed: comments are on pages, and one feed may have two forms."""
        if _COMMENTS.search(url):
            return "comments"
        before = [one for one in self.feeds if self.named.index(one.url) < self.named.index(url)]
        mine = next((one.links for one in self.feeds if one.url == url and one.links), None)
        same = next((one for one in before if mine == one.links), None)
        return f"the same entries as {same.url}" if same else None


def look(caller: Caller, url: str) -> Found:
    """Look at a canonical URL. Raises VisitError, PrivateAddressError."""
    redirects: list[str] = []
    passed = {url}
    while True:
        house = caller.house(url)
        decision = house.rules.decide(target(url))
        if not decision.allowed:
            said = house.said if house.rules.closed else f"robots.txt disallows it: {decision.line}"
            return Found(url, tuple(redirects), None, False, said, house.rules.crawl_delay, None)
        answer = caller.ask(url)
        onward = redirect(answer)
        if onward is None or len(redirects) == REDIRECTS:
            return _found(caller, answer, redirects, frozenset(passed))
        redirects.append(onward)
        passed.add(onward)
        url = onward


def _found(caller: Caller, answer: Answer, redirects: list[str], passed: frozenset[str]) -> Found:
    said, near = Offer(), tuple[Twin, ...]()
    if answer.message.status == 200:
        said = offer.read(answer)
        near = twins.find(caller, answer, said, passed)
        stands = twins.chosen(answer, said, near)
        if stands is not answer:
            near = twins.turned(near, stands, answer)
            answer, said = stands, offer.read(stands)
    house = caller.house(answer.url)
    preset = presets.known()[said.platform.preset] if said.platform else None
    named = said.feeds
    worth = [url for url in named if not _COMMENTS.search(url)]
    read = [one for url in worth[:_READ] if (one := _feed(caller, url))]
    if answer.message.status == 200 and not named:
        read = _usual_feeds(caller, answer.url, preset)
        named = tuple(one.url for one in read)
    return Found(
        url=answer.url,
        redirects=tuple(redirects),
        status=answer.message.status,
        allowed=True,
        robots=house.said,
        crawl_delay=house.rules.crawl_delay,
        certificate=answer.certificate,
        offer=said,
        sitemaps=_sitemaps(caller, answer.url, house, preset),
        named=named,
        feeds=tuple(read),
        twins=near,
    )


def _sitemaps(caller: Caller, url: str, house: House, preset: presets.Preset | None) -> tuple[str, ...]:
    """Those that robots.txt names, else the first of the usual places that has one."""
    if house.rules.sitemaps:
        return house.rules.sitemaps[:_LISTED]
    for usual in dict.fromkeys(("/sitemap.xml", *(preset.sitemaps if preset else ()))):
        at = urls.join(url, usual)
        answer = caller.get(at) if at else None
        if at and answer and answer.message.status == 200:
            read = sitemaps.parse(answer.body, at)
            if read.pages or read.sitemaps:
                return (at,)
    return ()


def _usual_feeds(caller: Caller, url: str, preset: presets.Preset | None) -> list[FeedFound]:
    """The first of the places at which such software, or any, has its feed."""
    for usual in preset.feeds if preset and preset.feeds else PLACES:
        at = urls.join(url, usual)
        found = _feed(caller, at) if at else None
        if found:
            return [found]
    return []


def _feed(caller: Caller, url: str) -> FeedFound | None:
    """A feed as it is read at this address, or where that leads to."""
    answer = caller.get(url)
    for _ in range(REDIRECTS):
        onward = redirect(answer) if answer else None
        if onward is None:
            break
        answer = caller.get(onward)
    if answer is None or answer.message.status != 200 or not feeds.is_feed(answer.body):
        return None
    feed = feeds.parse(answer.body, answer.url, answer.message.get("Content-Type"))
    instants = sorted((at for one in feed.entries if (at := one.published or one.updated)), reverse=True)
    gaps = [after - before for after, before in pairwise(instants[: _GAPS + 1])]
    return FeedFound(
        url=url,
        kind=_kind(answer.body),
        links=tuple(one.link or one.id for one in feed.entries),
        newest=instants[0] if instants else None,
        every=sorted(gaps)[len(gaps) // 2] if gaps else None,
        language=_language(answer.body),
    )


def _language(body: bytes) -> str | None:
    said = _LANGUAGE.search(body[:4096])
    return next(filter(None, said.groups())).decode() if said else None


def _kind(body: bytes) -> str:
    start = body[:4096].lower()
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "JSON Feed"
    return "Atom" if b"<feed" in start else "RSS"
