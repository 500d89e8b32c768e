"""What a sitemap lists (sitemaps.org protocol 0.9): XML, an index of them, or text, each perhaps gzipped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler import characters
from crawler.listing import FEEDS, MOST, SITEMAPS, Listed, Listing

LARGEST = 50 * 1024 * 1024
"""Bytes after decompression: the protocol's own bound."""

_BEGINNING = 1024
_LINES = re.compile(r"[\r\n]+")
_ADDRESS = re.compile(r"https?://", re.I)
_HTML = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.I)
# What a document type could declare: entities, which may grow or name files, and attributes for every tag.
_DECLARATION = re.compile(r"<!(?:ENTITY|ATTLIST|ELEMENT|NOTATION)\b")
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")  # XML 1.0, section 2.2
_REFERENCE = "(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});"
# Half a character, as of an emoji, is no reference to one.
_HALF = "#(?:0*5[5-7][0-9]{3}|x0*[Dd][89A-Fa-f][0-9A-Fa-f]{2});"
_LOOSE_AMPERSAND = re.compile(f"&(?!{_REFERENCE})|&(?={_HALF})")
_CUT_OFF = re.compile("NOT_FINISHED|NOT_STARTED|RESOURCE_LIMIT|GT_REQUIRED|DOCUMENT_E")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What is listed, each URL once, in the order of the file; `sitemaps` are those of an index.

    `reason`: what could not be read, and why, for a person; None where there is nothing of that sort.
    """

    pages: tuple[Listed, ...] = ()
    sitemaps: tuple[Listed, ...] = ()
    reason: str | None = None


def parse(body: bytes, url: str) -> Sitemap:
    """Read the content-decoded body of a sitemap that was fetched from `url`, or a feed in its place.

    A broken or cut file is read as far as it goes. What is something else (the error page of a server that
    answers 200 to everything) lists nothing, and so does a document type with declarations: no sitemap has
    one, and its entities are a weapon.
    """
    plain, torn = characters.inflated(body, LARGEST + 1)
    listing = Listing(url)
    read = _Read(listing, torn, len(plain) > LARGEST)
    tagged = characters.starts_with_tag(plain)
    try:
        if tagged:
            read.xml(characters.pieces(plain, LARGEST, "<"))
        else:
            read.text(characters.pieces(plain, LARGEST, "\n"))
    except characters.StretchError:
        read.end = f"more than {characters.STRETCH // 1024**2} MB without a tag or a new line"
    listing.close()
    return Sitemap(tuple(listing.pages.values()), tuple(listing.sitemaps.values()), read.reason(plain))


class _Read:
    """One reading: what ended it before the file did, and what else there is to say of it."""

    def __init__(self, listing: Listing, torn: bool, large: bool) -> None:
        self.end = "the gzip data breaks off" if torn else "it has more than 50 MB" if large else ""
        self._listing = listing
        self._broken = ""
        self._stray = False
        self._refused = ""

    def xml(self, coming: Iterator[str]) -> None:
        """Feed the parser, in pieces: mended all at once, 20 MB of `&` would take five times the memory."""
        listing = self._listing
        parser = _parser(listing)
        first = True
        try:
            for piece in self._plain(coming):
                if first and _HTML.match(piece):
                    listing.root = "html"
                if _DECLARATION.search(piece):
                    self._refused = "its document type declares entities or the like, which no sitemap does"
                if listing.root == "html" or self._refused:
                    return
                text = _XML_DECLARATION.sub("", piece, count=1) if first else piece
                parser.feed(_LOOSE_AMPERSAND.sub("&amp;", text).encode())
                first = False
            if not self.end and not listing.over():
                parser.close()
        except etree.LxmlError:
            pass  # what is wrong is in the log of the errors
        self._broken = self._errors(parser)

    def text(self, coming: Iterator[str]) -> None:
        """One absolute address a line; anything else is no address, for a text can be about anything. Nor is
        the last line of a text that is cut.
        """
        last = ""
        for piece in self._plain(coming):
            *lines, last = _LINES.split(last + piece)
            self._take(lines)
        if not self.end and not self._listing.over():
            self._take([last])

    def _take(self, lines: list[str]) -> None:
        listing = self._listing
        for line in lines:
            if _ADDRESS.match(line.strip()):
                listing.add(listing.pages, line)
            else:
                listing.refused += bool(line.strip())

    def reason(self, body: bytes) -> str | None:
        """What was not read, in one line."""
        listing = self._listing
        number = len(listing.pages) + len(listing.sitemaps)
        if listing.root == "html":
            return "sitemap: a web page (HTML), not a sitemap; nothing read"
        if not body.strip() and not self.end:
            return "sitemap: it is empty"
        told = f"sitemap: {number:,} address{'' if number == 1 else 'es'} read"
        if self._refused:
            return f"{told}: {self._refused}"
        if not number and not self.end and listing.root not in SITEMAPS | FEEDS:
            return "sitemap: neither a sitemap nor a feed, nor a list of addresses; nothing read"
        notes = [f"; {note}" for note in self._notes()]
        end = self._ended()
        return told + (f", then {end}" if end else "") + "".join(notes) if end or notes else None

    def _ended(self) -> str:
        listing = self._listing
        if listing.full:
            return f"there are more than the {MOST:,} that a file may list"
        if listing.deep:
            return "tags that are nested too deeply"
        if listing.late:
            return "the rest takes too long to read"
        return self.end

    def _notes(self) -> Iterator[str]:
        if self._broken:
            yield self._broken
        if self._listing.refused:
            refused = self._listing.refused
            yield f"{refused:,} of its entries {'has' if refused == 1 else 'have'} no web address"
        if self._stray:
            yield "bytes that are not UTF-8 were read as windows-1252"

    def _plain(self, coming: Iterator[str]) -> Iterator[str]:
        for piece in coming:
            text, stray = characters.mended(piece)
            self._stray = self._stray or stray
            yield _FORBIDDEN.sub("", text)
            if self._listing.over():
                return

    def _errors(self, parser: etree.XMLParser) -> str:
        """Where the XML is broken. A prefix that is declared nowhere breaks nothing."""
        log = [one for one in parser.feed_error_log if one.domain_name != "NAMESPACE"]
        if not log or self._listing.over():
            return ""
        last = next((one for one in log if one.type_name == "ERR_DOCUMENT_END"), log[0])
        told = f"broken XML at line {last.line:,}"
        if _CUT_OFF.search(last.type_name) and not self.end:
            self.end, told = told, ""
        return told


def _parser(listing: Listing) -> etree.XMLParser:
    return etree.XMLParser(
        target=listing,  # type: ignore[arg-type]  # the stubs ask for methods that lxml does without
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
