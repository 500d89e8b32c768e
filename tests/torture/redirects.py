"""Rows 143 to 180: redirects and Retry-After."""

from tests.torture.row import NEVER, OUT, REFUSED, Group, Row, Want
from tests.torture.scripts import BODY, in_turn, moved, ok, refused

_M = Group.MANNERS
_302 = Want(status=302)
_THERE = {"/there": Want()}


def _to(number: int, name: str, location: bytes, also: dict[str, Want], does: str = "") -> Row:
    shown = does or f"redirects to {location.decode('latin-1')}"
    return Row(number, name, shown, moved(location), _302, also, _M)


def _private(number: int, address: str) -> Row:
    """An image on an address that is not public, and one that leads there by a redirect."""
    url = f"http://{address}/"
    page = ok(body=b'<img src="' + url.encode() + b'a"><img src="/turn">' + BODY)
    seen = {url + "a": REFUSED, "/turn": _302, url + "b": REFUSED}
    scripts = {
        "/": page,
        "/turn": ok(b"Location: " + url.encode() + b"b", start=b"HTTP/1.1 302 Moved", kind=b""),
    }
    return Row(
        number, f"private {address}", f"images on {address}, also by a redirect", scripts, also=seen, group=_M
    )


REDIRECTS = (
    *(
        Row(
            143 + n,
            f"redirect {status}",
            f"{status} with a Location",
            moved(b"/there", status),
            Want(status=status),
            _THERE,
            _M,
        )
        for n, status in enumerate((300, 301, 302, 303, 307, 308))
    ),
    _to(149, "relative", b"there", _THERE),
    _to(150, "dots", b"../../a/./b/../there", {"/a/there": Want()}),
    _to(151, "query", b"?a=b", {"/?a=b": Want()}),
    _to(152, "absolute", b"@BASE@/there", _THERE),
    _to(153, "backslashes", b"\\there", _THERE),
    _to(154, "fragment", b"/there#part", _THERE),
    _to(155, "spaces", b"/a b  c", {"/a%20b%20%20c": Want()}),
    Row(156, "case", "a path in capitals", moved(b"/There"), _302, {"/There": Want(), "/there": NEVER}, _M),
    _to(157, "UTF-8 path", b"/caf\xc3\xa9", {"/caf%C3%A9": Want()}, "raw UTF-8 in Location"),
    _to(158, "Latin-1 path", b"/caf\xe9", {"/caf%E9": Want()}, "raw Latin-1 in Location"),
    _to(159, "encoded path", b"/caf%e9%2F", {"/caf%E9%2F": Want()}),
    Row(160, "no Location", "302 without a Location", ok(start=b"HTTP/1.1 302 Moved"), _302, group=_M),
    _to(161, "empty Location", b"", {}),
    _to(162, "to itself", b"/", {}),
    Row(163, "loop of two", "there and back", {"/": moved(b"/b"), "/b": moved(b"/")}, _302, {"/b": _302}, _M),
    Row(
        164,
        "chain of 30",
        "thirty redirects in a row",
        {"/": moved(b"/1"), **{f"/{n}": moved(b"/%d" % (n + 1)) for n in range(1, 30)}},
        _302,
        {"/9": _302, "/10": _302, "/11": Want("out", None, "redirect", 0), "/12": NEVER},
        _M,
    ),
    Row(165, "endless chain", "each redirect to a new path", {"*": moved(b"@BASE@/x/there")}, _302, group=_M),
    _to(166, "out of scope", b"http://elsewhere.example/a", {"http://elsewhere.example/a": OUT}),
    _to(167, "file:", b"file:///etc/passwd", {}),
    _to(168, "javascript:", b"javascript:alert(1)", {}),
    _to(169, "data:", b"data:text/html,x", {}),
    _to(170, "user name", b"http://user:secret@127.7.0.170/", {}),
    _to(171, "0x7f.1", b"http://0x7f.1:@TRAP@/", {}),
    _to(172, "decimal address", b"http://2130706433:@TRAP@/", {}),
    _private(173, "10.0.0.1"),
    _private(174, "169.254.169.254"),
    _private(175, "[::1]:@TRAP@"),
    _private(176, "127.0.0.1:@TRAP@"),
    _private(177, "[::ffff:7f00:1]:@TRAP@"),
    _private(178, "inside.torture.test:@TRAP@"),
    Row(
        179,
        "name for both",
        "a name with a private and a public address",
        host="both.torture.test",
        resolves=("127.0.0.1", "127.7.0.179"),
        group=_M,
    ),
    Row(
        180,
        "private seed",
        "a seed on the metadata address",
        want=REFUSED,
        seeds=("http://169.254.169.254/latest/",),
        group=_M,
        raw=True,
    ),
)


def _asked(number: int, name: str, status: int, value: bytes, gap: float) -> Row:
    script = in_turn(refused(status, b"Retry-After: " + value), ok())
    return Row(
        number,
        name,
        f"{status} with Retry-After: {value.decode()}",
        script,
        Want(requests=2, gap=gap),
        group=_M,
    )


LATER = (
    _asked(181, "in a second", 429, b"1", 0.95),
    _asked(182, "in a second, 503", 503, b"1", 0.95),
    _asked(183, "at a date", 503, b"@SOON@", 0.9),
    _asked(184, "at a past date", 429, b"Fri, 31 Dec 1999 23:59:59 GMT", 0),
    _asked(185, "in an age", 429, b"99999999999999999999", 2.9),
    _asked(186, "garbage", 503, b"soon", 0),
    _asked(187, "negative", 503, b"-5", 0),
    _asked(188, "year 9999", 503, b"Fri, 31 Dec 9999 23:59:59 GMT", 2.9),
    _asked(189, "impossible date", 429, b"Fri, 99 Foo 2026 99:99:99 GMT", 0),
    Row(190, "500 then 200", "500 once", in_turn(refused(500), ok()), Want(requests=2), group=_M),
    Row(
        191,
        "502 for ever",
        "502 again and again",
        refused(502),
        Want("failed", 502, "status 502", 3),
        group=_M,
    ),
    Row(
        192,
        "429 for ever",
        "429 again and again",
        refused(429),
        Want("failed", 429, "status 429", 3),
        group=_M,
    ),
    Row(193, "404", "404", refused(404), Want(status=404), group=_M),
    Row(194, "410", "410", refused(410), Want(status=410), group=_M),
    Row(195, "451", "451", refused(451), Want(status=451), group=_M),
    Row(
        196,
        "401",
        "401 with a challenge",
        refused(401, b'WWW-Authenticate: Basic realm="x"'),
        Want(status=401),
        group=_M,
    ),
)
