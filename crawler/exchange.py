"""One request and its answer as they were on the wire, gathered while they happen."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from tempfile import TemporaryFile
from typing import BinaryIO

from archive import http, instants, warc
from crawler.discovery import legible
from crawler.originals import Original
from crawler.rows import Row

HEAD_LIMIT = 256 * 1024
"""Bytes of an answer before its body, interim answers included; browsers give up at the same size."""

_LONG_HEAD = f"more than {HEAD_LIMIT} bytes of headers"

HELD = 1024 * 1024
"""Bytes of an answer that are held in memory; all of a longer one goes into a temporary file."""

_EMPTY_LINE = (b"\n\n", b"\n\r\n")
_FINE = re.compile(rb"HTTP/1\.[01] (?:[23]\d\d|404|410)")


class Cut(StrEnum):
    """Why an answer is not whole: the reasons of WARC-Truncated (WARC 1.1, section 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt, read from the wire or again from the WARC.

    `message` is None when nothing came that can be read as HTTP; then `error` says why. Of a large body it
    has what may be looked at for links, and little more. `final`: asking again cannot help. `at` is when the
    request was sent; `size` counts the bytes that were received.
    """

    at: datetime
    message: http.Message | None = None
    cut: Cut | None = None
    error: str | None = None
    final: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Tls:
    """How the connection was secured; `problems` are those of the certificate, which was accepted anyway."""

    protocol: str
    cipher: str
    problems: tuple[str, ...] = ()


class Exchange:
    """The bytes of one attempt at a row, taken in by the tap (`crawler/wire.py`).

    `limit` is how many bytes of a body are taken, `expected` how many the answer announces, `original` what
    the archive holds of the URL, `cookies` the Cookie header that is sent; `spool` opens a temporary file.
    `received` is what came, or the start of it when there is more than HELD: then `size` bytes are in the
    file. `fault` is why that could not be written. `interims` are 1xx answers before the answer proper,
    `unreadable` what came instead of an answer, and `stored` is where an answer lies that is not in memory;
    all three are there after `answer`.
    `hang_up`, `drop` and `more` are set while it is under way: the first ends the connection and keeps what
    came, the second gives the whole exchange up, as when the crawl is stopped, and the third is to be called
    when a large answer goes on. `begun` is to be called when the request goes out. `torn`: the connection did
    not end in the orderly way. `freed`: its host may be asked again.
    """

    def __init__(
        self,
        row: Row,
        limit: int,
        original: Original | None = None,
        spool: Callable[[], BinaryIO] = TemporaryFile,
    ) -> None:
        self.row = row
        self.limit = limit
        self.original = original
        self.sent = bytearray()
        self.received = bytearray()
        self.cookies = ""
        self.size = 0
        self.fault: OSError | None = None
        self.stored: warc.Stored | None = None
        self._spool = spool
        self._file: BinaryIO | None = None
        self.started = instants.now()
        self.ended: datetime | None = None
        self.peer: str | None = None
        self.tls: Tls | None = None
        self.answered = False
        self.expected = 0
        self.cut: Cut | None = None
        self.error: str | None = None
        self.final = False
        self.dropped = False
        self.torn = False
        self.freed = False
        self.hang_up: Callable[[], None] | None = None
        self.drop: Callable[[], None] | None = None
        self.more: Callable[[], None] | None = None
        self.begun: Callable[[], None] | None = None
        self.interims = b""
        self.unreadable = b""
        self._answer: Answer | None = None

    def begin(self, peer: str, hang_up: Callable[[], None]) -> None:
        """The request goes out on a connection; a second time when the first, a kept one, turns out dead."""
        self.sent.clear()
        self.received.clear()
        self.size = 0
        self.close()
        self.started = instants.now()
        self.peer = peer
        self.tls = None
        self.torn = False
        self.hang_up = hang_up
        if self.begun:
            self.begun()

    def take(self, data: bytes) -> None:
        if self.ended is not None:
            return
        self.size += len(data)
        if self.size <= HELD:
            self.received += data
        elif self.fault is None:
            try:
                self._append(data)
            except OSError as error:
                self.fault = error

    def _append(self, data: bytes) -> None:
        """On the event loop: while the disk is slow, no more is read from the network either."""
        if self._file is None:
            self._file = self._spool()
            _write(self._file, self.received)
            self.received += data[: HELD - len(self.received)]
        _write(self._file, data)
        if self.more:
            self.more()

    def check(self) -> None:
        """Hang up when more was received than is wanted, or can be kept."""
        if self.cut or self.ended:
            return
        if self.fault or self._is_too_long():
            self.cut = Cut.LENGTH
            if not self.answered:
                self.error = _LONG_HEAD
                self.final = True
            elif not self.fault:
                self.error = f"longer than {self.limit} bytes"
            if self.hang_up:
                self.hang_up()

    def _is_too_long(self) -> bool:
        if not self.answered:
            return self.size > HEAD_LIMIT
        if self.size <= self.limit:
            return False
        raw = bytes(self.received)
        front = len(raw) - len(http.parse(raw).body)
        return self.size > self.limit + min(front, HEAD_LIMIT)

    def end(self, extra: int = 0) -> None:
        """Nothing more is taken; the last `extra` bytes belong to no answer."""
        if self.ended is None:
            self.ended = instants.now()
            self.size -= extra
            del self.received[self.size :]

    def close(self) -> None:
        """Let go of what is not in memory."""
        if self._file is not None:
            self._file.close()
            self._file = self.stored = None

    @property
    def fine(self) -> bool:
        """Whether the host is plainly well: it may be asked the next thing before this answer is read."""
        return self.cut is None and _FINE.match(self.received) is not None

    @property
    def coming(self) -> int:
        """Bytes that the disk must still have room for, as far as that is known."""
        whole = max(self.size, min(self.expected, self.limit))
        return whole if whole <= HELD else 2 * whole - self.size  # in the temporary file and in the WARC

    @property
    def milliseconds(self) -> int:
        return round(((self.ended or instants.now()) - self.started).total_seconds() * 1000)

    def answer(self) -> Answer:
        """The answer proper, once the exchange has ended; the received bytes are let go of."""
        if self._answer is None:
            self._answer = self._read()
        return self._answer

    def _read(self) -> Answer:
        raw = bytes(self.received)
        self.received = bytearray()
        message = http.parse(raw)
        begin = len(raw) - len(message.head) - len(message.body)
        self.interims = raw[:begin]
        if len(message.head) > HEAD_LIMIT:  # its end may have come with the piece that was too much
            self.cut, self.error, self.final = Cut.LENGTH, _LONG_HEAD, True
        elif message.head.endswith(_EMPTY_LINE) and (message.status >= 200 or message.status == 101):
            if self._file is not None:
                self.stored = warc.Stored(self._file, begin, self.size)
                message = legible(self.row.kind, raw[begin:], self.stored.first)
            return Answer(self.started, message, self.cut, self.error, self.final, self.size)
        error = self.error or "the answer is not HTTP"
        self.interims, self.unreadable = b"", raw[:HEAD_LIMIT]
        return Answer(self.started, None, self.cut, error, self.final, self.size)


def _write(file: BinaryIO, data: bytes | bytearray) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file.fileno(), rest) :]
