"""Ways to answer a request, for the rows of the torture table.

In what is sent, `@NAME@` becomes the row's name and path (so that no two bodies are equal), `@BASE@` the
server's own URL, `@TRAP@` a port that nobody may connect to, and `@LENGTH@` the size of what comes after the
piece it is in.
"""

import asyncio
import gzip
import struct
import zlib
from typing import Any

import brotli
from isal import isal_zlib

from tests.sites.wire_server import Shape
from tests.torture.row import Script

OK = b"HTTP/1.1 200 OK"
HTML = b"Content-Type: text/html"
BODY = b"<!doctype html><title>@NAME@</title><p>hello</p>"
LATE = 1.0
"""Seconds between head and body, where a client that stumbles over the head must not lose the body."""

LINK = b'<a href="/found">found</a>'


def say(*pieces: bytes, end: str = "keep", interim: int = 0, extra: int = 0, pause: float = 0.01) -> Script:
    """Send these pieces; the first are 1xx answers, the last belong to no answer. See `Shape` for `end`."""

    async def play(call: Any) -> None:
        for number, piece in enumerate(pieces):
            part = "interim" if number < interim else "extra" if number >= len(pieces) - extra else "kept"
            await call.send(piece, b"".join(pieces[number + 1 :]), part)
            await asyncio.sleep(pause if number + 1 < len(pieces) else 0)
        await call.end(end)

    return play


def ok(
    *lines: bytes,
    body: bytes = BODY,
    start: bytes = OK,
    sized: bool = True,
    kind: bytes = HTML,
    end: str = "keep",
    pause: float = 0.01,
) -> Script:
    """A plain answer with these further header lines."""
    typed = (kind,) if kind else ()
    length = (b"Content-Length: @LENGTH@",) if sized else ()
    head = b"\r\n".join((start, *typed, *lines, *length)) + b"\r\n\r\n"
    return say(head, body, end=end, pause=pause)


def moved(target: bytes, status: int = 302, *lines: bytes) -> Script:
    return ok(b"Location: " + target, *lines, start=b"HTTP/1.1 %d Moved" % status)


def refused(status: int, *lines: bytes) -> Script:
    return ok(*lines, start=b"HTTP/1.1 %d No" % status)


def text(body: bytes, *lines: bytes) -> Script:
    return ok(*lines, body=body, kind=b"Content-Type: text/plain")


def in_turn(*scripts: Script) -> Script:
    """The first script for the first request, and so on; the last for all further ones."""

    async def play(call: Any) -> None:
        await scripts[min(call.number, len(scripts) - 1)](call)

    return play


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Script:
    """Send a piece again and again until the other side is gone."""

    async def play(call: Any) -> None:
        await call.send(start)
        while True:
            await call.send(piece)
            await asyncio.sleep(pause)

    return play


def repeated(start: bytes, piece: bytes, times: int, last: bytes = b"") -> Script:
    async def play(call: Any) -> None:
        await call.send(start)
        for _ in range(times):
            await call.send(piece)
        await call.send(last)

    return play


def shape(of: Shape) -> Script:
    """A behaviour of the byte-for-byte tests."""
    if of.repeat:
        return endless(b"".join(of.writes[:-1]), of.writes[-1])
    end = "stall" if of.end == "stall" else of.end
    return say(*of.writes, end=end, interim=of.interim, extra=of.extra)


async def silence(call: Any) -> None:
    """Nothing at all, until the other side gives up."""
    await call.end("stall")


async def hang_up(call: Any) -> None:
    await call.end("close")


async def reset(call: Any) -> None:
    await call.end("reset")


def chunks(*pieces: bytes, last: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + last


def chunked(*pieces: bytes, end: str = "keep", lines: tuple[bytes, ...] = ()) -> Script:
    """A chunked answer; `pieces` are the framing too."""
    return say(b"\r\n".join((OK, HTML, *lines, b"Transfer-Encoding: chunked", b"", b"")), *pieces, end=end)


def coded(coding: bytes, body: bytes, end: str = "keep") -> Script:
    return ok(b"Content-Encoding: " + coding, body=body, end=end)


def linked(name: str) -> bytes:
    """A page of its own with a link to /found, to be coded: it shows whether a coding was undone."""
    return b"<!doctype html><title>%b</title><p>%b</p>%b" % (name.encode(), b"words " * 200, LINK)


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


def bomb(megabytes: int, filling: bytes = b"x") -> bytes:
    """So many megabytes in a gzip of a thousandth (RFC 1952)."""
    piece = filling * 1_000_000
    engine = zlib.compressobj(9, wbits=-15)
    # Behind a full flush nothing refers to what was before it: so the same block may come again and again.
    block = engine.compress(piece) + engine.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(megabytes):
        checksum = isal_zlib.crc32(piece, checksum)
    head, tail = b"\x1f\x8b\x08" + bytes(6) + b"\xff", struct.pack("<II", checksum, megabytes * 1_000_000)
    return head + block * megabytes + engine.flush() + tail


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def br(data: bytes) -> bytes:
    return brotli.compress(data)
