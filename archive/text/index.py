"""A page that is little but a list of linked titles: an archive by month, a tag, a table of contents."""

from collections import defaultdict
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.model import Entry
from archive.text import blocks as reading
from archive.text import dates, words
from archive.text.entries import MOST, Part
from archive.text.measures import HEADINGS, Measures, text_of
from archive.urls import join

ITEMS = ("li", "tr", "p", "dt", "dd", "div", "article")
FEWEST = 3
TITLE = 15
"""Characters that the linked titles of a list have on average at least; shorter ones are a menu."""

REST = 0.5
"""Most text outside the list, as a share of the list's: with more, the page is not there for the list."""


def find(root: HtmlElement, sizes: Measures, article: bool) -> tuple[Part, ...]:
    """The listed titles in page order; none when the page says anything else at length.

    `article`: the page's head declares a single article.
    """
    if article:
        return ()
    groups = [group for parent in root.iter() for group in _groups(parent, sizes)]
    chosen = {item for group in groups for item, _ in group}
    parts = [
        Part((item,), link)
        for group in groups
        for item, link in group
        if not any(up in chosen for up in item.iterancestors())
    ]
    inside = sum(sizes.chars[part.elements[0]] for part in parts)
    titles = sum(sizes.chars[node] for node in root.iter(*HEADINGS))
    long = sizes.mass[root] - sum(sizes.mass[part.elements[0]] for part in parts)
    if not FEWEST <= len(parts) <= MOST or long or sizes.chars[root] - inside - titles > REST * inside:
        return ()
    order = {node: place for place, node in enumerate(root.iter())}
    return tuple(sorted(parts, key=lambda part: order[part.elements[0]]))


def read(part: Part, url: str, language: str | None) -> Entry:
    """A listed title: an entry that is nothing but title, link, and what stands beside it."""
    heading = part.elements[0] if part.heading is None else part.heading
    title = reading.line(text_of(heading))
    beside = reading.line(text_of(part.elements[0])).replace(title, "", 1)
    day = dates.first(beside, language)
    for found in reversed(list(dates.find(beside, language))):
        beside = beside[: found.start] + beside[found.end :]
    beside = beside.strip(" ,;:|·•–—-()")
    link = join(url, str(heading.get("href")))
    return Entry(title, day, None, link, "" if words.COUNTER.match(beside) else beside, complete=False)


def _groups(parent: HtmlElement, sizes: Measures) -> Iterator[list[tuple[HtmlElement, HtmlElement]]]:
    """Like children that are each a linked title and little more."""
    found: dict[str, list[tuple[HtmlElement, HtmlElement]]] = defaultdict(list)
    for child in parent:
        if child.tag not in ITEMS or sizes.density(child) < 0.5:
            continue
        link = max(child.iter("a"), key=lambda node: sizes.chars[node], default=None)
        if link is not None and link.get("href") and sizes.chars[link] >= 0.5 * sizes.chars[child]:
            found[str(child.tag)].append((child, link))
    for group in found.values():
        if len(group) >= FEWEST and sum(sizes.chars[link] for _, link in group) >= TITLE * len(group):
            yield group
