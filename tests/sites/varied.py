"""Answers in every form that HTTP/1.1 allows, drawn by lot, for `tests.sites.wire_server`."""

import gzip
import zlib
from collections.abc import Callable
from random import Random

import brotli

from tests.sites.wire_server import Shape, chunk

_STARTS = (
    *(
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 ",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 Tr\xe8s  bien",
        b"HTTP/1.1 203 Told",
    ),
    *(
        b"HTTP/1.1 404 Not Found",
        b"HTTP/1.1 410 Gone",
        b"HTTP/1.1 403 Forbidden",
        b"HTTP/1.1 418 I'm a teapot",
    ),
    *(b"HTTP/1.1 300 Multiple Choices", b"HTTP/1.1 299 Odd", b"HTTP/1.1 451 Unavailable For Legal Reasons"),
)
_LINES = (
    *(
        b"Set-Cookie: a=1; Path=/\r\nset-cookie: b=2",
        b"X-Folded: one\r\n\ttwo\r\n   three",
        b"x-LOWER-Mixed: a",
    ),
    *(
        b'ETag:W/"no-space"',
        b"X-Pad:   padded  \t",
        b"X-Latin: caf\xe9 \xff",
        b"X-Empty:",
        b"VARY: Accept-Encoding",
    ),
    *(b"X-Twice: 1\r\nX-Between: 2\r\nX-Twice: 1", b"Link: </s.css>; rel=preload, </t.css>; rel=preload"),
    *(b"X-Long: " + b"long " * 900, b"Date: Thu, 01 Jan 1970 00:00:00 GMT", b"Last-Modified: yesterday"),
)
_INTERIMS = (
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload; as=style\r\n\r\n",
    b"HTTP/1.1 102 Processing\r\nX-So-Far: half\r\n\r\n",
)
_TYPES = (b"text/html; charset=utf-8", b"text/plain", b"image/png", b"application/octet-stream", b"TEXT/HTML")
_CODINGS: tuple[tuple[bytes, Callable[[bytes], bytes]], ...] = (
    (b"gzip", lambda body: gzip.compress(body, mtime=0)),
    (b"br", brotli.compress),
    (b"deflate", zlib.compress),
    (b"x-gzip", lambda body: gzip.compress(body, mtime=0)),
    (b"identity", lambda body: body),
)


def shapes(count: int) -> dict[str, Shape]:
    """As many answers by their paths, the same ones at every call."""
    return {f"/{number}": _shape(Random(number), number) for number in range(count)}


def _shape(dice: Random, number: int) -> Shape:
    interims = tuple(dice.choice(_INTERIMS) for _ in range(dice.choice((0, 0, 0, 0, 0, 1, 2))))
    writes, end = dice.choice((_sized, _chunked, _chunked, _until_end, _bodiless, _moved, _part))(
        dice, number
    )
    return Shape((*interims, *writes), end, interim=len(interims))


_Written = tuple[tuple[bytes, ...], str]


def _head(dice: Random, start: bytes, *framing: bytes) -> bytes:
    lines = [*dice.sample(_LINES, dice.randrange(5)), b"Content-Type: " + dice.choice(_TYPES), *framing]
    dice.shuffle(lines)
    return b"\r\n".join((start, *lines)) + b"\r\n\r\n"


def _body(dice: Random, number: int) -> tuple[bytes, list[bytes]]:
    """A body, coded or not, and the header that says so. Every hundredth is a megabyte."""
    if number % 100 == 99:
        return dice.randbytes(1 << 20), []
    body = b"<!doctype html><title>%d</title><p>" % number + b"high water, " * dice.randrange(1500)
    if dice.random() < 0.1:
        body = dice.randbytes(dice.randrange(3000))
    if dice.random() < 0.5:
        return body, []
    name, code = dice.choice(_CODINGS)
    return code(body), [dice.choice((b"Content-Encoding: ", b"content-encoding:")) + name]


def _sized(dice: Random, number: int) -> _Written:
    body, coding = _body(dice, number)
    if dice.random() < 0.1:
        body, coding = b"", []
    field = dice.choice((b"Content-Length: %d", b"CONTENT-LENGTH:%d ", b"content-length:  %d"))
    return (_head(dice, dice.choice(_STARTS), field % len(body), *coding), body), "keep"


def _chunked(dice: Random, number: int) -> _Written:
    body, coding = _body(dice, number)
    coded, at = b"", 0
    while at < len(body):
        size = dice.choice((1, 2, 9, 255, 4096, 70_000))
        coded += _odd_chunk(dice, body[at : at + size])
        at += size
    trailer = dice.choice((b"", b"", b"X-Sum: 1\r\n", b"X-Sum: 1\r\nSet-Cookie: late=1\r\nX-Sum: 2\r\n"))
    coded += dice.choice((b"0", b"000", b"0;last")) + b"\r\n" + trailer + b"\r\n"
    field = dice.choice((b"Transfer-Encoding: chunked", b"transfer-encoding:Chunked"))
    return (_head(dice, dice.choice(_STARTS), field, *coding), coded), "keep"


def _odd_chunk(dice: Random, data: bytes) -> bytes:
    plain = chunk(data, dice.choice((b"", b"", b"", b";name=value", b' ;quoted="a b"')))
    size, _, rest = plain.partition(b"\r\n")
    return dice.choice((size, size.upper(), b"00" + size)) + b"\r\n" + rest if b";" not in size else plain


def _until_end(dice: Random, number: int) -> _Written:
    body, coding = _body(dice, number)
    start = dice.choice((b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK", b"HTTP/1.0 404 Nothing here"))
    return (_head(dice, start, b"Connection: close", *coding), body), "close"


def _bodiless(dice: Random, number: int) -> _Written:
    start, more = dice.choice(
        (
            (b"HTTP/1.1 204 No Content", ()),
            (b"HTTP/1.1 304 Not Modified", (b'ETag: "x"',)),
            (b"HTTP/1.1 304 Not Modified", (b"Content-Length: 512",)),
            (b"HTTP/1.1 200 OK", (b"Content-Length: 0",)),
        )
    )
    return (_head(dice, start, *more),), "keep"


def _moved(dice: Random, number: int) -> _Written:
    status = dice.choice(
        (b"301 Moved  Permanently", b"302 Found", b"303 See Other", b"307 Temporary", b"308 Moved")
    )
    body = b"gone there" * dice.randrange(3)
    target = b"location: /%d" % dice.randrange(number + 1)
    return (_head(dice, b"HTTP/1.1 " + status, target, b"Content-Length: %d" % len(body)), body), "keep"


def _part(dice: Random, number: int) -> _Written:
    body = dice.randbytes(100 + number % 50)
    span = b"Content-Range: bytes 0-%d/5000" % (len(body) - 1)
    return (
        _head(dice, b"HTTP/1.1 206 Partial Content", span, b"Content-Length: %d" % len(body)),
        body,
    ), "keep"
