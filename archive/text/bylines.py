"""Title, date and author as the reader of a page sees them, and the lines that say nothing else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from archive.text import dates, months, words
from archive.text.blocks import Block, line
from archive.text.facts import Facts
from archive.text.measures import HEADINGS, LONG, names_of, parts_of, text_of, tokens_of

CLOCK = re.compile(
    r"\b\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s?(?:[A-Z]{2,4}|[+-]\d{2}:?\d{2}))?", re.I
)
NAME_END = re.compile(
    r"\s*(?:[|·•—–,(/]|\s-\s|\d|\b(?:on|el|le|am|il|em|in|at|posted|published|updated)\b).*$", re.I
)
NAMED = frozenset({"entry-title", "post-title", "article-title", "page-title", "headline", "p-name"})
"""Tokens by which blog software and microformats name the headline, whatever its level."""

FOOTER = 60
"""Characters that a line without a link in an article's footer may have and still be no sentence."""

SUFFIX = re.compile(r"\s+(?:[|»·•—–:-]|::|//|«|<)\s+")


@dataclass(frozen=True, slots=True)
class Headline:
    """The page's title and, where it stands in the body, its element."""

    title: str | None
    element: HtmlElement | None


def headline(root: HtmlElement, facts: Facts) -> Headline:
    """The heading that the head's titles confirm, else the only h1, else the head's title without the site.

    What is seen stands before what is declared: an edit of the visible title must show.
    """
    known = [key(title) for title in (facts.title, facts.document) if title]
    heads = [(node, line(text_of(node))) for node in root.iter("h1", "h2", "h3") if not _is_dead(node)][:60]
    heads = [(node, text) for node, text in heads if 2 <= len(text) <= 300 and text != facts.site]
    named = [pair for pair in heads if not NAMED.isdisjoint(tokens_of(pair[0])) or _is_item(pair[0])]
    named = named or [
        (node, text)
        for node in root.iter("dt", "div", "p", "span")
        if not NAMED.isdisjoint(tokens_of(node)) and 2 <= len(text := line(text_of(node))) <= 300
    ]
    if len(named) == 1 and not _is_logo(named[0][0]) and not _is_linked(named[0][0]):
        return Headline(named[0][1], named[0][0])
    first = [pair for pair in heads if pair[0].tag == "h1"]
    named_so = [
        (node, text)
        for node, text in [*first, *(pair for pair in heads if pair[0].tag != "h1")]
        if not _is_motto(node) and any(_confirms(title, key(text), node.tag == "h1") for title in known)
    ]
    for node, text in named_so:
        if not _is_logo(node):
            return Headline(text, node)
    if named_so:
        only = _only(heads) or named_so[0]
        return Headline(only[1], only[0])
    if len(first) == 1 and not _is_logo(first[0][0]):
        return Headline(first[0][1], first[0][0])
    return Headline(_seen(root, facts) or declared(facts), None)


def _seen(root: HtmlElement, facts: Facts) -> str | None:
    """The part of the head's title that stands on the page in a line of its own, if just one does."""
    parts = {key(part): part for part in SUFFIX.split(facts.title or facts.document or "") if len(part) > 3}
    found: dict[str, str] = {}
    for node in (
        root.iter("div", "p", "font", "b", "strong", "center", "td", "dt", "span") if len(parts) > 1 else ()
    ):
        text = (node.text or "").strip()
        if 3 < len(text) <= 300 and key(text) in parts and not _is_dead(node) and node.find(".//a") is None:
            found[key(text)] = line(text)
    return next(iter(found.values())) if len(found) == 1 else None


def _only(heads: Sequence[tuple[HtmlElement, str]]) -> tuple[HtmlElement, str] | None:
    """The one large heading that leads nowhere: on a page whose head says no more than the site's name."""
    plain = [
        pair
        for pair in heads
        if pair[0].tag in ("h1", "h2") and not _is_linked(pair[0]) and not _is_motto(pair[0])
    ]
    return plain[0] if len(plain) == 1 else None


def _is_motto(node: HtmlElement) -> bool:
    return any({"description", "tagline", "slogan"} & set(parts_of(name)) for name in names_of(node))


def _is_item(node: HtmlElement) -> bool:
    return node.get("itemprop") in ("headline", "name") and node.find(".//a") is None


def _is_linked(node: HtmlElement) -> bool:
    """A title that links elsewhere stands over an excerpt."""
    return any(link.get("href") for link in node.iter("a"))


def declared(facts: Facts) -> str | None:
    """The head's title without the site's name."""
    title = facts.title or facts.document
    if not title:
        return None
    cut = list(SUFFIX.finditer(title))
    if facts.site and title.endswith(facts.site) and cut:
        return title[: cut[-1].start()].strip() or title
    if facts.title or not cut:
        return title
    head, tail = title[: cut[-1].start()], title[cut[-1].end() :]
    return head if len(head) >= 8 or len(head) >= len(tail) else title


