"""The text of a new source file: every key with a line about it; what has its default is commented out."""

import json
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from crawler import presets, source

_TABLES = {
    "scope": "which addresses belong to the source",
    "manners": "how the site is treated",
    "limits": "where one run stops",
    "fetch": "what is fetched, and how",
    "about": "what this is a collection of (Dublin Core)",
}

_KEYS = {
    "": {
        "seeds": "where a crawl starts; pages, sitemaps or feeds",
        "feeds": "RSS, Atom or JSON feeds of the site",
        "sitemaps": "sitemaps that are not at /sitemap.xml nor in robots.txt",
        "schedule": "when a full crawl is due; without it only when you ask for one",
        "light": "when a light run is due: only what is new, and known pages that are due",
        "paused": "true: the schedule rests",
        "preset": f"rules for the site's software: {', '.join((presets.AUTO, *presets.NAMES))}",
    },
    "scope": {
        "within": "around the seeds: prefix (folder), host, domain (with its subdomains), surt",
        "twins": "other origins (http://www.example.org) of the first seed's pages; asked for there",
        "include": "regular expressions; if there are any, one must be found in an address",
        "exclude": "regular expressions; none must be found in an address",
        "keep": "regular expressions; the preset leaves alone an address in which one is found",
        "depth": "links away from a seed",
    },
    "manners": {
        "delay": "seconds between two requests to one host",
        "concurrency": "requests at a time to one host",
        "robots": "obey or ignore robots.txt",
        "allow_private": "true: addresses on this machine and in private networks may be asked",
    },
    "limits": {
        "pages": "pages",
        "requests": "requests of all kinds, the repeated ones too",
        "bytes": "bytes of answers",
        "minutes": "minutes",
        "stall": "minutes without anything fetched, though something was to be had",
        "memory": "bytes of memory that the crawler has",
        "page_bytes": "bytes of one answer; what is longer is cut off there, and marked so",
        "light_pages": "known pages that a light run asks again, of those that are due",
    },
    "fetch": {
        "requisites": "images, stylesheets, scripts and fonts of the pages too",
        "headers": "more request headers",
        "revisit_every": "every so many visits a page is fetched even if the server may say 'not modified'",
    },
    "about": {
        "title": "",
        "creator": "who makes the site",
        "language": "as in en or lv",
        "description": "",
        "rights": "licence or terms",
        "subject": "",
    },
}

_EXAMPLES = {"schedule": "daily at 06:00 Europe/Riga", "light": "every 30 minutes"}
"""Shown for keys that are absent by default."""


def render(source: source.Source, why: str = "") -> str:
    """The text of the source's file, with `why` it has this schedule; read again it is the same source."""
    head = f"# Source {source.name}. Keys behind a # have the value shown: take the # away to change one."
    lines = _lines(source, "")
    if why:
        at = next(number for number, line in enumerate(lines) if line.startswith("schedule ="))
        lines.insert(at, f"# The schedule is a proposal: {why}.")
    parts = [head, *lines]
    for table, about in _TABLES.items():
        parts += ["", f"[{table}]  # {about}", *_lines(getattr(source, table), table)]
    return "\n".join(parts) + "\n"


def _lines(part: BaseModel, table: str) -> list[str]:
    lines = []
    for key, about in _KEYS[table].items():
        value, default = getattr(part, key), type(part).model_fields[key].default
        shown = _EXAMPLES.get(key, "...") if value is None else value
        line = f"{'# ' if value == default else ''}{key} = {toml(shown)}"
        lines.append(f"{line:<36}  # {about}" if about else line)
    return lines


def toml(value: object) -> str:
    """A value in TOML (1.0)."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, Mapping):
        pairs = (f"{toml(str(key))} = {toml(item)}" for key, item in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(toml, value))}]"
    # JSON's strings are TOML's basic strings but for DEL and lone surrogates, which TOML refuses
    text = str(value).encode("utf-8", "replace").decode()
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
