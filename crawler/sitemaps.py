"""What a sitemap lists (sitemaps.org protocol 0.9): XML, an index of them, or text, each perhaps gzipped."""

import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from lxml import etree

from archive import urls

LARGEST = 50 * 1024 * 1024
MOST = 50_000
"""The protocol's own bounds: bytes after decompression, and addresses."""

_PIECE = 64 * 1024
_MOST_MEMBERS = 1000
_GZIP = b"\x1f\x8b"
_LINE = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*(https?://[^\r\n]+)", re.M | re.I)
_LOOSE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Absolute canonical URLs, each once, in the order of the file; `sitemaps` are those of an index."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def parse(body: bytes, url: str) -> Sitemap:
    """Read the content-decoded body of a sitemap that was fetched from `url`.

    A broken or cut file is read as far as it goes, and anything else (the error page of a server that
    answers 200 to everything) gives an empty sitemap. A document type is refused: no sitemap has one, and
    its entities are a weapon.
    """
    body = (_gunzip(body) if body.startswith(_GZIP) else body)[:LARGEST]
    start = body[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not start.startswith(b"<"):
        return Sitemap(pages=_text(body, url))
    if b"<!DOCTYPE" in body:
        return Sitemap()
    if b"\0" not in start:
        body = _LOOSE_AMPERSAND.sub(b"&amp;", body)
    listing = _Listing(url)
    with suppress(etree.LxmlError):
        etree.fromstring(body, _parser(listing))
    return Sitemap(tuple(listing.pages), tuple(listing.sitemaps))


def _gunzip(body: bytes) -> bytes:
    """Decompress as far as it goes, up to the bound; several members are one file (RFC 1952, section 2.2)."""
    found = bytearray()
    position = 0
    with suppress(zlib.error):
        for _ in range(_MOST_MEMBERS):
            if not body.startswith(_GZIP, position):
                break
            member = zlib.decompressobj(wbits=31)
            while not member.eof and position < len(body) and len(found) < LARGEST:
                piece = body[position : position + _PIECE]
                found += member.decompress(piece, LARGEST - len(found))
                position += len(piece) - len(member.unused_data)
    return bytes(found)


def _text(body: bytes, url: str) -> tuple[str, ...]:
    """One absolute address a line; anything else is no address, for a text can be about anything."""
    found: dict[str, None] = {}
    for line in _LINE.finditer(body):
        _add(found, url, line[1].decode("utf-8", "replace"))
        if len(found) == MOST:
            break
    return tuple(found)


def _add(found: dict[str, None], base: str, reference: str) -> None:
    address = urls.join(base, reference) if reference.strip() and len(found) < MOST else None
    if address:
        found[address] = None


def _parser(listing: "_Listing") -> etree.XMLParser:
    return etree.XMLParser(
        target=listing,  # type: ignore[arg-type]  # the stubs ask for methods that lxml does without
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )


class _Listing:
    """The parser's target: gathers the `loc` of each `url` and `sitemap`, and a page's other languages."""

    def __init__(self, url: str) -> None:
        self.pages: dict[str, None] = {}
        self.sitemaps: dict[str, None] = {}
        self._url = url
        self._loc = ""
        self._into: dict[str, None] = self.pages
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, brace, name = tag.rpartition("}")
        if name in ("url", "sitemap"):
            self._into = self.pages if name == "url" else self.sitemaps
            self._loc = f"{namespace}{brace}loc"
        elif tag == self._loc:
            self._text = []
        elif name == "link" and self._loc and attributes.get("rel") == "alternate":
            _add(self.pages, self._url, attributes.get("href", ""))

    def data(self, text: str) -> None:
        if self._text is not None and len(self._text) < urls.LONGEST:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if tag == self._loc and self._text is not None:
            # An ampersand in CDATA, or escaped twice: no address has `&amp;` in it.
            _add(self._into, self._url, "".join(self._text).replace("&amp;", "&"))
            self._text = None
        elif tag.rpartition("}")[2] in ("url", "sitemap"):
            self._loc = ""

    def close(self) -> None:
        """Asked for by the parser; a `loc` that is cut is no address."""
