"""The look at a site before it is watched, at real servers on this machine."""

import gzip
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crawler import caller, probe
from crawler import visit as visits
from crawler.presets import Detected
from crawler.probe import Caller, Found, PrivateAddressError, VisitError, addresses
from crawler.visit import visit
from tests.sites.server import Page, Server

FRONT = b"""<!doctype html><html lang="lv"><head><title> The
 Gazette \x1b[31m</title><meta name="generator" content="Ghost 5.1">
<link rel="alternate" type="application/rss+xml" href="/feed.xml">
<link rel="alternate" type="application/atom+xml" href="atom">
<link rel="alternate" hreflang="en" href="/en/">
<link rel="stylesheet" type="text/css" href="/s.css"></head><body>Hello</body></html>"""

XML = (("Content-Type", "application/xml"),)
TEXT = (("Content-Type", "text/plain"),)
SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>http://x.example/a</loc></url></urlset>"""


def to(target: str, status: int = 302) -> Page:
    return Page(status, (("Location", target),))


def robots(text: str, status: int = 200) -> Page:
    return Page(status, TEXT, text.encode())


def look(server: Server, path: str = "/") -> Found:
    asking = Caller("Strandline/0 (+me@example.org)", allow_private=True, delay=0)
    return probe.look(asking, server.url + path)


def test_a_front_page_tells_what_the_site_offers() -> None:
    with Server(
        {"/": Page(body=FRONT, gzip=True, chunked=True), "/sitemap.xml": Page(200, XML, SITEMAP)}
    ) as site:
        found = look(site)
    assert found.status == 200
    assert found.robots == "no robots.txt (404)"
    assert found.offer.title == "The Gazette [31m"
    assert found.offer.language == "lv"
    assert found.offer.generator == "Ghost 5.1"
    assert found.offer.feeds == (f"{site.url}/feed.xml", f"{site.url}/atom")
    assert found.sitemaps == (f"{site.url}/sitemap.xml",)
    assert site.paths == ["/robots.txt", "/", "/feed.xml", "/atom", "/sitemap.xml"]
    assert b"\r\nUser-Agent: Strandline/0 (+me@example.org)\r\n" in site.exchanges[0].request


def test_robots_names_the_sitemaps_and_the_delay() -> None:
    rules = robots("User-agent: *\nCrawl-delay: 0.1\nSitemap: http://x.example/m.xml")
    with Server({"/": Page(body=b"<p>hi"), "/robots.txt": rules}) as site:
        found = look(site)
    assert found.crawl_delay == 0.1
    assert found.sitemaps == ("http://x.example/m.xml",)
    assert site.paths == ["/robots.txt", "/", *probe.PLACES]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (robots("User-agent: *\nDisallow: /private"), "robots.txt disallows it: .*/private"),
        (robots("", 503), "^robots.txt answered 503: until it can be read, everything is disallowed$"),
    ],
)
def test_a_disallowed_page_is_not_asked_for(page: Page, said: str) -> None:
    with Server({"/private/": Page(body=FRONT), "/robots.txt": page}) as site:
        found = look(site, "/private/")
    assert (found.allowed, found.status) == (False, None)
    assert re.search(said, found.robots)
    assert site.paths == ["/robots.txt"]


def test_redirects_are_followed_and_each_host_has_its_say() -> None:
    with Server({"/": to("/b", 301)}) as site:
        site.state = {
            "/": to("/b", 301),
            "/b": to(f"{site.other_url}/c"),
            "//other/c": Page(body=FRONT),
            "//other/robots.txt": robots("User-agent: strandline\nDisallow: /c"),
        }
        found = look(site)
    assert found.redirects == (f"{site.url}/b", f"{site.other_url}/c")
    assert (found.url, found.allowed) == (f"{site.other_url}/c", False)


def test_a_redirect_loop_ends() -> None:
    with Server({"/": to("/a"), "/a": to("/"), "/robots.txt": to("/robots.txt")}) as site:
        found = look(site)
    assert (found.status, len(found.redirects)) == (302, 5)
    assert len(site.paths) < 20


@pytest.mark.parametrize("body", [b"", b"\x00\xff" * 50, b"<" * 5000, b"<div>" * 20_000, b"not html"])
def test_any_body_is_looked_at_without_harm(body: bytes) -> None:
    with Server({"/": Page(body=body)}) as site:
        assert look(site).status == 200


