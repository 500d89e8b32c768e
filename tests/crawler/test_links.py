"""What is found in pages as people write them, and that no page can stall the harvester."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import links
from crawler.links import Links

URL = "https://example.org/blog/post.html"
SITE = "https://example.org/"


def pages(html: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> list[str]:
    return _short(_find(html, content_type).pages)


def requisites(html: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> list[str]:
    return _short(_find(html, content_type).requisites)


def _find(html: str | bytes, content_type: str | None) -> Links:
    body = html.encode() if isinstance(html, str) else html
    return links.find(body, content_type, URL)


def _short(found: tuple[str, ...]) -> list[str]:
    assert len(set(found)) == len(found)
    return [url.removeprefix(SITE) for url in found]


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<a href=next.html>", ["blog/next.html"]),
        ("<A HREF='/A'>x</A>", ["A"]),
        ('<a href="x.jpg"><img src="x-small.jpg"></a>', ["blog/x.jpg"]),
        ("<a href=a rel=nofollow>", ["blog/a"]),
        ("<a href=a.zip download>", ["blog/a.zip"]),
        ("<a href='a?x=1&amp;y=2'>", ["blog/a?x=1&y=2"]),
        ("<a href='\n a\tb \n'>", ["blog/ab"]),
        ("<a href=a><a href=./a#top><a href=b>", ["blog/a", "blog/b"]),
        ("<map><area href=/m>", ["m"]),
        ("<frameset><frame src=left.htm><frame src=right.htm>", ["blog/left.htm", "blog/right.htm"]),
        ("<iframe src=//other.example/embed></iframe>", ["https://other.example/embed"]),
        ("<iframe data-src=/late></iframe>", ["late"]),
        ("<link rel=next href=/p/2>", ["p/2"]),
        ("<link rel='PREV' href=/p/0>", ["p/0"]),
        ("<link rel=canonical href=/post>", ["post"]),
        ("<link rel=alternate hreflang=lv href=/lv/>", ["lv/"]),
        ("<link rel=alternate type=application/rss+xml href=/feed>", []),
        ("<link rel=alternate type=application/json+oembed href=/oembed>", []),
        ("<link rel=pingback href=/xmlrpc.php><link rel=EditURI href=/rsd>", []),
        ("<meta http-equiv=refresh content='5; url=/new'>", ["new"]),
        ("<META HTTP-EQUIV=Refresh CONTENT=\"0;URL='/new'\">", ["new"]),
        ("<meta http-equiv=refresh content=300>", []),
        ("<svg><a xlink:href=/svg-link></a></svg>", ["svg-link"]),
        ("<a href=javascript:void(0)><a href='mailto:a@b'><a href=tel:1><a href='data:text/html,x'>", []),
        ("<a href='#top'><a href=''><a name=x><a href=' '>", []),
        ("<a href='http://[bad/'><a href='http://u:p@h/'><a href=ok>", ["http://h/", "blog/ok"]),
        ("<!-- <a href=no> --><script>'<a href=no>'</script><textarea><a href=no></textarea>", []),
        ("<p>never <b>closed <a href=1><table><a href=2", ["blog/1"]),
        ("<form action=/send><q cite=/quoted>", []),
    ],
)
def test_pages(html: str, wanted: list[str]) -> None:
    assert pages(html) == wanted


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<img src=a.png>", ["blog/a.png"]),
        ("<img srcset='a.png, b.png 2x,c.png 3x'>", ["blog/a.png", "blog/b.png", "blog/c.png"]),
        ("<img srcset='/w_300,h_200/a.png 300w, b.png'>", ["w_300,h_200/a.png", "blog/b.png"]),
        ("<img src='data:image/gif;base64,R0lG' data-src=late.png>", ["blog/late.png"]),
        ("<img data-srcset='s.png 1x' data-original=o.png>", ["blog/s.png", "blog/o.png"]),
        ("<picture><source srcset=p.webp></picture>", ["blog/p.webp"]),
        ("<video src=v.mp4 poster=p.jpg><track src=t.vtt>", ["blog/v.mp4", "blog/p.jpg", "blog/t.vtt"]),
        ("<audio><source src=a.ogg>", ["blog/a.ogg"]),
        ("<link rel=stylesheet href=/s.css>", ["s.css"]),
        ("<link rel='shortcut icon' href=/favicon.ico>", ["favicon.ico"]),
        ("<link rel=preload as=font href=/f.woff2 crossorigin>", ["f.woff2"]),
        ("<link rel=preload as=image imagesrcset='a 1x, b 2x'>", ["blog/a", "blog/b"]),
        ("<link rel=dns-prefetch href=//cdn.example><link rel=preconnect href=//cdn.example>", []),
        ("<script src=//cdn.example/j.js></script>", ["https://cdn.example/j.js"]),
        ("<body background=bg.gif><table background=t.gif>", ["blog/bg.gif", "blog/t.gif"]),
        ("<object data=o.swf></object><embed src=e.swf>", ["blog/o.swf", "blog/e.swf"]),
        ("<input type=image src=button.png>", ["blog/button.png"]),
        ("<svg><image href=i.png /><use xlink:href='sprite.svg#x'/><use href='#y'/></svg>",
         ["blog/i.png", "blog/sprite.svg"]),
        ("<p style=\"background: url('s.png')\">", ["blog/s.png"]),
        ("<p style='color:red'>", []),
        ("<style>@import 'i.css'; a { background: url( b.png ) }</style>", ["blog/i.css", "blog/b.png"]),
        ("<style>a{}", []),
        ("<style>a{b:url(unclosed.png)}", ["blog/unclosed.png"]),
        ("<noscript><img src=plain.png></noscript>", ["blog/plain.png"]),
        ("<template><img src=t.png></template>", ["blog/t.png"]),
        ("<img src=''><img src='#'><img src>", []),
    ],
)  # fmt: skip
def test_requisites(html: str, wanted: list[str]) -> None:
    assert requisites(html) == wanted


def test_stylesheet() -> None:
    css = b"""@charset "utf-8"; @import url(a.css) screen; @IMPORT "b.css";
        @font-face { src: url("f.eot?#iefix") format("x"), URL('f.woff') }
        p { background: url(data:image/png;base64,AAAA), url(../i/\\(1\\).png), url("\\62 g.png") }"""
    found = links.find(css, "text/css", "https://example.org/css/main.css")
    assert found.pages == ()
    assert _short(found.requisites) == [
        "css/a.css",
        "css/b.css",
        "css/f.eot",
        "css/f.woff",
        "i/(1).png",
        "css/bg.png",
    ]


def test_base_holds_for_the_whole_page_and_only_the_first_counts() -> None:
    html = "<a href=a><base target=_top><base href='/deep/er/'><base href='http://other.example/'><img src=i>"
    assert pages(html) == ["deep/er/a"]
    assert requisites(html) == ["deep/er/i"]
    assert pages("<base href='data:x'><a href=a>") == ["blog/a"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<a href=ē>".encode(), "text/html; charset=UTF-8"),
        ("<a href=ē>".encode(), "text/html"),
        ("<a href=ē>".encode(), 'text/html; charset="no-such-charset"'),
        ("<a href=ē>".encode("utf-8-sig"), "text/html; charset=iso-8859-1"),
        ("<a href=ē>".encode("utf-16"), "text/html"),
        ("<a href=ē>".encode("windows-1257"), "text/html;charset='windows-1257'"),
        ("<meta charset=windows-1257><a href=ē>".encode("windows-1257"), "text/html"),
    ],
)
def test_addresses_are_read_in_the_encoding_of_the_page(body: bytes, content_type: str) -> None:
    assert pages(body, content_type) == ["blog/%C4%93"]


@pytest.mark.parametrize(
    ("body", "content_type", "wanted"),
    [
        ("<a href=a>", "application/xhtml+xml", ["blog/a"]),
        ("<?xml version='1.0'?><html xmlns='x'><a href='a'/></html>", "text/xml", ["blog/a"]),
        ("<rss><a href='a'/></rss>", "application/xml", []),
        ("<a href=a>", None, ["blog/a"]),
        ("text <a href=a>", None, []),
        ("<a href=a>", "text/plain", []),
        ("<a href=a>", "image/png", []),
        ("<a href=a>", "TEXT/HTML ; charset=utf-8", ["blog/a"]),
        ("<head><title/><script src='s'/></head><a href='a'/>", "application/xhtml+xml", ["blog/a"]),
        ("", "text/html", []),
        ("\0\0<a href=a>\0<a href=b>", "text/html", ["blog/a", "blog/b"]),
    ],
)
def test_type_decides_whether_there_are_links(body: str, content_type: str | None, wanted: list[str]) -> None:
    assert pages(body, content_type) == wanted


def test_links_after_a_hundred_thousand_open_tags_are_found() -> None:
    assert pages("<div>" * 100_000 + "<a href=last>") == ["blog/last"]
    assert pages("<font><a href=%s>" * 300 % tuple(range(300)))[-1] == "blog/299"


def test_no_more_links_than_the_bound() -> None:
    many = "".join(f"<a href={number}><img src={number}>" for number in range(links.MOST + 5))
    found = _find(many, "text/html")
    assert len(found.pages) == len(found.requisites) == links.MOST


def test_it_is_told_when_links_are_left_out() -> None:
    page = b"".join(b"<a href=%d>" % number for number in range(links.MOST))
    assert not links.find(page, "text/html", URL).cut
    assert not links.find(page + b"<a href=1>", "text/html", URL).cut
    assert links.find(page + b"<a href=one-more>", "text/html", URL).cut


@pytest.mark.parametrize(
    ("charset", "wanted"),
    [
        ("utf-8", "%D1%8F"),
        ("windows-1251", "%FF"),
        ("koi8-r", "%D1"),
        ("iso-8859-1", "%26%231103%3B"),
        ("utf-16", "%D1%8F"),
        ("nonsense", "%D1%8F"),
    ],
)
def test_queries_are_in_the_charset_of_the_page_and_paths_in_utf8(charset: str, wanted: str) -> None:
    """As browsers send them, and so as the server of the page understands them."""
    link = "/путь?q=я" if charset != "iso-8859-1" else "/путь?q=&#1103;"
    codec = charset if charset != "nonsense" else "utf-8"
    body = f"<a href='{link}'>".encode(codec, "xmlcharrefreplace")
    path = "%D0%BF%D1%83%D1%82%D1%8C"
    assert pages(body, f"text/html; charset={charset}") == [f"{path}?q={wanted}"]


def test_the_charset_may_stand_in_the_page_itself() -> None:
    body = "<meta charset=windows-1251><a href='/?q=я'>".encode("cp1251")
    assert pages(body, "text/html") == ["?q=%FF"]


def test_a_typical_page_takes_milliseconds() -> None:
    html = "".join(
        f"<div class=post><h2><a href='/2025/{n}-a-title/'>A title</a></h2><p>{'Some words. ' * 14}</p></div>"
        for n in range(200)
    ).encode()
    assert 46_000 < len(html) < 50_000
    links.find(html, "text/html", URL)
    best = min(_seconds(html.replace(b"/2025/", b"/%d/" % run), "text/html") for run in range(5))
    assert best < 0.02  # 5 ms when nothing else runs


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<b>" * 150_000 + b"</i>" * 150_000, "text/html"),  # four minutes with a tree or a single parser
        (b"<a " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">", "text/html"),
        (b"<img srcset='" + b"," * 500_000 + b"'>", "text/html"),
        (b"<img srcset='" + b"a,,, " * 100_000 + b"'>", "text/html"),
        (b"<meta http-equiv=refresh content=';" + b" " * 500_000 + b"'>", "text/html"),
        (b"<base href='" + b"../" * 200_000 + b"'><a href=a>", "text/html"),
        (b"<a>", "text/html; " + "charset=" * 20_000),
        (b"<a>", "text/html; charset" + " " * 100_000),
        (b"url(" * 200_000, "text/css"),
        (b"url(" + b" " * 500_000, "text/css"),
        (b"url('url(\"" * 100_000, "text/css"),
        (b'url("\\' * 100_000, "text/css"),
        (b'url(\\"' * 100_000, "text/css"),
        (b"url('\\'url(" * 100_000, "text/css"),
        (b"@import" + b" " * 500_000, "text/css"),
        (b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'>" + b"&a;" * 100_000, "application/xhtml+xml"),
    ],
)
def test_hostile_bodies_are_read_in_linear_time(body: bytes, content_type: str) -> None:
    assert _seconds(body, content_type) < 3


@pytest.mark.parametrize(
    ("piece", "content_type"),
    [
        (b"<a href=/x>", "text/html"),  # six seconds, if it is read to its end
        (b"<a><b><i><p>", "text/html"),
        (b"<a href='http://%s.example/'>" % "é.".encode() * 100, "text/html"),
        (b"url(", "text/css"),
    ],
)
def test_no_body_takes_longer_than_its_time(piece: bytes, content_type: str) -> None:
    body = piece * (links.LARGEST // len(piece) + 1)
    start = time.thread_time()
    found = links.find(body, content_type, URL)
    assert time.thread_time() - start < 4 * links.SECONDS
    assert found.cut


def _seconds(body: bytes, content_type: str) -> float:
    start = time.thread_time()
    links.find(body, content_type, URL)
    return time.thread_time() - start


FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["<a href=", "<base href=", "<style>", "</", ">", "'", '"', "<img srcset=", "&#0;", "<!--"]
        ),
        st.text(max_size=4),
    )
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))


@given(
    st.one_of(st.binary(), FRAGMENTS),
    st.sampled_from(["text/html", "text/css", "text/html; charset=utf-16", ""]),
)
def test_any_bytes_are_survived(body: bytes, content_type: str) -> None:
    links.find(body, content_type, URL)
