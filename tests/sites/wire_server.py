"""A server that answers each path with exact bytes, some of them bad, over HTTP or HTTPS.

`SHAPES` says for each path what is written, and what of it a WARC must hold.
"""

import gzip
import ipaddress
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HTML = b"<!doctype html><title>T\xc3\xa9st</title><p>" + b"hello world " * 40 + b"</p>"
GZ = gzip.compress(HTML, mtime=0)


@dataclass(frozen=True)
class Shape:
    """`writes` go to the socket one by one. The first `interim` of them are 1xx answers, the last `extra`
    belong to no answer. `end` is `keep`, `close`, `reset`, or `stall` (nothing more comes, nothing closes).
    `repeat` sends the last piece again and again. `cut` is the expected WARC-Truncated; `readable` is false
    where no response record can be made.
    """

    writes: tuple[bytes, ...]
    end: str = "keep"
    interim: int = 0
    extra: int = 0
    repeat: bool = False
    cut: str | None = None
    readable: bool = True

    @property
    def kept(self) -> bytes:
        return b"".join(self.writes[self.interim : len(self.writes) - self.extra])


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)


def head(*lines: bytes, length: int | None = None, start: bytes = b"HTTP/1.1 200 OK") -> bytes:
    sized = (b"Content-Length: %d" % length,) if length is not None else ()
    return b"\r\n".join((start, b"Content-Type: text/html", *lines, *sized)) + b"\r\n\r\n"


SHAPES = {
    "/plain": Shape((head(length=len(HTML)), HTML)),
    "/odd-case": Shape(
        (
            b"HTTP/1.1 200 Tr\xe8s Bien\r\nx-LOWER-Mixed: a\r\nSet-Cookie: a=1; Path=/\r\n"
            b'content-TYPE: text/html\r\nX-Between: 1\r\nset-cookie: b=2\r\nETag:"abc"\r\n'
            b"X-Pad:   padded  \r\nX-Latin: caf\xe9\r\nx-lower-mixed: second\r\n"
            b"CONTENT-LENGTH: %d\r\n\r\n" % len(HTML),
            HTML,
        )
    ),
    "/folded": Shape((head(b"X-Folded: one\r\n  two", length=len(HTML)), HTML)),
    "/no-colon": Shape((head(b"this line has no colon", b"X-After: kept", length=len(HTML)), HTML)),
    "/bare-lf": Shape((head(length=len(HTML)).replace(b"\r\n", b"\n"), HTML), "close"),
    "/gzip": Shape((head(b"Content-Encoding: gzip", length=len(GZ)), GZ)),
    "/chunked": Shape(
        (
            head(b"Transfer-Encoding: chunked", b"Trailer: X-Sum"),
            chunk(HTML[:100], b";name=value"),
            chunk(HTML[100:]),
            b"0\r\nX-Sum: deadbeef\r\n\r\n",
        )
    ),
    "/gzip-chunked": Shape(
        (
            head(b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"),
            chunk(GZ[:50]),
            chunk(GZ[50:]),
            b"0\r\n\r\n",
        )
    ),
    "/http10": Shape((head(start=b"HTTP/1.0 200 OK"), HTML), "close"),
    "/early-hints": Shape(
        (
            b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>; rel=preload\r\n\r\n",
            b"HTTP/1.1 103 Early Hints\r\nLink: </t.css>; rel=preload\r\n\r\n",
            head(length=len(HTML)),
            HTML,
        ),
        interim=2,
    ),
    "/no-content": Shape((b"HTTP/1.1 204 No Content\r\nX-Empty: yes\r\n\r\n",)),
    "/not-modified": Shape((b'HTTP/1.1 304 Not Modified\r\nETag: "abc"\r\n\r\n',)),
    "/empty": Shape((head(length=0),)),
    "/redirect": Shape(
        (b"HTTP/1.1 301 Moved  Permanently\r\nlocation: /plain\r\nContent-Length: 5\r\n\r\n", b"moved")
    ),
    "/missing": Shape((head(length=4, start=b"HTTP/1.1 404 Not Found"), b"gone")),
    "/no-reason": Shape((head(length=len(HTML), start=b"HTTP/1.1 200"), HTML)),
    "/piecemeal": Shape(tuple(bytes([b]) for b in head(length=9) + b"piecemeal")),
    "/long-header": Shape((head(b"X-Long: " + b"x" * 100_000, length=len(HTML)), HTML)),
    "/identity": Shape((head(b"Transfer-Encoding: identity", length=len(HTML)), HTML)),
    "/too-much": Shape((head(length=len(HTML)), HTML + b"", b"and then some"), "close", extra=1),
    "/two-cookies": Shape((head(b"Set-Cookie: c=3", length=len(HTML)), HTML)),
    "/short": Shape((head(length=len(HTML) + 500), HTML), "close", cut="disconnect"),
    "/reset": Shape((head(), HTML), "reset", cut="disconnect"),
    "/bad-chunk": Shape(
        (head(b"Transfer-Encoding: chunked"), chunk(HTML), b"no chunk\r\n"), "stall", cut="unspecified"
    ),
    "/stalls": Shape((head(length=len(HTML) + 1), HTML), "stall", cut="time"),
    "/endless": Shape((head(b"Connection: close"), b"x" * 65536), repeat=True, cut="length"),
    "/endless-head": Shape((b"HTTP/1.1 200 OK\r\n", b"X-More: more\r\n" * 1000), repeat=True, readable=False),
    "/no-http": Shape((b"220 smtp.example.org ESMTP\r\n",), "close", readable=False),
    "/silent": Shape((), "close", readable=False),
}


class WireServer:
    """Serves shapes on a port of 127.0.0.1; with `folder`, over TLS by a certificate that is made there.

    `requests` are the heads as they came, with their path; `connections` counts what they came over. `pause`
    is in seconds, between two writes.
    """

    def __init__(
        self, folder: Path | None = None, shapes: Mapping[str, Shape] = SHAPES, pause: float = 0.005
    ) -> None:
        self.requests: list[tuple[str, bytes]] = []
        self.connections = 0
        self._shapes = shapes
        self._pause = pause
        self._context = _context(folder) if folder else None
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        port = self._listener.getsockname()[1]
        self.url = f"http{'s' if folder else ''}://127.0.0.1:{port}"
        self._stop = threading.Event()

    def __enter__(self) -> "WireServer":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            for path, raw in _heads(connection):
                self.requests.append((path, raw))
                if not self._answer(connection, self._shapes.get(path, SHAPES["/missing"])):
                    break
        connection.close()

    def _answer(self, connection: socket.socket, shape: Shape) -> bool:
        for piece in shape.writes:
            connection.sendall(piece)
            if len(shape.writes) < 10:
                time.sleep(self._pause)  # so that the pieces arrive as pieces
        while shape.repeat:
            connection.sendall(shape.writes[-1])
        if shape.end == "stall":
            self._stop.wait(30)
        if shape.end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return shape.end == "keep"


def _heads(connection: socket.socket) -> Iterator[tuple[str, bytes]]:
    buffer = b""
    while True:
        while b"\r\n\r\n" not in buffer:
            data = connection.recv(65536)
            if not data:
                return
            buffer += data
        raw, _, buffer = buffer.partition(b"\r\n\r\n")
        yield raw.split(b" ")[1].decode(), raw + b"\r\n\r\n"


def _context(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "wire.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "wire.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
