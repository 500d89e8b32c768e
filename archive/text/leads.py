"""Where the sentences of a text lead: the links within running text, whose targets are part of it.

Links that stand alone (lists of related pages, tags, teasers, "read more") are furniture more often than not,
and change by themselves; they are no part of it.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml.html import HtmlElement

from archive import urls
from archive.text import blocks
from archive.text.measures import BLOCKS, text_of

MOST = 500
"""Links of a page that are looked at."""

_AROUND = 20
"""A sentence has so many characters besides its link."""

_LONGEST = 5_000
"""Characters of a block: what is longer is no paragraph, but the frame around many."""

_QUERY = 1_000
"""Characters of a query that are looked at."""

_TRACKS = re.compile(
    r"utm_.*|mc_.*|_.*|fb.*|gcl.*|yclid|ref.*|src|source|campaign|cid|sid|.*sess.*|.*token.*|sig|time|ts|rand|cb|nonce|v|ver",
    re.IGNORECASE,
)
"""Parameters that say where somebody came from, or differ at each request."""


def find(body: HtmlElement, url: str) -> Callable[[str], tuple[str, ...]]:
    """The links of a page, before anything of it is read: a function that tells which of them are in the
    sentences of a text. Targets without scheme, `www.` and what only tracks, sorted, each once.
    """
    found = [*islice(_links(body, url), MOST)]

    def within(text: str) -> tuple[str, ...]:
        flat = " ".join(text.split())
        there = {block: block in flat for block in {block for block, _ in found}}
        return tuple(sorted({target for block, target in found if there[block]}))

    return within


def _links(body: HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    """Each link in running text: the block that it is in, and where it leads."""
    known: dict[HtmlElement, str] = {}
    for node in islice(body.iter("a"), 4 * MOST):
        href = node.get("href")
        block = next((one for one in node.iterancestors() if one.tag in BLOCKS), None)
        if not href or href.startswith("#") or block is None:
            continue
        if block not in known:
            known[block] = "" if _is_long(block) else blocks.line(text_of(block))
        said, name = known[block], blocks.line(text_of(node))
        target = _target(url, href)
        if target and len(name) + _AROUND <= len(said):
            yield said, target


def _is_long(block: HtmlElement) -> bool:
    size = 0
    for piece in block.itertext():
        size += len(piece)
        if size > _LONGEST:
            return True
    return False


def _target(url: str, href: str) -> str | None:
    link = urls.join(url, href)
    if link is None:
        return None
    parts = urlsplit(link)
    query = urlencode([one for one in parse_qsl(parts.query[:_QUERY]) if not _TRACKS.fullmatch(one[0])])
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}{query and '?' + query}"
