"""Rows 56 to 105: framings and codings of bodies."""

import gzip
import random
import zlib

from tests.sites.wire_server import SHAPES
from tests.torture.row import FINE, READ, Group, Row, Want
from tests.torture.scripts import (
    BODY,
    HTML,
    LINK,
    OK,
    bomb,
    br,
    chunked,
    chunks,
    coded,
    endless,
    gz,
    linked,
    ok,
    raw_deflate,
    repeated,
    say,
    shape,
)

_CHUNKED = OK + b"\r\n" + HTML + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
_LINKED = {"/found": FINE}
_SHORT = Want(cut="disconnect", requests=3)
_BROKEN = Want(cut="unspecified", requests=3)
_LONG = Want(cut="length")
_SECOND = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"

FRAMINGS = (
    Row(56, "chunked", "extensions and trailers", shape(SHAPES["/chunked"])),
    Row(57, "bad chunk", "a chunk size that is a word", shape(SHAPES["/bad-chunk"]), _BROKEN),
    Row(
        58,
        "vast chunk",
        "a chunk size beyond 64 bits",
        chunked(chunks(b"first", last=b""), b"F" * 17 + b"\r\nrest", end="close"),
        Want(cut="disconnect|unspecified", requests=3),
    ),
    Row(
        59,
        "negative chunk",
        "a chunk size of -5",
        chunked(chunks(b"first", last=b""), b"-5\r\nrest", end="stall"),
        _BROKEN,
    ),
    Row(
        60,
        "no last chunk",
        "closed before the last chunk",
        chunked(chunks(b"sixty", last=b""), end="close"),
        _SHORT,
    ),
    Row(
        61,
        "last line missing",
        "closed after 0 and CRLF",
        chunked(b"5\r\nhello\r\n0\r\n", end="close"),
        _SHORT,
    ),
    Row(62, "nothing in chunks", "a chunked body of no bytes", chunked(b"0\r\n\r\n")),
    Row(63, "small chunks", "3,000 chunks of one byte", chunked(chunks(*[b"x"] * 3000)), group=Group.HEAVY),
    Row(
        64,
        "endless chunks",
        "chunks without an end",
        endless(_CHUNKED, (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 16),
        _LONG,
    ),
    Row(
        65,
        "endless trailers",
        "trailers without an end",
        endless(_CHUNKED + b"0\r\n", b"X-T: y\r\n" * 8000),
        Want(cut="length|unspecified", requests=range(1, 4)),
    ),
    Row(
        66,
        "endless extension",
        "a chunk line without an end",
        endless(_CHUNKED + b"5;", b"x" * 65536),
        Want(cut="length|unspecified", requests=range(1, 4)),
    ),
    Row(
        67,
        "padded sizes",
        "zeros before, spaces after and capitals in sizes",
        chunked(b"0000000A\r\n0123456789\r\n5  \r\nhello\r\n0\r\n\r\n"),
    ),
    Row(68, "LF chunks", "chunk lines that end in LF", chunked(b"5\nhello\n0\n\n", end="close"), READ),
    Row(
        69,
        "chunked twice",
        "Transfer-Encoding: chunked, chunked",
        say(OK + b"\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", chunks(b"sixty-nine"), end="close"),
        READ,
    ),
    Row(
        70,
        "coded transfer",
        "Transfer-Encoding: gzip, chunked",
        say(OK + b"\r\n" + HTML + b"\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", chunks(gz(linked("te")))),
        also=_LINKED,
    ),
    Row(
        71,
        "unknown transfer",
        "Transfer-Encoding: x-odd, ended by the connection",
        ok(b"Transfer-Encoding: x-odd", sized=False, end="close"),
        Want(requests=range(1, 4)),
    ),
    Row(72, "identity transfer", "Transfer-Encoding: identity", shape(SHAPES["/identity"])),
    Row(
        73,
        "chunked in 1.0",
        "HTTP/1.0 and chunked",
        say(_CHUNKED.replace(b"1.1", b"1.0", 1), chunks(b"seventy-three"), end="close"),
    ),
    Row(
        74,
        "second answer",
        "an answer that nobody asked for comes along",
        {
            "/": say(
                OK + b"\r\n" + HTML + b"\r\nContent-Length: 29\r\n\r\n", LINK.ljust(29), _SECOND, extra=1
            ),
            "/found": ok(body=b"the true answer @NAME@"),
        },
        also=_LINKED,
    ),
    Row(
        75,
        "late second answer",
        "it comes while the connection is idle",
        say(OK + b"\r\n" + HTML + b"\r\nContent-Length: 4\r\n\r\n", b"idle", _SECOND, extra=1, pause=0.3),
    ),
    Row(76, "too much", "more than its length", shape(SHAPES["/too-much"])),
    Row(77, "too short", "less than its length, then closed", shape(SHAPES["/short"]), _SHORT),
    Row(78, "byte by byte", "each byte in a packet of its own", shape(SHAPES["/piecemeal"])),
    Row(79, "endless body", "a body without length or end", shape(SHAPES["/endless"]), _LONG),
    Row(
        80,
        "100 MB",
        "100 MB, and 1 MB is wanted",
        repeated(OK + b"\r\nContent-Length: 104857600\r\n\r\n", b"y" * 65536, 1600),
        _LONG,
    ),
)

_NOISE = random.Random(1).randbytes(9000).hex().encode()

CODINGS = (
    Row(81, "gzip", "gzip", coded(b"gzip", gz(linked("gzip"))), also=_LINKED),
    Row(82, "x-gzip", "x-gzip", coded(b"X-GZip", gz(linked("x-gzip"))), also=_LINKED),
    Row(
        83,
        "deflate",
        "deflate with its zlib frame",
        coded(b"deflate", zlib.compress(linked("deflate"))),
        also=_LINKED,
    ),
    Row(
        84,
        "raw deflate",
        "deflate without a frame",
        coded(b"deflate", raw_deflate(linked("raw"))),
        also=_LINKED,
    ),
    Row(85, "br", "Brotli", coded(b"br", br(linked("br"))), also=_LINKED),
    Row(86, "zstd", "zstd, which was not offered", coded(b"zstd", b"\x28\xb5\x2f\xfd\x04\x00\x29\0\0hello@")),
    Row(
        87, "label without gzip", "says gzip and is plain HTML", coded(b"gzip", linked("plain")), also=_LINKED
    ),
    Row(88, "gzip without label", "is gzip and does not say so", ok(body=gz(linked("no label")))),
    Row(89, "wrong label", "says br and is gzip", coded(b"br", gz(linked("wrong")))),
    Row(
        90,
        "cut gzip",
        "a gzip stream without its end",
        coded(b"gzip", gz(LINK + _NOISE)[:-2000]),
        also=_LINKED,
    ),
    Row(
        91,
        "wrong sum",
        "a gzip stream with a wrong sum at its end",
        coded(b"gzip", gz(linked("sum"))[:-8] + b"badbadba"),
        also=_LINKED,
    ),
    Row(92, "double gzip", "gzip, gzip", coded(b"gzip, gzip", gz(gz(linked("double")))), also=_LINKED),
    Row(
        93,
        "gzip once of two",
        "says gzip, gzip and is gzip once",
        coded(b"gzip, gzip", gz(linked("once"))),
        also=_LINKED,
    ),
    Row(94, "identity", "Content-Encoding: identity", coded(b"identity", LINK + BODY), also=_LINKED),
    Row(95, "none", "Content-Encoding: none, as old servers say", coded(b"none", LINK + BODY), also=_LINKED),
    Row(96, "unknown coding", "Content-Encoding: foo", coded(b"foo", LINK + BODY), also=_LINKED),
    Row(
        97,
        "hundred codings",
        "gzip a hundred times over",
        coded(b", ".join([b"gzip"] * 100), gz(linked("100"))),
    ),
    Row(
        98,
        "members",
        "two gzip members in a row",
        coded(b"gzip", gzip.compress(linked("one")[:300]) + gzip.compress(linked("one")[300:])),
        also=_LINKED,
    ),
    Row(
        99,
        "gzip and junk",
        "bytes after the gzip stream",
        coded(b"gzip", gz(linked("junk")) + b"junk" * 9),
        also=_LINKED,
    ),
    Row(100, "gzip of nothing", "says gzip and has no body", coded(b"gzip", b"")),
    Row(
        101,
        "gzip bomb",
        "200 MB of zeros in 200 KB of gzip",
        coded(b"gzip", bomb(200, b"\0")),
        group=Group.HEAVY,
    ),
    Row(
        102,
        "bomb in a bomb",
        "a gigabyte in a kilobyte of gzip, gzip",
        coded(b"gzip, gzip", gz(bomb(1000))),
        group=Group.HEAVY,
    ),
    Row(
        103,
        "Brotli bomb",
        "50 MB in 60 bytes of Brotli",
        coded(b"br", br(b"x" * 50_000_000)),
        group=Group.HEAVY,
    ),
    Row(
        104,
        "transfer bombs",
        "six gzip bombs as a transfer-coding, all at once",
        {
            "/": ok(body=BODY + b"".join(b'<a href="/%d">x</a>' % n for n in range(6))),
            "*": say(OK + b"\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", chunks(bomb(100))),
        },
        also={f"/{n}": FINE for n in range(6)},
        group=Group.HEAVY,
    ),
    Row(
        105,
        "many members",
        "50,000 empty gzip members",
        coded(b"gzip", gzip.compress(b"", mtime=0) * 50_000),
        group=Group.HEAVY,
    ),
)
