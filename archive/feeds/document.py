"""Reads feeds: RSS 0.90 to 2.0, Atom 0.3 and 1.0 (RFC 4287), JSON Feed 1.x, and what is meant for one."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from archive import text as texts
from archive.feeds.entries import Entries, Feed, Fields
from archive.feeds.markup import Sort, attributes, tokens, unescape

LARGEST = 16 * 1024 * 1024
"""Bytes of a feed that are read: a few hundred entries with their whole texts have less."""

LARGEST_JSON = 4 * 1024 * 1024
"""Bytes of a JSON Feed that are read: decoded, JSON can take thirty times its size."""

DEEPEST = 500

_LONGEST = 4096
_SAME = 10  # elements of one name in one entry
_AT_ONCE = 256

# Atom's elements and those of RSS do not get in each other's way: both are known without a prefix.
_VOCABULARIES = {
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns": "",
    "http://purl.org/rss/1.0": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1": "dc:",
    "http://purl.org/dc/elements/1.0": "dc:",
    "http://purl.org/dc/terms": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://a9.com/-/spec/opensearch/1.1": "opensearch:",
    "http://a9.com/-/spec/opensearchrss/1.0": "opensearch:",
}
_USUAL = {
    **{prefix: f"{prefix}:" for prefix in ("dc", "dcterms", "feedburner", "opensearch")},
    **dict.fromkeys(("atom", "atom10", "a10", "rss", "rdf"), ""),
}
"""What prefixes mean that a feed uses and does not declare."""

_FIELDS = {
    "title": "title",
    "link": "link",
    "id": "id",
    "guid": "guid",
    "generator": "generator",
    "feedburner:origlink": "original",
    "opensearch:totalresults": "total",
    "opensearch:startindex": "start",
    **dict.fromkeys(
        ("pubdate", "published", "issued", "created", "dc:date", "dcterms:issued", "dcterms:created"),
        "published",
    ),
    **dict.fromkeys(("updated", "modified", "dcterms:modified"), "updated"),
}
_RELATIONS = frozenset({"alternate", "next", "prev-archive"})
_HTML = ("text/html", "application/xhtml+xml")
_FEEDS = frozenset({"channel", "feed"})
_ENTRIES = frozenset({"item", "entry"})
_ROOTS = frozenset({"rss", "rdf", *_FEEDS})
_START = re.compile(
    rb"(?:[^<]|<!--.{0,2000}?-->|<[?!][^<>]*+>?)*+<(?:\w+:)?(?:rss|rdf|feed|channel)[\s>]", re.I | re.S
)
_JSON = re.compile(rb"jsonfeed\.org\\?/version", re.I)


def is_feed(start: bytes) -> bool:
    """Whether what begins so is meant for a feed, whatever it is served as."""
    start = start[:4096].replace(b"\0", b"")
    return _START.match(start) is not None or (
        start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and _JSON.search(start) is not None
    )


def parse(body: bytes, url: str, content_type: str | None = None) -> Feed:
    """Read the content-decoded body of a feed that was fetched from `url`, as far as it goes.

    Never raises; whatever the bytes are, time, memory and what is returned are bounded.
    """
    entries = Entries(url)
    text, _, _ = texts.decoded(body[:LARGEST], content_type)
    if len(body) > LARGEST:
        entries.complain(f"longer than {LARGEST} bytes")
    text = text.lstrip("\ufeff\0 \t\r\n")
    if text.startswith("{"):
        if len(text) > LARGEST_JSON:
            entries.complain(f"longer than {LARGEST_JSON} bytes")
        _json(entries, text[:LARGEST_JSON])
    else:
        _xml(entries, text)
    return entries.feed()


def _xml(entries: Entries, text: str) -> None:
    reader = _Reader(entries)
    for number, (sort, what, written) in enumerate(tokens(text)):
        if number % _AT_ONCE == _AT_ONCE - 1 and entries.late():
            return
        if sort is Sort.PLAIN or sort is Sort.RAW:
            reader.text(what, sort is Sort.PLAIN)
        elif sort is Sort.END:
            reader.end(what)
        elif sort is Sort.OPEN:
            entries.complain("not well-formed")
        else:
            reader.start(what, written)
            if sort is Sort.EMPTY:
                reader.end(what)
        if entries.full:
            return
    reader.close()


@dataclass
class _Reader:
    """Takes in tags and texts; gathers the fields of the feed and of the entry that it is in.

    `stack` are the names of the open elements; `at` is how many were open where the fields that count
    begin, `into` where these go.
    """

    entries: Entries
    stack: list[str] = field(default_factory=list)
    vocabularies: dict[str, str] = field(default_factory=dict)
    entry: Fields | None = None
    at: int = -1
    began: int = -1
    name: str | None = None
    parts: list[str] = field(default_factory=list)
    size: int = 0

    def start(self, tag: str, written: str) -> None:
        local = tag.rpartition(":")[2]
        if "xmlns" in written:
            self._declare(attributes(written))
        if local in _ROOTS or (local in _ENTRIES and (tag == local or not self._vocabulary(tag, written))):
            self._open(local, attributes(written))
        elif self.at >= 0 and (len(self.stack) == self.at or self.name):
            name = _FIELDS.get(self._vocabulary(tag, written) + local)
            if name:
                self._field(name, attributes(written))
        if len(self.stack) < DEEPEST:
            self.stack.append(tag)
        else:
            self.entries.complain(f"more than {DEEPEST} elements in each other")

    def _declare(self, found: Mapping[str, str]) -> None:
        for name, value in found.items():
            prefix = name.removeprefix("xmlns:")
            if prefix != name and len(self.vocabularies) < _AT_ONCE:
                known = _VOCABULARIES.get(value.strip().lower().rstrip("/#"))
                self.vocabularies.setdefault(prefix, "?" if known is None else known)

    def _vocabulary(self, tag: str, written: str) -> str:
        prefix = tag.rpartition(":")[0]
        if prefix:
            return self.vocabularies.get(prefix, _USUAL.get(prefix, "?"))
        own = attributes(written).get("xmlns") if "xmlns" in written else None
        return "" if own is None else _VOCABULARIES.get(own.strip().lower().rstrip("/#"), "?")

    def _open(self, local: str, found: Mapping[str, str]) -> None:
        """A feed or an entry begins; what is open of the entry before it was never closed."""
        self.entries.is_any = True
        if local in _ENTRIES:
            self._finish()
            self.entry = {"guid": [found["rdf:about"]]} if "rdf:about" in found else {}
            self.began = len(self.stack)
        if local in _ENTRIES or (local in _FEEDS and self.entry is None):
            self.at = len(self.stack) + 1
            _note(self._into(), "base", found.get("xml:base", ""))

    def _into(self) -> Fields:
        return self.entries.own if self.entry is None else self.entry

    def _field(self, name: str, found: Mapping[str, str]) -> None:
        if self.name:  # a field within a field: the one before was never closed
            self._keep()
            self.entries.complain("not well-formed")
            del self.stack[self.at :]
        into = self._into()
        if name == "link" and "href" in found:
            rel = found.get("rel", "alternate").lower().rpartition("/")[2]
            if rel in _RELATIONS and (rel != "alternate" or found.get("type", _HTML[0]) in _HTML):
                _note(into, f"rel={rel}", found["href"])
            return
        if name == "guid" and found.get("ispermalink", "").lower() == "false":
            into["opaque"] = ["true"]
        self.name, self.parts, self.size = name, [], 0

    def text(self, what: str, plain: bool) -> None:
        if self.name and self.size < _LONGEST:
            what = what[: _LONGEST - self.size]
            self.size += len(what)
            self.parts.append(unescape(what) if plain else what)

    def _keep(self) -> None:
        value = " ".join("".join(self.parts).split())
        if self.name:
            _note(self._into(), self.name, value)
        self.name = None

    def end(self, tag: str) -> None:
        if self.stack and self.stack[-1] == tag:
            self.stack.pop()
        elif tag in self.stack:
            self.entries.complain("not well-formed")
            while self.stack.pop() != tag:
                pass
        else:
            self.entries.complain("not well-formed")
            return
        if self.name and len(self.stack) <= self.at:
            self._keep()
        if self.entry is not None and len(self.stack) <= self.began:
            self._finish()
            self.at = self.began

    def close(self) -> None:
        if self.stack:
            self.entries.complain("it breaks off")
            self.name = None  # half an address is another address
        self._finish()

    def _finish(self) -> None:
        if self.name:
            self._keep()
        found, self.entry = self.entry, None
        if found is not None:
            self.entries.add(found)


def _note(into: Fields, name: str, value: str) -> None:
    values = into.setdefault(name, [])
    if value and len(values) < _SAME:
        values.append(value[:_LONGEST])


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_SPACE = re.compile(r"[ \t\r\n,]*+")
_MEMBERS = {
    "id": "guid",
    "url": "original",
    "external_url": "link",
    "title": "title",
    "date_published": "published",
    "date_modified": "updated",
}


def _json(entries: Entries, text: str) -> None:
    """JSON Feed (https://www.jsonfeed.org/version/1.1/), member by member: a broken one has a good front."""
    try:
        for key, value in _members(text):
            if key == "items" and isinstance(value, dict):
                entries.is_any = True
                entries.add(
                    {to: [value[at]] for at, to in _MEMBERS.items() if isinstance(value.get(at), str)}
                )
            elif key == "title":
                entries.own["title"] = [str(value)]
            elif key == "next_url":
                entries.own["rel=next"] = [str(value)]
            elif key == "version":
                entries.is_any = entries.is_any or "jsonfeed" in str(value)
            if entries.full or entries.late():
                return
    except (ValueError, RecursionError):
        entries.complain("not well-formed")


def _members(text: str) -> Iterator[tuple[str, Any]]:
    """The members of the object that a text is; those of `items` one by one, under that name."""
    position = _after(text, 1)
    while not text.startswith("}", position):
        key, position = _DECODER.raw_decode(text, position)
        position = _after(text, position)
        if not text.startswith(":", position):
            raise ValueError(f"no colon at {position}")
        position = _after(text, position + 1)
        if key == "items" and text.startswith("[", position):
            position = _after(text, position + 1)
            while not text.startswith("]", position):
                item, position = _DECODER.raw_decode(text, position)
                yield "items", item
                position = _after(text, position)
            position = _after(text, position + 1)
        else:
            value, position = _DECODER.raw_decode(text, position)
            yield str(key), value
            position = _after(text, position)


def _after(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position
