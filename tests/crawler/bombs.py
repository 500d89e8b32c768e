"""Sitemaps that are made to hurt, each read in a process of its own: `python -m tests.crawler.bombs NAME`."""

import json
import re
import resource
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from crawler import sitemaps

CPU, MEMORY = 60, 512
"""Seconds and MiB of address space, beyond which the system ends the process."""

_SIZE = 60 * 1024 * 1024
_HEAD = b"<urlset><url><loc>https://tidings.example/a</loc></url>"
_LINE = b"https://tidings.example/a\n"
_SLOW = "".join(f"<a{number}/>" for number in range(2000))
_TAIL = b"<url><loc>https://tidings.example/b</loc></url></urlset>"


def _zipped(pieces: Iterable[bytes]) -> bytes:
    """As gzip; never in memory as a whole."""
    coder = zlib.compressobj(1, wbits=31)
    return b"".join((*map(coder.compress, pieces), coder.flush()))


def _times(part: bytes, size: int = _SIZE) -> Iterator[bytes]:
    once = part * max(1, 1024 * 1024 // len(part))
    return (once for _ in range(size // len(once) + 1))


def _filled(part: bytes, head: bytes = _HEAD, tail: bytes = _TAIL) -> bytes:
    """More of a part than a sitemap may have bytes, between an address and another."""
    return _zipped((head, *_times(part), tail))


def _numbered(pattern: str, number: int, head: bytes = _HEAD) -> bytes:
    parts = ("".join(pattern % one for one in range(first, first + 1000)) for first in range(0, number, 1000))
    return _zipped(chain((head,), map(str.encode, parts), (_TAIL,)))


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    kind = f'<!DOCTYPE urlset [<!ENTITY l0 "{"ha" * 1000}">{entities}]>'
    return kind.encode() + _HEAD + b"<url><loc>/&l29;</loc></url>" + _TAIL


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "gzip, 20 GB": lambda: _zipped(_times(b" ")) * 300,
    "gzip in gzip, 20 GB": lambda: _zipped((_zipped(_times(b" ")),) * 300),
    "100,000 empty members": lambda: _zipped(()) * 100_000,
    "entities in entities": _laughs,
    "one text": lambda: _filled(b"a"),
    "one address": lambda: _filled(b"a", _HEAD + b"<url><loc>/"),
    "texts of many pieces": lambda: _filled(b"a" * 300_000 + b"<b/>", _HEAD + b"<url><loc>/"),
    "one attribute": lambda: _filled(b"a", _HEAD + b"<url x='"),
    "attributes without end": lambda: _filled(b" a='1'", _HEAD + b"<url"),
    "attributes of many names": lambda: _numbered(" a%d='1'", 4_000_000),
    "many tags of many attributes": lambda: _filled(
        b"<a%s/>" % b"".join(b" a%d='1'" % n for n in range(9000))
    ),
    "namespaces": lambda: _numbered("<b xmlns:a%d='1'/>", 2_000_000),
    "names": lambda: _numbered("<a%d/>", 4_000_000),
    "open tags": lambda: _filled(b"<a>"),
    "end tags": lambda: _filled(b"</a>"),
    "a comment": lambda: _filled(b"- ", _HEAD + b"<!-- "),
    "comments": lambda: _filled(b"<!---->"),
    "a section": lambda: _filled(b"] ", _HEAD + b"<![CDATA["),
    "an instruction": lambda: _filled(b"? ", _HEAD + b"<?a "),
    "a document type": lambda: _filled(b"<!a ", b"<!DOCTYPE urlset [", _HEAD + _TAIL),
    "angles": lambda: _filled(b"<"),
    "ampersands": lambda: _filled(b"&"),
    "references": lambda: _filled(b"&#65;", _HEAD + b"<url><loc>/"),
    "references of nothing": lambda: _filled(b"&#0;<b/>", _HEAD + b"<url><loc>/"),
    "halves of characters": lambda: _filled(b"&#xD83D;<b/>"),
    "control characters": lambda: _filled(b"\x01a<b/>"),
    "bytes that are not UTF-8": lambda: _filled(b"\xff<b/>"),
    "wide characters": lambda: _filled("\U0001f600<b/>".encode()),
    "UTF-16": lambda: _filled("<b/>".encode("utf-16-le"), b"\xff\xfe"),
    "the same address": lambda: _filled(_HEAD[8:]),
    "addresses that are none": lambda: _filled(b"<url><loc>mailto:a@b</loc></url>"),
    "long addresses": lambda: _numbered(f"<url><loc>/%d{'a' * 2000}</loc></url>", 40_000),
    "an address now and then": lambda: _numbered(f"<url><loc>/%d</loc></url>{_SLOW}", 4000),
    "other languages": lambda: _numbered("<link rel='alternate' href='/%d'/>", 2_000_000, _HEAD[:-6]),
    "one line": lambda: _filled(b"http://", b""),
    "lines": lambda: _filled(b"\n", _LINE),
    "lines that are no addresses": lambda: _filled(b"a\n", _LINE),
}
"""What is inflated is more than a sitemap may have, where not said otherwise."""


def _peak() -> float:
    """MiB that this program has held. What `resource` tells begins with what it was forked from."""
    (line,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(line) / 1024


def _read(name: str) -> dict[str, object]:
    body = BOMBS[name]()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY * 1024 * 1024,) * 2)
    start = time.thread_time()
    read = sitemaps.parse(body, "https://tidings.example/sitemap.xml")
    return {
        "number": len(read.pages),
        "reason": read.reason,
        "seconds": time.thread_time() - start,
        "mib": _peak(),
    }


if __name__ == "__main__":
    print(json.dumps(_read(sys.argv[1])))
