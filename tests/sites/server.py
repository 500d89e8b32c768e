"""A loopback server for sites in dated states, which keeps every exchange byte for byte.

In a test: `with Server(state_a()) as server: ...; server.state = state_b()`.
Out of process (its CPU is then not the crawler's): `Apart("tests.sites.magazine:state_a")`, or by hand
`python -m tests.sites.server SPEC PORT`, which prints its two addresses on one line and then reads a SPEC a
line from its input, shows that state, and answers `ok`; on `moved` it answers with the bytes moved so far; it
ends with its input.
"""

import argparse
import gzip
import hashlib
import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

OTHER = "//other"
"""What the key of a page begins with that is served on the second port (`Server.other_url`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a page's body sees it: its number since the start, and the two hosts' addresses."""

    number: int
    url: str
    other_url: str


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `body` may be a function, for what changes at every request.

    `chunked` sends it in chunks instead of with a Content-Length; `gzip` codes it when the client accepts
    that; `cookie` sets a session cookie that differs at every request.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    body: bytes | Callable[[Asked], bytes] = b""
    chunked: bool = False
    gzip: bool = False
    cookie: bool = False


State = Mapping[str, Page | Callable[[str], Page]]
"""Path with query -> page. The key `*` answers for every path that has none; where pages are without number
it is a function of the path.
"""

