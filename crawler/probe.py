"""One polite look at a site before it is watched: does it answer, may we come, what does it offer?

A handful of requests outside the harvester; nothing of them is archived.
"""

import codecs
import re
import time
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree, html

from archive import urls
from crawler import presets, robots, sitemaps
from crawler.address import PrivateAddressError
from crawler.visit import Answer, VisitError, addresses, visit

__all__ = ["Found", "PrivateAddressError", "Probe", "VisitError", "addresses"]

PRODUCT = "Strandline"
"""The product token that robots.txt rules are looked up by."""

REDIRECTS = 5
"""As many as RFC 9309, section 2.3.1.2, asks for."""

_LISTED = 20
_PATIENCE = 5.0  # seconds; a longer Crawl-delay is the crawl's business
_FEED = re.compile(r"application/(?:(?:rss|atom)\+xml|feed\+json)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_GENERATORS = 10
_FEEDS = 3  # well-known places that are asked for, if need be
_FEED_START = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>:]|^\s*\{\s*\"version\"\s*:\s*\"https://jsonfeed\.org/")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a page says of its site; `preset` is for the software that it gives away, if it does."""

    title: str | None = None
    language: str | None = None
    generator: str | None = None
    feeds: tuple[str, ...] = ()
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe saw.

    `url` is where the redirects ended; `status` is None when robots.txt keeps us out there. `robots` says
    what robots.txt has to say to us; `certificate` what is wrong with the server's certificate, if anything.
    """

    url: str
    redirects: tuple[str, ...]
    status: int | None
    allowed: bool
    robots: str
    crawl_delay: float | None
    certificate: str | None
    offer: Offer = Offer()
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _House:
    """The rules of one host, and how they were come by."""

    rules: robots.Rules
    said: str


class Probe:
    """Looks at sites. `user_agent` is the crawler's; `delay` is in seconds between two requests.

    Unless `allow_private`, hosts at addresses that are not public are refused, after a redirect too.
    """

    def __init__(self, user_agent: str, allow_private: bool = False, delay: float = 1.0) -> None:
        self._user_agent = user_agent
        self._allow_private = allow_private
        self._delay = delay
        self._houses: dict[str, _House] = {}
        self._asked = False

    def look(self, url: str) -> Found:
        """Look at a canonical URL. Raises VisitError, PrivateAddressError."""
        redirects: list[str] = []
        while True:
            house = self._house(url)
            decision = house.rules.decide(_target(url))
            if not decision.allowed:
                said = house.said if house.rules.closed else f"robots.txt disallows it: {decision.line}"
                return Found(url, tuple(redirects), None, False, said, house.rules.crawl_delay, None)
            answer = self._ask(url)
            onward = _redirect(answer)
            if onward is None or len(redirects) == REDIRECTS:
                return self._found(answer, house, redirects)
            redirects.append(onward)
            url = onward

    def _found(self, answer: Answer, house: _House, redirects: list[str]) -> Found:
        offer = _offer(answer) if answer.message.status == 200 else Offer()
        preset = presets.known()[offer.preset] if offer.preset else None
        if preset and not offer.feeds:
            offer = replace(offer, feeds=self._feeds(answer.url, house, preset))
        return Found(
            url=answer.url,
            redirects=tuple(redirects),
            status=answer.message.status,
            allowed=True,
            robots=house.said,
            crawl_delay=house.rules.crawl_delay,
            certificate=answer.certificate,
            offer=offer,
            sitemaps=self._sitemaps(answer.url, house, preset),
        )

    def _ask(self, url: str) -> Answer:
        if self._asked:
            time.sleep(self._delay)
        self._asked = True
        return visit(url, self._user_agent, self._allow_private)

    def _house(self, url: str) -> _House:
        """The rules for a URL's host, asked for once."""
        root = url[: url.index("/", len("https://"))]
        if root not in self._houses:
            house = self._read_robots(f"{root}/robots.txt")
            self._delay = max(self._delay, min(house.rules.crawl_delay or 0, _PATIENCE))
            self._houses[root] = house
        return self._houses[root]

    def _read_robots(self, url: str) -> _House:
        answer = self._ask(url)
        for _ in range(REDIRECTS):
            onward = _redirect(answer)
            if onward is None:
                break
            try:
                answer = self._ask(onward)
            except (VisitError, PrivateAddressError) as error:
                return _House(robots.DISALLOW_ALL(str(error)), f"robots.txt cannot be read: {error}")
        status = answer.message.status
        rules = robots.for_status(404 if 300 <= status < 400 else status, answer.body, PRODUCT)
        return _House(rules, _said(status))

    def _sitemaps(self, url: str, house: _House, preset: presets.Preset | None) -> tuple[str, ...]:
        """Those that robots.txt names, else the first of the usual places that has one."""
        if house.rules.sitemaps:
            return house.rules.sitemaps[:_LISTED]
        for usual in dict.fromkeys(("/sitemap.xml", *(preset.sitemaps if preset else ()))):
            body = self._usual(url, usual, house)
            if body:
                at, answered = body
                read = sitemaps.parse(answered, at)
                if read.pages or read.sitemaps:
                    return (at,)
        return ()

    def _feeds(self, url: str, house: _House, preset: presets.Preset) -> tuple[str, ...]:
        """The first of the places at which such software has its feed."""
        for usual in preset.feeds[:_FEEDS]:
            body = self._usual(url, usual, house)
            if body and _FEED_START.search(body[1][:1024]):
                return (body[0],)
        return ()

    def _usual(self, url: str, path: str, house: _House) -> tuple[str, bytes] | None:
        """What is at a usual place of the host, with its address: one request, if robots.txt allows it."""
        usual = urls.join(url, path)
        if usual is None or not house.rules.decide(_target(usual)).allowed:
            return None
        try:
            answer = self._ask(usual)
        except (VisitError, PrivateAddressError):
            return None
        return (usual, answer.body) if answer.message.status == 200 else None