@pytest.mark.parametrize(
    ("charset", "body", "title"),
    [
        ("windows-1257", "<title>Rīga</title>".encode("windows-1257"), "Rīga"),
        ("nonsense", b"<meta charset=utf-8><title>R\xc4\xabga</title>", "Rīga"),
        (None, "<title>Rīga</title>".encode(), "Rīga"),
        (None, "<meta charset=windows-1257><title>Rīga</title>".encode("windows-1257"), "Rīga"),
    ],
)
def test_titles_are_read_in_their_encoding(charset: str | None, body: bytes, title: str) -> None:
    kind = "text/html" + (f"; charset={charset}" if charset else "")
    with Server({"/": Page(headers=(("Content-Type", kind),), body=body)}) as site:
        assert look(site).offer.title == title


def test_a_host_that_does_not_resolve() -> None:
    with pytest.raises(VisitError, match=r"the host 'no-such-host\.invalid' does not resolve"):
        addresses("https://no-such-host.invalid/")


def test_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(VisitError, match=f"127.0.0.1:{port} refused the connection"):
        visit(f"http://127.0.0.1:{port}/", "x", allow_private=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.1.2.3", "169.254.169.254", "localhost", "[::ffff:10.0.0.1]"]
)
def test_private_addresses_are_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises(PrivateAddressError, match="which is not a public address"):
        visit(f"http://{host}/", "x")


def test_a_redirect_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "is_public", lambda address: address == "127.0.0.1")
    with (
        Server({"/": to("http://10.0.0.1/admin")}) as site,
        pytest.raises(PrivateAddressError, match=r"10\.0\.0\.1"),
    ):
        probe.look(Caller("x", delay=0), site.url + "/")