MISSING = Page(404, (("Content-Type", "text/plain"),), b"There is nothing here.\n")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was on the wire for one request: `request` as received, `response` as sent, heads and bodies."""

    port: int
    path: str
    request: bytes
    response: bytes

    @property
    def status(self) -> int:
        return int(self.response[9:12])


class Server:
    """Serves a state on two ports of `host`, HTTP/1.1 with keep-alive, one thread a connection.

    `state` may be replaced at any time; a request sees one state only. `exchanges` is in the order of the
    answers; an exchange is there before the client can read its last byte. `latency` is in seconds, before
    every answer; `effort` too, but only before those that are not 304. `moved` counts the bytes read and
    written.
    """

    def __init__(
        self,
        state: State | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        latency: float = 0.0,
        effort: float = 0.0,
        conditional: bool = False,
        record: bool = True,
    ) -> None:
        self.state: State = state or {}
        self.latency = latency
        self.effort = effort
        self.moved = 0
        self._counting = threading.Lock()
        self.conditional = conditional
        self.exchanges: list[Exchange] = []
        self._record = record
        self._numbers = itertools.count(1)
        self._open: set[socket.socket] = set()
        self._listeners = [socket.create_server((host, chosen), backlog=128) for chosen in (port, 0)]
        self.port, self.other_port = (listener.getsockname()[1] for listener in self._listeners)
        self.url = f"http://{host}:{self.port}"
        self.other_url = f"http://{host}:{self.other_port}"

    def __enter__(self) -> "Server":
        for listener, prefix in zip(self._listeners, ("", OTHER), strict=True):
            threading.Thread(target=self._accept, args=(listener, prefix), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for listener in (*self._listeners, *tuple(self._open)):
            with suppress(OSError):  # the other side may have been quicker
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    @property
    def paths(self) -> list[str]:
        """What was asked for on the first port, in order."""
        return [exchange.path for exchange in self.exchanges if exchange.port == self.port]

    def _accept(self, listener: socket.socket, prefix: str) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # closed by __exit__
            self._open.add(connection)
            threading.Thread(target=self._converse, args=(connection, prefix), daemon=True).start()

    def _converse(self, connection: socket.socket, prefix: str) -> None:
        port = connection.getsockname()[1]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection.makefile("rb") as stream:
                while request := _read(stream):
                    response = self._answer(request, prefix)
                    with self._counting:
                        self.moved += len(request.raw) + len(response)
                    time.sleep(self.latency + (0 if response[9:12] == b"304" else self.effort))
                    if self._record:
                        self.exchanges.append(Exchange(port, request.path, request.raw, response))
                    connection.sendall(response)
                    if request.last:
                        return
        except OSError:
            pass  # the client went away, or the server was closed
        finally:
            self._open.discard(connection)
            connection.close()

    def _answer(self, request: "_Request", prefix: str) -> bytes:
        state = self.state
        page = state.get(prefix + request.path) or state.get("*", MISSING)
        page = page(prefix + request.path) if callable(page) else page
        asked = Asked(next(self._numbers), self.url, self.other_url)
        if self.conditional and page.status == 200 and _unchanged(request.headers, dict(page.headers)):
            return _head(page, 304, asked, [])
        body = page.body(asked) if callable(page.body) else page.body
        framing = []
        if page.gzip and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            framing.append(("Content-Encoding", "gzip"))
        if page.chunked:
            body = _chunks(body)
            framing.append(("Transfer-Encoding", "chunked"))
        else:
            framing.append(("Content-Length", str(len(body))))
        return _head(page, page.status, asked, framing) + (b"" if request.method == "HEAD" else body)


@dataclass(frozen=True, slots=True)
class _Request:
    raw: bytes
    method: str
    path: str
    headers: dict[str, str]
    last: bool


def _read(stream: BinaryIO) -> _Request | None:
    """The next request of a connection; None at its end."""
    lines: list[bytes] = []
    while (line := stream.readline(65_536)) not in (b"\r\n", b"\n"):
        if not line or len(lines) > 200:
            return None
        lines.append(line)
    if not lines:
        return None
    raw = b"".join(lines) + line
    method, path, version = lines[0].decode("latin-1").split()
    pairs = (header.decode("latin-1").partition(":") for header in lines[1:])
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    raw += stream.read(int(headers.get("content-length", 0)))
    connection = headers.get("connection", "").lower()
    last = connection == "close" or (version == "HTTP/1.0" and connection != "keep-alive")
    return _Request(raw, method, path, headers, last)


def _head(page: Page, status: int, asked: Asked, framing: list[tuple[str, str]]) -> bytes:
    headers = [("Date", formatdate(usegmt=True)), ("Server", "nginx"), *page.headers]
    if page.cookie:
        session = hashlib.sha256(str(asked.number).encode()).hexdigest()[:24]
        headers.append(("Set-Cookie", f"session={session}; Path=/; HttpOnly"))
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in (*headers, *framing)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _unchanged(asked: dict[str, str], has: dict[str, str]) -> bool:
    """RFC 9110, section 13.2.2: If-None-Match comes before If-Modified-Since."""
    if "if-none-match" in asked:
        return has.get("ETag") == asked["if-none-match"]
    if "if-modified-since" in asked and "Last-Modified" in has:
        since = parsedate_to_datetime(asked["if-modified-since"])
        return parsedate_to_datetime(has["Last-Modified"]) <= since
    return False


def _chunks(body: bytes, size: int = 3000) -> bytes:
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Apart:
    """A `Server` in a process of its own. `spec` is `module:function[:number]`: a call for a state."""

    def __init__(self, spec: str, *options: str) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.sites.server", spec, "0", *options],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url, self.other_url = self._line().split()

    def show(self, spec: str) -> None:
        """Replace the state."""
        assert self._child.stdin
        self._child.stdin.write(spec + "\n")
        self._child.stdin.flush()
        assert self._line() == "ok\n"

    def moved(self) -> int:
        """The bytes that the server has read and written since its start."""
        assert self._child.stdin
        self._child.stdin.write("moved\n")
        self._child.stdin.flush()
        return int(self._line())

    def _line(self) -> str:
        assert self._child.stdout
        return self._child.stdout.readline()

    def __enter__(self) -> "Apart":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.communicate(timeout=10)


def _load(spec: str) -> State:
    module, function, *numbers = spec.split(":")
    state: Any = getattr(import_module(module), function)(*map(int, numbers))
    return dict(state)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sites.server")
    parser.add_argument("spec", help="module:function[:number], a call that returns a state")
    parser.add_argument("port", type=int)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--effort", type=float, default=0.0, help="seconds more before what is not a 304")
    parser.add_argument("--conditional", action="store_true", help="answer 304 where it is due")
    chosen = parser.parse_args()
    options = {name: value for name, value in vars(chosen).items() if name != "spec"}
    with Server(_load(chosen.spec), record=False, **options) as server:
        print(server.url, server.other_url, flush=True)
        for line in sys.stdin:
            if line == "moved\n":
                print(server.moved, flush=True)
            else:
                server.state = _load(line.strip())
                print("ok", flush=True)


if __name__ == "__main__":
    main()