def key(text: str) -> str:
    """What is compared of a title: letters and digits, case folded."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _confirms(title: str, heading: str, strong: bool) -> bool:
    if not heading or heading == title:
        return bool(heading)
    if len(heading) > 8 and (title.startswith(heading) or title.endswith(heading)):
        return True
    left, right = set(title.split()), set(heading.split())
    return strong and len(left & right) >= 0.5 * len(right) and len(left & right) > 1


def _is_dead(node: HtmlElement) -> bool:
    return any(up.tag in ("aside", "nav", "footer", "template") for up in node.iterancestors())


def _is_logo(node: HtmlElement) -> bool:
    link = next(node.iter("a"), None)
    return (link is not None and (link.get("href") or "").rstrip("/").count("/") in (0, 2)) or any(
        "logo" in token or "site-title" in token or "site-name" in token for token in tokens_of(node)
    )


@dataclass(frozen=True, slots=True)
class Byline:
    """The visible date and author, and the elements whose blocks say nothing else. `stamp` is the date with
    its time where one stands beside it, `modified` likewise of the last change.
    """

    stamp: str | None
    modified: str | None
    author: str | None
    said: frozenset[int]

    @property
    def day(self) -> date | None:
        """The visible day of publication."""
        return date.fromisoformat(self.stamp[:10]) if self.stamp else None


def byline(
    scope: HtmlElement,
    blocks: Sequence[Block],
    title: HtmlElement | None,
    language: str | None,
    hint: date | None,
    within: Sequence[HtmlElement] = (),
) -> Byline:
    """Read the bylines of an article: what calls itself date or author, and the lines at its headline.

    `hint` is the date the head declares: it decides between the two readings of 05/09/2023.
    `within` are the elements of a part that has no box of its own, where `scope` holds other parts too.
    `said` holds the indexes into `blocks` of the lines to leave out of the text.
    """
    near = set(_near(blocks, title)) | {place for place, block in enumerate(blocks) if _counts(block.text)}
    marked = {place for place, block in enumerate(blocks) if is_marked(block, scope)}
    author = _author(within or (scope,), blocks, near | marked, language)
    said, days, changes = set(), [], []
    for place in sorted(near | marked):
        text = blocks[place].text
        if len(text) > 200 or blocks[place].element is title:
            continue
        left = _leftover(text, author, language)
        found = list(_stamps(text, language, hint))
        changes += list(_stamps(text, language, hint, modified=True))
        labelled = (
            place in marked and (bool(found) or words.BY.match(text) or left != key(text)) and len(left) <= 60
        )
        speaks = bool(found) or words.BY.match(text) is not None or text == author or place in marked
        said_so = found and words.BY.match(text)
        if (not left and speaks) or labelled or said_so or _is_footer(blocks[place]) or _counts(text):
            said.add(place)
            days += found
        elif place in near and len(text) <= 80 and (len(left) <= 20 or dates.leads(text)):
            days += found
    stamped = list(_stamped(within or (scope,), language))
    days = (
        [_fuller(days[0], next((one for one in stamped if one[:10] == days[0][:10]), None))]
        if days
        else stamped
    )
    changes = changes or list(_stamped(within or (scope,), language, modified=True))
    return Byline(next(iter(days), None), next(iter(changes), None), author, frozenset(said))


def _near(blocks: Sequence[Block], title: HtmlElement | None) -> Iterator[int]:
    """The short blocks between a headline (or the start) and the first paragraph, and two before."""
    at = next((place for place, block in enumerate(blocks) if block.element is title), -1)
    for place in range(at - 1, max(at - 3, -1), -1):
        if len(blocks[place].text) >= LONG:
            break
        yield place
    for place in range(at + 1, min(at + 5, len(blocks))):
        subtitle = blocks[place].heading and place == at + 1 > 0
        if len(blocks[place].text) > 160 or (blocks[place].heading and not subtitle):
            break
        yield place


def is_marked(block: Block, scope: HtmlElement) -> bool:
    """True for a short block in an element that calls itself a date, an author or a footer."""
    if len(block.text) > 200 or block.heading:
        return False
    node: HtmlElement | None = block.element
    first = next(iter(block.element), None)
    if first is not None and first.tag == "time" and not (block.element.text or "").strip():
        return True
    for _ in range(3):
        if node is None or node is scope:
            return False
        if node.tag in ("time", "address", "footer") or not words.DATE_TOKENS.isdisjoint(tokens_of(node)):
            return True
        if any(not (words.SIGNED | words.DATELINED).isdisjoint(parts_of(name)) for name in names_of(node)):
            return True
        node = node.getparent()
    return False


def _is_footer(block: Block) -> bool:
    """True for a line in an article's footer that says little or leads somewhere; a sentence is text."""
    if len(block.text) > FOOTER and block.element.find(".//a") is None:
        return False
    return block.element.tag == "footer" or any(up.tag == "footer" for up in block.element.iterancestors())


