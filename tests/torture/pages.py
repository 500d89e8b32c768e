"""Rows 229 to 262: cookies, links, traps, and documents that are hard to read."""

from typing import Any

from tests.torture.row import FINE, NEVER, REFUSED, Group, Row, Want
from tests.torture.scripts import BODY, HTML, LINK, bomb, gz, moved, ok

_LINKED = {"/found": FINE}
_HEAVY = Group.HEAVY
_M = Group.MANNERS
_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12)
)
_XML = b"Content-Type: application/xml"
_TEXT = b"Content-Type: text/plain"
_XHTML = b"Content-Type: application/xhtml+xml"


async def _gated(call: Any) -> None:
    """A page for those who bring the cookie; all others are sent to this very page with one."""
    known = b"seen=yes" in call.sent.head
    await (ok() if known else moved(b"/", 302, b"Set-Cookie: seen=yes"))(call)


async def _guarded(call: Any) -> None:
    known = b"gate=open" in call.sent.head
    await (ok(body=b"inside @NAME@") if known else moved(b"/gate"))(call)


async def _checked(call: Any) -> None:
    """A page that finds out whether its reader takes cookies."""
    known = b"seen=yes" in call.sent.head
    await (ok() if known else moved(b"/check", 302, b"Set-Cookie: seen=yes"))(call)


async def _counting(call: Any) -> None:
    await moved(b"/", 302, b"Set-Cookie: n=%d" % call.number)(call)


async def _modest(call: Any) -> None:
    """As real servers do, it takes a request of up to 16 KB."""
    await (ok() if len(call.sent.head) < 16_384 else ok(start=b"HTTP/1.1 431 Too Large"))(call)


async def _sitemap(call: Any) -> None:
    listed = f"<url><loc>{call.base}/found</loc></url></urlset>".encode()
    await ok(kind=b"Content-Type: application/xml", body=gz(b"<urlset>") + gz(listed))(call)


async def _deeper(call: Any) -> None:
    await ok(body=BODY + b'<a href="x/">deeper</a>')(call)


async def _calendar(call: Any) -> None:
    day = int(call.path.partition("=")[2] or 0)
    await ok(body=BODY + b'<a href="/?day=%d">next</a>' % (day + 1))(call)


PAGES = (
    Row(
        229,
        "1,000 cookies",
        "sets 1,000 cookies of 100 bytes",
        {
            "/": ok(*(b"Set-Cookie: c%d=%b" % (n, b"v" * 90) for n in range(1000)), body=LINK + BODY),
            "/found": _modest,
        },
        also=_LINKED,
        group=_M,
    ),
    Row(
        230,
        "huge cookie",
        "sets a cookie of 60 KB",
        {"/": ok(b"Set-Cookie: c=" + b"v" * 60_000, body=LINK + BODY), "/found": _modest},
        also=_LINKED,
        group=_M,
    ),
    Row(231, "gate", "redirects to the same page with a cookie", _gated, Want(requests=2), group=_M),
    Row(
        232,
        "gate by another page",
        "redirects through a page that sets a cookie, and back",
        {"/": _guarded, "/gate": moved(b"/", 302, b"Set-Cookie: gate=open; Path=/")},
        Want(requests=2),
        {"/gate": Want(status=302)},
        _M,
    ),
    Row(
        233,
        "meta refresh loop",
        "two pages that refresh to each other",
        {
            "/": ok(body=b'<meta http-equiv=refresh content="0; url=/b">' + BODY),
            "/b": ok(body=b"<meta http-equiv=refresh content=\"0;URL='/'\">" + BODY),
        },
        also={"/b": FINE},
        group=_M,
    ),
    Row(
        234,
        "meta refresh to itself",
        "refreshes itself",
        ok(body=b'<meta http-equiv=refresh content="1">' + BODY),
        group=_M,
    ),
    Row(
        235,
        "deeper and deeper",
        "each page links to a folder below it",
        {"*": _deeper},
        also={"/x/": FINE, "/" + "x/" * 30: NEVER},
        group=_M,
    ),
    Row(
        236,
        "calendar",
        "each day links to the next",
        {"*": _calendar},
        also={"/?day=1": FINE, "/?day=60": NEVER},
        group=_M,
    ),
    Row(
        237,
        "private base",
        "a base on a private address",
        ok(body=b'<base href="http://127.0.0.1:@TRAP@/"><img src="pixel.png">' + BODY),
        also={"http://127.0.0.1:@TRAP@/pixel.png": REFUSED},
        group=_M,
    ),
    Row(
        238,
        "100,000 links",
        "a page of 4 MB with 100,000 links",
        ok(body=LINK + b"".join(b'<a href="http://far.example/%d">x</a>\n' % n for n in range(100_000))),
        Want(cut="length"),
        _LINKED,
        _HEAVY,
    ),
    Row(
        239,
        "20,000 links",
        "a page with 20,000 links elsewhere",
        ok(body=LINK + b"".join(b'<a href="http://far.example/y%d">x</a>\n' % n for n in range(20_000))),
        also=_LINKED,
        group=_HEAVY,
    ),
    Row(
        240,
        "deep nesting",
        "100,000 open tags",
        ok(body=b"<div>" * 100_000 + LINK + BODY),
        also=_LINKED,
        group=_HEAVY,
    ),
    Row(
        241,
        "crossed tags",
        "100,000 <b> closed as <i>",
        ok(body=b"<b>" * 100_000 + b"</i>" * 100_000 + LINK),
        also=_LINKED,
        group=_HEAVY,
    ),
    Row(
        242,
        "UTF-16",
        "UTF-16 with its mark",
        ok(body=b"\xff\xfe" + ("<title>242</title>" + LINK.decode()).encode("utf-16-le")),
        also=_LINKED,
        group=_M,
    ),
    Row(
        243,
        "mixed charset",
        "says Latin-1, is UTF-8 with a Latin-1 byte",
        ok(kind=HTML + b"; charset=iso-8859-1", body=b"<p>\xc3\xa9 \xe9</p>" + LINK + BODY),
        also=_LINKED,
        group=_M,
    ),
    Row(
        244,
        "no such charset",
        "a charset that does not exist",
        ok(kind=HTML + b"; charset=x-klingon", body=LINK + BODY),
        also=_LINKED,
        group=_M,
    ),
    Row(
        245,
        "non-UTF-8 path",
        "links with %E9, raw Latin-1 and raw UTF-8",
        ok(kind=HTML + b"; charset=utf-8", body=b'<a href="/%e9">1</a><a href="/\xc3\xa9">2</a>' + BODY),
        also={"/%E9": FINE, "/%C3%A9": FINE},
        group=_M,
    ),
    Row(
        246,
        "Latin-1 links",
        "raw Latin-1 in a link of a Latin-1 page",
        ok(kind=HTML + b"; charset=iso-8859-1", body=b'<a href="/caf\xe9">1</a>' + BODY),
        also={"/caf%C3%A9": FINE},
        group=_M,
    ),
    Row(
        247,
        "billion laughs",
        "nested XML entities",
        ok(kind=_XHTML, body=_LAUGHS + b"]><html>&m;" + LINK),
        group=_HEAVY,
    ),
    Row(
        248,
        "laughing sitemap",
        "nested XML entities in a sitemap",
        {
            "/sitemap.xml": ok(
                kind=b"Content-Type: text/xml",
                body=_LAUGHS + b"]><urlset><url><loc>&m;</loc></url>"
                b"<url><loc>@BASE@/found</loc></url></urlset>",
            )
        },
        group=_HEAVY,
    ),
    Row(
        249,
        "sitemap bomb",
        "a gzip bomb for a sitemap",
        {"/sitemap.xml": ok(kind=b"Content-Type: application/gzip", body=bomb(300))},
        group=_HEAVY,
    ),
    Row(
        250,
        "style loop",
        "style sheets that import each other",
        {
            "/": ok(body=b"<link rel=stylesheet href=/a.css>" + BODY),
            "/a.css": ok(kind=b"Content-Type: text/css", body=b"@import '/b.css'; /* @NAME@ */"),
            "/b.css": ok(kind=b"Content-Type: text/css", body=b"@import '/a.css'; /* @NAME@ */"),
        },
        also={"/a.css": FINE, "/b.css": FINE},
        group=_M,
    ),
    Row(
        251,
        "frames of itself",
        "frames that hold the page again",
        ok(body=b'<iframe src="/"></iframe><iframe src="/#x"></iframe>' + BODY),
        group=_M,
    ),
    Row(
        252,
        "NUL in HTML",
        "NUL bytes in tags",
        ok(body=b"<p\0>\0<a\0><!--\0-->" + LINK + BODY),
        also=_LINKED,
        group=_M,
    ),
    Row(
        253,
        "long link",
        "a link of 100 KB",
        ok(body=b'<a href="/' + b"l" * 100_000 + b'">x</a>' + LINK),
        also=_LINKED,
        group=_M,
    ),
    Row(
        254,
        "sitemap in members",
        "a gzip sitemap of two members",
        {"/sitemap.xml": _sitemap},
        also=_LINKED,
        group=_M,
    ),
)

