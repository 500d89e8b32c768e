"""Takes furniture off a parsed page: what moves from one rendering to the next and is not the article."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from archive.text import cards, words
from archive.text.measures import BLOCKS, HEADINGS, Measures, measure, names_of, parts_of, squeeze, text_of

INVITATION = 300
"""Characters that a form's box may hold to be cut with the form; a long paragraph beside it keeps it."""

PORTRAIT = 800
"""Characters that a box about the author may hold."""

COMMENTS = frozenset(
    {"comments", "disqus", "respond", "comment-list", "commentlist", "dle-comments", "comment"}
)
HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
LETTER = re.compile(r"[^\W\d_]")
EMAIL = re.compile(r"/cdn-cgi/l/email-protection#([0-9a-f]{6,})", re.I)
LABELS = frozenset(
    {*HEADINGS, "p", "div", "strong", "b", "span", "dt", "legend", "td", "th", "font", "caption"}
)

# The share of the page's reading matter that an element may hold and still be cut, by the kind of the sign.
ALWAYS, COMMENT, STRONG, MEDIUM, WEAK = 2.0, 0.95, 0.5, 0.4, 0.25

NAMED = (STRONG, MEDIUM, WEAK)
SMALL = 400
"""Characters of long paragraphs that a marked box may hold whatever its share of the page."""


def clean(root: HtmlElement, headline: HtmlElement | None = None) -> list[str]:
    """Cut the furniture out of the tree, in place; returns what was cut, for a person.

    Signs are weighed against what they would cut: an element that holds much of the page's long paragraphs
    stays whatever its name, and so does what holds the headline. When more than 70 % of them would go, only
    scripts and the like are cut.
    """
    _uncloak(root)
    sizes = measure(root)
    boxes = set(_forms(root, sizes, headline))
    outermost = [box for box in boxes if boxes.isdisjoint(box.iterancestors())]
    for box in outermost:
        box.drop_tree()
    sizes = measure(root) if outermost else sizes
    cut = list(_marked(root, sizes, headline))
    marked = {element for element, _, _ in cut}
    boxes = {box for box in _readers(root, headline) if marked.isdisjoint((box, *box.iterancestors()))}
    cut += [(box, COMMENT, ".comment") for box in boxes if boxes.isdisjoint(box.iterancestors())]
    # By the sign: each paragraph of an article may carry one.
    weights: Counter[str] = Counter()
    for element, kind, sign in cut:
        weights[sign] += sizes.mass[element] if kind in NAMED else 0
    spared = sum(weight for weight in weights.values() if weight > SMALL)
    ground = sizes.mass[root] - sum(
        sizes.mass[element] for element, kind, _ in cut if kind in (ALWAYS, COMMENT)
    )
    reasons = []
    if ground > 400 and spared > 0.7 * ground:
        cut = [found for found in cut if found[1] not in NAMED or weights[found[2]] <= SMALL]
        reasons.append("kept the marked parts: cutting them would have left too little")
    signs = [sign for element, kind, sign in cut if kind != ALWAYS and sizes.chars[element]]
    for element, _, _ in cut:
        element.drop_tree()
    reasons += [f"cut {sign}" for sign in dict.fromkeys(signs)]
    reasons += [f"cut {len(outermost)} boxes with forms"] if outermost else []
    sizes = measure(root)
    reasons += [f"cut a side column ({sign})" for sign in _cut_side_cells(root, sizes)]
    reasons += [f"cut the list under {title!r}" for title in _cut_headed(root, sizes)]
    return reasons


def _forms(root: HtmlElement, sizes: Measures, headline: HtmlElement | None) -> Iterator[HtmlElement]:
    """The boxes of forms with what invites to fill them in: "Join 21,000 readers", "Search", "Vote"."""
    above = {root} if headline is None else {root, headline, *headline.iterancestors()}
    for form in root.iter("form"):
        box = form
        for up in form.iterancestors():
            own = up in above or up.tag in ("body", "main", "article")
            if own or sizes.chars[up] > INVITATION or sizes.mass[up] > sizes.mass[form]:
                break
            box = up
        if box is not form and 2 * sizes.chars[box] < sizes.chars[root]:
            yield box


