"""The canonical form of text, version 1 of docs/on-disk.md: blocks, their lines, single spaces, NFC."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from lxml.html import HtmlElement

from archive.text import words
from archive.text.measures import BLOCKS, HEADINGS

INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
LONE = re.compile(r"\W*\d[\d.,\s]*[kKmM]?\W*$")
LAYOUT = ("table", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "blockquote")
TOP = ("#", "#top", "#page", "#header", "#up")
TIME = re.compile(r"\d{1,2}(?::\d\d){1,2}")
PLAYED = re.compile(r"0{1,2}(?::00){1,2}(\W+(\d{1,2}(?::\d\d){1,2}))?$")
PRE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list or table as text, the element it begins in, and the one that holds it.

    `strong`: all of it is in bold or large letters; `ruled`: a rule stands before it.
    """

    text: str
    element: HtmlElement
    whole: HtmlElement
    heading: bool = False
    strong: bool = False
    ruled: bool = False


def read(root: HtmlElement) -> list[Block]:
    """The blocks below an element in page order, furniture lines left out."""
    reader = _Reader()
    reader.walk(root, root, None, pre=False)
    reader.paragraph()
    players = {*_players(reader.blocks), *_repeated(reader.blocks)}
    return [
        block
        for place, block in enumerate(reader.blocks)
        if place not in players
        and not is_furniture(block.text)
        and not _is_lone_number(block)
        and not _leads_to_the_top(block)
    ]


def _repeated(blocks: list[Block]) -> Iterator[int]:
    """Three and more of the same words in a row, each in a block of its own: the labels of a gallery."""
    start = 0
    for place in range(1, len(blocks) + 1):
        if place == len(blocks) or blocks[place].text != blocks[start].text:
            if place - start > 2 and len(blocks[start].text) <= 60:
                yield from range(start, place)
            start = place


def _players(blocks: list[Block]) -> Iterator[int]:
    """The labels of players: a short block over the time that was played, `0:00`, and the whole time."""
    for place in range(len(blocks) - 1):
        begun = PLAYED.match(blocks[place + 1].text)
        rest = blocks[place + 2].text if place + 2 < len(blocks) else ""
        whole = begun and (begun[2] or TIME.fullmatch(rest))
        if whole and len(blocks[place].text) <= 60 and not blocks[place].heading:
            yield place


def _leads_to_the_top(block: Block) -> bool:
    """True for a block that is nothing but a link to the top of its page."""
    links = [link for link in block.element.iter("a") if link.get("href")]
    top = len(links) == 1 and (links[0].get("href") or "").lower() in TOP
    return top and len(block.text) <= 30 and line("".join(links[0].itertext())) == block.text


def _is_lone_number(block: Block) -> bool:
    """True for a number in a box of its own: it counts something. A paragraph may be a number."""
    return (
        len(block.text) <= 9
        and block.element.tag in ("div", "section", "center")
        and LONE.match(block.text) is not None
    )


def is_furniture(text: str) -> bool:
    """True when every line of a block is a counter, a clock or a label of the page's machinery."""
    return all(len(line) <= 250 and _is_label(line) for line in text.split("\n"))


# The same lines are asked for again and again while the order of a page is found out.
@lru_cache(maxsize=4096)
def _is_label(line: str) -> bool:
    return bool(words.COUNTER.match(line) or words.FURNITURE.match(line))


def join(texts: Iterable[str]) -> str:
    """Blocks as one canonical text."""
    return unicodedata.normalize("NFC", "\n\n".join(text for text in texts if text))


def digests(text: str) -> list[str]:
    """SHA-256 of each block of a canonical text, in lower-case hexadecimal."""
    return [sha256(block.encode()).hexdigest() for block in text.split("\n\n") if block]


def line(text: str) -> str:
    """One line of canonical text: NFC, single spaces, no zero-width characters."""
    return unicodedata.normalize("NFC", " ".join(INVISIBLE.sub("", text).split()))


def plain(text: str) -> str:
    """The canonical form of a payload that is plain text."""
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    return join("\n".join(filter(None, map(line, part.split("\n")))) for part in paragraphs)


