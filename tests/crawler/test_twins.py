"""One site under several addresses: which stands for all, and that no page is fetched twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from archive import http
from crawler import probe, twins, visit
from crawler.admission import Admission
from crawler.offer import Offer
from crawler.rows import Found, Row, State, UrlKind
from crawler.twins import Kind, Twin
from tests.crawler.crawls import Crawl, source
from tests.sites.server import Page, Server

WORDS = " ".join(f"word{number}" for number in range(200))


def page(text: str = WORDS, own: str = "", phone: str = "") -> Page:
    head = f'<link rel=canonical href="{own}">' if own else ""
    head += f'<link rel=alternate media="only screen and (max-width: 640px)" href="{phone}">' if phone else ""
    return Page(body=f"<html><head><title>Quay</title>{head}</head><body><p>{text}".encode())


def to(url: str) -> Page:
    return Page(301, (("Location", url),))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Server:
    """`x.example` is the server's first port, `www.x.example` and `m.x.example` are the other; no https."""
    server = Server({"/": page(), "//other/": page()})
    ports = {"x.example": server.port, "www.x.example": server.other_port, "m.x.example": server.other_port}

    def endpoint(url: str) -> tuple[str, int]:
        scheme, _, host = url.split("/")[:3]
        return "127.0.0.1", ports[host] if scheme == "http:" else 1

    monkeypatch.setattr(visit, "_endpoint", endpoint)
    return server


def look(server: Server, url: str = "http://x.example/") -> probe.Found:
    with server:
        return probe.look(probe.Caller("x", allow_private=True, delay=0), url)


def kinds(found: probe.Found) -> dict[str, str]:
    return {twin.origin: twin.kind.value for twin in found.twins}


def test_a_twin_that_redirects_here(site: Server) -> None:
    site.state = {"/": page(), "//other/": to("http://x.example/")}
    assert kinds(look(site)) == {
        "https://x.example": "is not there",
        "http://www.x.example": "redirects here",
        "https://www.x.example": "is not there",
    }


def test_a_twin_that_was_passed_on_the_way_is_not_asked_again(site: Server) -> None:
    site.state = {"/": to("http://www.x.example/"), "//other/": page()}
    found = look(site)
    assert (found.url, kinds(found)["http://x.example"]) == ("http://www.x.example/", "redirects here")
    assert site.paths.count("/") == 1


@pytest.mark.parametrize(
    ("there", "kind"),
    [
        (page(), "has the same pages"),
        (page(WORDS.replace("word7 ", "counter ")), "has the same pages"),
        (page("Something else entirely, by somebody else", own="http://x.example/"), "has the same pages"),
        (page("Something else entirely, by somebody else"), "has other pages"),
        (Page(404), "is not there"),
        (to("http://www.x.example/"), "is not there"),
        (to("http://x.example/parked"), "leads to other pages"),
    ],
)
def test_what_a_twin_is(site: Server, there: Page, kind: str) -> None:
    site.state = {"/": page(), "//other/": there}
    found = look(site)
    assert kinds(found)["http://www.x.example"] == kind
    assert len(site.exchanges) < 20


@pytest.mark.parametrize(
    ("leads", "kind"),
    [("http://x.example/2019/a", "redirects here"), ("http://x.example/", "leads to other pages")],
)
def test_one_redirect_says_nothing_of_the_other_pages(site: Server, leads: str, kind: str) -> None:
    """Where each of them leads to the front page, pages of the twin's own may be behind that address."""
    site.state = {
        "/": page('<a href="#top"><a href="/?m"><a href="/2019/a">'),
        "//other/": to("http://x.example/"),
        "//other/2019/a": to(leads),
    }
    assert kinds(look(site))["http://www.x.example"] == kind


def test_pages_without_a_word_are_one_if_they_are_equal(site: Server) -> None:
    site.state = {"/": Page(body=b"<p>a"), "//other/": Page(body=b"<h1>b")}
    assert kinds(look(site))["http://www.x.example"] == "has other pages"


def test_the_farthest_twin_is_looked_for_where_the_nearer_one_is(site: Server) -> None:
    site.state = {"/": page(), "//other/": page()}
    assert list(kinds(look(site))) == ["https://x.example", "http://www.x.example", "https://www.x.example"]
    assert twins._corner("https://x.example/a?b") == "http://www.x.example/a?b"
    assert twins._corner("http://192.0.2.1/") is None