def _readers(root: HtmlElement, headline: HtmlElement | None) -> set[HtmlElement]:
    """Boxes that call themselves the text, the author or another part of a comment, where several do."""
    found: dict[str, list[HtmlElement]] = defaultdict(list)
    for element in root.iter("div", "li", "section", "article", "blockquote", "dl", "dd"):
        for name in (element.get("class") or "").split():
            if all(not some.isdisjoint(parts_of(name)) for some in words.COMMENTING):
                found[name].append(element)
    boxes = {box for several in found.values() if len(several) > 1 for box in several}
    return boxes - ({headline, *headline.iterancestors()} if headline is not None else set())


def _marked(
    root: HtmlElement, sizes: Measures, headline: HtmlElement | None
) -> Iterator[tuple[HtmlElement, float, str]]:
    """The outermost elements with a sign of being furniture, with the weight and name of the sign."""
    whole = sizes.mass[root]
    measured = sizes.mass if whole else sizes.chars
    total = measured[root] or 1
    above = set() if headline is None else {headline, *headline.iterancestors()}
    waiting = [root]
    while waiting:
        element = waiting.pop()
        kind, sign = _sign(element)
        if kind == ALWAYS or (
            kind
            and element not in above
            and _may_go(element, (kind, sign), measured[element] / total, sizes, root)
        ):
            yield element, kind, sign
        else:
            waiting.extend(reversed(element))


def _may_go(
    element: HtmlElement, found: tuple[float, str], share: float, sizes: Measures, root: HtmlElement
) -> bool:
    """True where a sign outweighs what it would cut. Beside a short article a small box is a big share."""
    kind, sign = found
    if share > 0.1 and element.find(".//h1") is not None:
        return False
    if sign == ".sidebar" and _stands_in_text(element, sizes):
        return False
    if kind == WEAK and any(_is_post(node) for node in element.iterdescendants()):
        return False
    small = sizes.mass[element] <= SMALL and sizes.chars[root] - sizes.chars[element] >= 60
    return share <= kind or (small and (sizes.chars[element] <= 3 * SMALL or sizes.density(element) >= 0.3))


def _stands_in_text(element: HtmlElement, sizes: Measures) -> bool:
    """True for a box with little to follow between a paragraph and more to read: an author's aside."""
    before = next((one for one in element.itersiblings(preceding=True) if sizes.chars.get(one, 0)), None)
    if before is None or not sizes.mass[before] or not sizes.mass[element] or sizes.density(element) >= 0.2:
        return False
    if before.get("class") == element.get("class"):
        return False
    after = any(sizes.mass.get(one, 0) for one in element.itersiblings())
    return after and before.tag in ("p", "div") and next(before.iterdescendants(*BLOCKS), None) is None


def _sign(element: HtmlElement) -> tuple[float, str]:
    tag = str(element.tag)
    if tag in words.DEAD:
        return ALWAYS, tag
    if tag in ("html", "body", "main"):
        return 0.0, ""
    if tag == "footer" and any(_is_post(up) for up in element.iterancestors()):
        return 0.0, ""
    if tag in ("aside", "footer", "header") and _is_note(element):
        return _token_sign(element)
    if tag in ("aside", "footer", "form"):
        return MEDIUM, tag
    if tag == "header" and not any(up.tag in ("article", "main") for up in element.iterancestors()):
        return (WEAK, tag) if element.find(".//h1") is None else (0.0, "")
    role = (element.get("role") or "").lower()
    if role in words.ROLES and not (
        role in ("banner", "status", "alert") and element.find(".//h1") is not None
    ):
        return MEDIUM, f"role {role}"
    if element.get("hidden") is not None or HIDDEN.search(element.get("style") or ""):
        return WEAK, "hidden"
    if element.get("aria-hidden") == "true" and tag not in ("img", "div", "section", "article"):
        return WEAK, "aria-hidden"
    return _token_sign(element)


