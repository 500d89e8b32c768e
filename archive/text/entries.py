"""The entries of a page: whole articles or excerpts that repeat one below the other in the main column."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from lxml.html import HtmlElement

from archive.model import Entry
from archive.text import blocks as reading
from archive.text import bylines, dates, words
from archive.text.measures import HEADINGS, LONG, Measures, squeeze, text_of, tokens_of
from archive.urls import join

POST = frozenset({"post", "hentry", "blog-post", "type-post", "post-outer", "entry", "blogpost", "h-entry"})
COUNTED = re.compile(
    r"\d{2,}|[-_]\d+$|^(?:(?:.*-)?(?:odd|even|first|last)|alt|sticky|category-.*|tag-.*|status-.*|format-.*)$"
)
ELLIPSIS = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W*$")
TIMED = re.compile(r"\W*(?:[01]?\d|2[0-3])(?:[:.]|\s?[hч]\s?)[0-5]\d(?![\d.])")
LAST = 40
"""So many links at the end of an element are looked at, and pieces of text in each: links may be nested."""

BARE = 40
"""Characters that a post without a heading has at least."""

ABOVE = 60
"""Characters of a line with the day of what stands below it."""

MOST = 5_000
"""More parts than this are no front page; the page is read as one text."""


@dataclass(frozen=True, slots=True)
class Part:
    """One repeated part of a page: its elements in order and its heading; a photo among the posts of a blog
    has none.
    """

    elements: tuple[HtmlElement, ...]
    heading: HtmlElement | None


def find(root: HtmlElement, sizes: Measures, article: bool) -> tuple[Part, ...]:
    """The parts that are entries, or none when the page is one article or no repeated parts hold its text.

    `article`: the page's head declares a single article.
    """
    best: tuple[Part, ...] = ()
    weight = 0
    for parts in _candidates(root, sizes):
        size = sum(_plain(sizes, part) for part in parts)
        if size > weight * 1.02 and _are_entries(parts, sizes, root, article):
            best, weight = parts, size
    return best


def _is_timed(part: Part) -> bool:
    """Whether a part begins with the time of day or the day, as the updates of a live blog do."""
    first = part.elements[0]
    stamp = next(first.iter("time"), None)
    if stamp is not None and stamp.get("datetime"):
        return True
    return TIMED.match(text_of(first)) is not None


def _plain(sizes: Measures, part: Part) -> int:
    return sum(sizes.chars[element] - sizes.links[element] // 2 for element in part.elements)


def _are_entries(parts: Sequence[Part], sizes: Measures, root: HtmlElement, article: bool) -> bool:
    if not 2 <= len(parts) <= MOST:
        return False
    linked = [not (_link(part.heading) or "#").startswith("#") for part in parts]
    boxed = all(_is_boxed(part.elements[0]) for part in parts)
    if sum(linked) < len(parts) * 0.6 and not boxed and not all(map(_is_timed, parts)):
        return False
    inside = [sum(sizes.chars[element] for element in part.elements) for part in parts]
    if (
        not all(linked)
        and any(part.heading is not None and part.heading.tag == "h1" for part in parts)
        and max(inside) > 0.6 * sum(inside)
    ):
        return False
    rest = sizes.mass[root] - sum(sizes.mass[element] for part in parts for element in part.elements)
    text = sum(inside) - sum(len(text_of(part.heading)) for part in parts if part.heading is not None)
    return text >= 30 * len(parts) and rest <= (0.15 if article else 0.4) * text


def _candidates(root: HtmlElement, sizes: Measures) -> Iterator[tuple[Part, ...]]:
    """The groups of like siblings with a heading each, then the runs below linked headings."""
    presets = [node for node in root.iter("article", "div", "li", "section", "tr", "td") if _is_post(node)]
    known = set(presets)
    outer = [node for node in presets if not any(up in known for up in node.iterancestors())]
    yield _parts(outer, sizes)
    for parent in root.iter():
        if len(parent) < 2 or sizes.chars[parent] < 150:
            continue
        groups: dict[tuple[str, ...], list[HtmlElement]] = defaultdict(list)
        for child in parent:
            if sizes.chars[child] >= 20 and child.tag not in HEADINGS and child.tag != "p":
                groups[_signature(child)].append(child)
                for token in set((child.get("class") or "").lower().split()):
                    groups[str(child.tag), "has", token].append(child)
        done = set()
        for group in groups.values():
            if len(group) > 1 and (tried := tuple(group)) not in done:
                done.add(tried)
                yield _parts(group, sizes)
        yield _runs(parent, sizes)


def _is_post(node: HtmlElement) -> bool:
    if "BlogPosting" in (node.get("itemtype") or "") or node.get("itemprop") == "blogPost":
        return True
    return not POST.isdisjoint(tokens_of(node))


def _signature(node: HtmlElement) -> tuple[str, ...]:
    tokens = sorted(token for token in (node.get("class") or "").lower().split() if not COUNTED.search(token))
    return (str(node.tag), *tokens[:3])


def _parts(group: Sequence[HtmlElement], sizes: Measures) -> tuple[Part, ...]:
    found = []
    for element in group:
        heading = _heading(element, sizes)
        if heading is not None or (_is_boxed(element) and sizes.chars[element] >= BARE):
            found.append(Part((element,), heading))
    headed = sum(part.heading is not None for part in found)
    return tuple(found) if headed >= max(1, 0.6 * len(group)) else ()


def _is_boxed(element: HtmlElement) -> bool:
    return element.tag == "article" or not POST.isdisjoint(tokens_of(element))


def _heading(element: HtmlElement, sizes: Measures) -> HtmlElement | None:
    """The first heading, or what stands for it: a part named title, or a leading bold link."""
    for node in element.iter("h1", "h2", "h3", "h4", "h5"):
        if sizes.chars.get(node, 0) > 0:
            return node
    for node in element.iter("div", "span", "p", "a", "b", "strong", "td"):
        if sizes.chars.get(node, 0) <= 2 or sizes.chars[node] > 250:
            continue
        if any(
            re.search(r"(?:^|[-_])(?:e?title|headline|heading|subject)$", token) for token in tokens_of(node)
        ):
            return node
        if node.tag in ("b", "strong") and sizes.links[node] >= 0.9 * sizes.chars[node]:
            return node
        if (
            node.tag == "a"
            and node.getparent().tag not in ("p", "span")
            and len(node)
            and node[0].tag in ("b", "strong")
        ):
            return node
    return None


def _link(heading: HtmlElement | None) -> str | None:
    if heading is None:
        return None
    for node in heading.iter("a"):
        if node.get("href"):
            return str(node.get("href"))
    for up in islice(heading.iterancestors(), 3):
        if up.tag == "a" and up.get("href"):
            return str(up.get("href"))
    return None


def _runs(parent: HtmlElement, sizes: Measures) -> tuple[Part, ...]:
    """Parts without a box of their own: a linked heading and its siblings up to the next such heading."""
    heads = [
        child
        for child in parent
        if child.tag in HEADINGS and sizes.links[child] >= 0.8 * max(sizes.chars[child], 1)
    ]
    if len(heads) < 2:
        return ()
    level = heads[0].tag
    found = []
    for head in (node for node in heads if node.tag == level):
        elements = [head]
        for sibling in head.itersiblings():
            if sibling.tag == level:
                break
            elements.append(sibling)
        found.append(Part(tuple(elements), head))
    return tuple(found)


def read(
    part: Part,
    url: str,
    language: str | None,
    own: Callable[[reading.Block], bool] = lambda _block: False,
) -> Entry:
    """The entry in a part of the page; `own` tells of a line with a date that belongs to its text."""
    title = (reading.line(text_of(part.heading)) or None) if part.heading is not None else None
    link = _link(part.heading) or _permalink(part)
    blocks = [block for element in part.elements for block in reading.read(element)]
    scope = part.elements[0] if len(part.elements) == 1 else part.elements[0].getparent()
    said = bylines.byline(scope, blocks, part.heading, language, None, part.elements)
    texts = []
    complete = True
    start = next((place for place, block in enumerate(blocks) if _is_title(block.text, title)), 0)
    for place, block in enumerate(blocks):
        is_said = place in said.said and not own(block)
        if is_said or _is_title(block.text, title) or (place < start and len(block.text) < LONG):
            continue
        text, more = without_more(block)
        first, _, rest = text.partition("\n")
        text = rest if _is_title(first, title) else text
        complete = complete and not more
        texts.append(text)
    text = reading.join(texts)
    day = said.day or _above(part, language)
    if ELLIPSIS.search(text):
        complete = False
    single = len(part.elements) == 1
    return Entry(
        title=title,
        date=day,
        author=said.author if single else None,
        link=join(url, link) if link else None,
        text=text,
        complete=complete,
    )


def _above(part: Part, language: str | None) -> date | None:
    """The day that stands over a part in a line of its own, as over the posts of a blog's day."""
    node = part.elements[0]
    for _ in range(3):
        before = node.getprevious()
        while before is not None and not text_of(before):
            before = before.getprevious()
        if before is not None:
            text = text_of(before)
            return dates.first(text, language) if len(text) <= ABOVE and dates.is_one(text) else None
        parent = node.getparent()
        if parent is None or parent.tag == "body":
            return None
        node = parent
    return None


def _is_title(text: str, title: str | None) -> bool:
    return bool(title) and bylines.key(text) == bylines.key(title or "")


def _permalink(part: Part) -> str | None:
    for element in part.elements:
        for node in element.iter("a"):
            if "bookmark" in (node.get("rel") or "") or words.MORE.match(squeeze(text_of(node))):
                return str(node.get("href") or "") or None
    return None


def without_more(block: reading.Block) -> tuple[str, bool]:
    """A block without a closing "continue reading", and whether it had one."""
    lines = block.text.split("\n")
    if words.MORE.match(lines[-1]) and len(lines[-1]) <= 120:
        return "\n".join(lines[:-1]), True
    for node in block.element.xpath(f"(.//a)[position() > last() - {LAST}]"):
        text = reading.line("".join(islice(node.itertext(), LAST)))
        if text and lines[-1].endswith(text) and words.MORE.match(text):
            return "\n".join([*lines[:-1], lines[-1][: -len(text)].rstrip()]).rstrip(), True
    return block.text, False
