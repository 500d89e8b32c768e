"""Where the article is on the page: the element that holds what trafilatura takes for the main text."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from archive.text import bylines, dates
from archive.text.blocks import Block
from archive.text.cards import is_linky
from archive.text.measures import HEADINGS, LONG, Measures
from archive.text.words import BY, ENTRY_SAFE

LEAVES = frozenset({"p", "ul", "ol", "dl", "li", "blockquote", "pre", "figure", *HEADINGS})
NEAR = 100_000
WEIGHED = 400_000
"""Looks at a link: less than a second of trafilatura's. 5,000 links in boxes 20 deep cost 100,000."""
SAMPLE = 500
SPACE = re.compile(r"\W+")


def judge(root: HtmlElement) -> str:
    """trafilatura's reading of a cleaned tree, letters and digits only; "" where it finds nothing, and of a
    tree that would cost it too much.
    """
    from trafilatura import (
        bare_extraction,
    )  # its import costs half a second; commands that only read never pay it

    if _depths(root) > WEIGHED:
        return ""
    try:
        found = bare_extraction(
            root, fast=True, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False
        )
    except Exception:  # whatever trips it on a page must not lose the page: a plain reading is at hand
        return ""
    return SPACE.sub("", getattr(found, "text", None) or "")


def _depths(root: HtmlElement) -> int:
    """How often trafilatura would look at a link, about: once for each element around it."""
    links = list(root.iter("a"))
    some = links[:: len(links) // SAMPLE + 1]
    return sum(sum(1 for _ in link.iterancestors()) for link in some) * len(links) // max(len(some), 1)


def find(
    root: HtmlElement, headline: HtmlElement | None, blocks: Sequence[Block], judged: str, sizes: Measures
) -> HtmlElement:
    """The smallest element with nine tenths of the main text; without paragraphs, the headline's box."""
    taken = [block for block in _taken(blocks, judged) if sizes.density(block.whole) < 0.5]
    long = [block for block in taken if len(block.text) >= LONG]
    if not long and headline is not None:
        words = [
            block.element
            for block in blocks
            if block.element is not headline and not bylines.is_marked(block, root) and not _is_byline(block)
        ]
        holders = {up for element in words for up in (element, *element.iterancestors())}
        return next((up for up in headline.iterancestors() if up is root or up in holders), root)
    weights: Counter[HtmlElement] = Counter()
    few = 2 * _size(long) < _size(taken)  # as in scripts that say in 40 characters what takes 80 in others
    for block in taken if few else long or blocks:
        size = len(block.text)
        for up in (block.element, *block.element.iterancestors()):
            weights[up] += size
            if up is root:
                break
    total = weights[root]
    column = root
    while True:
        inner = next(
            (part for part in column if weights[part] >= 0.9 * total and part.tag not in LEAVES), None
        )
        if inner is None or not total or _is_one_of_many(inner, sizes):
            return column
        column = inner


def _size(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _is_one_of_many(element: HtmlElement, sizes: Measures) -> bool:
    """True for a section beside others of its name that hold reading matter, and are not other posts."""
    name = element.get("class")
    if not name or not ENTRY_SAFE.isdisjoint(name.lower().split()):
        return False
    return any(
        other is not element
        and (other.tag, other.get("class")) == (element.tag, name)
        and sizes.mass.get(other, 0) > 0
        and not is_linky(other, sizes)
        for other in element.getparent()
    )


def _is_byline(block: Block) -> bool:
    return len(block.text) < LONG and (
        BY.match(block.text) is not None or dates.first(block.text) is not None
    )


def _taken(blocks: Sequence[Block], judged: str) -> Iterator[Block]:
    """The blocks that are in trafilatura's text: looked for near the last one, to stay linear."""
    place = 0
    for block in blocks:
        key = SPACE.sub("", block.text)
        if len(key) < 12:
            continue
        found = judged.find(key, place, place + NEAR)
        if found < 0:
            found = judged.find(key, 0, NEAR)
        if found >= 0:
            place = found + len(key)
            yield block


def scope(
    column: HtmlElement, headline: HtmlElement | None, root: HtmlElement, sizes: Measures
) -> HtmlElement:
    """Where the byline may stand: the column with its headline, grown while that adds next to nothing."""
    node = column
    if headline is not None:
        above = {*headline.iterancestors()}
        node = next((up for up in (column, *column.iterancestors()) if up in above), column)
    while node is not root:
        parent = node.getparent()
        if parent is None or parent is root or sizes.chars.get(parent, 0) - sizes.chars.get(node, 0) > 80:
            break
        node = parent
    return node


def widen(
    column: HtmlElement, headline: HtmlElement | None, root: HtmlElement, sizes: Measures
) -> HtmlElement:
    """The column grown to the nearest ancestor that also holds the headline, if that adds little else."""
    if headline is None:
        return column
    limit = sizes.chars.get(column, 0) * 1.35 + sizes.chars.get(headline, 0) + 100
    for up in (column, *column.iterancestors()):
        if up is root or sizes.chars.get(up, 0) - sizes.links.get(up, 0) > limit:
            return column
        if any(up is above for above in headline.iterancestors()):
            return up
    return column
