"""Takes XML apart that need not be well-formed: tags and texts in their order, and nothing else.

There is no document type here, no entity that a file could define and no tree, so that nothing grows.
"""

import html
import re
from collections.abc import Generator, Iterator, Mapping
from enum import Enum
from itertools import islice

_ATTRIBUTES = 50
"""So many attributes of a tag are read."""

_NEAR = 4096
"""Characters in which a declaration or an instruction must end; else its `<` is taken for text."""

# Possessive, and a value has no `<` in it (XML 1.0, section 2.3): linear, whatever quote is left open.
_TAG = re.compile(r"""<(/?)([^\s<>/"'=!?]++)((?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+)>""")
# With its semicolon only: `?a=1&copy=2` is an address that somebody forgot to escape.
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")


class Sort(Enum):
    """What a token is. PLAIN text may have references in it, RAW text (CDATA) has none; OPEN is a comment or
    a CDATA section that has no end.
    """

    START = 1
    EMPTY = 2
    END = 3
    PLAIN = 4
    RAW = 5
    OPEN = 6


def tokens(text: str) -> Iterator[tuple[Sort, str, str]]:
    """Sort, name of a tag in lower case or text, and the attributes of a tag as they are written."""
    position = 0
    while (start := text.find("<", position)) >= 0:
        if start > position:
            yield Sort.PLAIN, text[position:start], ""
        found = _TAG.match(text, start)
        if found:
            position = found.end()
            attributes = found[3]
            sort = Sort.END if found[1] else Sort.EMPTY if attributes.endswith("/") else Sort.START
            yield sort, found[2].lower(), attributes
            continue
        position = yield from _special(text, start)
    if position < len(text):
        yield Sort.PLAIN, text[position:], ""


def _special(text: str, start: int) -> Generator[tuple[Sort, str, str], None, int]:
    """A comment, a section, a declaration or a stray `<`; returns where it ends."""
    for opening, closing, sort in (("<![CDATA[", "]]>", Sort.RAW), ("<!--", "-->", None)):
        if text.startswith(opening, start):
            end = text.find(closing, start + len(opening))
            inside = text[start + len(opening) : end if end >= 0 else None]
            if sort:
                yield sort, inside, ""
            if end < 0:
                yield Sort.OPEN, opening, ""
                return len(text)
            return end + len(closing)
    if text[start + 1 : start + 2] in ("!", "?"):
        end = text.find(">", start, start + _NEAR)
        if end >= 0:
            return end + 1
    yield Sort.PLAIN, "<", ""
    return start + 1


def attributes(written: str) -> Mapping[str, str]:
    """The attributes of a tag, names in lower case; of two with one name the first."""
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(written), _ATTRIBUTES):
        value = next((group for group in match.groups()[1:] if group is not None), "")
        found.setdefault(match[1].lower(), unescape(value))
    return found


def unescape(text: str) -> str:
    """The text with the references resolved that XML and HTML have names for; nothing else can be named."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text
