"""The other addresses of a site: http and https, with `www.` and without, the one for telephones."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from archive import urls
from crawler import offer
from crawler.caller import REDIRECTS, Caller, redirect, target
from crawler.discovery import page_links
from crawler.manners import origin
from crawler.visit import Answer

SECONDS = 6.0
"""For one request to a twin: where there is none, that is all it costs."""

ALIKE = 0.8
"""Such a share of the words on two pages are the same where they are one page under two addresses."""

_WORDS = re.compile(rb"[0-9A-Za-z\x80-\xff]{4,}")
_LOOKED_AT = 200_000  # bytes


class Kind(StrEnum):
    """What is under a twin's address."""

    REDIRECTS = "redirects here"
    SAME = "has the same pages"
    OTHER = "has other pages"
    ELSEWHERE = "leads to other pages"
    NONE = "is not there"


@dataclass(frozen=True, slots=True)
class Twin:
    """`origin` is scheme and host; `answer` that for the page, where there is one of the twin's own."""

    origin: str
    kind: Kind
    answer: Answer | None = None

    @property
    def stands_for_us(self) -> bool:
        """Whether its addresses are ours under another name. Those that redirect are asked for at once where
        they lead: half of the requests.
        """
        return self.kind in (Kind.REDIRECTS, Kind.SAME)


def find(caller: Caller, page: Answer, said: offer.Offer, passed: frozenset[str]) -> tuple[Twin, ...]:
    """Look for the twins of a page that was answered; at most four, and a few requests for each. The `passed`
    URLs redirected here.
    """
    further = _further(page)
    found = [_judge(caller, url, page, passed, further) for url in _addresses(page.url, said)]
    corner = _corner(page.url)
    if corner and (corner in passed or any(_is_a_name_of(corner, twin) for twin in found)):
        found.append(_judge(caller, corner, page, passed, further))
    return tuple(found)


def chosen(page: Answer, said: offer.Offer, twins: tuple[Twin, ...]) -> Answer:
    """The answer of those with the same pages under the address that stands for all: the one that the page
    calls its own, else one with https and a certificate that holds, else what was asked for.
    """
    same = [twin.answer for twin in twins if twin.kind is Kind.SAME and twin.answer]
    own = origin(said.canonical) if said.canonical else None
    for one in (page, *same):
        if origin(one.url) == own:
            return one
    if page.url.startswith("https:"):
        return page
    secure = f"https:{origin(page.url).partition(':')[2]}"
    return next((one for one in same if origin(one.url) == secure and one.certificate is None), page)


def _addresses(url: str, said: offer.Offer) -> Iterator[str]:
    """The page under its other addresses. Where a port is named only the one for telephones is looked for."""
    scheme, _, rest = url.partition("://")
    host = urls.host(url)
    if ":" not in host:
        yield f"{'http' if scheme == 'https' else 'https'}://{rest}"
        if _has_a_www(host):
            bare = rest.removeprefix("www.")
            yield f"{scheme}://{bare if bare != rest else f'www.{rest}'}"
    if said.mobile and origin(said.mobile) != origin(url) and target(said.mobile) == target(url):
        yield said.mobile


def _corner(url: str) -> str | None:
    """The page under the other scheme and the other host: where links lead that are old enough."""
    other, www = [*_addresses(url, offer.Offer()), "", ""][:2]
    return f"{other.partition(':')[0]}:{www.partition(':')[2]}" if www else None


def _is_a_name_of(corner: str, twin: Twin) -> bool:
    """Whether the twin has the corner's host, and stands for us: else nobody is at home there either."""
    return twin.stands_for_us and urls.host(twin.origin) == urls.host(corner)


def _further(page: Answer) -> str | None:
    """Another page of the site, by its first plain link: one redirect says nothing of the rest."""
    own = (url for url in page_links(page.url, page.message).pages if origin(url) == origin(page.url))
    return next((url for url in own if "?" not in url and target(url) not in ("/", target(page.url))), None)


def _has_a_www(host: str) -> bool:
    """`www.` is for names of two parts, or three where the second is as short as in `co.uk`."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        parts = host.removeprefix("www.").split(".")
        return host.startswith("www.") or len(parts) == 2 or (len(parts) == 3 and len(parts[1]) <= 3)
    return False


def _judge(caller: Caller, url: str, page: Answer, passed: frozenset[str], further: str | None) -> Twin:
    at = origin(url)
    if url in passed:
        return Twin(at, _leading(caller, at, further))
    answer = caller.get(url, SECONDS)
    for _ in range(REDIRECTS):
        onward = redirect(answer) if answer else None
        if onward is None:
            break
        if origin(onward) == origin(page.url):
            return Twin(at, _leading(caller, at, further) if onward == page.url else Kind.ELSEWHERE)
        answer = caller.get(onward, SECONDS) if origin(onward) == at else None
    if answer is None or answer.message.status != 200:
        return Twin(at, Kind.NONE)
    own = offer.read(answer).canonical
    points_here = own is not None and origin(own) == origin(page.url) and target(own) == target(page.url)
    same = points_here or _likeness(answer.body, page.body) >= ALIKE
    return Twin(at, Kind.SAME if same else Kind.OTHER, answer)


def _leading(caller: Caller, at: str, further: str | None) -> Kind:
    """Of a twin whose page redirects here: whether its other pages do, each to the same one here."""
    answer = caller.get(f"{at}{target(further)}", SECONDS) if further else None
    if further is None or (answer and redirect(answer) == further):
        return Kind.REDIRECTS
    return Kind.ELSEWHERE


def _likeness(one: bytes, other: bytes) -> float:
    """The share of words that both have, of those that either has; without words, whether they are equal."""
    a, b = (set(_WORDS.findall(body[:_LOOKED_AT])) for body in (one, other))
    return len(a & b) / len(a | b) if a | b else float(one == other)


def turned(twins: tuple[Twin, ...], stands: Answer, page: Answer) -> tuple[Twin, ...]:
    """The twins as seen from the one that stands for all: the page that was asked for is one of them."""
    others = tuple(twin for twin in twins if twin.answer is not stands)
    return (Twin(origin(page.url), Kind.SAME, page), *others)
