"""RFC 9309, example by example: the RFC's own, and those that Google's open parser is known by."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import robots
from crawler.robots import ALLOW_ALL, DISALLOW_ALL, Decision


def allowed(text: str | bytes, address: str, token: str = "FooBot") -> bool:
    body = text.encode() if isinstance(text, str) else text
    return robots.parse(body, token).decide(address).allowed


def ruled(pattern: str, address: str) -> bool:
    """Whether one disallowing rule covers the address."""
    return not allowed(f"User-agent: *\nDisallow: {pattern}\n", address)


@pytest.mark.parametrize(
    ("pattern", "address", "covered"),
    [
        ("/", "/", True),
        ("/", "/any?x", True),
        ("", "/any", False),
        ("/fish", "/fish", True),
        ("/fish", "/fish.html", True),
        ("/fish", "/fish/salmon", True),
        ("/fish", "/fishheads?id=1", True),
        ("/fish", "/Fish.asp", False),
        ("/fish", "/catfish", False),
        ("/fish", "/?id=fish", False),
        ("/fish*", "/fishheads", True),
        ("/fish/", "/fish/", True),
        ("/fish/", "/fish", False),
        ("/fish/", "/fish.html", False),
        ("fish", "/fish", False),
        ("/*.php", "/index.php", True),
        ("/*.php", "/folder/any.php.file.html", True),
        ("/*.php", "/?x=.php", True),
        ("/*.php", "/windows.PHP", False),
        ("/*.php$", "/filename.php", True),
        ("/*.php$", "/filename.php?parameters", False),
        ("/*.php$", "/filename.php5", False),
        ("/*.php$", "/a.php/b.php", True),
        ("/fish*.php", "/fishheads/catfish.php?x", True),
        ("/fish*.php", "/Fish.PHP", False),
        ("*", "/", True),
        ("*/private", "/a/private", True),
        ("/**//**/a", "/x///a", True),
        ("/$", "/", True),
        ("/$", "/a", False),
        ("/a$b", "/a$b", True),
        ("/a$b", "/a", False),
        ("/a*a$", "/a", False),
        ("/a*a$", "/aa", True),
        ("/aba*ba$", "/aba", False),
        ("/x*a*b*c", "/x-c-b-a", False),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", True),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-x.html", False),
        ("/path/foo-%24", "/path/foo-$", True),
        ("/path/foo-%24", "/path/foo-$bar", True),
        # percent-encoding (RFC 9309, section 2.2.2)
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True),
        ("/foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https://foo.bar", True),
        ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%E3%83%84", "/foo/bar/ツ", True),
        ("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/a%2Fb", "/a/b", False),
        ("/a|b [c]", "/a%7Cb%20%5Bc%5D", True),
        ("/?q='", "/?q=%27", True),
        ("/100%", "/100%25", True),
    ],
)
def test_patterns(pattern: str, address: str, covered: bool) -> None:
    assert ruled(pattern, address) is covered


@pytest.mark.parametrize(
    ("rules", "address", "wanted"),
    [
        ("Allow: /p\nDisallow: /", "/page", True),
        ("Disallow: /\nAllow: /p", "/page", True),
        ("Allow: /folder\nDisallow: /folder", "/folder/page", True),
        ("Disallow: /folder\nAllow: /folder", "/folder/page", True),
        ("Allow: /page\nDisallow: /*.htm", "/page.htm", False),
        ("Allow: /page\nDisallow: /*.ph", "/page.php5", True),
        ("Allow: /$\nDisallow: /", "/", True),
        ("Allow: /$\nDisallow: /", "/page.htm", False),
        (
            "Allow: /example/page/\nDisallow: /example/page/disallowed.gif",
            "/example/page/disallowed.gif",
            False,
        ),
        ("Allow: /a\nDisallow: /%61%62", "/ab", False),
        ("Disallow: /secret\nDisallow:", "/secret", False),
        ("Disallow:", "/x", True),
    ],
)
def test_the_longest_match_decides_and_allow_wins_a_tie(rules: str, address: str, wanted: bool) -> None:
    assert allowed(f"User-agent: FooBot\n{rules}\n", address) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("User-agent: FooBot\nDisallow: /", False),
        ("User-agent: foobot\nDisallow: /", False),
        ("User-agent: FooBot/2.1 (+http://foo.example)\nDisallow: /", False),
        ("User-agent: FooBot-News\nDisallow: /", True),
        ("User-agent: Foo\nDisallow: /", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: * (everybody)\nDisallow: /", False),
        ("User-agent: *Bot\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: FooBot\nDisallow:", True),
        ("User-agent: *\nDisallow: /\nUser-agent: FooBot", True),
        ("User-agent: FooBot\nUser-agent: BarBot\nDisallow: /", False),
        ("User-agent: BarBot\nUser-agent: FooBot\nDisallow: /", False),
        ("User-agent: BarBot\nDisallow: /x\nUser-agent: FooBot\nDisallow: /", False),
        ("User-agent: FooBot\nDisallow: /x\nUser-agent: BarBot\nDisallow: /", True),
        (
            "User-agent: FooBot\nDisallow: /x\n\nUser-agent: A\nDisallow:\n\nUser-agent: FooBot\nDisallow: /",
            False,
        ),
        ("User-agent: FooBot\nSitemap: http://e.example/s\nUser-agent: BarBot\nDisallow: /", False),
        ("User-agent: FooBot\nCrawl-delay: 1\nUnknown: x\n\nUser-agent: BarBot\nDisallow: /", False),
        ("User-agent: FooBot\n\n\n# remark\n\nDisallow: /", False),
        ("Disallow: /\nUser-agent: FooBot\nDisallow:", True),
        ("foo: FooBot\nbar: /", True),
        ("", True),
        # lines as people write them
        ("user-agent: FooBot\r\ndisallow: /\r\n", False),
        ("user-agent: FooBot\rdisallow: /\r", False),
        ("  User-Agent : FooBot  # us\n\tDISALLOW\t:\t/  # all\n", False),
        ("user-agent FooBot\ndisallow /\n", False),
        ("user agent: FooBot\ndisalow: /\n", False),
        ("\ufeffUser-agent: FooBot\nDisallow: /", False),
        ("<html><body>User-agent: *<br>Disallow: /</body></html>", True),
    ],
)
def test_groups(text: str, wanted: bool) -> None:
    assert allowed(text, "/page") is wanted


def test_rules_of_others_do_not_reach_us() -> None:
    text = "User-agent: *\nDisallow: /all\nUser-agent: FooBot\nDisallow: /foo\n"
    assert allowed(text, "/all")
    assert not allowed(text, "/foo")
    assert not allowed(text, "/all", token="BarBot")
    assert not allowed(text, "/foo", token="foobot/1.0")


def test_the_deciding_line_is_told_as_it_stands_in_the_file() -> None:
    body = b"# hello\r\n\r\nUser-agent: *\r\nAllow: /\r\n  Disallow: /private/   # mine\x1b[31m \xff\r\n"
    rules = robots.parse(body, "FooBot")
    assert rules.decide("/private/x") == Decision(
        False, "line 5: Disallow: /private/   # mine\ufffd[31m \ufffd"
    )
    assert rules.decide("/public") == Decision(True, "line 4: Allow: /")
    assert robots.parse(b"", "FooBot").decide("/x") == Decision(True, None)
    endless = robots.parse(b"User-agent: *\nDisallow: /" + b"*" * 9000, "FooBot").decide("/x")
    assert endless.line is not None
    assert len(endless.line) < 250


def test_bytes_that_are_not_utf8_are_the_octets_of_the_address() -> None:
    assert not allowed(b"User-agent: *\nDisallow: /caf\xe9", "/caf%E9")
    assert allowed(b"User-agent: *\nDisallow: /caf\xe9", "/caf%C3%A9")


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (200, Decision(False, "line 2: Disallow: /")),
        (204, Decision(False, "line 2: Disallow: /")),
        (404, Decision(True)),
        (403, Decision(True)),
        (410, Decision(True)),
        (302, Decision(False, "robots.txt answered 302")),
        (500, Decision(False, "robots.txt answered 500")),
        (503, Decision(False, "robots.txt answered 503")),
        (0, Decision(False, "robots.txt could not be reached")),
    ],
)
def test_the_status_decides_whether_the_file_speaks(status: int, wanted: Decision) -> None:
    rules = robots.for_status(status, b"User-agent: *\nDisallow: /", "FooBot")
    assert rules.decide("/page") == wanted
    assert rules.decide("/robots.txt") == Decision(True)


def test_all_or_nothing() -> None:
    assert ALLOW_ALL.decide("/x") == Decision(True)
    assert DISALLOW_ALL("timed out").decide("/x") == Decision(False, "timed out")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("User-agent: *\nCrawl-delay: 10", 10.0),
        ("User-agent: *\nCrawl-delay: 0.5 # s\nDisallow: /x", 0.5),
        ("User-agent: FooBot\nCrawl-delay: 2\nDisallow: /x\nUser-agent: *\nDisallow: /\nCrawl-delay: 9", 2.0),
        ("User-agent: FooBot\nDisallow:\nUser-agent: *\nCrawl-delay: 9", None),
        ("User-agent: *\nCrawl-delay: 3\nCrawl-delay: 7", 7.0),
        ("User-agent: *\nCrawl-delay: soon\nCrawl-delay: -1\nCrawl-delay: inf\nCrawl-delay: nan", None),
        ("Crawl-delay: 10", None),
    ],
)
def test_crawl_delay(text: str, wanted: float | None) -> None:
    assert robots.parse(text.encode(), "FooBot").crawl_delay == wanted


def test_sitemaps_are_for_everybody() -> None:
    text = """Sitemap: https://example.org/a.xml
        User-agent: Other
        Disallow: /
        sitemap:HTTP://EXAMPLE.ORG:80/b.xml?x=1
        Sitemap: https://example.org/a.xml
        Sitemap: /relative.xml
        Sitemap: file:///etc/passwd"""
    assert robots.parse(text.encode(), "FooBot").sitemaps == (
        "https://example.org/a.xml",
        "http://example.org/b.xml?x=1",
    )
    many = "".join(f"Sitemap: https://example.org/{number}\n" for number in range(5000))
    assert len(robots.parse(many.encode(), "FooBot").sitemaps) == 1000


