"""What a page points to: other pages, and the requisites it needs to be shown (images, styles, fonts).

The parser calls back for each tag and builds no tree: memory stays flat whatever a page nests, and libxml2's
depth limit, which silently cuts a tree at 256 open tags, does not apply.
"""

import codecs
import re
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from archive import urls

MOST = 10_000
"""At most so many pages, and as many requisites, are taken from one body."""

LARGEST = 8 * 1024 * 1024
"""So many bytes of a body are read for links: one tag as long takes the parser most of a second."""

SECONDS = 0.7
"""Of CPU for the links of one body. A page with 10,000 links takes a third of it; hostile markup minutes."""

_DEEPEST = 500
_PIECE = 4 * 1024
_STRETCH = 64 * 1024
_AT_ONCE = 200

_LAZY = ("src", "data-src", "data-lazy-src", "data-original")
_PAGES: Mapping[str, tuple[str, ...]] = {
    "a": ("href", "xlink:href"),
    "area": ("href",),
    "frame": ("src",),
    "iframe": ("src", "data-src"),
}
_REQUISITES: Mapping[str, tuple[str, ...]] = {
    "img": (*_LAZY, "lowsrc"),
    "amp-img": _LAZY,
    "source": _LAZY,
    "video": (*_LAZY, "poster", "data-poster"),
    "audio": _LAZY,
    "track": ("src",),
    "embed": ("src",),
    "script": ("src",),
    "input": ("src",),
    "object": ("data",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "body": ("background",),
    "table": ("background",),
    "tr": ("background",),
    "td": ("background",),
    "th": ("background",),
}
# By attribute, since most have nothing to do with links.
_TAGS: Mapping[str, frozenset[str]] = {
    name: frozenset(tag for tag, names in (*_PAGES.items(), *_REQUISITES.items()) if name in names)
    for name in {name for names in (*_PAGES.values(), *_REQUISITES.values()) for name in names}
}
_SETS = frozenset({"srcset", "data-srcset", "data-lazy-srcset", "imagesrcset"})
_REL_PAGE = frozenset({"next", "prev", "previous", "canonical"})
_REL_REQUISITE = frozenset(
    {"stylesheet", "icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "preload"}
    | {"modulepreload", "manifest"}
)
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_XML = frozenset({"text/xml", "application/xml"})

# Possessive quantifiers and classes that exclude their own start keep these linear on hostile input.
_NOWHERE = re.compile(r"\s*+(?:#|$|(?:javascript|mailto|data|tel|about|blob|sms|callto|file):)", re.I)
_CANDIDATE = re.compile(r"([^\s,](?:\S*[^\s,])?)(?:\s[^,]*+)?")
_REFRESH = re.compile(r"""\s*+(?:url\s*+=\s*+)?["']?([^"']*+)""", re.I)
_CHARSET = re.compile(r"""charset\s*+=\s*+["']?([A-Za-z0-9._:-]{1,40})""", re.I)
_QUOTED = r"""(?:"((?:[^"\n\\]++|\\.)*+)"|'((?:[^'\n\\]++|\\.)*+)')"""
_CSS_START = re.compile(r"url\(|@import", re.I)
_CSS_URL = re.compile(rf"""url\(\s*+(?:{_QUOTED}|((?:[^()'"\s\\]++|\\.)++))|@import\s*+{_QUOTED}""", re.I)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9A-Fa-f]{1,6})\s?|(.))")


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute canonical URLs, each once, in the order of the body. `cut`: there may be more of them."""

    pages: tuple[str, ...] = ()
    requisites: tuple[str, ...] = ()
    cut: bool = False


def find(body: bytes, content_type: str | None, url: str) -> Links:
    """The links of a content-decoded HTML or CSS body that was fetched from `url`; none for other types.

    `content_type` is the header as sent. `rel=nofollow` is a word to search engines and no objection to a
    visit, which is what robots.txt is for. A broken page is read as far as the parser gets.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    page = _Page(cut=len(body) > LARGEST)
    body = body[:LARGEST]
    if kind == "text/css":
        page.take_css(body.decode("utf-8", "replace"))
        return page.links(url)
    start = body[:1024].lower()
    if kind in _HTML or (kind in _XML and b"<html" in start) or (not kind and start.lstrip()[:1] == b"<"):
        charset = _charset(body, content_type or "")
        with suppress(etree.LxmlError):
            _parse(page, body, charset)
        page.close()
        base = (urls.join(url, page.base) if page.base else None) or url
        return page.links(base, _query_charset(body, charset))
    return Links()


def _parse(page: "_Page", body: bytes, charset: str | None) -> None:
    """Feed the parser; with too many tags open, go on with a new one.

    For an end tag libxml2 searches all open tags: minutes for a megabyte of `<b>` and a megabyte of `</i>`.
    """
    parser = _parser(page, charset)
    start = checked = 0
    while start < len(body):
        if start >= checked + _STRETCH:
            checked = start
            if page.late():
                break
        end = body.rfind(b"<", start + 1, start + _PIECE) if start + _PIECE < len(body) else len(body)
        end = end if end > 0 else start + _PIECE
        parser.feed(body[start:end])
        start = end
        if page.depth > _DEEPEST:
            page.depth = 0
            parser = _parser(page, charset)
    parser.close()