@dataclass(slots=True)
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    owner: HtmlElement | None = None
    whole: HtmlElement | None = None
    heading: bool = False
    weak: bool = False
    ruled: bool = False

    def walk(
        self,
        element: HtmlElement,
        block: HtmlElement,
        group: HtmlElement | None,
        pre: bool,
        strong: bool = False,
    ) -> None:
        """`group` is the list or table around the element whose parts are lines of one block."""
        tag = element.tag
        tight = group is not None
        if tag == "hr":
            self.paragraph()
            self.ruled = True
            return
        if tag == "br":
            self.turn(tight)
            return
        if tag in BLOCKS:
            self.border(element, tight)
            block = element
            self.heading = self.heading or tag in HEADINGS
        pre = pre or tag == "pre" or PRE.search(element.get("style") or "") is not None
        strong = strong or _is_strong(element)
        inner = element if group is None and _is_tight(element) else group
        whole = block if inner is None else inner
        self.add(element.text, block, whole, pre, strong)
        for child in element:
            self.walk(child, block, inner, pre, strong)
            self.add(child.tail, block, whole, pre, strong)
        if tag in BLOCKS:
            self.border(element, tight)

    def add(self, text: str | None, block: HtmlElement, whole: HtmlElement, pre: bool, strong: bool) -> None:
        if not text:
            return
        if not text.isspace():
            self.weak = self.weak or not strong
        if self.pieces and self.pieces[-1][-1:].isdigit() and text[0].isdigit():
            self.pieces.append(" ")  # two numbers in two elements are no third one
        first, *rest = text.split("\n") if pre else [text]
        self.piece(first, block, whole)
        for part in rest:
            self.turn(False)
            self.piece(part, block, whole)

    def piece(self, text: str, block: HtmlElement, whole: HtmlElement) -> None:
        if self.owner is None and text and not text.isspace():
            self.owner, self.whole = block, whole
        self.pieces.append(text)

    def border(self, element: HtmlElement, tight: bool) -> None:
        if not tight:
            self.paragraph()
        elif element.tag in ("td", "th"):
            self.pieces.append(" ")
        elif not _in_cell(element):
            self.end()
        else:
            self.pieces.append(" ")

    def turn(self, tight: bool) -> None:
        """A `<br>`: the end of a line; the second in a row ends the block."""
        if not self.end() and not tight:
            self.paragraph()

    def end(self) -> bool:
        text = line("".join(self.pieces))
        self.pieces.clear()
        if text:
            self.lines.append(text)
        return bool(text)

    def paragraph(self) -> None:
        self.end()
        if self.lines and self.owner is not None:
            text, strong = "\n".join(self.lines), not self.weak
            self.blocks.append(Block(text, self.owner, self.whole, self.heading, strong, self.ruled))
            self.ruled = False
        self.lines.clear()
        self.owner, self.whole, self.heading, self.weak = None, None, False, False


def _is_strong(element: HtmlElement) -> bool:
    return element.tag in ("b", "strong", "big") or (
        element.tag == "font"
        and (element.get("size") or "").strip() in ("4", "5", "6", "7", "+1", "+2", "+3")
    )


def _is_tight(element: HtmlElement) -> bool:
    """True for lists of short items and for tables of data, whose parts are lines of one block."""
    if element.tag in ("ul", "ol", "dl"):
        return not any(_is_loose(item) for item in element)
    if element.tag == "table":
        return not is_layout(element)
    return False


def _is_loose(item: HtmlElement) -> bool:
    found = [node.tag for node in item.iterdescendants("p", *HEADINGS)]
    return len(found) > 1 or any(tag in HEADINGS for tag in found)


def is_layout(table: HtmlElement) -> bool:
    """True for a table that arranges the page: cells with blocks or long text, or one cell a row."""
    widest = 0
    for row in table.iterdescendants("tr"):
        widest = max(widest, len(row))
        for cell in row:
            if cell.find(".//table") is not None or sum(1 for _ in cell.iterdescendants(*LAYOUT)) > 1:
                return True
            if sum(1 for _ in cell.iterdescendants("br")) > 1 or sum(map(len, cell.itertext())) > 400:
                return True
    return widest <= 1


def _in_cell(element: HtmlElement) -> bool:
    for up in element.iterancestors():
        if up.tag in ("td", "th"):
            return True
        if up.tag in ("ul", "ol", "dl", "table"):
            return False
    return False
