"""Sitemaps as they are found: by the book, broken, gzipped, hostile, and not sitemaps at all."""

import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import listing, sitemaps
from crawler.listing import Listed
from crawler.sitemaps import Sitemap

URL = "https://example.org/sitemap.xml"
NS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def pages(body: str | bytes) -> tuple[str, ...]:
    found = sitemaps.parse(body.encode() if isinstance(body, str) else body, URL)
    assert found.sitemaps == ()
    return tuple(one.url.removeprefix("https://example.org/") for one in found.pages)


def urlset(*locs: str) -> str:
    rows = "".join(f"<url><loc>{loc}</loc></url>" for loc in locs)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{NS}">{rows}</urlset>'


def test_urlset() -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
        <?xml-stylesheet type="text/xsl" href="/style.xsl"?>
        <urlset xmlns="{NS}" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
                xmlns:xhtml="http://www.w3.org/1999/xhtml">
          <url>
            <loc> https://example.org/a?x=1&amp;y=2 </loc><lastmod>2025-01-27</lastmod>
            <image:image><image:loc>https://example.org/a.jpg</image:loc></image:image>
            <xhtml:link rel="alternate" hreflang="lv" href="https://example.org/lv/a"/>
          </url>
          <!-- <url><loc>https://example.org/hidden</loc></url> -->
          <url><loc><![CDATA[https://example.org/b?x=1&y=2]]></loc></url>
          <url><loc>https://example.org/b?x=1&#38;y=2</loc></url>
          <url><loc>HTTPS://EXAMPLE.ORG:443/ē</loc></url>
        </urlset>"""
    assert pages(body) == ("a?x=1&y=2", "lv/a", "b?x=1&y=2", "%C4%93")


def test_index() -> None:
    body = f"""<sitemapindex xmlns="{NS}">
        <sitemap><loc>https://example.org/posts.xml.gz</loc><lastmod>2025-01-27T10:00:00Z</lastmod></sitemap>
        <sitemap><loc>/pages.xml</loc></sitemap></sitemapindex>"""
    assert sitemaps.parse(body.encode(), URL) == Sitemap(
        sitemaps=(
            Listed("https://example.org/posts.xml.gz", *[datetime(2025, 1, 27, 10, tzinfo=UTC)] * 2),
            Listed("https://example.org/pages.xml"),
        )
    )


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<urlset><url><loc>/a</loc></url></urlset>", ("a",)),
        (f'<s:urlset xmlns:s="{NS}"><s:url><s:loc>/a</s:loc></s:url></s:urlset>', ("a",)),
        (
            '<urlset xmlns="http://www.google.com/schemas/sitemap/0.84"><url><loc>/a</loc></url></urlset>',
            ("a",),
        ),
        ("\ufeff" + urlset("/a"), ("a",)),
        ("\n\n " + urlset("/a"), ("a",)),
        (urlset("/a?x=1&y=2", "/b&c;d", "/e&amp;amp;f"), ("a?x=1&y=2", "b&c;d", "e&f")),
        ("<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url><url><loc>/cu", ("a", "b")),
        (
            "<urlset><url><loc>/a</loc><lastmod></url><url><loc>/b</url><url><loc>/c</loc></url>",
            ("a", "b", "c"),
        ),
        (urlset("", " ", "mailto:a@b", "http://[", "/ok"), ("ok",)),
        (urlset("/a").replace("UTF-8", "no-such-encoding"), ("a",)),
        (urlset("/\xe9").replace("UTF-8", "iso-8859-1").encode("latin-1"), ("%C3%A9",)),
        (urlset("/ē").replace("UTF-8", "UTF-16").encode("utf-16"), ("%C4%93",)),
        (
            "<html><head><title>Not found</title><link rel=alternate href=/x></head><a href=/y>y</a></html>",
            (),
        ),
        ("<!doctype html><title>Not found</title>", ()),
        ("<rss><channel><link>/</link><item><link>/a</link></item></channel></rss>", ("a",)),
        ("", ()),
        ("<", ()),
    ],
)
def test_odd_files_are_read_as_far_as_they_go(body: str | bytes, wanted: tuple[str, ...]) -> None:
    assert pages(body) == wanted


def test_text() -> None:
    body = "\ufeffhttps://example.org/a\r\n  https://example.org/b c \n\nnot an address\n/d\nhttp://[\nHTTPS://EXAMPLE.ORG/e"
    assert pages(body) == ("a", "b%20c", "e")


def test_the_line_at_which_a_text_is_cut_is_no_address() -> None:
    lines = "".join(f"https://example.org/{number * 7919 % 5003}\n" for number in range(5000)).encode()
    zipped = gzip.compress(lines)
    found = sitemaps.parse(zipped[: len(zipped) // 2], URL)
    number = len(found.pages)
    assert 100 < number < 5000
    assert found.pages[-1].url.encode() == lines.split(b"\n")[number - 1]
    assert found.reason == f"sitemap: {number:,} addresses read, then the gzip data breaks off"


def test_gzip_is_known_by_its_first_bytes() -> None:
    whole = gzip.compress(urlset("/a", "/b").encode())
    assert pages(whole) == ("a", "b")
    assert pages(gzip.compress(b"https://example.org/a\n") + gzip.compress(b"https://example.org/b\n")) == (
        "a",
        "b",
    )
    long = gzip.compress(urlset(*(f"/{number * 7919 % 5003}" for number in range(5000))).encode())
    assert 100 < len(pages(long[: len(long) // 2])) < 5000
    assert pages(whole[:12]) == ()
    assert pages(b"\x1f\x8b" + b"x" * 100) == ()


def test_no_more_than_the_protocol_allows() -> None:
    many = urlset(*(f"/{number}" for number in range(listing.MOST + 10)))
    assert len(pages(many)) == listing.MOST
    text = "".join(f"https://example.org/{number}\n" for number in range(listing.MOST + 10))
    assert len(pages(text)) == listing.MOST


def test_a_bomb_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "LARGEST", 1_000_000)
    bomb = gzip.compress(b"https://example.org/a\n" + b" " * 5_000_000 + b"\nhttps://example.org/b\n")
    assert pages(bomb) == ("a",)


def test_no_entity_is_expanded_and_no_file_is_read() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE u [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{laughs}]>'
    body += "<urlset><url><loc>/&l9;</loc></url><url><loc>/&f;</loc></url></urlset>"
    assert pages(body) == ()
    wide = sitemaps.parse(body.encode("utf-16"), URL)
    assert all(len(one.url) < 100 for one in wide.pages)


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<url>" * 500_000,
        b"<urlset><url>" + b"<loc>" * 500_000,
        b"<urlset><url><loc>" + b"a" * 5_000_000,
        b"<urlset><url><loc>" + b"&" * 1_000_000,
        b"\n" * 5_000_000,
        b" " * 5_000_000,
        b"http://" * 1_000_000,
        b"<a " + b" ".join(b"a%d='1'" % number for number in range(100_000)),
        gzip.compress(b"") * 100_000,
        gzip.compress(b"\n")[:-8] + gzip.compress(b"") * 100_000,
    ],
)
def test_hostile_files_take_linear_time(body: bytes) -> None:
    start = time.thread_time()
    sitemaps.parse(body, URL)
    assert time.thread_time() - start < 3


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset><url><loc>" + b"&<b/>" * 4_000_000,
        b"http://example.org/\n" * 2_000_000,
    ],
)
def test_a_file_without_new_addresses_is_given_up(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SECONDS", 0.3)
    start = time.thread_time()
    assert "too long to read" in (sitemaps.parse(body, URL).reason or "")
    assert time.thread_time() - start < 4 * listing.SECONDS


def test_a_full_sitemap_is_read_to_its_end() -> None:
    body = urlset(*(f"{URL}-{number}" for number in range(listing.MOST))).encode()
    found = sitemaps.parse(body, URL)
    assert len(found.pages) == listing.MOST
    assert found.reason is None


@given(
    st.one_of(
        st.binary(),
        st.binary().map(gzip.compress),
        st.text().map(lambda text: urlset(text).encode("utf-8", "replace")),
    )
)
def test_any_bytes_are_survived(body: bytes) -> None:
    sitemaps.parse(body, URL)


@pytest.mark.parametrize("half", ["&#xD83D;&#xDE00;", "&#55357;&#56832;", "&#x00d83d;"])
def test_half_a_character_is_no_fault(half: str) -> None:
    """As programs write emoji that know them as pairs only: in the title of a picture, or in an address."""
    rows = (f"<url><loc>{URL}?{name}</loc><t>{half}</t></url>" for name in "ab")
    text = f"<urlset>{''.join(rows)}</urlset>"
    whole = Sitemap((Listed(f"{URL}?a"), Listed(f"{URL}?b")))
    assert sitemaps.parse(text.encode(), URL) == whole
    assert sitemaps.parse(text.encode("utf-16"), URL) == whole