def _parser(page: "_Page", charset: str | None) -> etree.HTMLParser:
    return etree.HTMLParser(
        target=page,  # type: ignore[arg-type]  # the stubs ask for methods that lxml does without
        encoding=charset,
        recover=True,
        no_network=True,
        huge_tree=False,
    )


def _charset(body: bytes, content_type: str) -> str | None:
    """The order of the HTML Standard, but UTF-8 that proves itself goes before `<meta charset>`."""
    if body.startswith((b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")):
        return None
    named = _CHARSET.search(content_type)
    if named:
        with suppress(LookupError):
            etree.HTMLParser(encoding=named[1])
            return named[1]
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _query_charset(body: bytes, charset: str | None) -> str:
    """The codec in which browsers send queries: the page's, but UTF-8 for UTF-16 (Encoding Standard, 4.3)."""
    found = _CHARSET.search(body[:1024].decode("latin-1")) if charset is None else None
    try:
        name = codecs.lookup(found[1] if found else charset or "utf-8").name
        "".encode(name)
    except LookupError:  # unknown, or none of texts
        return "utf-8"
    if name in ("ascii", "iso8859-1"):
        return "cp1252"
    return "utf-8" if name.startswith("utf") else name


@dataclass(slots=True)
class _Page:
    """The parser's target: gathers references as they are written, as long as there is time."""

    cut: bool = False
    depth: int = 0
    base: str | None = None
    pages: dict[str, None] = field(default_factory=dict)
    requisites: dict[str, None] = field(default_factory=dict)
    _style: list[str] | None = None
    _until: float | None = None

    def late(self) -> bool:
        """Whether the time is over; then what was found is all there will be.

        It begins when it is first asked, which is after a stretch of the body: most pages never ask.
        """
        now = time.thread_time()
        if self._until is None:
            self._until = now + SECONDS
        over = now > self._until
        self.cut = self.cut or over
        return over

    def links(self, base: str, charset: str = "utf-8") -> Links:
        """What was found, resolved; the pages first, if the time is short."""
        pages = self._resolve(base, charset, self.pages)
        return Links(pages, self._resolve(base, charset, self.requisites), self.cut)

    def _resolve(self, base: str, charset: str, references: Iterable[str]) -> tuple[str, ...]:
        found: dict[str | None, None] = {}
        for number, reference in enumerate(references):
            if number % _AT_ONCE == _AT_ONCE - 1 and self.late():
                break
            found[urls.join(base, reference, charset)] = None
        return tuple(url for url in found if url)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if tag == "style":
            self._style = []
        if not attributes:
            return
        for name, value in attributes.items():
            tags = _TAGS.get(name)
            if tags is not None:
                if tag in tags:
                    self._take(self.pages if tag in _PAGES else self.requisites, value)
            elif name in _SETS:
                for candidate in _CANDIDATE.finditer(value):
                    self._take(self.requisites, candidate[1])
            elif name == "style":
                self.take_css(value)
        if tag == "link":
            self._link(attributes)
        elif tag == "meta" and attributes.get("http-equiv", "").strip().lower() == "refresh":
            target = _REFRESH.match(attributes.get("content", "").partition(";")[2])
            self._take(self.pages, target[1] if target else None)
        elif tag == "base" and self.base is None:
            self.base = attributes.get("href")

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag == "style":
            self.close()

    def data(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def close(self) -> None:
        if self._style is not None:
            self.take_css("".join(self._style))
            self._style = None

    def _link(self, attributes: Mapping[str, str]) -> None:
        rel = set(attributes.get("rel", "").lower().split())
        if rel & _REL_REQUISITE:
            self._take(self.requisites, attributes.get("href"))
        elif rel & _REL_PAGE or ("alternate" in rel and attributes.get("type", "text/html").lower() in _HTML):
            self._take(self.pages, attributes.get("href"))

    def _take(self, found: dict[str, None], reference: str | None) -> None:
        if not reference or reference in found or _NOWHERE.match(reference):
            return
        if len(found) < MOST:
            found[reference] = None
        else:
            self.cut = True

    def take_css(self, css: str) -> None:
        for number, start in enumerate(_CSS_START.finditer(css)):
            if number % _AT_ONCE == _AT_ONCE - 1 and self.late():
                break
            match = _CSS_URL.match(css, start.start())
            if match:
                self._take(self.requisites, _CSS_ESCAPE.sub(_unescape, match[match.lastindex or 0]))


def _unescape(escape: re.Match[str]) -> str:
    """CSS Syntax Level 3, section 4.3.7."""
    if escape[2]:
        return escape[2]
    number = int(escape[1], 16)
    return chr(number) if 0 < number < 0x110000 else "\ufffd"
