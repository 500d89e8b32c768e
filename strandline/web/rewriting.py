"""An archived page made fit to be looked at: without anything that runs, every address one of the archive.

What is let through is listed; all else is left out. This is for the looks: that nothing runs and nothing is
fetched from elsewhere is seen to by the sandbox and the policy of the answer (`kept_origin.py`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as markup

from archive import urls

Address = Callable[[str], str]
"""Where an archived URL is to be had."""

Look = Callable[[etree._Element, str], object]

LONGEST = 12_000_000
"""Characters of a page that are shown."""
HUGE = 10_000_000
"""Bytes from which on the parser must be told that a page is huge, or leaves out a long text."""
MOST = 5_000
"""So many requisites of a page are noted."""

# fmt: off
_OUT = frozenset({
    "script", "noscript", "template", "base", "object", "embed", "applet", "iframe", "frame", "frameset",
    "portal", "param", "dialog", "slot", "math", "annotation-xml", "foreignobject", "animate",
    "animatemotion", "animatetransform", "set", "use", "meta", "xml",
})
"""Elements that are left out, with all that is in them."""
_EMPTY = frozenset({"embed", "param", "portal"})
"""Elements that are left out, without what the parser takes for their content."""
_ATTRIBUTES = frozenset({
    "abbr", "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "char", "charoff", "checked",
    "cite", "class", "clear", "color", "cols", "colspan", "compact", "controls", "cx", "cy", "d",
    "datetime", "dir", "disabled", "download", "face", "fill", "fill-opacity", "fill-rule", "for", "frame",
    "gradientunits", "headers", "height", "hspace", "id", "label", "lang", "level", "loop", "media",
    "multiple", "muted", "name", "noshade", "nowrap", "offset", "opacity", "open", "placeholder", "points",
    "preserveaspectratio", "r", "readonly", "rel", "role", "rows", "rowspan", "rules", "rx", "ry", "scope",
    "selected", "shape", "size", "span", "start", "stroke", "stroke-linecap", "stroke-linejoin",
    "stroke-width", "summary", "tabindex", "text-anchor", "title", "transform", "type", "valign", "value",
    "version", "viewbox", "vspace", "width", "wrap", "x", "x1", "x2", "xml:lang", "xmlns", "y", "y1", "y2",
})
"""Attributes that are let through as they are."""
# fmt: on
_LINKS = frozenset({"src", "href", "poster", "background", "data-src", "xlink:href"})
_IMAGE = re.compile(r"data:image/(png|gif|jpeg|webp)[;,]", re.IGNORECASE)
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,30}")
_CSS_LINK = re.compile(
    r"""(?P<rule>@import\s+)(?:"([^"\n]*)"|'([^'\n]*)')|"""
    r"""url\(\s*(?:"([^"\n]*)"|'([^'\n]*)'|((?:\\[0-9a-fA-F]{1,6}\s?|[^"'()\s])+)?)\s*\)""",
    re.IGNORECASE,
)
_CSS_LETTER = re.compile(r"\\0{0,4}([4-7][0-9a-fA-F]|3[0-9])(?:\s|(?![0-9a-fA-F]))")
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)


@dataclass
class Rewritten:
    """A page for the sandbox; `requisites` are the URLs of what it shows besides."""

    html: bytes
    requisites: list[str]


@dataclass
class _Work:
    base: str
    charset: str
    address: Address
    requisites: dict[str, None] = field(default_factory=dict)
    styles: list[str] = field(default_factory=list)

    def requisite(self, link: str) -> str | None:
        """Where a requisite is to be had; it is noted."""

        def noted(url: str) -> str:
            if len(self.requisites) < MOST:
                self.requisites[url] = None
            return self.address(url)

        return requisite(self.base, link, self.charset, noted)

    def link(self, link: str) -> str | None:
        """Where a link leads: within the page, or to another archived one."""
        if link.strip().startswith("#"):
            return link.strip()
        url = urls.join(self.base, link, self.charset)
        return None if url is None else self.address(url)


def page(
    text: str,
    base: str,
    charset: str,
    address: Address,
    nonce: str,
    look: Look | None = None,
) -> Rewritten:
    """Rewrite a page, whose URL is `base`. `nonce` is that of the policy, under which its own styles go.
    `look` gets the tree when it is safe, and the nonce, and may add to it.
    """
    work = _Work(base, charset, address)
    data = text[:LONGEST].encode("utf-8", "replace") or b"<p></p>"
    is_huge = len(data) >= HUGE
    parser = markup.HTMLParser(encoding="utf-8", huge_tree=is_huge, remove_comments=True, remove_pis=True)
    try:
        root = markup.document_fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Rewritten(b"<!doctype html><title></title>", [])
    work.base = _base(root, base)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or not _NAME.fullmatch(element.tag.rpartition("}")[2]):
            _remove(element)
            continue
        name = element.tag.lower()
        if name in _EMPTY and isinstance(element, markup.HtmlElement):
            element.drop_tag()  # the parser puts what follows into it
        elif name in _OUT or (name == "link" and not _is_style(element)):
            _remove(element)
        elif name == "style":
            element.text = _safe_style(stylesheet(element.text or "", work.requisite))
            for key in list(element.attrib):
                del element.attrib[key]
            element.set("nonce", nonce)
        else:
            _attributes(element, name, work)
    _add_styles(root, work, nonce)
    if look:
        look(root, nonce)
    body = etree.tostring(root, method="html", encoding="utf-8", doctype="<!doctype html>")
    return Rewritten(body, list(work.requisites))


