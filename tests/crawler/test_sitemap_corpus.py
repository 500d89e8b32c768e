"""Sitemaps as they are found and as they are made to hurt: what is read of each, and what is said of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crawler import listing, sitemaps
from tests.crawler.bombs import BOMBS

FOLDER = Path(__file__).parent / "corpus" / "sitemaps"
SITE = "https://tidings.example"
URL = f"{SITE}/maps/sitemap.xml"

DECLARES = "0 addresses read: its document type declares entities or the like, which no sitemap does"
PAGE = "a web page (HTML), not a sitemap; nothing read"
OTHER = "neither a sitemap nor a feed, nor a list of addresses; nothing read"
STRETCH = ", then more than 1 MB without a tag or a new line"
LATE = ", then the rest takes too long to read"
LARGE = ", then it has more than 50 MB"

# File, what is read (pages, then sitemaps; a number where they are many), and what is told of the rest.
CORPUS: dict[str, tuple[str | int, str | None]] = {
    # As the protocol has them.
    "plain.xml": ("/a /b", None),
    "index.xml": ("/2024.xml.gz /2025.xml.gz", None),
    "index-with-pages.xml": ("/a /more.xml", None),
    "nothing-listed.xml": ("", None),
    "addresses.txt": ("/a /b%20c /d", None),
    "news.xml": ("/storm /calm", None),
    "pictures-and-films.xml": ("/a", None),
    "languages.xml": ("/a /lv/a", None),
    "other-namespaces.xml": ("/a", None),
    "rss.xml": ("/storm", "1 address read; 1 of its entries has no web address"),
    "rss-1.0.xml": ("/storm", None),
    "atom.xml": ("/storm /calm", None),
    # Zipped, whatever they are called.
    "zipped-under-another-name.xml": ("/a /b", None),
    "plain-under-the-name-of-a-zip.xml.gz": ("/a", None),
    "zipped-twice.xml.gz": ("/a", None),
    "zipped-in-members.txt.gz": ("/a /b", None),
    "zip-that-breaks-off.xml.gz": (303, "303 addresses read, then the gzip data breaks off"),
    "zip-with-a-false-byte.xml.gz": (186, "186 addresses read, then the gzip data breaks off"),
    # Encodings, true and false.
    "utf-8-mark.xml": ("/%C4%93", None),
    "utf-16.txt": ("/%C4%93 /b", None),
    "utf-16-le.xml": ("/%C4%93 /b", None),
    "utf-16-be.xml": ("/%C4%93", None),
    "utf-16-without-a-mark.xml": ("/%C4%93 /b", None),
    "utf-16-that-breaks-off.xml": ("/a", "1 address read, then broken XML at line 4"),
    "latin-1.xml": ("/caf%C3%A9", None),
    "koi8-r.xml": ("/%D0%B2%D0%B5%D1%81%D1%82%D0%B8", None),
    "latin-1-that-says-utf-8.xml": (
        "/caf%C3%A9 /b",
        "2 addresses read; bytes that are not UTF-8 were read as windows-1252",
    ),
    "utf-8-that-says-latin-1.xml": ("/caf%C3%A9", None),
    "utf-8-that-says-utf-16.xml": ("/%C4%93", None),
    "encoding-that-is-no-charset.xml": ("/%C4%93", None),
    # Addresses, and what stands in their place.
    "odd-addresses.xml": (
        "/spaced /cdata?x=1&y=2 /relative /maps/beside /above /no-scheme /five?%3C%3E%22%27& /number?AB",
        None,
    ),
    "no-addresses.xml": ("/ok", "1 address read; 7 of its entries have no web address"),
    "addresses-and-talk.txt": ("/a /d", "2 addresses read; 4 of its entries have no web address"),
    "dates.xml": (14, None),
    # XML that is none.
    "loose-ampersands.xml": ("/a?x=1&y=2 /b&c;d /e?copy=1&copy=2 /f&nbsp;g", None),
    "angle-in-an-address.xml": (
        "/b",
        "1 address read; broken XML at line 3; 1 of its entries has no web address",
    ),
    "cut-in-an-address.xml": ("/a /b", "2 addresses read, then broken XML at line 5"),
    "cut-in-a-tag.xml": ("/a /b", "2 addresses read, then broken XML at line 4"),
    "tags-that-do-not-match.xml": ("/a /b /c", "3 addresses read; broken XML at line 3"),
    "two-in-one.xml": ("/a", "1 address read; broken XML at line 5"),
    "no-root.xml": ("/a", "1 address read, then broken XML at line 2"),
    "talk-before-and-behind.xml": ("/a", "1 address read, then broken XML at line 5"),
    "control-characters.xml": ("/a /b /c", "3 addresses read; broken XML at line 5"),
    "prefixes-declared-nowhere.xml": ("/a /b", None),
    "includes.xml": ("/a", None),
    # Not sitemaps.
    "empty.xml": ("", "it is empty"),
    "web-page.xml": ("", PAGE),
    "xhtml-page.xml": ("", PAGE),
    "another-language.xml": ("", OTHER),
    "json.xml": ("", OTHER),
    # Document types.
    "document-type-without-declarations.xml": ("/a", None),
    "entities-of-its-own.xml": ("", DECLARES),
    "entity-from-a-file.xml": ("", DECLARES),
    "entity-from-elsewhere.xml": ("", DECLARES),
    "laughs.xml": ("", DECLARES),
    "laughs-in-utf-16.xml": ("", DECLARES),
}

# Number of addresses, and what is told of the rest.
BLOWN: dict[str, tuple[int, str]] = {
    "gzip, 20 GB": (0, STRETCH),
    "gzip in gzip, 20 GB": (0, STRETCH),
    "100,000 empty members": (0, ", then the gzip data breaks off"),
    "entities in entities": (0, DECLARES),
    "one text": (1, STRETCH),
    "one address": (1, STRETCH),
    "texts of many pieces": (1, LARGE),
    "one attribute": (1, STRETCH),
    "attributes without end": (1, STRETCH),
    "attributes of many names": (1, STRETCH),
    "many tags of many attributes": (1, LATE),
    "namespaces": (1, LATE),
    "names": (1, LATE),
    "open tags": (1, ", then tags that are nested too deeply"),
    "end tags": (1, LARGE),
    "a comment": (1, STRETCH),
    "comments": (1, LARGE),
    "a section": (1, STRETCH),
    "an instruction": (1, STRETCH),
    "a document type": (0, LATE),
    "angles": (1, LARGE),
    "ampersands": (1, STRETCH),
    "references": (1, STRETCH),
    "references of nothing": (1, LATE),
    "halves of characters": (1, LATE),
    "control characters": (1, LATE),
    "bytes that are not UTF-8": (1, LATE),
    "wide characters": (1, LATE),
    "UTF-16": (0, LARGE),
    "the same address": (1, LATE),
    "addresses that are none": (1, LATE),
    "long addresses": (25_858, LARGE),
    "an address now and then": (3_516, LARGE),
    "other languages": (50_000, ", then there are more than the 50,000 that a file may list"),
    "one line": (0, STRETCH),
    "lines": (1, LARGE),
    "lines that are no addresses": (1, LATE),
}
QUICK = {"gzip, 20 GB", "entities in entities", "one text", "attributes without end", "open tags", "names"}
MIB = 256


def test_the_tables_are_whole() -> None:
    assert set(CORPUS) == {file.name for file in FOLDER.iterdir()}
    assert set(BLOWN) == set(BOMBS)


@pytest.mark.parametrize("name", CORPUS)
def test_what_is_readable_is_read_and_the_rest_is_told(name: str) -> None:
    wanted, told = CORPUS[name]
    read = sitemaps.parse((FOLDER / name).read_bytes(), URL)
    found = [one.url.removeprefix(SITE) for one in (*read.pages, *read.sitemaps)]
    assert len(found) == wanted if isinstance(wanted, int) else found == wanted.split()
    assert read.reason == (told and f"sitemap: {told}")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.nightly) for name in BOMBS]
)
def test_a_bomb_takes_little_time_and_memory(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawler.bombs", name], capture_output=True, check=True, text=True
    )
    read = json.loads(done.stdout)
    number, told = BLOWN[name]
    # Where the time may decide, how far it goes is up to the machine.
    assert any(end in read["reason"] for end in (told, LATE, LARGE if told == LATE else LATE))
    assert read["number"] == number or LATE in read["reason"]
    assert read["seconds"] < listing.LONGEST + 5
    assert read["mib"] < MIB


def test_hints() -> None:
    read = sitemaps.parse((FOLDER / "news.xml").read_bytes(), URL)
    hints = [str(one.changed) for one in read.pages]
    assert hints == ["2025-01-27 04:00:00+00:00", "2025-01-28 00:00:00+00:00"]
    read = sitemaps.parse((FOLDER / "dates.xml").read_bytes(), URL)
    dates = [one.changed and f"{one.changed:%Y-%m-%d %H:%M}" for one in read.pages]
    assert dates == [
        "2025-01-01 00:00", "2025-01-01 00:00", "2025-01-27 00:00", "2025-01-27 10:00", "2025-01-27 08:00",
        "2025-01-27 10:00", "2025-01-27 10:00", *[None] * 7,
    ]  # fmt: skip
