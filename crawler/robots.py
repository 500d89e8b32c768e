"""What a site's robots.txt allows us: RFC 9309, the Robots Exclusion Protocol."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive import urls

LARGEST = 512 * 1024
"""So many bytes are read; the RFC asks for 500 KiB at least (section 2.5)."""

_MOST_SITEMAPS = 1000
_LONGEST_SHOWN = 200
_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb"[A-Za-z_-]+")
_KEYS = {
    b"user-agent": "agent",
    b"useragent": "agent",
    b"user agent": "agent",
    b"allow": "allow",
    b"disallow": "disallow",
    b"dissallow": "disallow",
    b"dissalow": "disallow",
    b"disalow": "disallow",
    b"diasllow": "disallow",
    b"disallaw": "disallow",
    b"crawl-delay": "delay",
    b"sitemap": "sitemap",
}
"""The keys, with the misspellings that other crawlers understand as well: the owner's wish is clear."""

# `*` and `$` in an address become %2A and %24, as which a rule names them literally (section 2.2.3).
_ODD = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~/:?@!&()+,;=-]")
_ODD_IN_RULE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~/:?@!&()+,;=*-]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class Decision:
    """`line` is the deciding line, as in `line 12: Disallow: /private/`; None where no line speaks."""

    allowed: bool
    line: str | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    allow: bool
    pieces: tuple[str, ...]
    anchored: bool
    length: int
    number: int
    line: bytes

    def matches(self, address: str) -> bool:
        """Place each piece as early as it goes: time linear in the address, whatever the number of `*`."""
        first, *rest = self.pieces
        if not address.startswith(first):
            return False
        position = len(first)
        if not rest:
            return not self.anchored or position == len(address)
        last = rest.pop() if self.anchored else ""
        for piece in rest:
            found = address.find(piece, position)
            if found < 0:
                return False
            position = found + len(piece)
        return len(address) - len(last) >= position and address.endswith(last)

    def shown(self) -> str:
        text = self.line.decode("utf-8", "replace")[:_LONGEST_SHOWN]
        return f"line {self.number}: " + "".join(c if c.isprintable() else "\ufffd" for c in text)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says to one crawler.

    `crawl_delay` is in seconds, as asked for and without a cap. `sitemaps` are canonical URLs; they are
    said to all crawlers. `closed` is why nothing may be fetched where the file itself could not be read.
    """

    rules: tuple[_Rule, ...] = ()
    crawl_delay: float | None = None
    sitemaps: tuple[str, ...] = ()
    closed: str | None = None

    def decide(self, path_and_query: str) -> Decision:
        """Decide on the path and query of a canonical URL, such as `/a?b=c`."""
        if path_and_query == "/robots.txt":  # always allowed (section 2.2.2)
            return Decision(True)
        if self.closed is not None:
            return Decision(False, self.closed)
        address = _comparable(path_and_query.encode("utf-8", "surrogatepass"), _ODD)
        for rule in self.rules:  # the longest first, and `allow` before `disallow`
            if rule.matches(address):
                return Decision(rule.allow, rule.shown())
        return Decision(True)


ALLOW_ALL = Rules()


def DISALLOW_ALL(reason: str) -> Rules:
    """Nothing may be fetched, for a reason that is shown in place of a line."""
    return Rules(closed=reason)


def for_status(status: int, body: bytes, product_token: str) -> Rules:
    """The rules that an answer to `/robots.txt` means, after redirects were followed (section 2.3.1).

    The file is read when it came, everything is allowed when there is none (4xx), and nothing otherwise:
    a server in trouble has not consented. Status 0 stands for no answer at all.
    """
    if 200 <= status < 300:
        return parse(body, product_token)
    if 400 <= status < 500:
        return ALLOW_ALL
    return DISALLOW_ALL(f"robots.txt answered {status}" if status else "robots.txt could not be reached")


@dataclass(slots=True, eq=False)
class _Group:
    """All that is said to one crawler, from however many groups (they are merged, section 2.2.1)."""

    named: bool = False
    rules: list[_Rule] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


def parse(body: bytes, product_token: str) -> Rules:
    """Read a robots.txt for the crawler of that name; never raises, and skips what it cannot read."""
    ours, all_others = _Group(), _Group()
    token = _token(product_token.encode("utf-8", "replace"))
    open_groups: list[_Group] = []
    sitemaps: dict[str, None] = {}
    gathering = False  # only a rule ends a list of user agents, no other line does (section 2.2.4)
    for number, line, key, value in _lines(body):
        if key == "agent":
            open_groups = open_groups if gathering else []
            gathering = True
            group = all_others if value.split()[:1] == [b"*"] else ours
            if group is all_others or (token and _token(value) == token):
                group.named = True
                open_groups += [group] if group not in open_groups else []
        elif key in ("allow", "disallow"):
            gathering = False
            for group in open_groups if value else ():
                group.rules.append(_rule(key == "allow", value, number, line))
        elif key == "delay":
            for group in open_groups:
                group.delays += _seconds(value)
        elif len(sitemaps) < _MOST_SITEMAPS:
            sitemaps |= dict.fromkeys(_address(value))
    group = ours if ours.named else all_others
    rules = sorted(group.rules, key=lambda rule: (-rule.length, not rule.allow))
    return Rules(tuple(rules), max(group.delays, default=None), tuple(sitemaps))


def _lines(body: bytes) -> Iterator[tuple[int, bytes, str, bytes]]:
    """Number, the line itself, key and value of each line that has a known key."""
    lines = body[:LARGEST].removeprefix(_BOM).splitlines()
    if len(body) > LARGEST:
        del lines[-1:]  # cut in the middle, `Disallow: /private` would say `Disallow: /`
    for number, line in enumerate(lines, 1):
        said = line.partition(b"#")[0].strip()
        key, colon, value = said.partition(b":")
        if not colon:
            key, value = (*said.split(None, 1), b"", b"")[:2]
        known = _KEYS.get(key.strip().lower())
        if known:
            yield number, line.strip(), known, value.strip()


def _rule(allow: bool, value: bytes, number: int, line: bytes) -> _Rule:
    anchored = value.endswith(b"$")
    pattern = _comparable(value[:-1] if anchored else value, _ODD_IN_RULE)
    return _Rule(allow, tuple(pattern.split("*")), anchored, len(pattern) + anchored, number, line)


def _comparable(address: bytes, odd: re.Pattern[str]) -> str:
    """The form in which rules and addresses are compared (section 2.2.2).

    In a query `:` and `/` mean the same raw and encoded, as in the RFC's own example.
    """
    path, mark, query = odd.sub(_encode, address.decode("latin-1")).partition("?")
    return path + mark + query.replace("%3A", ":").replace("%2F", "/")


def _encode(found: re.Match[str]) -> str:
    text = found.group()
    if len(text) == 1:
        return f"%{ord(text):02X}"
    character = chr(int(text[1:], 16))
    return character if _UNRESERVED.match(character) else text.upper()


def _token(value: bytes) -> bytes:
    """The product token at the start of a user agent: `Example` in `Example/2.0 (bot)`, in lower case."""
    found = _TOKEN.match(value)
    return found.group().lower() if found else b""


def _seconds(value: bytes) -> list[float]:
    try:
        seconds = float(value)
    except ValueError:
        return []
    return [seconds] if math.isfinite(seconds) and seconds >= 0 else []


def _address(value: bytes) -> list[str]:
    """A sitemap's address; the protocol has no relative ones."""
    try:
        return [urls.canonical(value[: urls.LONGEST].decode("utf-8", "replace"))]
    except ValueError:
        return []
