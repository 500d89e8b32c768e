"""Feeds of every kind and condition, as files in `corpus/feeds/`; bombs are built here."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import feeds

CORPUS = Path(__file__).parent / "corpus" / "feeds"
URL = "https://quay.example/feed"
PART = "not all of the feed could be read: "

READ: dict[str, tuple[str, str, str | None]] = {
    "archived-5005.xml": ("Archive", "/a1", None),
    "atom-0.3.xml": ("Old Atom", "/03 2004-05-01T17:00 2004-05-02T12:00", None),
    "atom-1.0.xml": (
        "Quay & Co",
        "/blog/seal 2025-01-27T08:00 2025-01-29T11:30 | /archive/tide - 2025-01-26T00:00",
        None,
    ),
    "atom-prefixed.xml": ("Prefixed", "/p1 - 2025-01-01T00:00", None),
    "blogger.xml": ("Blog", "/2025/01/a.html | /2025/01/b.html", None),
    "control-characters.xml": ("Con trol", "/c", None),
    "cut-off.xml": ("Cut", "/one", "it breaks off, entries without an address or id: 1"),
    "dates.xml": (
        "Dates",
        "/0 2025-01-27T15:00 | /1 2025-01-27T10:00 | /2 2025-01-27T10:00 | /3 2025-01-27T22:00 | "
        "/4 2025-01-27T10:00 | /5 2025-01-27T10:00 | /6 2025-01-27T10:00 | /7 2025-01-27T10:00 | "
        "/8 2025-01-27T00:00 | /9 | /10 | /11 | /12 | /13 | /14",
        "dates: 6",
    ),
    "double-escaped.xml": ("Tom & Jerry", "/d", None),
    "empty.xml": ("", "", feeds.NO_FEED),
    "error-as-xml.xml": ("", "", feeds.NO_FEED),
    "feedburner.xml": ("Burned", "/b1?x=1&y=2", None),
    "html-as-xml.xml": ("", "", feeds.NO_FEED),
    "json-1.1.json": (
        "Quay JSON",
        "/j7 2025-01-27T08:00 2025-01-28T10:00 | /j8",
        "entries without an address or id: 1",
    ),
    "json-broken.json": ("Broken", "/a", "not well-formed"),
    "json-cut.json": ("Cut", "/a", "not well-formed"),
    "loose-ampersands.xml": ("Fish & Chips", "/a?x=1&copy=2&sect=3 | /b?x=1&y=2 | /c?x=1&y=2", None),
    "no-addresses.xml": ("Links", "? | ?", "entries without an address or id: 1"),
    "no-entries.xml": ("Nothing yet", "", None),
    "open-quote.xml": ("Quote", "/one | /two | /three", None),
    "outside-file-entity.xml": ("&own; &secret;", "/&own;", None),
    "rss-0.90.rdf": ("Quay 0.90", "/1 | /2", None),
    "rss-0.91-doctype.xml": ("Café du quai", "/ete", None),
    "rss-0.92-no-dates.xml": ("Old", "/noted", "entries without an address or id: 1"),
    "rss-1.0.rdf": ("Quay RDF", "/r1 2025-01-27T08:00 2025-01-28T00:00 | /r2", None),
    "rss-2.0.xml": ("Quay News", "/seal 2025-01-27T08:00 | /tide 2025-01-26T08:30", None),
    "same-guids.xml": ("Same", "/1 | /2", None),
    "stray-after.xml": ("Tail", "/tail", "not well-formed, entries without an address or id: 1"),
    "stray-before.xml": ("Late start", "/late", None),
    "unclosed-cdata.xml": ("CDATA", "/one | /two", "not well-formed, it breaks off"),
    "unclosed.xml": ("Unclosed", "/one | /two | /three", "not well-formed, it breaks off"),
    "undeclared-namespaces.xml": ("Prefixes", "/u 2025-01-27T10:00", None),
    "unknown-encoding.xml": ("Unknown", "/u", None),
    "updated-twice.xml": ("Twice", "/t - 2025-01-03T00:00", None),
    "utf16.xml": ("Krastmāla", "/%C4%93", None),
    "windows-1251.xml": ("Новости причала", "/n", None),
    "wordpress.xml": ("Press", "/w", None),
    "wrong-encoding-1252.xml": ("Façade – “quay”", "/f", None),
    "wrong-encoding-utf8.xml": ("Krastmāla", "/k", None),
}
"""By file: the feed's title; address, `published` and `updated` of each entry; what could not be read."""

