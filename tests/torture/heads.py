"""Rows 1 to 55: odd heads and odd status lines."""

from tests.sites.wire_server import SHAPES
from tests.torture.row import FAILED, READ, Row, Want
from tests.torture.scripts import BODY, HTML, LATE, OK, endless, ok, say, shape

_TOO_LARGE = Want("failed", None, "262144|256|head", requests=range(1, 4))

HEADS = (
    Row(1, "no colon", "a header line without a colon", shape(SHAPES["/no-colon"])),
    Row(2, "folded", "a header over two lines", shape(SHAPES["/folded"])),
    Row(3, "long header", "one header of 100 KB", shape(SHAPES["/long-header"])),
    Row(4, "huge header", "one header of 300 KB", ok(b"X-Huge: " + b"x" * 300_000), _TOO_LARGE),
    Row(5, "9,000 headers", "9,000 headers before the length", ok(*(b"X-%d: y" % n for n in range(9_000)))),
    Row(6, "24,000 headers", "24,000 empty headers, 216 KB", ok(*[b"X-Tiny:"] * 24_000)),
    Row(7, "endless headers", "headers without an end", shape(SHAPES["/endless-head"]), _TOO_LARGE),
    Row(
        8,
        "endless header",
        "one header line without an end",
        endless(OK + b"\r\nX: ", b"x" * 9999),
        _TOO_LARGE,
    ),
    Row(9, "LF only", "lines end in LF", shape(SHAPES["/bare-lf"])),
    Row(10, "CR only", "lines end in CR", say(OK + b"\rContent-Length: 2\r\r", b"hi", end="close"), FAILED),
    Row(
        11,
        "mixed line ends",
        "CRLF and LF in turn",
        say(OK + b"\n" + HTML + b"\r\nContent-Length: @LENGTH@\n\r\n", BODY),
    ),
    Row(12, "NUL", "a NUL byte in a header's value", ok(b"X-Nul: a\0b")),
    Row(13, "NUL in the reason", "a NUL byte in the reason phrase", ok(start=b"HTTP/1.1 200 O\0K")),
    Row(
        14, "controls", "ESC, BEL and DEL in names and values", ok(b"X-\x07: \x1b[31m\x7f", pause=LATE), READ
    ),
    Row(15, "Latin-1", "Latin-1 in the reason and in a value", shape(SHAPES["/odd-case"])),
    Row(
        16,
        "UTF-8",
        "UTF-8 in the reason and in a value",
        ok(b"X-Text: \xe6\x97\xa5\xe6\x9c\xac", start=OK + b" \xe6\x97\xa5\xe6\x9c\xac"),
    ),
    Row(17, "length twice", "the same Content-Length twice", ok(b"Content-Length: @LENGTH@")),
    Row(
        18,
        "lengths differ",
        "two different Content-Length",
        ok(b"Content-Length: 7", end="close"),
        Want(requests=range(1, 4), cut="unspecified|disconnect|None"),
    ),
    Row(19, "length list", "Content-Length: 5, 5", say(OK + b"\r\nContent-Length: 5, 5\r\n\r\n", b"hello")),
    Row(
        20,
        "negative length",
        "Content-Length: -1",
        ok(b"Content-Length: -1", sized=False, end="close", pause=LATE),
        READ,
    ),
    Row(
        21,
        "length is a word",
        "Content-Length: abc",
        ok(b"Content-Length: abc", sized=False, end="close", pause=LATE),
        READ,
    ),
    Row(
        22,
        "empty length",
        "Content-Length without a value",
        ok(b"Content-Length:", sized=False, end="close", pause=LATE),
        READ,
    ),
    Row(
        23,
        "huge length",
        "a Content-Length of 40 digits",
        ok(b"Content-Length: " + b"9" * 40, sized=False, end="close"),
        Want(cut="disconnect", requests=3),
    ),
    Row(
        24,
        "length +5",
        "a Content-Length with a sign",
        say(OK + b"\r\nContent-Length: +7\r\n\r\n", b"+ seven", end="close", pause=LATE),
        READ,
    ),
    Row(
        25,
        "length and chunked",
        "Content-Length: 3 and chunked",
        say(
            OK + b"\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"a\r\n0123456789\r\n0\r\n\r\n",
        ),
    ),
    Row(
        26,
        "space before colon",
        "a space between name and colon",
        say(OK + b"\r\nX-A : b\r\nContent-Length : @LENGTH@\r\n\r\n", BODY, pause=LATE),
    ),
    Row(27, "no name", "a header line that begins with a colon", ok(b": no name", pause=LATE)),
    Row(
        28,
        "blank first header",
        "a folded line right after the status line",
        say(OK + b"\r\n folded\r\nContent-Length: @LENGTH@\r\n\r\n", BODY, pause=LATE),
        READ,
    ),
    Row(
        29,
        "empty line first",
        "empty lines before the status line",
        say(b"\r\n\r\n", OK + b"\r\nContent-Length: @LENGTH@\r\n\r\n", BODY, interim=1, pause=LATE / 4),
    ),
    Row(
        30,
        "types",
        "three Content-Type, one of them nonsense",
        ok(b'Content-Type: ;;;="', b"Content-Type: text/plain"),
    ),
)

