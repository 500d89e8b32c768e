"""How much reading matter each element holds: the guard that keeps the cleaning off the article."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.etree import iterwalk
from lxml.html import HtmlElement

BLOCKS = frozenset(
    """
    html body div p section article header footer main aside nav h1 h2 h3 h4 h5 h6 ul ol li dl dt dd
    table thead tbody tfoot tr td th caption blockquote pre figure figcaption address hr center form
    fieldset details summary hgroup dir menu listing xmp search noscript legend
    """.split()  # noqa: SIM905 (a word list reads best as running text)
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LONG = 80
"""From this many characters a block with little link text counts as a paragraph of reading matter."""


def squeeze(text: str | None) -> str:
    """Runs of white space as one space, none at the ends."""
    return " ".join((text or "").split())


def text_of(element: HtmlElement) -> str:
    """All text inside an element, squeezed; blocks and line breaks part words."""
    pieces = [element.text or ""]
    for event, node in iterwalk(element, ("start", "end")):
        if node is element:
            continue
        if node.tag in BLOCKS or node.tag == "br":
            pieces.append(" ")
        pieces.append((node.text if event == "start" else node.tail) or "")
    return squeeze("".join(pieces))


def tokens_of(element: HtmlElement) -> list[str]:
    """The whole class and id tokens of an element, in lower case."""
    return f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()


CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(10_000)
def parts_of(name: str) -> tuple[str, ...]:
    """The words of a class or id, cut at `-`, `_` and capitals: `article__authorName` has three."""
    return tuple(part for part in re.split(r"[-_]+", CAMEL.sub("-", name[:200]).lower()) if part)


def names_of(element: HtmlElement) -> list[str]:
    """The class and id tokens of an element as they are written, and what scripts call it. The id of a
    heading is where a link leads, and says what the heading says.
    """
    place = None if element.tag in HEADINGS or element.tag == "dt" else element.get("id")
    names = (element.get("class"), place, element.get("data-component"))
    return " ".join(filter(None, names)).split()


def is_link(element: HtmlElement) -> bool:
    """True for a link; an anchor that only names a place of the page leads nowhere."""
    get = element.get
    return element.tag == "a" and (get("href") is not None or not (get("name") or get("id")))


@dataclass(slots=True)
class Measures:
    """Characters of text (`chars`), of link text (`links`) and of long paragraphs (`mass`), by element."""

    chars: dict[HtmlElement, int] = field(default_factory=dict)
    links: dict[HtmlElement, int] = field(default_factory=dict)
    mass: dict[HtmlElement, int] = field(default_factory=dict)

    def density(self, element: HtmlElement) -> float:
        """The share of an element's text that is link text; 1 for an element without text."""
        chars = self.chars.get(element, 0)
        return self.links.get(element, 0) / chars if chars else 1.0


def measure(root: HtmlElement) -> Measures:
    """Measure every element below and including `root` in two passes."""
    found = Measures()
    chars, links, mass = found.chars, found.links, found.mass
    block: dict[HtmlElement, HtmlElement] = {}
    linked: dict[HtmlElement, bool] = {}
    runs: dict[HtmlElement, list[int]] = {}
    elements = list(root.iter())
    for element in elements:
        parent = element.getparent() if element is not root else None
        inside = parent is not None and linked[parent]
        link = linked[element] = inside or is_link(element)
        nearest = block[element] = element if parent is None or element.tag in BLOCKS else block[parent]
        size = len(element.text.strip()) if element.text else 0
        chars[element], links[element], mass[element] = size, size if link else 0, 0
        run = runs.setdefault(nearest, [0, 0])
        run[0] += size
        run[1] += size if link else 0
        if parent is not None and element.tail and (size := len(element.tail.strip())):
            chars[parent] += size
            links[parent] += size if inside else 0
            run = runs[block[parent]]
            run[0] += size
            run[1] += size if inside else 0
    for element, (size, link_size) in runs.items():
        mass[element] = size - link_size if size >= LONG and link_size < 0.4 * size else 0
    _add_up(found, elements, root)
    return found


def _add_up(found: Measures, elements: list[HtmlElement], root: HtmlElement) -> None:
    for element in reversed(elements):
        parent = element.getparent() if element is not root else None
        if parent is not None:
            found.chars[parent] += found.chars[element]
            found.links[parent] += found.links[element]
            found.mass[parent] += found.mass[element]
