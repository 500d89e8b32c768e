"""The torture server: each row of the table on an address of its own, and a log of every byte it sent."""

import asyncio
import os
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

from tests.torture.certificates import context
from tests.torture.row import Row
from tests.torture.scripts import BODY, ok

KEPT = 4_000_000
"""So many bytes of an answer are logged; no more of one can be in a WARC under the tests' limits."""

_SUBSTITUTED = 512 * 1024
# Closed, so that the client does not ask for the next thing on a kept connection and again on a new one.
_MISSING = ok(b"Connection: close", start=b"HTTP/1.1 404 Not Found", end="close")
_PAGE = ok(body=BODY)
_GONE = (OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Over(Exception):
    """The connection has ended."""


@dataclass
class Sent:
    """One answer: what was sent that belongs to it, and what was sent around it. `finished`: all was."""

    url: str
    head: bytes
    at: float
    finished: bool = False
    parts: dict[str, bytearray] = field(
        default_factory=lambda: {"interim": bytearray(), "kept": bytearray(), "extra": bytearray()}
    )

    @property
    def kept(self) -> bytes:
        return bytes(self.parts["kept"])


@dataclass
class Call:
    """A request that a script answers; `number` counts those for the same path from 0."""

    row: Row
    path: str
    number: int
    base: str
    trap: int
    sent: Sent
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, piece: bytes, rest: bytes = b"", part: str = "kept") -> None:
        piece = self._filled(piece, rest)
        log = self.sent.parts[part]
        log += piece[: max(0, KEPT - len(log))]
        self.writer.write(piece)
        await self.writer.drain()

    def _filled(self, piece: bytes, rest: bytes) -> bytes:
        if len(piece) > _SUBSTITUTED or b"@" not in piece:
            return piece
        if b"@LENGTH@" in piece:
            piece = piece.replace(b"@LENGTH@", b"%d" % len(self._filled(rest, b"")))
        name = f"{self.row.number} {self.row.name} {self.path}".encode()
        words = {b"@NAME@": name, b"@BASE@": self.base.encode(), b"@TRAP@": b"%d" % self.trap}
        words[b"@PORT@"] = self.base.rpartition(":")[2].encode()
        words[b"@SOON@"] = formatdate(time.time() + 2, usegmt=True).encode()
        for word, value in words.items():
            piece = piece.replace(word, value)
        return piece

    async def end(self, how: str) -> None:
        """`keep`, `close`, `half` (no more is sent), `reset`, or `stall` until the other side is gone."""
        connection: socket.socket = self.writer.get_extra_info("socket")
        if how == "keep":
            return
        if how == "stall":
            while await self.reader.read(65536):
                pass
        if how == "half":
            self.writer.write_eof()
            await self.reader.read()
        if how == "reset":
            await asyncio.sleep(0.05)  # so that what was sent has been read
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort()
        raise Over


class TortureServer:
    """Serves the rows; `url` of a row is where. `sent` is the log. `trapped` are connections to the trap."""

    def __init__(self, rows: Sequence[Row], folder: Path) -> None:
        self.rows = rows
        self.sent: list[Sent] = []
        self.trapped: list[str] = []
        self._folder = folder
        self._ports: dict[int, int] = {}
        self._sockets: list[socket.socket] = []
        self._loop = asyncio.new_event_loop()
        self._trap = 0

    def __enter__(self) -> "TortureServer":
        threading.Thread(target=self._loop.run_forever, name="torture server", daemon=True).start()
        self._await(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._await(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        for one in self._sockets:
            one.close()

    def url(self, row: Row, path: str = "") -> str:
        if "://" in path:
            return path.replace("@TRAP@", str(self._trap)).replace("@PORT@", str(self._ports[row.number]))
        scheme = "https" if row.kind.startswith("tls") else "http"
        host = row.host or (f"[{row.at}]" if ":" in row.at else row.at)
        return f"{scheme}://{host}:{self._ports[row.number]}{path}"

    def _await(self, what: object) -> None:
        done: Future[None] = asyncio.run_coroutine_threadsafe(what, self._loop)  # type: ignore[arg-type]  # coroutine
        done.result(30)

    async def _open(self) -> None:
        for host, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
            with suppress(OSError):
                trap = await asyncio.start_server(self._caught, host, self._trap, family=family)
                self._trap = trap.sockets[0].getsockname()[1]
        for row in self.rows:
            self._ports[row.number] = await self._listen(row)

    async def _listen(self, row: Row) -> int:
        family = socket.AF_INET6 if ":" in row.at else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((row.at, 0))
        self._sockets.append(listener)
        if row.kind == "deaf":
            listener.listen(64)
        elif row.kind != "refuses":
            tls: ssl.SSLContext | None = None
            if row.kind.startswith("tls"):
                tls = context(row.kind, self._folder)

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await self._converse(row, reader, writer)

            await asyncio.start_server(serve, sock=listener, ssl=tls, backlog=64, limit=1_000_000)
        return int(listener.getsockname()[1])

    async def _close(self) -> None:
        here = asyncio.current_task()
        for task in asyncio.all_tasks():
            if task is not here:
                task.cancel()
        await asyncio.sleep(0)

    async def _caught(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.trapped.append(str(writer.get_extra_info("sockname")))
        writer.close()

    async def _converse(self, row: Row, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*_GONE, Over, asyncio.CancelledError):
            while True:
                head = b"" if row.raw else await reader.readuntil(b"\r\n\r\n")
                path = "/" if row.raw else os.fsdecode(head.split(b" ")[1])
                await self._answer(row, path, head, reader, writer)
                if row.raw:
                    break
        with suppress(OSError):
            writer.close()

    async def _answer(
        self, row: Row, path: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host = re.search(rb"\r\nHost: (\S+)", head)
        own = self.url(row)
        url = f"{own.partition('://')[0]}://{host[1].decode()}{path}" if host else own + path
        number = sum(one.url == url for one in self.sent)
        sent = Sent(url, head, time.monotonic())
        self.sent.append(sent)
        aside = path in ("/robots.txt", "/sitemap.xml")
        script = row.script(path) or (_MISSING if aside else _PAGE)
        try:
            await script(Call(row, path, number, self.url(row), self._trap, sent, reader, writer))
        except Over:
            sent.finished = True
            raise
        sent.finished = True
