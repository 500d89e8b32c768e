"""Letters one after the other on a page: what stands under each heading begins as letters do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from lxml.html import HtmlElement

from archive.model import Entry
from archive.text import blocks as reading
from archive.text import dates, entries
from archive.text.entries import Part
from archive.text.measures import HEADINGS, Measures, text_of

_SALUTATION = re.compile(
    r"^\W*(?:(?:my |our )?(?:very )?dear(?:est)?|hello|greetings|sirs?|madam|gentlemen|to whom it may|"
    r"estimad[oa]s?|querid[oa]s?|distinguid[oa]s?|muy señor\w*|a quien corresponda|señor(?:a|es|as)?|"
    r"(?:mon |ma |mes )?ch(?:er|ère|ers|ères)|madame|monsieur|messieurs|bonjour|"
    r"liebe[rs]?|sehr geehrte[rs]?|geehrte[rs]?|hallo|werte[rs]?|"
    r"car[oaie]|gentil[ei]|egregi[oa]?|spettabil[ei]|prezad[oa]s?|exm[oa]s?|"
    r"(?:мо[йяи] )?дорог(?:ой|ая|ие|ому)|уважаем\w+|здравствуй\w*|многоуважаем\w+|господа|товарищи?|"
    r"шановн\w+|любі|αγαπητ\w+|αξιότιμ\w+|κύριε|κυρίες|"
    r"szanown\w+|dro(?:g|dz)\w+|kedves|tisztelt|kära|bästa|kjære|kære|rakas|rakkaat|hyvä\w*|"
    r"beste|geachte|lieve|mil[íýá]|vážen\w+|dragi|poštovan\w+|sevgili|sayın|cien[īi]jam\w+|mīļ\w+|"
    r"عزيز\w*|السادة|יקר\w*|שלום)(?:\W|$)|^\W*(?:拝啓|尊敬的|敬爱的|亲爱的|親愛的)",
    re.IGNORECASE,
)
_OPENING = 4  # blocks
_SHORT = 120


def find(root: HtmlElement, sizes: Measures) -> tuple[Part, ...]:
    """The letters of a page, or none where fewer than two sections begin as such, or most do not."""
    best: tuple[Part, ...] = ()
    for parent in root.iter():
        if len(parent) > 3 and sizes.chars[parent] > 2 * _SHORT:
            for level in ("h1", "h2", "h3", "h4", "h5"):
                parts = tuple(_sections(parent, level))
                if len(parts) > len(best) and _are_letters(parts):
                    best = parts
    return best


def _sections(parent: HtmlElement, level: str) -> Iterator[Part]:
    heads = [child for child in parent if child.tag == level]
    for head in heads if len(heads) > 1 else ():
        elements = [head]
        for sibling in head.itersiblings():
            if sibling.tag == level or (sibling.tag in HEADINGS and sibling.tag < level):
                break
            elements.append(sibling)
        yield Part(tuple(elements), head)


def _are_letters(parts: tuple[Part, ...]) -> bool:
    opened = sum(map(_opens, parts))
    return opened > 1 and opened >= 0.6 * len(parts)


def _opens(part: Part) -> bool:
    """Whether somebody is addressed in the first lines, or a line names place and day, or the day alone."""
    return any(addresses(block) or dates.is_one(block) for block in _first(part))


def _first(part: Part) -> list[str]:
    """The short ones of the first blocks under the heading. No more is read than these."""
    blocks = (block.text for element in part.elements[1:] for block in reading.read(element))
    return [block for block in islice(blocks, _OPENING) if len(block) <= _SHORT]


def addresses(text: str) -> bool:
    """True for the words with which a letter begins."""
    line = text.split("\n")[-1]
    return _SALUTATION.match(line) is not None and (line[-1] in ",!:;.，！：。" or len(line) <= _SHORT // 3)


def read(part: Part, url: str, language: str | None) -> Entry:
    """The letter in a part of the page; its date is the one that stands over it, if no other is given."""
    entry = entries.read(part, url, language, is_dateline)
    if entry.date:
        return entry
    lines = (line for block in _first(part) for line in block.split("\n") if dates.is_one(line))
    return replace(entry, date=next((day for line in lines if (day := dates.first(line, language))), None))


def is_dateline(block: reading.Block) -> bool:
    """Whether a block is a letter's own line of place and day, which belongs to its text; one in small print
    is the page's.
    """
    small = block.element.tag == "small" or text_of(block.element) == "".join(
        text_of(child) for child in block.element if child.tag == "small"
    )
    return not small and dates.is_one(block.text)