def _is_note(element: HtmlElement) -> bool:
    """True for a box between the paragraphs of an article that leads nowhere: a note, a correction, a lead.

    What moves from one rendering to the next leads somewhere, or has a sign of its own.
    """
    parent = element.getparent()
    if parent is None or parent.tag == "body" or parent.find("p") is None:
        return False
    return element.find(".//a") is None and element.find(".//form") is None


def _is_post(element: HtmlElement) -> bool:
    return element.tag == "article" or not words.ENTRY_SAFE.isdisjoint(
        (element.get("class") or "").lower().split()
    )


def _token_sign(element: HtmlElement) -> tuple[float, str]:
    names = names_of(element)
    if not names:
        return 0.0, ""
    tokens = {name.lower() for name in names}
    post = not tokens.isdisjoint(words.ENTRY_SAFE) or element.tag == "article"
    if element.tag == "ul" and {"links", "inline"} <= tokens:
        return WEAK, "ul.links.inline"
    signs = (_name_sign(name, post, element) for name in names)
    return max(signs, key=lambda found: found[0])


def _name_sign(name: str, post: bool, element: HtmlElement) -> tuple[float, str]:
    """The sign that one class token or id is; `post`: another says that the element is a whole post."""
    kind, spares_posts, of_links = _meaning(name)
    if not kind or (post and spares_posts):
        return 0.0, ""
    token = name.lower()
    if token in ("footer", "header") and any(_is_post(up) for up in element.iterancestors()):
        return 0.0, ""
    if token in COMMENTS and element.tag == "p":
        return 0.0, ""  # a comment of the author's; those of readers are boxes
    return (0.0, "") if of_links and element.find(".//a") is None else (kind, f".{token}")


@lru_cache(10_000)
def _meaning(name: str) -> tuple[float, bool, bool]:
    """The weight of a class token or id as a sign; whether a whole post may have it all the same; whether it
    means a list of links only.
    """
    token, parts = name.lower(), set(parts_of(name))
    if token in COMMENTS:
        return COMMENT, False, False
    hard = words.HARD_PARTS & parts
    if hard and {"no", "has", "with", "content", "without"}.isdisjoint(parts):
        return (COMMENT if "comments" in parts else STRONG), False, hard <= words.LINKING
    weak = token in words.TOKENS or token.startswith(words.PREFIXES)
    weak = weak or any(all(not some.isdisjoint(parts) for some in pair) for pair in words.PAIRS)
    return (WEAK if weak else 0.0), True, False


def _cut_headed(root: HtmlElement, sizes: Measures) -> list[str]:
    """Cut headings like "You may also like" together with the links or cards under them."""
    titles = []
    for label in [node for node in root.iter(*LABELS) if 0 < sizes.chars[node] <= 70]:
        if all(up is not root for up in label.iterancestors()):
            continue
        text = text_of(label)
        if sizes.links[label] and label.tag == "p" and sizes.density(label) >= 0.5:
            lead = squeeze(label.text) or (
                squeeze(label[0].text) if len(label) and label[0].tag != "a" else ""
            )
            if lead and words.HEADING.match(lead):
                titles.append(text)
                label.drop_tree()
        elif (
            (words.COMMENTS.match(text) and not _is_in_a_line(label) and _cut_after(label, sizes, root))
            or (words.ABOUT.match(text) and _cut_box(label, sizes, root))
            or (not sizes.links[label] and words.HEADING.match(text) and _cut_under(label, sizes, root))
        ):
            titles.append(text)
    return titles


def _cut_box(label: HtmlElement, sizes: Measures, root: HtmlElement) -> bool:
    """Cut the box that begins with a heading, if it is a small one."""
    box = label
    for up in label.iterancestors():
        first = next((part for part in up.iter(*LABELS) if part is not up and sizes.chars.get(part, 0)), None)
        inside = first is not None and (
            first is label or any(part is first for part in label.iterancestors())
        )
        if up is root or sizes.chars[up] > PORTRAIT or 4 * sizes.chars[up] > sizes.chars[root] or not inside:
            break
        box = up
    if box is label or sizes.chars[box] == sizes.chars[label]:
        return False
    box.drop_tree()
    return True


