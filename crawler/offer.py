"""What a page says of its site: title, language, feeds, the software behind it, and its other addresses."""

import codecs
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from archive import urls
from crawler import presets
from crawler.visit import Answer

_LISTED = 20
_GENERATORS = 10
_FEED = re.compile(r"application/(?:(?:rss|atom)\+xml|feed\+json)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Offer:
    """`platform` is the software that the page gives away, if it does. `canonical` is the address that the
    page calls its own, `mobile` the one of its twin for telephones.
    """

    title: str | None = None
    language: str | None = None
    generator: str | None = None
    feeds: tuple[str, ...] = ()
    platform: presets.Detected | None = None
    canonical: str | None = None
    mobile: str | None = None


def read(answer: Answer) -> Offer:
    """Read the answer for a page; whatever its bytes are, it does no harm."""
    body = answer.body
    try:
        tree: Any = html.document_fromstring(body, html.HTMLParser(encoding=_charset(answer, body)))
    except (etree.LxmlError, ValueError, LookupError):
        return Offer()
    links = tree.xpath("//link[@href][contains(concat(' ', @rel, ' '), ' alternate ')]")
    feeds = (urls.join(answer.url, link.get("href")) for link in links if _FEED.match(link.get("type", "")))
    phones = (link.get("href") for link in links if _is_for_phones(link.get("media", "")))
    own = next(iter(tree.xpath("//link[translate(@rel, 'CANOIL', 'canoil')='canonical']/@href")), None)
    mobile = next(phones, None)
    named = [_clean(text) or "" for text in tree.xpath("//meta[@name='generator']/@content")[:_GENERATORS]]
    return Offer(
        title=_clean(tree.xpath("string((//head/title | //title)[1])")),
        language=_language(tree, answer),
        generator=next(filter(None, named), None),
        feeds=tuple(dict.fromkeys(feed for feed in feeds if feed))[:_LISTED],
        platform=presets.detect(urls.host(answer.url), named, answer.message.headers, body),
        canonical=urls.join(answer.url, own) if own else None,
        mobile=urls.join(answer.url, mobile) if mobile else None,
    )


def _is_for_phones(media: str) -> bool:
    return "handheld" in media.lower() or "max-width" in media.lower()


def _language(tree: Any, answer: Answer) -> str | None:
    """What the page, the server, or the page's card for social media says."""
    said = (
        tree.get("lang", ""),
        tree.get("xml:lang", ""),
        *tree.xpath("//meta[translate(@http-equiv, 'CONTELAGU', 'contelagu')='content-language']/@content")[
            :1
        ],
        answer.message.get("Content-Language") or "",
        *tree.xpath("//meta[@property='og:locale']/@content")[:1],
    )
    first = (text.partition(",")[0].strip().replace("_", "-") for text in said)
    return next((text for text in first if _LANGUAGE.fullmatch(text)), None)


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
