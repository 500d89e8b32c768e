"""What answers lead to."""

from datetime import UTC, datetime

import pytest

from archive import http
from crawler import discovery
from crawler.discovery import HOPS, REQUISITE_DEPTH, SITEMAP_DEPTH
from crawler.rows import Found, Row, State, UrlKind

PAGE, REQUISITE, SITEMAP = UrlKind.PAGE, UrlKind.REQUISITE, UrlKind.SITEMAP
BASE = "https://example.org/"


def discover(row: Row, kind: UrlKind, message: http.Message, requisites: bool = True) -> tuple[Found, ...]:
    return discovery.discover(row, kind, message, requisites).found


def row(path: str = "", kind: UrlKind = PAGE, depth: int = 0, hops: int = 0) -> Row:
    return Row(1, BASE + path, "example.org", kind, depth, hops)


def answer(content_type: str, body: bytes, status: int = 200) -> http.Message:
    return http.parse(f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\n\r\n".encode() + body)


def redirect(target: str, status: int = 301) -> http.Message:
    return http.parse(f"HTTP/1.1 {status} X\r\nLocation: {target}\r\n\r\n<a href=/never>x</a>".encode())


def test_a_page_leads_to_pages_and_requisites() -> None:
    message = answer("text/html", b"<a href=/a>a</a><img src=i.png>")
    assert set(discover(row(depth=2), PAGE, message)) == {
        Found(BASE + "a", PAGE, 3),
        Found(BASE + "i.png", REQUISITE, 1),
    }
    assert discover(row(depth=2), PAGE, message, requisites=False) == (Found(BASE + "a", PAGE, 3),)


@pytest.mark.parametrize("status", [404, 410, 500, 304])
def test_what_is_no_success_leads_nowhere(status: int) -> None:
    assert discover(row(), PAGE, answer("text/html", b"<a href=/a>a</a>", status)) == ()


@pytest.mark.parametrize("kind", [PAGE, REQUISITE, SITEMAP])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_leads_to_its_target_as_what_it_was(kind: UrlKind, status: int) -> None:
    found = discover(row("a", kind, depth=1, hops=2), kind, redirect("/b", status))
    assert found == (Found(BASE + "b", kind, 1, 3),)


def test_redirects_end() -> None:
    assert discover(row("a"), PAGE, redirect("/a#again")) == ()
    (left,) = discover(row("a", hops=HOPS), PAGE, redirect("/b"))
    assert (left.state, left.reason) == (State.OUT, "more than 10 redirects")
    assert discover(row("a"), PAGE, redirect("javascript:alert(1)")) == ()


def test_requisites_lead_to_requisites_through_stylesheets_only() -> None:
    css = answer("text/css", b"@import 'more.css'; a { background: url(b.png) }")
    found = discover(row("s.css", REQUISITE, depth=1), REQUISITE, css)
    assert {(one.url, one.kind, one.depth) for one in found} == {
        (BASE + "more.css", REQUISITE, 2),
        (BASE + "b.png", REQUISITE, 2),
    }
    assert discover(row("s.css", REQUISITE, depth=REQUISITE_DEPTH), REQUISITE, css) == ()
    frame = answer("text/html", b"<a href=/a>a</a><img src=i.png>")
    assert discover(row("ad.html", REQUISITE, depth=1), REQUISITE, frame) == ()


def test_a_sitemap_leads_to_pages_and_to_sitemaps_of_its_host() -> None:
    index = answer(
        "application/xml",
        b"<sitemapindex><sitemap><loc>https://example.org/one.xml</loc></sitemap>"
        b"<sitemap><loc>https://elsewhere.example/two.xml</loc></sitemap></sitemapindex>",
    )
    assert discover(row("sitemap.xml", SITEMAP), SITEMAP, index) == (
        Found(BASE + "one.xml", SITEMAP, 1),
        Found("https://elsewhere.example/two.xml", SITEMAP, 1),
    )
    urlset = answer("application/xml", b"<urlset><url><loc>https://example.org/a</loc></url></urlset>")
    assert discover(row("one.xml", SITEMAP, depth=2), SITEMAP, urlset) == (Found(BASE + "a", PAGE, 1),)


def test_an_index_may_be_in_an_index_and_no_deeper() -> None:
    body = b"<sitemapindex><sitemap><loc>/next.xml</loc></sitemap></sitemapindex>"
    for depth in range(SITEMAP_DEPTH + 1):
        (found,) = discover(row("sitemap.xml", SITEMAP, depth), SITEMAP, answer("text/xml", body))
        left_out = (State.OUT, "listed by a sitemap index in an index in an index")
        assert (found.kind, found.depth) == (SITEMAP, depth + 1)
        assert (found.state, found.reason) == (left_out if depth == 2 else (State.QUEUED, None))


def test_what_a_sitemap_says_of_a_date_goes_with_the_page() -> None:
    body = b"<urlset><url><loc>/a</loc><lastmod>2025-01-27T10:00:30+02:00</lastmod></url></urlset>"
    (found,) = discover(row("sitemap.xml", SITEMAP), SITEMAP, answer("text/xml", body))
    at = datetime(2025, 1, 27, 8, 0, 30, tzinfo=UTC)
    assert found == Found(BASE + "a", PAGE, 1, changed=at, until=at)


def test_what_of_a_sitemap_cannot_be_read_is_told() -> None:
    body = b"<urlset><url><loc>/a</loc></url>\n<url><loc>/b"
    read = discovery.discover(row("sitemap.xml", SITEMAP), SITEMAP, answer("text/xml", body))
    assert read.reason == "sitemap: 1 address read, then broken XML at line 2"
