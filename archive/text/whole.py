"""What a page shows as a whole, menus and all, and where its links lead.

Nothing here decides about versions. Scripts are not run; what is hidden by the markup itself is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.etree import ParserError
from lxml.html import HtmlElement

from archive import urls
from archive.text import blocks
from archive.text.decode import decoded
from archive.text.measures import BLOCKS
from archive.text.page import parse

BYTES = 8 * 1024 * 1024
"""So much of a page is read, and of its links no more than:"""
LINKS = 20_000

_SILENT = frozenset({"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select"})
_ENDING = frozenset({*BLOCKS, "br", "hr", "option", "button"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """The visible text, a line for each block, and the links: canonical URL and what it is called."""

    text: str
    links: tuple[tuple[str, str], ...]


def rendered(payload: bytes, url: str, content_type: str | None = None) -> Rendered:
    """The whole of a page. Never raises for any bytes: what is no page shows nothing."""
    characters = decoded(payload[:BYTES], content_type or "")[0]
    try:
        root = parse(characters)
    except (ParserError, ValueError):
        return Rendered("", ())
    lines = map(blocks.line, "".join(_shown(root)).split("\n"))
    return Rendered("\n".join(line for line in lines if line), tuple(_links(root, url)))


def _shown(root: HtmlElement) -> Iterator[str]:
    """The text in page order, a line end at each border of a block. Not recursive: pages can be deep."""
    waiting: list[HtmlElement | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
            continue
        if not _is_hidden(node):
            border = "\n" if node.tag in _ENDING else ""
            waiting.append(border)
            for child in reversed(node):
                waiting += [_flat(child.tail), child]
            waiting += [_flat(node.text), border]


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _is_hidden(node: HtmlElement) -> bool:
    if not isinstance(node.tag, str) or node.tag in _SILENT or node.get("hidden") is not None:
        return True
    return "display:none" in "".join((node.get("style") or "").lower().split())


def _links(root: HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    """Every link once, under the name that it has first."""
    known: set[str] = set()
    for node in islice(root.iter("a", "area"), LINKS):
        link = urls.join(url, node.get("href") or "#")
        if link and link not in known and link != url:
            known.add(link)
            yield link, blocks.line("".join(_shown(node)))[:300] or blocks.line(node.get("alt") or "")
