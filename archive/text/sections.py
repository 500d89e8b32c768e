"""Letters, poems and chronicles one after the other on hand-made pages, where no element holds one of them.

Lines of one make (a heading, bold letters, one class) part the page. What stands between two of them is an
entry where most begin or end as letters do, are verse, are headed by days, or are announced by a table of
contents and parted by rules.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from lxml.html import HtmlElement

from archive.model import Entry
from archive.text import blocks as reading
from archive.text import dates, words
from archive.text.blocks import Block
from archive.text.bylines import CLOCK
from archive.text.entries import without_more
from archive.text.letters import addresses
from archive.text.measures import LONG, names_of, parts_of, text_of

TITLE = 100
"""Characters that a line may have and part the page."""

MAIN = 0.6
"""The share of the page's text that sections hold at least."""

MOST = 2_000
OPENING, CLOSING = 4, 2
SHORT = 120
VERSE = 60
LISTS = frozenset({"ul", "ol", "dl", "table", "tbody", "tr", "td", "li"})
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, the blocks under it, and the day that stands over both."""

    heading: Block
    blocks: tuple[Block, ...]
    day: date | None = None


def read(
    root: HtmlElement, title: str | None, language: str | None, article: bool
) -> tuple[str, tuple[Entry, ...]]:
    """What stands above the first entry of a page, and its entries, if it has any.

    `title`: the page's, which may tell the year of a chronicle's days; `article`: the page's head declares a
    single article.
    """
    blocks = [] if article else reading.read(root)
    contents = _contents(root)
    year = _YEAR.search(title or "")
    best: tuple[Section, ...] = ()
    most = (False, 1)
    for heads in _heads(blocks):
        sections = tuple(_sections(blocks, heads, language))
        if len(sections) < 2:
            continue
        size = sum(len(block.text) for section in sections for block in section.blocks)
        first = blocks.index(sections[0].heading)
        whole = sum(
            len(block.text) for place, block in enumerate(blocks) if place >= first or len(block.text) >= LONG
        )
        found = (all(section.heading.text in contents for section in sections), len(sections))
        if size >= MAIN * whole and found > most and _are_entries(sections, contents, language):
            best, most = sections, found
    lead = _lead(blocks, best) if best else ""
    return lead, tuple(_entry(section, language, year[1] if year else None) for section in best)


def _lead(blocks: Sequence[Block], sections: Sequence[Section]) -> str:
    """The paragraphs above the first section, in the element that holds all sections."""
    first = blocks.index(sections[0].heading)
    top = _common([section.heading.element for section in sections])
    inside = set(top.iter()) if top is not None else set()
    return reading.join(
        block.text for block in blocks[:first] if block.element in inside and len(block.text) >= LONG
    )


def _heads(blocks: Sequence[Block]) -> Iterator[list[int]]:
    """The places of short lines that are made alike."""
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    sizes: dict[tuple[str, str, str], int] = defaultdict(int)
    for place, block in enumerate(blocks):
        name, tag = block.element.get("class") or "", str(block.element.tag)
        keys = [("heading", tag, "")] if block.heading else []
        keys += [("strong", tag, "")] if block.strong and not block.heading else []
        keys += [("class", tag, name)] if name and not block.heading else []
        for key in keys:
            sizes[key] = max(sizes[key], len(block.text) + 1000 * block.text.count("\n"))
            groups[key].append(place)
    for key, places in groups.items():
        titles = [
            place for place in places if len(blocks[place].text) <= TITLE and "\n" not in blocks[place].text
        ]
        if key[0] == "class" and sizes[key] > TITLE:
            continue
        if 2 <= len(titles) <= MOST and len(titles) >= 0.6 * len(places):
            yield titles
            ruled = [place for place in titles if blocks[place].ruled]
            if 2 <= len(ruled) < len(titles):
                yield ruled


def _sections(blocks: Sequence[Block], heads: Sequence[int], language: str | None) -> Iterator[Section]:
    """From each head to the next, within the smallest element that holds them all; to the next rule, where
    rules part the sections. Headings that are days belong to what follows them.
    """
    top = _common([blocks[place].element for place in heads])
    inside = set(top.iter()) if top is not None else set()
    ruled = sum(blocks[place].ruled for place in heads) >= 0.6 * len(heads)
    above = {
        place for place in range(len(blocks)) if blocks[place].heading and dates.is_one(blocks[place].text)
    }
    day = None
    for place, end in zip(heads, [*heads[1:], len(blocks)], strict=True):
        found = []
        if place - 1 in above - set(heads):
            day = dates.first(blocks[place - 1].text, language)
        for number in range(place + 1, end):
            block = blocks[number]
            if block.element not in inside or (ruled and block.ruled) or number in above:
                break
            found.append(block)
        while found and (_is_small_print(found[-1]) or _leads_on(found[-1])):
            found.pop()
        if found:
            yield Section(blocks[place], tuple(found), day)


def _common(elements: Sequence[HtmlElement]) -> HtmlElement | None:
    """The smallest element around all of these."""
    paths = [[*reversed(list(element.iterancestors())), element] for element in elements]
    common = None
    for level in zip(*paths, strict=False):
        if any(node is not level[0] for node in level):
            break
        common = level[0]
    return common


def _contents(root: HtmlElement) -> set[str]:
    """What links within the page say: its table of contents."""
    links = (link for link in root.iter("a") if (link.get("href") or "").startswith("#"))
    return {text for link in links if (text := reading.line(text_of(link)))}


def _are_entries(sections: Sequence[Section], contents: set[str], language: str | None) -> bool:
    """Ordinary articles have headings, and pages menus: each kind of entry needs a sign of its own."""
    number, most = len(sections), max(2, 0.6 * len(sections))
    ruled = sum(section.heading.ruled for section in sections) >= most
    apart = ruled or number > 2
    listed = all(section.heading.text in contents for section in sections)
    days = sum(_day(section.heading.text, language, "2000") is not None for section in sections)
    return (
        sum(map(_is_addressed, sections)) >= most
        or (apart and sum(map(_is_dated, sections)) >= most)
        or (apart and all(map(_is_verse, sections)))
        or days >= max(2, 0.8 * number)
        or sum(section.day is not None for section in sections) >= most
        or all(_asks(section.heading) for section in sections)
        or (ruled and (apart or listed))
    )


def _is_small_print(block: Block) -> bool:
    """True for the line of a blog under each post: who wrote it, how many comments there are."""
    told = words.BY.match(block.text) and (CLOCK.search(block.text) or "|" in block.text)
    return len(block.text) <= SHORT and "\n" not in block.text and bool(told)


def _leads_on(block: Block) -> bool:
    """True for a line that is little but links."""
    # Bounded, for many blocks may share one huge element.
    around = sum(map(len, islice(block.element.itertext(), SHORT)))
    if len(block.text) > SHORT or "\n" in block.text or around > 4 * SHORT:
        return False
    links = sum(len(reading.line(text_of(link))) for link in block.element.iter("a"))
    return links >= 0.7 * len(block.text)


def _asks(heading: Block) -> bool:
    """True for what calls itself the question of a list of questions."""
    parts = {part for name in names_of(heading.element) for part in parts_of(name)}
    return heading.text.rstrip().endswith(("?", ";", "？", "؟")) and not parts.isdisjoint(
        {"q", "question", "faq"}
    )


def _is_addressed(section: Section) -> bool:
    """Whether somebody is addressed in the first lines."""
    return any(len(block.text) <= SHORT and addresses(block.text) for block in section.blocks[:OPENING])


def _is_dated(section: Section) -> bool:
    """Whether a line of place and day stands first or last, as in letters."""
    return any(map(dates.is_one, _outer(section)))


def _outer(section: Section) -> list[str]:
    """The lines where letters have their date."""
    outer = (*section.blocks[:OPENING], *section.blocks[-CLOSING:])
    return [line for block in outer if len(block.text) <= SHORT for line in block.text.split("\n")]


def _is_verse(section: Section) -> bool:
    """Whether lines were set by hand and are short; the lines of a list or a table are not."""
    blocks = [block for block in section.blocks if block.whole.tag not in LISTS]
    lines = [line for block in blocks for line in block.text.split("\n")]
    short = sum(len(line) + sum(sign > "\u2e80" for sign in line) <= VERSE for line in lines)
    return any("\n" in block.text for block in blocks) and short >= 0.8 * len(lines)


def _day(heading: str, language: str | None, year: str | None) -> date | None:
    """The day that a heading is, with the year of the page's title where it has none."""
    if dates.is_one(heading):
        return dates.first(heading, language)
    day = next(dates.days(heading, language), None)
    if year is None or day is None or len(heading) - len(day) > 20:
        return None
    return dates.first(f"{day} {year}", language)


def _entry(section: Section, language: str | None, year: str | None) -> Entry:
    days = (dates.first(line, language) for line in _outer(section) if dates.is_one(line))
    texts = [without_more(block) for block in section.blocks]
    return Entry(
        title=section.heading.text,
        date=section.day or _day(section.heading.text, language, year) or next(filter(None, days), None),
        author=None,
        link=None,
        text=reading.join(text for text, _ in texts),
        complete=not any(more for _, more in texts),
    )
