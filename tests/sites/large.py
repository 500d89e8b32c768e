"""A server of large bodies, which it makes while it sends them: neither side need hold one.

`/SIZE.mp4` is answered with so many bytes of noise. Words before the ending change how: `/SIZE.chunked.mp4`
comes in chunks, `/SIZE.tag.mp4` has an ETag and is "not modified" to those who know it, `/SIZE.torn.mp4`
loses its connection half-way. `/page/PATHS` is a page that links to the paths, which are separated by commas.
"""

import hashlib
import random
import socket
import struct
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TAG = '"tide"'
STEP = 1024 * 1024


@cache
def _noise() -> bytes:
    return random.Random(1).randbytes(STEP)


def body(size: int) -> Iterator[bytes]:
    """The bytes of `/SIZE.mp4`; no compression makes them smaller."""
    for start in range(0, size, STEP):
        yield _noise()[: size - start]


def digest(size: int) -> str:
    """The digest of the bytes of `/SIZE.mp4`, as a WARC has it."""
    engine = hashlib.sha256()
    for piece in body(size):
        engine.update(piece)
    return f"sha256:{engine.hexdigest()}"


def chunks(size: int) -> Iterator[bytes]:
    """The same bytes with the frames of chunks around them."""
    for piece in body(size):
        yield b"%x;tide=high\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/page/"):
            linked = self.path.removeprefix("/page/").split(",")
            self._page("".join(f'<p>See <a href="/{path}">{path}</a>.</p>' for path in linked).encode())
        elif self.path.endswith(".mp4"):
            self._large(*self.path[1:].split(".")[:-1])
        else:
            self.send_error(404)

    def _page(self, html: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(html)))
        self.end_headers()
        self.wfile.write(html)

    def _large(self, digits: str, *words: str) -> None:
        size = int(digits)
        known = "tag" in words and self.headers["If-None-Match"] == TAG
        self.send_response(304 if known else 200)
        self.send_header("Content-Type", "video/mp4")
        if "tag" in words:
            self.send_header("ETag", TAG)
        if "chunked" in words:
            self.send_header("Transfer-Encoding", "chunked")
        elif not known:
            self.send_header("Content-Length", str(size))
        self.end_headers()
        if not known:
            self._send(
                chunks(size) if "chunked" in words else body(size), size // 2 if "torn" in words else 0
            )

    def _send(self, pieces: Iterator[bytes], most: int) -> None:
        sent = 0
        for piece in pieces:
            self.wfile.write(piece[: most - sent] if most else piece)
            sent += len(piece)
            if most and sent >= most:
                self.wfile.flush()
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
                self.close_connection = True
                return

    def log_message(self, *_: object) -> None:
        pass


class LargeServer(ThreadingHTTPServer):
    """In a test: `with LargeServer() as server: ... server.url`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "LargeServer":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """The other side went away; that is what some tests are about."""