FURTHER = {
    "archived-5005.xml": ("/feed?p=2", "/archive/2024-12.xml"),
    "atom-1.0.xml": ("/blog/?page=2",),
    # It came with two entries from the 151st on: the next begins behind these, whatever it says itself.
    "blogger.xml": ("/feeds/posts/default?start-index=153&max-results=150",),
    "json-1.1.json": ("/json?2",),
    "wordpress.xml": ("/feed?paged=2",),
}
TITLES = {
    "atom-1.0.xml": ["The seal", "The tide"],
    "control-characters.xml": ["a b"],
    "double-escaped.xml": ['Bold "quote"'],
    "loose-ampersands.xml": ["R&D © é &nosuch; \ufffd \ufffd", "", ""],
    "rss-2.0.xml": ["The seal", "The tide"],
    "undeclared-namespaces.xml": ["U"],
}
IDS = {
    "atom-1.0.xml": ["tag:quay.example,2025:1", "tag:quay.example,2025:2"],
    "feedburner.xml": ["b1"],
    "json-1.1.json": ["7", "https://quay.example/j8"],
    "rss-1.0.rdf": ["https://quay.example/r1", "https://quay.example/r2"],
    "rss-2.0.xml": ["q-1", "https://quay.example/tide"],
    "wordpress.xml": ["https://quay.example/?p=7"],
}


def read(name: str) -> feeds.Feed:
    return feeds.parse((CORPUS / name).read_bytes(), URL)


def told(entry: feeds.Entry) -> str:
    dates = [one.strftime("%Y-%m-%dT%H:%M") if one else "-" for one in (entry.published, entry.updated)]
    link = (entry.link or "?").removeprefix("https://quay.example").removeprefix("http://quay.example")
    return " ".join([link, *dates]).removesuffix(" -").removesuffix(" -")


def test_every_file_of_the_corpus_is_in_the_table() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(READ)


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_and_the_rest_is_reported(name: str) -> None:
    title, entries, unread = READ[name]
    feed = read(name)
    assert feed.title == title
    assert " | ".join(map(told, feed.entries)) == entries
    wanted = unread if unread in (None, feeds.NO_FEED) else PART + str(unread)
    assert feed.reason == wanted
    assert feed.further == tuple(f"https://quay.example{rest}" for rest in FURTHER.get(name, ()))
    if name in TITLES:
        assert [entry.title for entry in feed.entries] == TITLES[name]
    if name in IDS:
        assert [entry.id for entry in feed.entries] == IDS[name]


def test_a_feed_is_known_by_how_it_begins() -> None:
    meant = {name for name in READ if feeds.is_feed((CORPUS / name).read_bytes())}
    # A page that a warning of PHP stands in front of is told by the source's file alone.
    none = {"empty.xml", "error-as-xml.xml", "html-as-xml.xml", "stray-before.xml"}
    assert meant == set(READ) - none


