"""Cards and lists that lead to other pages: told by their links, cut from the page of one article."""

from collections import defaultdict

from lxml.html import HtmlElement

from archive.text import dates
from archive.text.measures import HEADINGS, Measures, squeeze, text_of


def cut_cards(root: HtmlElement, sizes: Measures) -> int:
    """Cut rows of cards (a linked picture or heading, an excerpt) from a page of one article; how many."""
    cards = []
    for parent in root.iter():
        alike: dict[tuple[str, str | None], list[HtmlElement]] = defaultdict(list)
        for child in parent:
            if child.tag in ("div", "article", "section", "li") and _is_card(child, sizes):
                alike[str(child.tag), child.get("class")].append(child)
        cards += [card for group in alike.values() if len(group) > 1 for card in group]
    for card in cards:
        card.drop_tree()
    return len(cards)


def _is_card(element: HtmlElement, sizes: Measures) -> bool:
    if not sizes.links[element] or sizes.chars[element] > 500 or not _led_by_link(element, sizes):
        return False
    # A box with a picture or a day beside its link is no item of a list that an author made.
    pictured = element.find(".//img") is not None or dates.first(text_of(element)) is not None
    return (element.tag != "li" and pictured) or any(
        any(map(_leads_away, node.iter("a"))) or _in_link(node, element) for node in element.iter(*HEADINGS)
    )


def _in_link(node: HtmlElement, top: HtmlElement) -> bool:
    for up in node.iterancestors():
        if up is top:
            return False
        if up.tag == "a":
            return _leads_away(up)
    return False


def _leads_away(link: HtmlElement) -> bool:
    """True unless a link is a place on its own page: a heading's anchor, or what leads there."""
    named = link.get("name") or link.get("id")
    return not (link.get("href") or ("#" if named else "")).startswith("#")


def is_linky(element: HtmlElement, sizes: Measures) -> bool:
    """True for a list of links, a card or a box of cards: mostly link text, or short and led by a link."""
    links, chars = sizes.links.get(element, 0), sizes.chars.get(element, 0)
    if not links or (element.tag in HEADINGS and chars > 200):
        return False
    if links >= 0.5 * chars:
        return True
    parts = [part for part in element if sizes.chars.get(part, 0)]
    if len(parts) == 1:
        return is_linky(parts[0], sizes)
    if chars <= 500 and element.tag != "p" and _led_by_link(element, sizes):
        return True
    return (
        len(parts) > 1
        and element.tag != "p"
        and not squeeze(element.text)
        and all(is_linky(p, sizes) for p in parts)
    )


def _led_by_link(element: HtmlElement, sizes: Measures) -> bool:
    for node in element.iter():
        if node.tag == "a" and sizes.chars.get(node, 0) >= 12 and _leads_away(node):
            return True
        if squeeze(node.text) and node.tag not in ("span", "time", "small"):
            return False
    return False