STATUSES = (
    Row(31, "no reason", "a status line without a reason", shape(SHAPES["/no-reason"])),
    Row(
        32,
        "status 999",
        "999 Request Denied",
        ok(start=b"HTTP/1.1 999 Request Denied"),
        Want("failed", 999, "status 999", 3),
    ),
    Row(33, "status 000", "000", ok(start=b"HTTP/1.1 000 Nothing"), FAILED),
    Row(34, "status 600", "600", ok(start=b"HTTP/1.1 600 Odd"), Want("failed", 600, "status 600", 3)),
    Row(35, "status 99", "a status of two digits", ok(start=b"HTTP/1.1 99 Short", end="close"), FAILED),
    Row(36, "status 2000", "a status of four digits", ok(start=b"HTTP/1.1 2000 Long", end="close"), FAILED),
    Row(37, "status -200", "a negative status", ok(start=b"HTTP/1.1 -200 OK", end="close"), FAILED),
    Row(38, "status OK", "a word for a status", ok(start=b"HTTP/1.1 OK", end="close"), FAILED),
    Row(39, "HTTP/0.9", "a body and nothing else", say(b"<title>@NAME@</title>", end="close"), FAILED),
    Row(40, "HTTP/1.0", "HTTP/1.0, ended by the connection", shape(SHAPES["/http10"])),
    Row(
        41,
        "HTTP/1.0 kept",
        "HTTP/1.0 with keep-alive",
        ok(b"Connection: keep-alive", start=b"HTTP/1.0 200 OK"),
    ),
    Row(
        42,
        "HTTP/2 frames",
        "an HTTP/2 preface",
        say(b"\0\0\x12\4\0\0\0\0\0" + b"\0\3\0\0\0\x80" * 3, end="close"),
        FAILED,
    ),
    Row(
        43,
        "HTTP/2 in letters",
        "HTTP/2 200 in a status line",
        ok(start=b"HTTP/2 200 OK", end="close", pause=LATE),
        READ,
    ),
    Row(
        44, "HTTP/1.2", "a version that does not exist", ok(start=b"HTTP/1.2 200 OK", end="close", pause=LATE)
    ),
    Row(45, "lower case", "http/1.1 200 ok", ok(start=b"http/1.1 200 ok", end="close", pause=LATE)),
    Row(46, "ICY", "ICY 200 OK", ok(start=b"ICY 200 OK", end="close"), FAILED),
    Row(47, "two spaces", "two spaces within the status line", ok(start=b"HTTP/1.1  200  OK", pause=LATE)),
    Row(48, "long reason", "a reason of 50 KB", ok(start=OK + b"!" * 50_000)),
    Row(
        49,
        "103 twice",
        "two early hints before the answer",
        shape(SHAPES["/early-hints"]),
        Want(told=("interimResponses: .*103.*103",)),
    ),
    Row(
        50,
        "100, 102, 103",
        "three different 1xx before the answer",
        say(
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 102 Processing\r\n\r\n",
            b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n",
            OK + b"\r\nContent-Length: @LENGTH@\r\n\r\n",
            BODY,
            interim=3,
        ),
        Want(told=("interimResponses: .*102",)),
    ),
    Row(
        51, "endless 1xx", "102 again and again", endless(b"", b"HTTP/1.1 102 Wait\r\n\r\n" * 99), _TOO_LARGE
    ),
    Row(
        52,
        "101",
        "switches protocols unasked",
        say(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n", end="close"),
        Want(status=101, requests=range(1, 4), cut="disconnect"),
    ),
    Row(
        53,
        "204 with a body",
        "204 and a body that may not be",
        say(b"HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\n", b"body", extra=1),
        Want(status=204),
    ),
    Row(
        54,
        "304 unasked",
        "304 with a body, and nobody asked for one",
        say(b"HTTP/1.1 304 No\r\nContent-Length: 4\r\n\r\n", b"body", extra=1),
        Want(status=304),
    ),
    Row(
        55,
        "like HEAD",
        "a length and no body",
        say(OK + b"\r\nContent-Length: 500\r\n\r\n", end="stall"),
        Want(cut="time", requests=3),
    ),
)
