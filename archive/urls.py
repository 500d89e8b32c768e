"""URLs: the one canonical form in which pages are known, and its SURT form for sorted indexes.

Parsing follows the WHATWG URL Standard (what browsers do with odd links); the result is a valid RFC 3986
URI, so that what is requested, what the WARC names and what the index holds are the same characters.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import unquote

import idna

LONGEST = 2048
"""Links of more characters are not followed: in practice they are traps or data."""

MOST = 8000
"""Characters of the longest URL that is known at all: what RFC 9110, section 4.1, wants to be supported."""

_SHORT = 200
_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SURROUND = "".join(map(chr, range(0x21)))  # C0 controls and space, stripped (WHATWG, section 4.4)
_INSIDE = dict.fromkeys(map(ord, "\t\n\r"))  # removed wherever they are (same section)
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_USER = re.compile(r"^([A-Za-z]+:[/\\]*)[^/\\?]*@")
_PORT = re.compile(r"0*([1-9][0-9]{0,4})")

# A reserved character and its percent-encoding may mean different things (RFC 3986, section 2.2), so
# those stay as they came; all others have one form. Square brackets are reserved, but not allowed raw
# outside an IPv6 host. "'" is encoded in queries only, as browsers do.
_PATH_ODD = re.compile(r"(?:%[0-9A-Fa-f]{2})+|%|[^A-Za-z0-9._~/:@!$&'()*+,;=%-]+")
_QUERY_ODD = re.compile(r"(?:%[0-9A-Fa-f]{2})+|%|[^A-Za-z0-9._~/:@!$&()*+,;=?%-]+")
_UNRESERVED = re.compile("%(?:2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


class _Parts(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str

    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def url(self) -> str:
        return f"{self.scheme}://{self.host}{self.target()}"


def canonical(url: str) -> str:
    """The canonical form of an absolute http(s) URL; a fixed point: the canonical form of itself.

    Scheme and host in lower case, IDN as punycode, default port and fragment dropped, an empty path as
    `/`, dot segments resolved, percent-encoding normalised, the query's order kept. An empty query (`/a?`)
    is dropped, since it is nearly always the same page as `/a`. The characters of the path are never
    composed (NFC) nor is their case changed: servers tell them apart.

    Raises ValueError, in words for a person, for anything that is not an absolute http(s) URL of at most
    `MOST` characters, and for one with a user name or password, which must not get into an archive.
    """
    return _parts(url).url()


def surt(url: str) -> str:
    """The SURT form of `canonical(url)`: `https://www.example.org/a?b` is `org,example,www)/a?b`.

    As the Internet Archive writes it: no scheme, a port only where it is not the default one, IPv4
    addresses reversed like names. Raises ValueError as `canonical`.
    """
    parts = _parts(url)
    if parts.host.startswith("["):
        return f"{parts.host}){parts.target()}"
    name, colon, port = parts.host.partition(":")
    return f"{','.join(reversed(name.split('.')))}{colon}{port}){parts.target()}"


def host(url: str) -> str:
    """The host of `canonical(url)`, with its port unless it is the scheme's default one."""
    return _parts(url).host


def join(base: str, link: str, charset: str = "utf-8") -> str | None:
    """The canonical URL that `link`, found on the page `base`, points to; None where it is none of ours.

    None stands for other schemes (`mailto:`, `javascript:`), for what cannot be understood, and for a URL
    longer than `LONGEST`. A link of only a fragment points to the page itself. A user name in it is left out.
    `charset` is the page's: browsers send what is beyond ASCII in a query in it, and in a path as UTF-8.
    """
    reference = link.partition("#")[0].strip(_SURROUND).translate(_INSIDE)
    if len(reference) > LONGEST:
        return None
    if charset != "utf-8" and not reference.isascii():
        front, mark, query = reference.partition("?")
        reference = front + mark + _BEYOND_ASCII.sub(lambda found: _in(charset, found[0]), query)
    try:
        parts = _parts(base)
    except ValueError:
        return None
    # The links of a site's frame are the same on all its pages.
    if reference.startswith("/") and len(reference) <= _SHORT:
        return _rooted(parts.scheme, parts.host, reference)
    return _joined(parts, reference)


def _joined(base: _Parts, reference: str) -> str | None:
    try:
        url = canonical(_USER.sub(r"\1", _absolute(base, reference), count=1))
    except ValueError:
        return None
    return url if len(url) <= LONGEST else None


@lru_cache(maxsize=16_384)
def _rooted(scheme: str, host: str, reference: str) -> str | None:
    return _joined(_Parts(scheme, host, "/", ""), reference)