def _is_in_a_line(label: HtmlElement) -> bool:
    """True for a word with other words before or behind it, and in code."""
    before = label.getprevious()
    around = (label.getparent().text if before is None else before.tail, label.tail)
    inline = label.tag in ("span", "b", "strong", "font")
    return any(up.tag == "pre" for up in label.iterancestors()) or (
        inline and any(map(LETTER.search, filter(None, around)))
    )


def _cut_side_cells(root: HtmlElement, sizes: Measures) -> list[str]:
    """Cut the cells beside the one that holds most of a page that is arranged by a table."""
    cut = []
    # A list of links has no paragraphs to measure by.
    size = sizes.mass if sizes.mass[root] else sizes.chars
    for row in root.iter("tr"):
        if len(row) < 2 or size[row] < 0.5 * size[root] or not size[root]:
            continue
        main = max(row, key=lambda cell: size[cell])
        for cell in row:
            beside = size[cell] <= 0.25 * size[main] and size[main] >= 0.5 * size[root]
            if cell is not main and beside and (sizes.chars[cell] > 40 or sizes.links[cell]):
                cut.append(cell)
    for cell in cut:
        cell.drop_tree()
    return [str(cell.get("width") or cell.tag) for cell in cut]


def _cut_under(label: HtmlElement, sizes: Measures, root: HtmlElement) -> bool:
    top = label
    parent = top.getparent()
    while parent is not None and parent is not root and sizes.chars[parent] == sizes.chars[label]:
        top, parent = parent, parent.getparent()
    if parent is None:
        return False
    following = []
    for sibling in top.itersiblings():
        if sizes.chars.get(sibling, 0) and not cards.is_linky(sibling, sizes):
            break
        following.append(sibling)
    if not any(sizes.links.get(sibling, 0) for sibling in following):
        return False
    for element in (top, *following):
        element.drop_tree()
    return True


def _cut_after(label: HtmlElement, sizes: Measures, root: HtmlElement) -> bool:
    """Cut a heading over comments and all that follows it in its box, unless that is most of the page."""
    top = label
    parent = top.getparent()
    while parent is not None and parent is not root and sizes.chars[parent] == sizes.chars[label]:
        top, parent = parent, parent.getparent()
    following = list(top.itersiblings())
    if parent is None or not following:
        return False
    before = (
        sizes.chars[parent] - sizes.chars[top] - sum(sizes.chars.get(sibling, 0) for sibling in following)
    )
    if before < 40 or any(sibling.find(".//h1") is not None for sibling in following):
        return False
    if _is_chapter(top, following, sizes):
        return False
    for element in (top, *following):
        element.drop_tree()
    return True


def _is_chapter(heading: HtmlElement, following: list[HtmlElement], sizes: Measures) -> bool:
    """True for a heading that others of its kind follow, over more reading matter than stands below it."""
    tags = [str(sibling.tag) for sibling in following]
    if heading.tag not in HEADINGS or heading.tag not in tags:
        return False
    own = tags.index(heading.tag)
    mass = [sizes.mass.get(sibling, 0) for sibling in following]
    return sum(mass[own:]) > sum(mass[:own])


def _uncloak(root: HtmlElement) -> None:
    """Put the address back where Cloudflare hid it: the key and so the bytes change each time."""
    for element in root.iter("a", "span"):
        code = element.get("data-cfemail")
        link = EMAIL.search(element.get("href") or "")
        if link and not code and "email" in text_of(element)[:8].lower():
            code = link[1]
        address = _address(code or "")
        if address:
            for child in list(element):
                element.remove(child)
            element.text = address


def _address(code: str) -> str | None:
    try:
        data = bytes.fromhex(code)
        return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8") if len(data) > 3 else None
    except ValueError:
        return None