def test_a_name_is_resolved_once_so_that_it_cannot_be_pointed_elsewhere_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, answers = socket.getaddrinfo, ["127.0.0.1", "10.0.0.1"]

    def rebinding(host: str, *rest: Any, **named: Any) -> Any:
        return real(answers.pop(0) if host == "rebind.test" else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(visits, "is_public", lambda address: address == "127.0.0.1")
    with Server({"/": Page(body=b"hello")}) as site:
        answer = visit(f"http://rebind.test:{site.port}/", "x")
    assert answer.body == b"hello"
    assert answers == ["10.0.0.1"]
    assert f"Host: rebind.test:{site.port}".encode() in site.exchanges[0].request


@contextmanager
def raw(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with its one connection what it likes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                talk(connection)
        except OSError:
            pass  # the client has had enough

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.close()
        thread.join(5)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        connection.sendall(b"X")
        time.sleep(0.1)


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


def bomb(connection: socket.socket) -> None:
    body = gzip.compress(bytes(50_000_000))
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body)


def cut(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def stall(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
    connection.recv(1)


def test_a_server_that_drips_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "SECONDS", 0.5)
    begun = time.monotonic()
    with raw(drip) as url, pytest.raises(VisitError, match="did not answer within"):
        visit(url, "x", allow_private=True)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("talk", [flood, bomb])
def test_no_body_gets_large(talk: Callable[[socket.socket], None]) -> None:
    with raw(talk) as url:
        answer = visit(url, "x", allow_private=True)
    assert visits.BODY - 65_536 <= len(answer.body) <= visits.BODY + 65_536


@pytest.mark.parametrize("talk", [cut, stall])
def test_half_a_body_is_enough_to_look_at(
    talk: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "SECONDS", 0.5)
    with raw(talk) as url:
        assert visit(url, "x", allow_private=True).body == b"half"


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 200 OK\r\n" + b"X" * 70_000])
def test_what_is_no_http_is_said_to_be_none(reply: bytes) -> None:
    with (
        raw(lambda connection: connection.sendall(reply)) as url,
        pytest.raises(VisitError, match=r"127\.0\.0\.1"),
    ):
        visit(url, "x", allow_private=True)


def test_a_certificate_that_does_not_hold_is_reported_and_not_fatal(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "both.pem").write_bytes(key.private_bytes(*pem) + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(2):
            connection, _ = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65_536)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except OSError:
                pass  # the client did not like the certificate

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        answer = visit(f"https://127.0.0.1:{listener.getsockname()[1]}/", "x", allow_private=True)
    assert answer.body == b"ok"
    assert "self-signed certificate" in (answer.certificate or "")


WORDPRESS = b'<!doctype html><title>Quay</title><meta name="generator" content="WordPress 6.5"><p>Hello'
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Quay</title></channel></rss>'


def test_the_software_is_told_and_its_usual_places_are_asked() -> None:
    state = {
        "/": Page(body=WORDPRESS),
        "/feed/": Page(200, XML, FEED),
        "/wp-sitemap.xml": Page(200, XML, SITEMAP),
    }
    with Server(state) as site:
        found = look(site)
    assert found.offer.platform == Detected("wordpress", "WordPress", "generator WordPress 6.5")
    assert found.wanted == (f"{site.url}/feed/",)
    assert found.sitemaps == (f"{site.url}/wp-sitemap.xml",)
    assert site.paths == ["/robots.txt", "/", "/feed/", "/sitemap.xml", "/wp-sitemap.xml"]


def test_a_usual_place_that_is_disallowed_or_no_feed_is_left() -> None:
    state = {
        "/": Page(body=WORDPRESS),
        "/robots.txt": robots("User-agent: *\nDisallow: /feed/\nSitemap: http://x.example/m.xml"),
        "/?feed=rss2": Page(body=WORDPRESS),
    }
    with Server(state) as site:
        assert look(site).wanted == ()
    assert site.paths == ["/robots.txt", "/", "/?feed=rss2"]


def feed(*links: str) -> Page:
    items = "".join(
        f"<item><link>{link}</link><pubDate>{29 - 3 * n:02} Jan 2026 10:00 GMT</pubDate></item>"
        for n, link in enumerate(links)
    )
    return Page(
        200, XML, f'<rss version="2.0"><channel><language>lv</language>{items}</channel></rss>'.encode()
    )


def test_feeds_are_read_and_those_that_say_nothing_more_are_left_out() -> None:
    names = ("feed.xml", "comments/feed/", "feed.xml?alt=rss", "gone.xml")
    links = "".join(f'<link rel=alternate type="application/rss+xml" href="/{name}">' for name in names)
    posts = feed("/a", "/b", "/c")
    state = {"/": Page(body=WORDPRESS + links.encode()), "/feed.xml": posts, "/feed.xml?alt=rss": posts}
    with Server(state) as site:
        found = look(site)
    assert "/comments/feed/" not in site.paths
    assert [found.unwanted(url) for url in found.named] == [
        None, "comments", f"the same entries as {site.url}/feed.xml", None
    ]  # fmt: skip
    assert found.wanted == (f"{site.url}/feed.xml", f"{site.url}/gone.xml"), "the page is believed"
    read = found.feeds[0]
    assert (read.kind, len(read.links), read.every) == ("RSS", 3, timedelta(days=3))
    assert (found.offer.language, found.language) == (None, "lv")
    assert read.newest == datetime(2026, 1, 29, 10, tzinfo=UTC)


def test_feeds_are_looked_for_where_they_mostly_are() -> None:
    with Server(
        {
            "/": Page(body=b"<p>plain"),
            "/atom.xml": Page(200, XML, b"<feed a='' xml:lang='el'><entry/></feed>"),
        }
    ) as site:
        found = look(site)
    assert found.wanted == (f"{site.url}/atom.xml",)
    assert (found.feeds[0].kind, found.language) == ("Atom", "el")


@pytest.mark.parametrize(
    ("markup", "headers", "language"),
    [
        ("<html lang=lv>", (), "lv"),
        ("<html xml:lang='pt-BR'>", (), "pt-BR"),
        ("<html><meta http-equiv=Content-Language content='el, en'>", (), "el"),
        ("<html lang=''>", (("Content-Language", "ru"),), "ru"),
        ("<html><meta property=og:locale content=uk_UA>", (), "uk-UA"),
        ("<html lang='not a language'>", (), None),
    ],
)
def test_the_language_is_told_by_page_or_server(
    markup: str, headers: tuple[tuple[str, str], ...], language: str | None
) -> None:
    page = Page(headers=(("Content-Type", "text/html"), *headers), body=markup.encode())
    with Server({"/": page}) as site:
        assert look(site).offer.language == language


def test_so_many_requests_are_made_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "MOST", 5)
    with Server({"*": Page(body=b"<p>soft")}) as site:
        assert look(site).status == 200
    assert len(site.paths) == 5


def test_headers_tell_the_software_of_a_page_that_hides_it() -> None:
    headers = (("Content-Type", "text/html"), ("Link", '</wp-json/>; rel="https://api.w.org/"'))
    with Server({"/": Page(200, headers, b"<p>plain")}) as site:
        assert look(site).offer.platform == Detected("wordpress", "WordPress", "header Link")
    with Server({"/": Page(body=b"<p>plain")}) as site:
        assert look(site).offer.platform is None