def _said(status: int) -> str:
    if 200 <= status < 300:
        return "robots.txt"
    if 300 <= status < 500:
        return f"no robots.txt ({status})"
    return f"robots.txt answered {status}: until it can be read, everything is disallowed"


def _target(url: str) -> str:
    return url[url.index("/", len("https://")) :]


def _redirect(answer: Answer) -> str | None:
    location = answer.message.get("Location")
    if answer.message.status not in (301, 302, 303, 307, 308) or not location:
        return None
    return urls.join(answer.url, location)


def _offer(answer: Answer) -> Offer:
    body = answer.body
    try:
        tree: Any = html.document_fromstring(body, html.HTMLParser(encoding=_charset(answer, body)))
    except (etree.LxmlError, ValueError, LookupError):
        return Offer()
    language = tree.get("lang", "").strip()
    links = tree.xpath("//link[@href][contains(concat(' ', @rel, ' '), ' alternate ')]")
    feeds = (urls.join(answer.url, link.get("href")) for link in links if _FEED.match(link.get("type", "")))
    named = [_clean(text) or "" for text in tree.xpath("//meta[@name='generator']/@content")[:_GENERATORS]]
    return Offer(
        title=_clean(tree.xpath("string((//head/title | //title)[1])")),
        language=language if _LANGUAGE.fullmatch(language) else None,
        generator=next(filter(None, named), None),
        feeds=tuple(dict.fromkeys(feed for feed in feeds if feed))[:_LISTED],
        preset=presets.detect(urls.host(answer.url), named, answer.message.headers, body),
    )


def _charset(answer: Answer, body: bytes) -> str | None:
    """What the header says, else UTF-8 if the bytes are that, else what the page itself says."""
    named = re.search(r"charset=[\"']?([\w.:-]+)", answer.message.get("Content-Type") or "", re.IGNORECASE)
    try:
        if named:
            return codecs.lookup(named[1]).name
        body.decode()
    except (LookupError, UnicodeDecodeError):
        return None
    return "utf-8"


def _clean(text: str) -> str | None:
    """One line of at most 200 characters without control characters; None when nothing is left."""
    return "".join(filter(str.isprintable, " ".join(text.split())))[:200].strip() or None