MORE = (
    Row(
        255,
        "robots refused",
        "nobody listens to be asked for robots.txt",
        want=Want("failed", None, "connection refused", 0),
        group=_M,
        kind="refuses",
        raw=True,
    ),
    Row(
        256,
        "host in capitals",
        "redirects to itself by a name in other letters",
        moved(b"HTTP://MIXED.Torture.test:@PORT@/there"),
        Want(status=302),
        {"/there": FINE},
        _M,
        host="mixed.torture.test",
    ),
    Row(
        257,
        "NAT64",
        "an image on a private address in a NAT64 one",
        ok(body=b'<img src="http://[64:ff9b::a00:1]/a">' + BODY),
        also={"http://[64:ff9b::a00:1]/a": REFUSED},
        group=_M,
    ),
    Row(
        258,
        "image moved",
        "an image that has moved to a host out of scope",
        {
            "/": ok(body=b'<img src="/image">' + BODY),
            "/image": moved(b"http://outside.torture.test:@PORT@/image.png"),
            "/image.png": ok(kind=b"Content-Type: image/png"),
        },
        also={"/image": Want(status=302), "http://outside.torture.test:@PORT@/image.png": FINE},
        group=_M,
    ),
    Row(
        259,
        "cookie check",
        "sets a cookie, sends its reader to a page that looks for it, and back",
        {"/": _checked, "/check": moved(b"/")},
        Want(requests=2),
        {"/check": Want(status=302)},
        _M,
    ),
    Row(
        260,
        "cookies for ever",
        "redirects to itself with a new cookie each time",
        _counting,
        Want(status=302, requests=2),
        group=_M,
    ),
    Row(
        261,
        "ampersands",
        "a sitemap of 20 MB of ampersands, gzipped",
        {"/sitemap.xml": ok(kind=_XML, body=gz(b"<urlset><url><loc>" + b"&" * 20_000_000))},
        also={"/sitemap.xml": Want(reason="more than 1 MB without a tag")},
        group=_HEAVY,
    ),
    Row(
        262,
        "one address",
        "a sitemap that names one address two million times",
        {"/sitemap.xml": ok(kind=_TEXT, body=gz(b"http://far.example/\n" * 2_000_000))},
        also={"/sitemap.xml": Want(reason="the rest takes too long to read")},
        group=_HEAVY,
    ),
)