def test_the_address_that_the_page_calls_its_own_stands_for_all(site: Server) -> None:
    site.state = {"/": page(own="http://www.x.example/"), "//other/": page(own="http://www.x.example/")}
    found = look(site)
    assert found.url == "http://www.x.example/"
    assert kinds(found) == {
        "http://x.example": "has the same pages",
        "https://x.example": "is not there",
        "https://www.x.example": "is not there",
    }


def test_the_twin_for_telephones(site: Server) -> None:
    site.state = {"/": page(phone="http://m.x.example/"), "//other/": page(own="http://x.example/")}
    assert kinds(look(site))["http://m.x.example"] == "has the same pages"


def test_what_robots_txt_disallows_there_is_not_asked_for(site: Server) -> None:
    rules = Page(200, (("Content-Type", "text/plain"),), b"User-agent: *\nDisallow: /")
    site.state = {"/": page(), "//other/": page(), "//other/robots.txt": rules}
    assert kinds(look(site))["http://www.x.example"] == "is not there"


@pytest.mark.parametrize(
    ("url", "own", "certificate", "chosen"),
    [
        ("http://x.example/", None, None, "https://x.example/"),
        ("http://x.example/", None, "self-signed", "http://x.example/"),
        ("http://x.example/", "http://x.example/", None, "http://x.example/"),
        ("https://www.x.example/", None, None, "https://www.x.example/"),
        ("https://www.x.example/", "https://x.example/a", None, "https://x.example/"),
        ("http://x.example/", "https://elsewhere.example/", None, "https://x.example/"),
    ],
)
def test_which_address_stands_for_all(
    url: str, own: str | None, certificate: str | None, chosen: str
) -> None:
    asked = visit.Answer(url, http.Message(b"HTTP/1.1 200 OK", (), b"", b""), None)
    twin = replace(asked, url="https://x.example/", certificate=certificate)
    near = (Twin("https://x.example", Kind.SAME, twin),)
    assert twins.chosen(asked, Offer(canonical=own), near).url == chosen


def test_numbers_and_subdomains_have_no_www() -> None:
    asked = [
        list(twins._addresses(url, Offer())) for url in ("http://192.0.2.1/", "http://blog.x.example.org/a")
    ]
    assert asked == [["https://192.0.2.1/"], ["https://blog.x.example.org/a"]]
    assert list(twins._addresses("https://x.co.uk/a?b", Offer())) == [
        "http://x.co.uk/a?b", "https://www.x.co.uk/a?b"
    ]  # fmt: skip


def test_a_twin_is_folded_onto_the_first_seed() -> None:
    admission = Admission(source("https://x.example/", scope={"twins": ["http://www.x.example/"]}))
    judged = admission.judge("http://www.x.example/a?utm_source=b")
    assert (judged.folded, judged.inside) == ("https://x.example/a", True)
    assert judged.by == "twin of https://x.example, preset generic: utm_source"
    assert admission.judge("http://www.x.example.org/a").inside is False


def test_a_preset_s_twin_of_a_twin_is_folded_as_far() -> None:
    rules = {"preset": "blogger", "scope": {"twins": ["http://x.blogspot.com"]}}
    folded = Admission(source("https://x.blogspot.com/", **rules)).fold("http://x.blogspot.de/a.html?m=1")
    assert folded.url == "https://x.blogspot.com/a.html"


def test_a_redirect_to_a_twin_is_followed() -> None:
    """Of this page the twin is all that the server gives, whatever the host's name."""
    admission = Admission(source("https://x.example/", scope={"twins": ["http://m.x.example"]}))
    led = Found("http://m.x.example/a", UrlKind.PAGE, 1, hops=1)
    admitted = admission.admit(led, Row(1, "https://x.example/a", "x.example", UrlKind.PAGE, 1))
    assert (admitted.url, admitted.state) == ("http://m.x.example/a", State.QUEUED)


def test_a_crawl_asks_for_each_page_once(tmp_path: Path) -> None:
    """Old posts link to the other address: without the rule each page would be had twice."""
    with Server() as server:
        there = {
            f"/{name}": Page(body=f'<a href="{server.other_url}/b"><a href="/a">'.encode()) for name in "ab"
        }
        server.state = {"/": Page(body=f'<a href="{server.other_url}/a">'.encode()), **there}
        crawl = Crawl(tmp_path, source(f"{server.url}/", scope={"twins": [server.other_url]}))
        assert crawl.finish() == 0
    assert sorted(path for path in server.paths if len(path) == 2) == ["/a", "/b"]
    assert {one.port for one in server.exchanges} == {server.port}