ITEM = b"<item><title>T</title><link>/%d</link><pubDate>Mon, 27 Jan 2025 10:00:00 GMT</pubDate></item>"
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
RSS = b"<rss version='2.0'><channel>"
BOMBS = {
    "laughs": b'<!DOCTYPE r [<!ENTITY l0 "ha">' + LAUGHS + b"]>" + RSS + b"<item><title>&l9;</title></item>",
    "quadratic": b'<!DOCTYPE r [<!ENTITY a "'
    + b"a" * 500_000
    + b'">]>'
    + RSS
    + b"<title>"
    + b"&a;" * 500_000,
    "entries": RSS + b"".join(ITEM % n for n in range(12_000)) + b"</channel></rss>",
    "more entries": RSS + b"<item><link>/x</link></item>" * 500_000,
    "deep": RSS + b"<item>" + b"<a>" * 3_000_000,
    "deep entries": RSS + b"<item>" * 2_000_000,
    "ends": RSS + b"<a>" * 400 + b"</b>" * 3_000_000,
    "text": RSS + b"<item><title>" + b"a" * 15_000_000,
    "titles": RSS + b"<item>" + b"<title>aaaa</title>" * 800_000,
    "references": RSS + b"<item><title>" + b"&amp;" * 3_000_000,
    "sections": RSS + b"<item><title>" + b"<![CDATA[x]]>" * 1_000_000,
    "comments": RSS + b"<!--" * 3_000_000,
    "brackets": b"<" * 15_000_000,
    "instructions": b"<?" * 7_000_000,
    "declarations": b"<!DOCTYPE a [" + b"<!ENTITY a 'b'>" * 900_000,
    "attributes": b"<rss" + b" a=1" * 3_000_000 + b" xmlns:x=1>",
    "namespaces": b"<rss " + b" ".join(b"xmlns:p%d='u'" % n for n in range(600_000)) + b">",
    "quotes": b"<rss " + b"'\"" * 7_000_000,
    "open tag": b"<rss" + b" " * 15_000_000,
    "larger than is read": RSS + b"<a/>" * 6_000_000,
    "json objects": b'{"items":[' + b"{}," * 1_300_000,
    "json lists": b'{"version":"https://jsonfeed.org/version/1","x":[' + b"[]," * 1_300_000,
    "json depth": b'{"items":' + b"[" * 4_000_000,
    "json number": b'{"items":[{"id":' + b"1" * 4_000_000,
    "wide": (RSS + b"<item><title>").decode().encode("utf-16") + "\U0001f30a".encode("utf-16-le") * 3_000_000,
}
_LIMITED = f"""
import resource, sys, time
from archive import feeds
feeds.parse(b"\\xff<rss>", "{URL}")  # what is loaded once is not the feed's
body = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_CPU, (12, 12))
grown = 400 * 1024 * 1024 + int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (grown, grown))
begun = time.process_time()
feed = feeds.parse(body, "{URL}")
seconds = time.process_time() - begun
size = sum(len(one.id) + len(one.title) for one in feed.entries)
print(len(feed.entries), size, seconds, feed.reason or "", sep="\\t")
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_little_time_and_memory(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED],
        input=BOMBS[name],
        capture_output=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    entries, size, seconds, reason = done.stdout.decode().rstrip("\n").split("\t")
    assert int(entries) <= feeds.MOST
    assert int(size) < 1_000_000
    assert float(seconds) < 3 * feeds.SECONDS
    assert reason.startswith((feeds.NO_FEED, PART))


def test_ten_thousand_entries_are_read_and_no_more() -> None:
    feed = feeds.parse(BOMBS["entries"], URL)
    assert len(feed.entries) == feeds.MOST
    assert feed.reason == f"{PART}more than {feeds.MOST} entries"
    whole = feeds.parse(RSS + b"".join(ITEM % n for n in range(9_000)) + b"</channel></rss>", URL)
    assert (len(whole.entries), whole.reason) == (9_000, None)


@given(
    st.one_of(st.binary(), st.text().map(lambda text: f"<rss><item>{text}</item>".encode("utf-8", "replace")))
)
def test_any_bytes_are_survived(body: bytes) -> None:
    feeds.parse(body, URL)


@given(st.sampled_from(sorted(READ)), st.data())
def test_a_feed_may_break_off_anywhere(name: str, data: st.DataObject) -> None:
    body = (CORPUS / name).read_bytes()
    whole = feeds.parse(body, URL).entries
    part = feeds.parse(body[: data.draw(st.integers(0, len(body)))], URL)
    assert len(part.entries) <= len(whole) + 1