def _counts(text: str) -> bool:
    """True for `Views: 12 | Added by: Ann | Comments: 3`."""
    parts = [part.strip() for part in re.split("[|·•]", text)]
    return len(text) <= 160 and len(parts) > 1 and any(words.COUNTER.match(part) for part in parts)


def _stamps(text: str, language: str | None, hint: date | None, *, modified: bool = False) -> Iterator[str]:
    """The dates of a line, with the time beside each: those of publication, or those of changes."""
    for found in dates.find(text, language):
        if modified != bool(words.MODIFIED.search(text[max(0, found.start - 30) : found.start])):
            continue
        day = found.day
        if (
            day is None
            and hint
            and {hint.day, hint.month, hint.year} >= _numbers(text[found.start : found.end])
        ):
            day = hint
        if day is not None:
            yield day.isoformat() + dates.clock(text[found.end :])


def _numbers(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"\d+", text)}


def _stamped(within: Sequence[HtmlElement], language: str | None, *, modified: bool = False) -> Iterator[str]:
    """The same of elements that call themselves a date."""
    for node in (node for top in within for node in top.iter("time", "abbr", "span", "meta")):
        prop = node.get("itemprop") or ""
        tokens = set(tokens_of(node))
        stamp = (
            node.get("datetime") or (node.get("title") if node.tag == "abbr" else None) or node.get("content")
        )
        # hAtom's "updated" is the date of an entry that has no other.
        alone = node.tag == "abbr" and "updated" in tokens
        if modified != bool(not alone and words.MODIFIED.search(f"{prop} {' '.join(tokens)}")):
            continue
        if alone or node.tag == "time" or prop.startswith("date") or not words.DATE_TOKENS.isdisjoint(tokens):
            text = text_of(node)
            seen, stated = dates.instant(text, language), dates.instant(stamp)
            if len(text) <= 80 and (seen or stated):
                yield _fuller(seen, stated) if seen else str(stated)


def _fuller(seen: str, stated: str | None) -> str:
    """What a reader sees stands before the attribute, which may add the time and the zone."""
    return max(seen, stated, key=len) if stated and stated.startswith(seen[:10]) else seen


def _author(
    within: Sequence[HtmlElement], blocks: Sequence[Block], places: set[int], language: str | None
) -> str | None:
    names = []
    for node in (node for top in within for node in top.iter()):
        if "author" in (node.get("rel") or "").split() or node.get("itemprop") == "author":
            names.append(_name(line(text_of(node)), language))
        elif (node.get("class") or node.get("id")) and _names_author(node):
            text = line(text_of(node))
            if len(text) <= 120 and (node.tag not in HEADINGS):
                names.append(_name(text, language))
    good = list(dict.fromkeys(name for name in names if name))
    whole = [name for name in good if not any(name != other and name in other for other in good)]
    if whole:
        return ", ".join(whole[:5])
    for place in sorted(places):
        for part in blocks[place].text.split("\n"):
            if words.BY.match(part) and (name := _name(part, language)):
                return name
    return None


def _names_author(node: HtmlElement) -> bool:
    if not words.AUTHOR_TOKENS.isdisjoint(tokens_of(node)):
        return True
    parts = [set(parts_of(name)) for name in names_of(node)]
    return any(not words.SIGNED.isdisjoint(one) and not one.isdisjoint({"name", "link"}) for one in parts)


def _name(text: str, language: str | None) -> str | None:
    by = words.BY.match(text)
    text = text[by.end() :] if by else text
    for found in dates.find(text, language):
        text = text[: found.start]
        break
    name = NAME_END.sub("", text).strip(" .:;-–—")
    name = words.ROLE.sub("", name)
    good = 2 < len(name) <= 60 and len(name.split()) <= 6 and not words.COUNTER.match(name)
    return name if good and name[0].isalpha() and name[0] == name[0].upper() else None


def _leftover(text: str, author: str | None, language: str | None) -> str:
    """What a line says besides a date, an author and the filling words of a byline."""
    for found in reversed(list(dates.find(text, language))):
        text = f"{text[: found.start]} | {text[found.end :]}"
    for name in (author or "").split(", "):
        text = text.replace(name, " | ") if name else text
    parts = [part for part in re.split(r"[|·•\n]", text) if not words.COUNTER.match(part.strip())]
    parts = [CLOCK.sub(" ", part) for part in parts]
    left = key(words.BYLINE.sub(" ", " ".join(parts))).split()
    return " ".join(word for word in left if not months.is_weekday(word, language))
