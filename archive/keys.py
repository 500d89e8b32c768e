"""The keys under which replay tools look captures up in a CDXJ index: SURTs that fold much.

pywb, OutbackCDX and the Wayback Machine fold the URL that a reader asks for in this way before they
search. In an index whose keys are folded less they do not find most pages: no folder (`/blog/`), no host
with `www.`, no query of several parts. Nothing is lost, for a line of the index also holds the URL
itself; of two URLs with one key and date a tool may show either.
"""

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

from archive import urls

_WWW = re.compile(rb"www\d*\.")
_PATH_SESSION = re.compile(
    rb"(.*/)\((?:[0-9a-z]{24}|(?:[a-z]\([0-9a-z]{24}\))+)\)/([^?]+\.aspx.*)", re.I | re.S
)
_QUERY_SESSIONS = [
    re.compile(rb"(.*)%b(?:&(.*))?" % name, re.I | re.S)
    for name in (
        *(rb"jsessionid=[0-9a-z]{32}", rb"phpsessid=[0-9a-z]{32}", rb"sid=[0-9a-z]{32}"),
        *(rb"aspsessionid[a-z]{8}=[a-z]{24}", rb"cfid=[^&]+&cftoken=[^&]+"),
    )
]
_TIMES = 16
"""So often a text is percent-decoded: a hostile one would take thousands of times."""

_PRINTED = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"


def key(url: str) -> str:
    """`https://www.Example.org/Blog/?b=2&a=1` is `org,example)/blog?a=1&b=2`.

    Folded: `www.` and `www2.`, case, percent-encodings (also doubled ones), repeated slashes and one at the
    end, the order of the query's parts, session numbers. ASCII, without spaces. Raises ValueError as
    `urls.canonical`.
    """
    address, _, query = urls.canonical(url).encode().partition(b"?")
    host, _, path = address.partition(b"://")[2].partition(b"/")
    folded = _query(query)
    return (_host(host) + b")" + _path(path) + (b"?" + folded if folded else b"")).decode("ascii")


def _host(host: bytes) -> bytes:
    if host.startswith(b"["):
        return host.replace(b"[", b"").replace(b"]", b"")
    name, colon, port = host.partition(b":")
    www = _WWW.match(name)
    return b",".join(reversed(name[www.end() if www else 0 :].split(b"."))) + colon + port


def _path(path: bytes) -> bytes:
    kept: list[bytes] = []
    for segment in _plain(path).split(b"/"):
        if segment == b".." and kept:
            del kept[-1]
        elif segment != b".":
            kept.append(segment)
    joined = _printed(b"/".join((b"", *filter(None, kept[:-1]), *kept[-1:]))).lower()
    if found := _PATH_SESSION.fullmatch(joined):
        joined = found[1] + found[2]
    return joined.removesuffix(b"/") or b"/"


def _query(query: bytes) -> bytes:
    query = _printed(_plain(query))
    for pattern in _QUERY_SESSIONS:
        if found := pattern.fullmatch(query):
            query = found[1] + (found[2] or b"")
    parts = sorted(tuple(part.split(b"=", 1)) for part in query.lower().split(b"&"))
    return b"&".join(b"=".join(part) for part in parts)


def _plain(text: bytes) -> bytes:
    """Percent-decoded until nothing changes, or for long enough."""
    for _ in range(_TIMES):
        if b"%" not in text:
            break
        text = unquote_to_bytes(text)
    return text


def _printed(text: bytes) -> bytes:
    return quote_from_bytes(text, safe=_PRINTED).encode("ascii")
