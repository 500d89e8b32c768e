"""HTTP/1 messages as they were on the wire: read tolerantly, without losing a byte (RFC 9110, RFC 9112).

Everything here comes from strangers: no input raises, every inflation is bounded, and what cannot be
understood is handed on as it is.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Protocol
from urllib.parse import quote

import brotli

TRANSFER_LIMIT = 16 * 1024 * 1024
"""Bytes up to which a compressing transfer-coding is undone: nobody asks for one, few send one."""

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F))) + " \t"
_CODINGS_LIMIT = 5
_LINES_LIMIT = 10_000
_MEMBERS_LIMIT = 10_000
_CHUNK_LINE = 16 * 1024
_STEP = 64 * 1024
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d+(?:\.\d+)?[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_INTERIM = re.compile(rb"HTTP/\d+(?:\.\d+)?[ \t]+1(?!01)\d\d(?!\d)", re.IGNORECASE)
_FIRST_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]+)[ \t]*(?:;[^\n]*)?\r?\n")
_NEXT_CHUNK = re.compile(rb"(?:\r?\n)?" + _FIRST_CHUNK.pattern)

_Decoder = Callable[[bytes, int], bytes | None]
"""Takes coded bytes and the most bytes to give; None when the bytes do not have the coding."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or response.

    `start` is the first line without its end. `headers` are (name, value) in Latin-1, stripped, order and
    duplicates kept, a folded value joined by one space; a line without a colon, or beyond the first 10,000,
    is only in `head`.
    `head` (with the empty line) and `body` (with chunk framing and content-coding) are verbatim.
    """

    start: bytes
    headers: tuple[tuple[str, str], ...]
    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """The status code; 0 for a request and where none can be read."""
        match = _STATUS_LINE.match(self.start)
        return int(match[1]) if match else 0

    @property
    def reason(self) -> str:
        """The reason phrase, Latin-1; empty where there is none."""
        match = _STATUS_LINE.match(self.start)
        return match[2].decode("latin-1").strip() if match else ""

    def get(self, name: str) -> str | None:
        """The first value of a header, its name in any case."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> tuple[str, ...]:
        """All values of a header in their order, its name in any case."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def location(self) -> str | None:
        """Where the message redirects to; bytes beyond ASCII percent-encoded, as browsers do."""
        value = self.get("location")
        return None if value is None else quote(value.encode("latin-1"), safe=_PRINTABLE)

    def payload(self) -> bytes:
        """The body after transfer-decoding and before content-decoding: what WARC-Payload-Digest covers
        (WARC 1.1, section 5.9). A compressing transfer-coding of more than TRANSFER_LIMIT bytes stays on it:
        by a part of them, different answers would be taken for the same.
        """
        return b"".join(payload(self, (self.body,)))

    def decoded(self, limit: int) -> bytes:
        """The payload after content-decoding (RFC 9110, section 8.4), at most `limit` bytes of it.

        A stream that breaks gives what could be read before the break; a coding that is unknown, or that
        the payload plainly does not have, leaves the bytes as they are.
        """
        # What one coding holds may be a little larger than what the next makes of it.
        return _undo(_codings(self, "content-encoding"), self.payload(), limit + _STEP)[:limit]


def parse(block: bytes) -> Message:
    """Read the block of a request or response record; lines end in CRLF or a bare LF.

    Interim answers (1xx, but 101 which is final) before the answer proper are passed over. A block whose
    head has no end is all head. Never raises.
    """
    position = _final(block)
    end = _EMPTY_LINE.search(block, position)
    border = end.end() if end else len(block)
    head = block[position:border]
    lines = [line.rstrip(b"\r") for line in head.split(b"\n", _LINES_LIMIT)[:_LINES_LIMIT]]
    return Message(lines[0], _headers(lines[1:]), head, block[border:])


def _final(block: bytes) -> int:
    """Where the answer proper begins; an interim answer that nothing follows is the answer.

    Empty lines may be left over from what came before on the connection (RFC 9112, section 2.2).
    """
    position = len(block) - len(block.lstrip(b"\r\n")) if block[:1] in (b"\r", b"\n") else 0
    while _INTERIM.match(block, position):
        end = _EMPTY_LINE.search(block, position)
        if end is None or end.end() == len(block):
            break
        position = end.end()
    return position


def _headers(lines: Iterable[bytes]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[bytes, list[bytes]]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(b":")
        # A line without a colon keeps its place under no name, so that its folds are not another header's.
        found.append((name.strip() if colon else b"", [value.strip()]))
    return tuple(
        (name.decode("latin-1"), b" ".join(filter(None, pieces)).decode("latin-1"))
        for name, pieces in found
        if name
    )


def payload(message: Message, body: Iterable[bytes]) -> Iterable[bytes]:
    """The payload of a message whose body comes in pieces, in pieces: joined they are `Message.payload()`.

    Memory is that of a piece; with a compressing transfer-coding a few times TRANSFER_LIMIT.
    """
    codings = _codings(message, "transfer-encoding")
    if len(codings) > _CODINGS_LIMIT:
        return body
    for coding in reversed(codings):
        undone, body = _dechunk(body) if coding == "chunked" else _decode(coding, body)
        if not undone:
            break
    return body


def _codings(message: Message, header: str) -> tuple[str, ...]:
    listed = ",".join(message.get_all(header)).lower().split(",")
    return tuple(coding for coding in map(str.strip, listed) if coding not in ("", "identity"))


def _undo(codings: tuple[str, ...], data: bytes, limit: int) -> bytes:
    if len(codings) > _CODINGS_LIMIT:
        return data
    for coding in reversed(codings):
        decode = _DECODERS.get(coding)
        plain = decode(data, limit) if decode else None
        if plain is None:
            return data
        data = plain
    return data


def _decode(coding: str, body: Iterable[bytes]) -> tuple[bool, Iterable[bytes]]:
    """Whether the body has a compressing coding that can be undone, and the body without it."""
    if coding not in _DECODERS:
        return False, body
    coming = iter(body)
    start = bytearray()
    for piece in coming:
        start += piece
        if len(start) >= TRANSFER_LIMIT:
            break
    plain = _DECODERS[coding](bytes(start), TRANSFER_LIMIT) if len(start) < TRANSFER_LIMIT else None
    if plain is None or len(plain) >= TRANSFER_LIMIT:
        return False, chain((bytes(start),), coming)
    return True, (plain,)


def _dechunk(body: Iterable[bytes]) -> tuple[bool, Iterable[bytes]]:
    """Whether the body begins with a chunk, and the body without its frames (RFC 9112, section 7.1).

    A proxy may have taken the framing off and left the header.
    """
    coming = iter(body)
    chunks = _Chunks()
    start = b""
    for piece in coming:
        start += piece
        plain = chunks.feed(piece)
        if chunks.read or chunks.over:
            break
    if start and not chunks.read:
        return False, chain((start,), coming)
    return True, chain((plain,) if start else (), chunks.rest(coming))


class _Chunks:
    """Takes the frames off as far as they can be read; trailers are no part of the content.

    However many chunks there are: with a limit, answers that differ behind it would have one digest, and be
    taken for the same. A million take about a second, which is half of what it took to receive them.
    """

    def __init__(self) -> None:
        self.read = 0
        self.over = False
        self._left = 0  # of the chunk under way
        self._line = b""  # the beginning of what tells the size of the next

    def rest(self, coming: Iterator[bytes]) -> Iterator[bytes]:
        for piece in coming:
            if self.over:
                return
            yield self.feed(piece)

    def feed(self, piece: bytes) -> bytes:
        data = self._line + piece if self._line else piece
        self._line = b""
        view = memoryview(data)
        plain = bytearray()
        at = 0
        while not self.over:
            if self._left:
                end = min(at + self._left, len(data))
                plain += view[at:end]
                self._left -= end - at
                at = end
            if at == len(data):
                break
            size = (_NEXT_CHUNK if self.read else _FIRST_CHUNK).match(data, at, at + _CHUNK_LINE)
            if size is None:
                self._wait(data[at : at + _CHUNK_LINE])
                break
            self.read += 1
            self._left = int(size[1], 16)
            self.over = self._left == 0
            at = size.end()
        return bytes(plain)

    def _wait(self, line: bytes) -> None:
        """For the end of the line, unless it is there, or too far."""
        begun = line.removeprefix(b"\r").removeprefix(b"\n") if self.read else line
        self.over = b"\n" in begun or len(line) == _CHUNK_LINE
        self._line = b"" if self.over else line


class _Stream(Protocol):
    """A decompressor. `feed` takes all of a piece and gives at most `room` bytes, or about 64 KiB more."""

    @property
    def done(self) -> bool: ...

    def feed(self, piece: bytes, room: int) -> bytes: ...


class _Zlib:
    """One stream of RFC 1950, or of RFC 1951 with negative `wbits`."""

    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits)

    @property
    def done(self) -> bool:
        return self._stream.eof

    def feed(self, piece: bytes, room: int) -> bytes:
        return self._stream.decompress(piece, room)


class _Gzip:
    """The members of RFC 1952 in a row; what follows them and is none ends the stream."""

    def __init__(self) -> None:
        self._members = 0
        self._open()

    def _open(self) -> None:
        self._members += 1
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def done(self) -> bool:
        return self._stream.eof and (self._stream.unused_data != b"" or self._members >= _MEMBERS_LIMIT)

    def feed(self, piece: bytes, room: int) -> bytes:
        plain = self._stream.decompress(piece, room)
        while (
            self._stream.unused_data[:1] == b"\x1f" and self._members < _MEMBERS_LIMIT and len(plain) < room
        ):
            rest = self._stream.unused_data
            self._open()
            plain += self._stream.decompress(rest, room - len(plain))
        return plain


class _Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def done(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, piece: bytes, room: int) -> bytes:
        plain = bytearray()
        while not self.done and len(plain) < room:
            part = self._stream.process(piece, output_buffer_limit=_STEP)
            # The library holds output back, with or without a limit, until it is asked with no input.
            if not part:
                break
            plain += part
            piece = b""
        return bytes(plain)


def _decompress(opener: Callable[[], _Stream], data: bytes, limit: int) -> bytes | None:
    """Up to `limit` bytes of what the stream holds; None when it breaks before it gives any."""
    plain, broken = _pump(opener(), _pieces(data), limit)
    if broken is None:
        return plain
    # The step that broke lost what it had already made: go there again and through it byte by byte.
    plain, _ = _pump(opener(), _pieces(data, broken), limit)
    return plain or None


def _pieces(data: bytes, fine: int = -1) -> Iterator[bytes]:
    for number, start in enumerate(range(0, len(data), _STEP)):
        step = data[start : start + _STEP]
        if number == fine:
            yield from (step[at : at + 1] for at in range(len(step)))
        else:
            yield step


def _pump(stream: _Stream, pieces: Iterable[bytes], limit: int) -> tuple[bytes, int | None]:
    """The plain bytes, and the number of the piece at which the stream broke, if it did."""
    plain = bytearray()
    for number, piece in enumerate(pieces):
        if stream.done or len(plain) >= limit:
            break
        try:
            plain += stream.feed(piece, limit - len(plain))
        except (zlib.error, brotli.error):
            return bytes(plain), number
    return bytes(plain[:limit]), None


def _gunzip(data: bytes, limit: int) -> bytes | None:
    return _decompress(_Gzip, data, limit)


def _inflate(data: bytes, limit: int) -> bytes | None:
    """`deflate` means a zlib stream (RFC 9110, section 8.4.1.2), but some servers send it raw."""
    wrapped = _decompress(lambda: _Zlib(zlib.MAX_WBITS), data, limit)
    return _decompress(lambda: _Zlib(-zlib.MAX_WBITS), data, limit) if wrapped is None else wrapped


def _unbrotli(data: bytes, limit: int) -> bytes | None:
    return _decompress(_Brotli, data, limit)


_DECODERS: Mapping[str, _Decoder] = {"gzip": _gunzip, "x-gzip": _gunzip, "deflate": _inflate, "br": _unbrotli}
