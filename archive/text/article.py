"""The article of a page that holds one: its blocks, and the date and author that stand at its headline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from archive.text import blocks as reading
from archive.text import bylines, cards, column, words
from archive.text.blocks import Block
from archive.text.measures import LONG, Measures, measure


@dataclass(frozen=True, slots=True)
class Article:
    """What was read: canonical text, its byline, and where on the page."""

    text: str
    byline: bylines.Byline
    reasons: tuple[str, ...]


def read(
    body: HtmlElement, sizes: Measures, head: bylines.Headline, language: str | None, hint: date | None
) -> Article:
    """Read a cleaned page as one article. `hint` is the date that the head declares."""
    cut = cards.cut_cards(body, sizes)
    sizes = measure(body) if cut else sizes
    title = head.element if head.element is not None and _is_below(head.element, body) else None
    everything = reading.read(body)
    main = column.find(body, title, everything, column.judge(body), sizes)
    main = column.widen(main, title, body, sizes)
    scope = column.scope(main, title, body, sizes)
    around = _within(everything, scope)
    line = bylines.byline(scope, around, title, language, hint)
    kept = _kept(_within(around, main), {around[place] for place in line.said}, title, head.title)
    kept = _without_closing(_without_links(kept, sizes, main))
    naive = (
        []
        if kept
        else [block for block in everything if len(block.text) >= LONG and sizes.mass.get(block.element)]
    )
    kept = kept or naive
    reasons = [f"main column: {'.'.join([str(main.tag), *(main.get('class') or '').split()[:2]])}"]
    reasons += [f"cut {cut} cards"] if cut else []
    reasons += ["all long paragraphs of the page: the column had no text"] if naive else []
    return Article(reading.join(block.text for block in kept), line, tuple(reasons))


def _is_below(element: HtmlElement, body: HtmlElement) -> bool:
    return any(up is body for up in element.iterancestors())


def _within(blocks: Sequence[Block], top: HtmlElement) -> list[Block]:
    inside = set(top.iter())
    return [block for block in blocks if block.element in inside]


def _kept(
    blocks: Sequence[Block], said: set[Block], title: HtmlElement | None, text: str | None
) -> list[Block]:
    """The blocks without bylines, the headline, its copies, and the short lines above it."""
    key = bylines.key(text or "")
    start = next((place for place, block in enumerate(blocks) if block.element is title), -1)
    return [
        block
        for place, block in enumerate(blocks)
        if block not in said and bylines.key(block.text) != key and (place > start or len(block.text) >= LONG)
    ]


def _without_links(blocks: Sequence[Block], sizes: Measures, main: HtmlElement) -> list[Block]:
    """The blocks without lists of links, unless a line ending in a colon or a heading announces them.

    A paragraph that is one link between paragraphs that are none is the author's.
    """
    linky = [
        block.element is not main
        and sizes.links.get(block.whole, 0) >= 0.8 * max(sizes.chars.get(block.whole, 0), 1)
        for block in blocks
    ]
    kept: list[Block] = []
    for place, block in enumerate(blocks):
        announced = bool(kept) and (kept[-1].heading or kept[-1].text.endswith(":"))
        alone = _is_own(block) and not any(linky[max(place - 1, 0) : place] + linky[place + 1 : place + 2])
        if block.heading or not linky[place] or announced or (alone and not words.MORE.match(block.text)):
            kept.append(block)
    return kept


def _is_own(block: Block) -> bool:
    """True for a paragraph, and not for the lines of a list or for what stands within a link."""
    above = {up.tag for up in block.element.iterancestors()}
    return block.element.tag == "p" and "\n" not in block.text and above.isdisjoint({"a", "li"})


def _without_closing(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without the page's small print and without headings over nothing at the end."""
    end = len(blocks) - 6
    kept = [
        block
        for place, block in enumerate(blocks)
        if place < end or len(block.text) > 350 or not words.CLOSING.search(block.text)
    ]
    while len(kept) > 1 and kept[-1].heading:
        kept.pop()
    return kept
