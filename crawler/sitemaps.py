"""What a sitemap lists (sitemaps.org protocol 0.9): XML, an index of them, or text, each perhaps gzipped."""

import re
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from lxml import etree

from archive import urls

LARGEST = 50 * 1024 * 1024
MOST = 50_000
"""The protocol's own bounds: bytes after decompression, and addresses."""

SECONDS = 1.0
"""Of CPU in which no address comes: the rest of a sitemap is not read then."""

_PIECE = 64 * 1024
_MOST_MEMBERS = 1000
_GZIP = b"\x1f\x8b"
_LINE = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*(https?://[^\r\n]+)", re.M | re.I)
# Half a character, as of an emoji, is no reference to one; libxml2 hands it on as bad UTF-8, which is fatal.
_HALF = rb"#(?:0*5[5-7][0-9]{3}|x0*[Dd][89A-Fa-f][0-9A-Fa-f]{2});"
_LOOSE_AMPERSAND = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)|&(?=%b)" % _HALF
)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Absolute canonical URLs, each once, in the order of the file; `sitemaps` are those of an index.

    There may be more of them where it was `cut`, since it is too long or takes too long, or where something
    in it is `unread`, which nobody can read.
    """

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    cut: bool = False
    unread: bool = False


def parse(body: bytes, url: str) -> Sitemap:
    """Read the content-decoded body of a sitemap that was fetched from `url`.

    A broken or cut file is read as far as it goes, and anything else (the error page of a server that
    answers 200 to everything) gives an empty sitemap. A document type is refused: no sitemap has one, and
    its entities are a weapon.
    """
    body = (_gunzip(body) if body.startswith(_GZIP) else body)[:LARGEST]
    start = body[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    listing = _Listing(url)
    unread = False
    if not start.startswith(b"<"):
        _text(listing, body)
    elif b"<!DOCTYPE" not in body:
        try:
            _xml(listing, body, mend=b"\0" not in start)
        except UnicodeDecodeError:  # what cannot be mended
            unread = True
        except etree.LxmlError:
            pass
    return Sitemap(tuple(listing.pages), tuple(listing.sitemaps), listing.cut, unread)


def _xml(listing: "_Listing", body: bytes, mend: bool) -> None:
    """Feed the parser, the pieces beginning with tags; mended, 20 MB of `&` take five times the memory."""
    parser = _parser(listing)
    start = 0
    while start < len(body) and not listing.late():
        end = body.rfind(b"<", start + 1, start + _PIECE) if start + _PIECE < len(body) else len(body)
        end = end if end > 0 else start + _PIECE
        piece = body[start:end]
        parser.feed(_LOOSE_AMPERSAND.sub(b"&amp;", piece) if mend else piece)
        start = end
    parser.close()


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


def _text(listing: "_Listing", body: bytes) -> None:
    """One absolute address a line; anything else is no address, for a text can be about anything."""
    for number, line in enumerate(_LINE.finditer(body)):
        if number % 100 == 99 and listing.late():
            break
        listing.add(listing.pages, line[1].decode("utf-8", "replace"))


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
        self.cut = False
        self._until = time.thread_time() + SECONDS
        self._url = url
        self._loc = ""
        self._into: dict[str, None] = self.pages
        self._text: list[str] | None = None

    def late(self) -> bool:
        """Whether the time is over; then what was found is all there will be."""
        over = time.thread_time() > self._until
        self.cut = self.cut or over
        return self.cut

    def add(self, found: dict[str, None], reference: str) -> None:
        address = urls.join(self._url, reference) if reference.strip() else None
        if not address or address in found:
            return
        if len(found) < MOST:
            found[address] = None
            self._until = time.thread_time() + SECONDS
        else:
            self.cut = True

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, brace, name = tag.rpartition("}")
        if name in ("url", "sitemap"):
            self._into = self.pages if name == "url" else self.sitemaps
            self._loc = f"{namespace}{brace}loc"
        elif tag == self._loc:
            self._text = []
        elif name == "link" and self._loc and attributes.get("rel") == "alternate":
            self.add(self.pages, attributes.get("href", ""))

    def data(self, text: str) -> None:
        if self._text is not None and len(self._text) < urls.LONGEST:
            self._text.append(text)

    def end(self, tag: str) -> None:
        if tag == self._loc and self._text is not None:
            # An ampersand in CDATA, or escaped twice: no address has `&amp;` in it.
            self.add(self._into, "".join(self._text).replace("&amp;", "&"))
            self._text = None
        elif tag.rpartition("}")[2] in ("url", "sitemap"):
            self._loc = ""

    def close(self) -> None:
        """Asked for by the parser; a `loc` that is cut is no address."""