def requisite(base: str, link: str, charset: str, address: Address) -> str | None:
    """Where a requisite of a page or stylesheet is to be had; None for what is no address of one."""
    if link.strip()[:5].lower() == "data:":
        return link.strip() if _IMAGE.match(link.strip()) else None
    url = urls.join(base, link, charset)
    return None if url is None else address(url)


def stylesheet(text: str, requisite: Callable[[str], str | None]) -> str:
    """A stylesheet with the addresses of what it loads rewritten by `requisite`."""

    def put(found: re.Match[str]) -> str:
        link = next((part for part in found.groups()[1:] if part is not None), "")
        if link.startswith("#"):
            return found[0]
        address = requisite(_unescaped(link)) or "about:invalid"
        return f'{found["rule"] or ""}url("{_quoted(address)}")'

    return _CSS_LINK.sub(put, _CSS_LETTER.sub(_letter, text))


def _base(root: etree._Element, base: str) -> str:
    """The URL that the page's links are relative to (HTML, section 4.2.3)."""
    for element in root.iter("base"):
        if link := element.get("href"):
            return urls.join(base, link) or base
    return base


def _remove(element: etree._Element) -> None:
    """Take an element out and leave the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail, before = element.tail, element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _is_style(element: etree._Element) -> bool:
    words = (element.get("rel") or "").lower().split()
    return "stylesheet" in words and "alternate" not in words


def _attributes(element: etree._Element, name: str, work: _Work) -> None:
    given = {str(key).lower(): str(value) for key, value in element.attrib.items()}
    links = {key: value for key, value in given.items() if key in _LINKS}
    srcset, style = given.get("srcset") or given.get("data-srcset"), given.get("style")
    for key in list(element.attrib):
        lower = str(key).lower()
        if lower not in _ATTRIBUTES and not lower.startswith("aria-"):
            del element.attrib[key]
    if name in ("a", "area"):
        _put(element, "href", work.link(links["href"]) if "href" in links else None)
    elif name == "link":
        _put(element, "href", work.requisite(links.get("href", "")))
    elif name == "image":
        _put(element, "href", work.requisite(links.get("href") or links.get("xlink:href") or ""))
    elif name in ("img", "source", "video", "audio", "track", "input"):
        source = links.get("src") or links.get("data-src")
        _put(element, "src", work.requisite(source) if source else None)
        _put(element, "poster", work.requisite(links["poster"]) if "poster" in links else None)
        if srcset:
            _put(element, "srcset", ", ".join(_sources(srcset, work)) or None)
    elif "background" in links:
        _put(element, "background", work.requisite(links["background"]))
    if style:
        _set_aside(element, style, work)


def _put(element: etree._Element, key: str, value: str | None) -> None:
    if value is not None:
        element.set(key, value)


def _sources(srcset: str, work: _Work) -> Iterator[str]:
    """The candidates of a srcset; one that is an image itself, with a comma in it, is left out."""
    for candidate in re.split(r",\s+|,(?=https?:)", srcset[:20_000]):
        link, _, size = candidate.strip().partition(" ")
        if (
            link
            and (address := work.requisite(link.rstrip(",")))
            and re.fullmatch(r"[\d.]*[wxh]?", size.strip())
        ):
            yield f"{address} {size}".strip()


def _set_aside(element: etree._Element, style: str, work: _Work) -> None:
    """Keep a style attribute for the page's own stylesheet: a policy without exceptions lets no other in."""
    if any(sign in style for sign in "{}<@") or len(style) > 5_000 or len(work.styles) >= MOST:
        return
    element.set("data-kept", str(len(work.styles)))
    work.styles.append(stylesheet(style, work.requisite))


def _add_styles(root: etree._Element, work: _Work, nonce: str) -> None:
    """The style attributes as rules that stand above all others, as attributes do."""
    if not work.styles:
        return
    alone = ":not(#kept):not(#kept)"
    rules = (f'[data-kept="{number}"]{alone} {{ {style} }}' for number, style in enumerate(work.styles))
    sheet = markup.Element("style", nonce=nonce)
    sheet.text = _safe_style("\n".join(rules))
    place = root.find("head")
    (place if place is not None else root).append(sheet)


def _safe_style(text: str) -> str:
    """No text of a style element can end it."""
    return text.replace("</", "<\\/").replace("<!", "<\\!")


def _unescaped(text: str) -> str:
    """A string of CSS without its escapes (CSS Syntax Module Level 3, section 4.3.7)."""

    def plain(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[2]
        code = int(found[1], 16)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"

    return _CSS_ESCAPE.sub(plain, text)


def _letter(found: re.Match[str]) -> str:
    """An escaped letter or digit as itself, so that `u\\72l(` is seen to be `url(`."""
    plain = chr(int(found[1], 16))
    return plain if plain.isalnum() else found[0]


def _quoted(address: str) -> str:
    """An address in a string of CSS."""
    return re.sub(r'["\\\n\r\f]', lambda found: f"\\{ord(found[0]):x} ", address)