def _absolute(base: _Parts, reference: str) -> str:
    """Resolve a reference without `#`: RFC 3986, section 5.2, with WHATWG's reading of `\\` and `http:a`."""
    scheme = _SCHEME.match(reference)
    if scheme and scheme.group()[:-1].lower() != base.scheme:
        return reference
    rest = reference[scheme.end() :] if scheme else reference
    start = rest[:2].replace("\\", "/")
    if start == "//":
        return f"{base.scheme}:{rest}"
    origin = f"{base.scheme}://{base.host}"
    if start.startswith("/"):
        return origin + rest
    if start == "":
        return base.url()
    if start.startswith("?"):
        return origin + base.path + rest
    return origin + base.path[: base.path.rindex("/") + 1] + rest


def _in(charset: str, text: str) -> str:
    """Text of a query as browsers send it from a page of that charset; what is not in that is `&#1234;`."""
    return "%" + text.encode(charset, "xmlcharrefreplace").hex("%").upper()


@lru_cache(maxsize=4096)
def _parts(url: str) -> _Parts:
    if len(url) > MOST:
        raise ValueError(f"the address has {len(url)} characters: at most {MOST} can be archived")
    text = url.partition("#")[0].strip(_SURROUND).translate(_INSIDE)
    scheme = _SCHEME.match(text)
    if not scheme:
        raise ValueError(f"{_shown(url)} has no scheme: write it with https:// or http:// in front")
    name = scheme.group()[:-1].lower()
    if name not in _PORTS:
        raise ValueError(f"{_shown(url)} is not a web address: only http:// and https:// can be archived")
    front, _, query = text[scheme.end() :].partition("?")
    authority, _, path = front.replace("\\", "/").lstrip("/").partition("/")
    if "@" in authority:
        raise ValueError("the address holds a user name or password before the '@': take it out")
    parts = _Parts(name, _authority(authority, name, url), _path(path), _QUERY_ODD.sub(_encode, query))
    if sum(map(len, parts)) + len("://?") > MOST:
        raise ValueError(f"the address has more than {MOST} characters when percent-encoded")
    return parts


def _authority(authority: str, scheme: str, url: str) -> str:
    name, port = authority, ""
    if ":" in authority and not authority.endswith("]"):
        name, _, port = authority.rpartition(":")
    if not name:
        raise ValueError(f"{_shown(url)} has no host: write it as {scheme}://example.org/")
    try:
        name = _ipv6(name) if name.startswith("[") else _name(name)
    except ValueError:
        raise ValueError(f"{_shown(url)} has no valid host name: check the part after ://") from None
    if not port:
        return name
    number = _PORT.fullmatch(port)
    if not number or int(number[1]) > 65_535:
        raise ValueError(f"{_shown(url)} has no valid port: it must be a number from 1 to 65535")
    return name if int(number[1]) == _PORTS[scheme] else f"{name}:{number[1]}"


def _ipv6(literal: str) -> str:
    if not literal.endswith("]") or "%" in literal:
        raise ValueError(literal)
    return f"[{IPv6Address(literal[1:-1]).compressed}]"


def _name(name: str) -> str:
    """A host name in lower-case ASCII, or an IPv4 address of four decimal numbers.

    Browsers also read `0x7f.1` and `2130706433` as addresses; nobody writes them but to hide one.
    """
    if "%" in name:
        name = unquote(name, errors="strict")
    name = name.lower() if name.isascii() else _punycode(name)
    labels = name.removesuffix(".").split(".")
    if len(name) > 254 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(name)
    if labels[-1].isdigit() or re.fullmatch("0x[0-9a-f]*", labels[-1]):
        return str(IPv4Address(".".join(labels)))
    return ".".join(labels)


def _punycode(name: str) -> str:
    """UTS #46 without the stricter checks of IDNA 2008, which refuse names that browsers open (`☃.net`)."""
    if len(name) > 254:
        raise ValueError(name)
    labels = idna.uts46_remap(name, std3_rules=False).split(".")
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in labels
    )


def _path(path: str) -> str:
    """The path after its first slash, encoded and without dot segments (RFC 3986, section 5.2.4)."""
    path = _PATH_ODD.sub(_encode, path)
    if "." not in path:
        return "/" + path
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _encode(found: re.Match[str]) -> str:
    """One form for percent-encodings in a row, or for characters that need one.

    A lone `%` becomes `%25`: left alone, `%4%31` would be read as `%41` the next time.
    """
    text = found[0]
    if len(text) > 1 and text[0] == "%":
        return _UNRESERVED.sub(_decode, text.upper())
    return "%" + text.encode("utf-8", "surrogatepass").hex("%").upper()


def _decode(found: re.Match[str]) -> str:
    return chr(int(found[0][1:], 16))


def _shown(url: str) -> str:
    return repr(url if len(url) <= 100 else url[:97] + "...")