def test_half_a_megabyte_is_read_and_a_cut_line_is_not() -> None:
    filler = b"User-agent: *\n" + b"#" * (500 * 1024 - 14 - 19) + b"\nDisallow: /within\n"
    assert len(filler) == 500 * 1024
    assert not allowed(filler, "/within")
    cut = b"User-agent: *\n" + b"#" * (robots.LARGEST - 26) + b"\nDisallow: /private\n"
    assert cut[: robots.LARGEST].endswith(b"\nDisallow: /")
    assert allowed(cut, "/page")


GLOB = st.text(alphabet="ab*", max_size=8).map(lambda text: "/" + text)


@given(GLOB, st.booleans(), st.text(alphabet="ab", max_size=10).map(lambda text: "/" + text))
def test_patterns_mean_what_the_regular_expression_means(glob: str, anchored: bool, address: str) -> None:
    wanted = re.match(glob.replace("*", ".*") + ("$" if anchored else ""), address) is not None
    assert ruled(glob + "$" * anchored, address) is wanted


@given(
    st.one_of(
        st.binary(), st.text().map(lambda text: f"User-agent: *\nDisallow: {text}".encode("utf-8", "replace"))
    )
)
def test_any_bytes_are_survived(body: bytes) -> None:
    robots.parse(body, "FooBot").decide("/a?b")


@pytest.mark.parametrize(
    "rules",
    [
        b"Disallow: /" + b"a*" * 200_000 + b"b$",
        b"Disallow: /*a*a*a*a*a*a*a*a*a*a*a*b\n" * 12_000,
        b"Disallow: /*x\n" * 36_000,
        b"Sitemap: " + b"a" * 500_000,
        b"Sitemap: x\n" * 45_000,
        b"Crawl-delay: " + b"9" * 500_000,
    ],
)
def test_hostile_rules_take_linear_time(rules: bytes) -> None:
    start = time.perf_counter()
    robots.parse(b"User-agent: *\n" + rules, "FooBot").decide("/" + "a" * 2000)
    assert time.perf_counter() - start < 2
