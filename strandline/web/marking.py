"""What came or went, marked within an archived page itself: the words and images that its other state lacks.

Works on the tree that `rewriting.py` has made safe. Nothing is added to it but `ins` and `del` elements
around text that stands there, an attribute of images, and how these look.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree
from lxml import html as markup

from archive import diff

LARGEST = 3_000_000
"""Bytes of a page up to which it is marked."""
MOST = 100_000
"""Words of a page up to which it is marked."""
Tag = Literal["ins", "del"]
STYLE = (
    "ins[data-mark] { background: #c9f2d0 !important; color: #08240d !important; text-decoration: none }"
    "del[data-mark] { background: #ffd9d6 !important; color: #3a0a06 !important }"
    "img[data-mark] { outline: 4px solid #b35900 !important; outline-offset: -2px }"
)
_JOINED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Letters of scripts without spaces, each of which is a word here."""
_WORD = re.compile(rf"[{_JOINED}]|[^\W{_JOINED}]+|[^\w\s]")
_SILENT = frozenset({"head", "title", "style", "textarea", "select", "option", "svg", "video", "audio"})


@dataclass
class Seen:
    """What a page shows: its words in their order, and the addresses of its images."""

    words: list[str] = field(default_factory=list)
    images: set[str] = field(default_factory=set)


def look(root: etree._Element) -> Seen:
    """What a page shows."""
    seen = Seen()
    for element, is_tail in _texts(root):
        seen.words += _WORD.findall((element.tail if is_tail else element.text) or "")
    seen.images = {str(one.get("src")) for one in root.iter("img") if one.get("src")}
    return seen


def mark(root: etree._Element, other: Seen, tag: Tag, nonce: str) -> int:
    """Mark what the page has and the other state of it lacks; returns how many pieces were marked, of which
    the first has the id `first-mark`. How marks look goes under the policy's `nonce`.
    """
    own = look(root)
    if max(len(own.words), len(other.words)) > MOST:
        return 0
    lacking = _lacking(own.words, other.words)
    pieces, at = 0, 0
    for element, is_tail in list(_texts(root)):
        text = (element.tail if is_tail else element.text) or ""
        found = list(_WORD.finditer(text))
        stretches = list(_stretches(found, lacking[at : at + len(found)]))
        at += len(found)
        if stretches:
            _wrap(element, is_tail, text, stretches, tag, pieces)
            pieces += len(stretches)
    for image in root.iter("img"):
        if image.get("src") and image.get("src") not in other.images:
            image.set("data-mark", tag)
            pieces += 1
    if pieces:
        style = markup.Element("style", {"nonce": nonce})
        style.text = STYLE
        root.append(style)
    return pieces


def _texts(root: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """The places of text in their order: an element, and whether it is the text behind it."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            if element.tag in _SILENT:
                continue
            if element.text and not _is_silent(element):
                yield element, False
        elif element.tail and element is not root and not _is_silent(element.getparent()):
            yield element, True


def _is_silent(element: etree._Element | None) -> bool:
    while element is not None:
        if element.tag in _SILENT:
            return True
        element = element.getparent()
    return False


def _lacking(own: list[str], other: list[str]) -> list[bool]:
    """For each of one's own words whether the other lacks it. A lone word that is the same between two that
    are not is of the same edit, as a comma is.
    """
    found = [True] * len(own)
    for start, _, length in diff.common(own, other):
        found[start : start + length] = [False] * length
    for place in range(1, len(found) - 1):
        if found[place - 1] and found[place + 1] and len(own[place]) <= 3:
            found[place] = True
    return found


def _stretches(found: list[re.Match[str]], lacking: list[bool]) -> Iterator[tuple[int, int]]:
    """Where words that follow each other are lacking: from the begin of the first to the end of the last."""
    start = None
    for word, is_lacking in zip(found, lacking, strict=True):
        if is_lacking:
            start, end = (word.start() if start is None else start), word.end()
        elif start is not None:
            yield start, end
            start = None
    if start is not None:
        yield start, end


def _wrap(
    element: etree._Element, is_tail: bool, text: str, stretches: list[tuple[int, int]], tag: Tag, before: int
) -> None:
    """Put the stretches of a text into elements of their own."""
    wrapped = []
    ends = [start for start, _ in stretches[1:]] + [len(text)]
    for (start, end), following in zip(stretches, ends, strict=True):
        one = markup.Element(tag, {"data-mark": tag})
        one.text, one.tail = text[start:end], text[end:following]
        wrapped.append(one)
    if not before:
        wrapped[0].set("id", "first-mark")
    rest = text[: stretches[0][0]]
    if is_tail:
        parent = element.getparent()
        assert parent is not None, "only an element within another has a text behind it"
        place = parent.index(element) + 1
        element.tail = rest
    else:
        parent, place = element, 0
        element.text = rest
    for offset, one in enumerate(wrapped):
        parent.insert(place + offset, one)
