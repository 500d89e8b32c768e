"""Cookies as RFC 6265 has them, and never more of them than browsers hold."""

import time

import pytest

from crawler import wire
from crawler.cookies import LARGEST, LONGEST, MOST, PER_HOST, Cookies

SITE = "http://www.example.org/"


def held(*lines: str, url: str = SITE) -> Cookies:
    cookies = Cookies(wire.is_suffix)
    cookies.take(url, lines)
    return cookies


def sent(*lines: str, to: str = SITE, url: str = SITE) -> str:
    return held(*lines, url=url).header(to)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("a=b", "a=b"),
        (" a = b c ; Path=/; HttpOnly", "a=b c"),
        ('a="b"', 'a="b"'),
        ("a=b=c", "a=b=c"),
        ("a=", "a="),
        ("=b", "b"),
        ("b", "b"),
        ("a=\xe9", "a=\xe9"),
        ("a=b; Max-Age=60", "a=b"),
        ("a=b; Max-Age=0", ""),
        ("a=b; Max-Age=99999999999999999999", "a=b"),
        ("a=b; Expires=Wed, 01 Jan 2020 00:00:00 GMT", ""),
        ("a=b; Expires=Wed, 01-Jan-2020 00:00:00 GMT", ""),
        ("a=b; Expires=Wed, 01 Jan 2020 00:00:00 GMT; Max-Age=60", "a=b"),
        ("a=b; Expires=Thu, 99 Foo 99999", "a=b"),
        ("a=b; Domain=example.org", "a=b"),
        ("a=b; Domain=.Example.ORG", "a=b"),
        ("a=b; Domain=other.org", ""),
        ("a=b; Domain=ample.org", ""),
        ("a=b; Domain=org", ""),
        ("a=b; Domain=.", "a=b"),
        ("a=b; Path=/other", ""),
        ("a=b; Secure", ""),
        ("a=b\r\nX-Injected: 1", ""),
        ("a=\x00", ""),
        ("", ""),
        (";", ""),
        ("=", ""),
        ("a=" + "x" * LARGEST, ""),
    ],
)
def test_what_is_sent_back(line: str, wanted: str) -> None:
    assert sent(line) == wanted


@pytest.mark.parametrize(
    ("domain", "url", "to"),
    [
        ("", SITE, "http://example.org/"),
        ("", SITE, "http://a.www.example.org/"),
        ("example.org", SITE, "http://example.com/"),
        ("example.org", SITE, "http://badexample.org/"),
        ("co.uk", "http://a.co.uk/", "http://b.co.uk/"),
        ("github.io", "http://a.github.io/", "http://b.github.io/"),
        ("0.0.1", "http://127.0.0.1/", "http://126.0.0.1/"),
        ("0.0.1", "http://127.0.0.1/", "http://127.0.0.1/"),
    ],
)
def test_no_cookie_goes_to_another_site(domain: str, url: str, to: str) -> None:
    assert sent(f"a=b; Domain={domain}", url=url, to=to) == ""


def test_a_cookie_of_a_domain_goes_to_its_hosts_and_their_ports() -> None:
    cookies = held("a=b; Domain=example.org")
    assert cookies.header("https://example.org:8443/x") == "a=b"
    assert cookies.header("http://a.b.example.org/") == "a=b"


@pytest.mark.parametrize(
    ("path", "to", "goes"),
    [
        ("/a", "a", True),
        ("/a", "a/b", True),
        ("/a/", "a/b", True),
        ("/a", "ab", False),
        ("/a/", "a", False),
        ("", "dir/x", True),
        ("nonsense", "x", False),
    ],
)
def test_paths(path: str, to: str, goes: bool) -> None:
    found = sent(f"a=b; Path={path}", url=f"{SITE}dir/page", to=SITE + to)
    assert bool(found) is goes


def test_a_secure_cookie_goes_to_https_alone() -> None:
    cookies = held("a=b; Secure", url="https://example.org/")
    assert cookies.header("https://example.org/") == "a=b"
    assert cookies.header("http://example.org/") == ""


def test_the_longest_path_comes_first_and_the_newest_value_counts() -> None:
    assert sent("a=1", "b=2; Path=/x", "a=3", to=f"{SITE}x/y") == "b=2; a=3"


def test_a_cookie_that_ended_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    cookies = held("a=b; Max-Age=60")
    began = time.time()
    monkeypatch.setattr(time, "time", lambda: began + 50)
    assert cookies.header(SITE) == "a=b"
    monkeypatch.setattr(time, "time", lambda: began + 61)
    assert cookies.header(SITE) == ""
    assert not cookies


def test_a_flood_is_bounded_a_host_and_in_all() -> None:
    cookies = Cookies(wire.is_suffix)
    for host in range(40):
        cookies.take(f"http://h{host}.example.org/", (f"c{number}={'v' * 90}" for number in range(1000)))
    assert len(cookies.header("http://h39.example.org/")) <= LONGEST
    assert len(cookies._held["h39.example.org"]) == PER_HOST
    assert sum(map(len, cookies._held.values())) == cookies._count <= MOST
    assert cookies.header("http://h0.example.org/") == ""
