"""One form for one page: vectors, and the properties that hold for any string."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from archive import urls

CANONICAL = [
    # scheme, host, port
    ("HTTP://Example.ORG", "http://example.org/"),
    ("https://example.org", "https://example.org/"),
    ("http://example.org:80/", "http://example.org/"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("https://example.org:80/", "https://example.org:80/"),
    ("http://example.org:0080/", "http://example.org/"),
    ("http://example.org:08080/", "http://example.org:8080/"),
    ("http://example.org:/", "http://example.org/"),
    ("http://example.org./", "http://example.org/"),
    ("http:example.org/a", "http://example.org/a"),
    ("http:/example.org/a", "http://example.org/a"),
    ("http:////example.org/a", "http://example.org/a"),
    ("http:\\\\example.org\\a\\b", "http://example.org/a/b"),
    ("http://my_host.example.org/", "http://my_host.example.org/"),
    ("http://ends-.example.org/", "http://ends-.example.org/"),
    ("http://ex%61mple.org/", "http://example.org/"),
    ("http://localhost:8000", "http://localhost:8000/"),
    # internationalised names
    ("http://BÜCHER.example/", "http://xn--bcher-kva.example/"),
    ("http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"),
    ("http://bu\u0308cher.example/", "http://xn--bcher-kva.example/"),
    ("http://xn--BCHER-kva.example/", "http://xn--bcher-kva.example/"),
    ("http://straße.example/", "http://xn--strae-oqa.example/"),
    ("http://☃.net/", "http://xn--n3h.net/"),
    ("http://例え。テスト/", "http://xn--r8jz45g.xn--zckzah/"),
    ("http://ｅｘａｍｐｌｅ.org/", "http://example.org/"),
    # addresses
    ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
    ("http://[::1]:8080/", "http://[::1]:8080/"),
    ("http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/"),
    ("https://[::ffff:1.2.3.4]:443/", "https://[::ffff:102:304]/"),
    # path
    ("http://example.org/a/./b/../c", "http://example.org/a/c"),
    ("http://example.org/../../a", "http://example.org/a"),
    ("http://example.org/a/..", "http://example.org/"),
    ("http://example.org/a/b/.", "http://example.org/a/b/"),
    ("http://example.org/a/%2e%2E/b", "http://example.org/b"),
    ("http://example.org/...", "http://example.org/..."),
    ("http://example.org//a//b", "http://example.org//a//b"),
    ("http://example.org/a/", "http://example.org/a/"),
    ("http://example.org/a;v=1", "http://example.org/a;v=1"),
    ("http://example.org/a|b", "http://example.org/a%7Cb"),
    ("http://example.org/a b", "http://example.org/a%20b"),
    ("http://example.org/a+b", "http://example.org/a+b"),
    ("http://example.org/a%2bb", "http://example.org/a%2Bb"),
    ("http://example.org/a%2fb", "http://example.org/a%2Fb"),
    ("http://example.org/%7euser/%41", "http://example.org/~user/A"),
    ("http://example.org/caf\u00e9", "http://example.org/caf%C3%A9"),
    ("http://example.org/cafe\u0301", "http://example.org/cafe%CC%81"),  # not composed: another path
    ("http://example.org/caf%e9", "http://example.org/caf%E9"),  # Latin-1 stays Latin-1
    ("http://example.org/%e4%bd%a0%41%2f", "http://example.org/%E4%BD%A0A%2F"),
    ("http://example.org/%e4\u4f60%", "http://example.org/%E4%E4%BD%A0%25"),
    ("http://example.org/%%%2", "http://example.org/%25%25%252"),
    ("http://example.org/a%00%0d%0Ab", "http://example.org/a%00%0D%0Ab"),
    ("http://example.org/a;b=c/..;/d", "http://example.org/a;b=c/..;/d"),
    ("http://example.org/.%2e/a/%2E", "http://example.org/a/"),
    ("http://example.org/a%5Cb", "http://example.org/a%5Cb"),
    ("http://example.org/100%", "http://example.org/100%25"),
    ("http://example.org/%4%31", "http://example.org/%2541"),
    ("http://example.org/%zz", "http://example.org/%25zz"),
    ("http://example.org/it's", "http://example.org/it's"),
    ("http://example.org/[x]{y}^`", "http://example.org/%5Bx%5D%7By%7D%5E%60"),
    ("http://example.org/Case", "http://example.org/Case"),
    ("http://example.org/\U0001f40c", "http://example.org/%F0%9F%90%8C"),
    # query and fragment
    ("http://example.org/?", "http://example.org/"),
    ("http://example.org?a", "http://example.org/?a"),
    ("http://example.org/a?b=2&a=1&b=1", "http://example.org/a?b=2&a=1&b=1"),
    ("http://example.org/a?b=&c", "http://example.org/a?b=&c"),
    ("http://example.org/a?b c+d", "http://example.org/a?b%20c+d"),
    ("http://example.org/a?x=/../y?z", "http://example.org/a?x=/../y?z"),
    ("http://example.org/a?x=\\", "http://example.org/a?x=%5C"),
    ("http://example.org/a?it's", "http://example.org/a?it%27s"),
    ("http://example.org/a?q=%d6%7e", "http://example.org/a?q=%D6~"),
    ("http://example.org/a?f[0]=ä", "http://example.org/a?f%5B0%5D=%C3%A4"),
    ("http://example.org/a#b?c", "http://example.org/a"),
    ("http://example.org/#!/x", "http://example.org/"),
    # white space
    ("  http://example.org/a \n", "http://example.org/a"),
    ("ht\ttp://exa\nmple.org/a\r\nb", "http://example.org/ab"),
    ("http://example.org/\u00a0", "http://example.org/%C2%A0"),
]


@pytest.mark.parametrize(("given_url", "wanted"), CANONICAL)
def test_canonical(given_url: str, wanted: str) -> None:
    assert urls.canonical(given_url) == wanted
    assert urls.canonical(wanted) == wanted


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        ("", "no scheme"),
        ("example.org/a", "no scheme"),
        ("//example.org/a", "no scheme"),
        ("ftp://example.org/", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("example.org:8080/", "not a web address"),
        ("http://", "no host"),
        ("https:///", "no host"),
        ("http://:80/", "no host"),
        ("http://a..b/", "host name"),
        ("http://a b/", "host name"),
        ("http://a<b/", "host name"),
        ("http://exa%2fmple.org/", "host name"),
        ("http://%ff.org/", "host name"),
        ("http://[::1/", "host name"),
        ("http://[fe80::1%25eth0]/", "host name"),
        ("http://0x7f.1/", "host name"),
        ("http://2130706433/", "host name"),
        ("http://127.0.0.01/", "host name"),
        ("http://1.2.3.256/", "host name"),
        ("http://" + "a" * 64 + ".org/", "host name"),
        ("http://" + "ü" * 300 + ".org/", "host name"),
        ("http://example.org:99999/", "port"),
        ("http://example.org:0/", "port"),
        ("http://example.org:８０/", "port"),
        ("http://example.org:" + "9" * 7000 + "/", "port"),
        ("http://me:secret@example.org/" + "a" * urls.MOST, "8029 characters"),
        ("http://example.org/" + "ü" * 2000, "percent-encoded"),
        ("http://me:secret@example.org/", "take it out"),
        ("http://@example.org/", "take it out"),
    ],
)
def test_refused_in_words_for_a_person(refused: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        urls.canonical(refused)
    assert "secret" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.Example.org/a?b#c", "org,example,www)/a?b"),
        ("http://example.org", "org,example)/"),
        ("https://example.org:443/", "org,example)/"),
        ("http://example.org:8080/a/", "org,example:8080)/a/"),
        ("http://localhost/", "localhost)/"),
        ("http://127.0.0.1:8080/", "1,0,0,127:8080)/"),
        ("http://[::1]:8080/a", "[::1]:8080)/a"),
        ("http://bücher.example/ü", "example,xn--bcher-kva)/%C3%BC"),
        ("http://example.org/A?B=c&A=d", "org,example)/A?B=c&A=d"),
    ],
)
def test_surt(url: str, wanted: str) -> None:
    assert urls.surt(url) == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://Example.org:443/a", "example.org"),
        ("http://example.org:443/a", "example.org:443"),
        ("http://[::1]:80/", "[::1]"),
    ],
)
def test_host(url: str, wanted: str) -> None:
    assert urls.host(url) == wanted


BASE = "https://example.org/a/b?c=d"


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        # RFC 3986, section 5.4, on our base
        ("g", "https://example.org/a/g"),
        ("./g/", "https://example.org/a/g/"),
        ("/g", "https://example.org/g"),
        ("//g.example", "https://g.example/"),
        ("?y", "https://example.org/a/b?y"),
        ("g?y/../x", "https://example.org/a/g?y/../x"),
        ("", "https://example.org/a/b?c=d"),
        ("#s", "https://example.org/a/b?c=d"),
        ("?", "https://example.org/a/b"),
        ("..", "https://example.org/"),
        ("../../../g", "https://example.org/g"),
        (";x", "https://example.org/a/;x"),
        ("g:80", None),
        # what browsers do with odd links
        ("\\g\\h", "https://example.org/g/h"),
        ("/\\g.example/h", "https://g.example/h"),
        ("///g.example/h", "https://g.example/h"),
        ("https:g", "https://example.org/a/g"),
        ("https:/g", "https://example.org/g"),
        ("http:/g.example", "http://g.example/"),
        ("HTTPS://G.example", "https://g.example/"),
        ("  g\n h ", "https://example.org/a/g%20h"),
        ("x?u=http://g/", "https://example.org/a/x?u=http://g/"),
        ("2025/01:30", "https://example.org/a/2025/01:30"),
        # none of ours
        ("mailto:a@example.org", None),
        ("java\nscript:void(0)", None),
        ("data:text/html,x", None),
        ("tel:+371", None),
        ("http://", None),
        # nobody's user name is followed, nor kept
        ("http://me:pw@example.org/", "http://example.org/"),
        ("//me@g.example/x@y?z@", "https://g.example/x@y?z@"),
        ("\\\\me:p/w@g.example", None),
        ("https:\\\\me@g.example\\x", "https://g.example/x"),
        ("x@y", "https://example.org/a/x@y"),
        ("?x@y", "https://example.org/a/b?x@y"),
        ("//", None),
        ("http://exa mple/", None),
        ("x" * 3000, None),
        ("ü" * 1000, None),
        ("g#" + "x" * 3000, "https://example.org/a/g"),
        ("\ud800", "https://example.org/a/%ED%A0%80"),
    ],
)
def test_join(link: str, wanted: str | None) -> None:
    assert urls.join(BASE, link) == wanted


@pytest.mark.parametrize(
    ("charset", "wanted"),
    [
        ("utf-8", "%D0%AFx%E2%82%AC"),
        ("cp1251", "%DFx%88"),
        ("koi8-r", "%F1x%26%238364%3B"),
        ("shift_jis", "%84%60x%26%238364%3B"),
    ],
)
def test_a_query_is_in_the_charset_of_the_page_and_a_path_in_utf8(charset: str, wanted: str) -> None:
    """WHATWG URL Standard, section 4.4: the encoding override."""
    assert urls.join(BASE, "/\u044f?\u042fx\u20ac", charset) == f"https://example.org/%D1%8F?{wanted}"


def test_join_with_a_base_that_is_no_address_finds_nothing() -> None:
    assert urls.join("about:blank", "g") is None


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "/",
                "..",
                ".",
                "%",
                "%2",
                "%2e",
                "%41",
                "%e9",
                "%25",
                "?",
                "#",
                "&",
                "=",
                "\\",
                ":",
                "@",
                "'",
                "[",
                "]",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=25,
).map("".join)


@given(PIECES)
def test_canonical_is_a_fixed_point_and_a_plain_uri(rest: str) -> None:
    try:
        url = urls.canonical("http://example.org/" + rest)
    except ValueError:
        pytest.fail("everything after the host can be encoded")
    assert urls.canonical(url) == url
    assert url.isascii()
    assert not set(url) & set(' "#<>[]\\^`{|}')


@given(PIECES)
def test_what_is_asked_for_is_what_is_recorded(rest: str) -> None:
    """Scrapy normalises every URL again before it asks; ours must come through untouched."""
    url = urls.canonical("http://example.org/" + rest)
    assert safe_url_string(url) == url


@given(st.one_of(PIECES, st.text()))
def test_only_value_error_and_the_result_is_a_fixed_point(text: str) -> None:
    for candidate in (text, "http:" + text, "https://" + text):
        try:
            url = urls.canonical(candidate)
        except ValueError:
            continue
        assert urls.canonical(url) == url
        assert urls.join("http://example.org/", url) == url


@given(st.text())
def test_join_never_raises(link: str) -> None:
    urls.join(BASE, link)


def test_ten_thousand_links_take_well_under_a_second() -> None:
    links = [f"../2025/{number}-title-of-an-article/?page={number}&x=a%20b" for number in range(10_000)]
    start = time.process_time()
    assert len({urls.join(BASE, link) for link in links}) == 10_000
    assert time.process_time() - start < 1


@pytest.mark.parametrize("unit", ["../", "%", "/", "a.", "\\", "%2e/", "@", ":"])
def test_hostile_lengths_are_read_in_linear_time(unit: str) -> None:
    start = time.process_time()
    for size in (urls.MOST - 100, 1_000_000):
        for url in ("http://example.org/" + (unit * size)[:size], "http:" + (unit * size)[:size]):
            with suppress(ValueError):
                urls.canonical(url)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("length", [urls.MOST - 1, urls.MOST])
def test_the_longest_url_is_a_fixed_point_too(length: int) -> None:
    longest = urls.canonical("http://example.org/?" + "a" * (length - len("http://example.org/?")))
    assert len(longest) == length
    assert urls.canonical(longest) == longest
