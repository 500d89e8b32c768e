"""One bounded request by the standard library: resolved once, sent to the very address that was judged."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from archive import http as messages
from archive import urls
from crawler.address import PrivateAddressError, is_public

SECONDS = 15.0
"""For one request from connecting to the last byte, however slowly the bytes come."""

BODY = 2 * 1024 * 1024
"""Bytes of a body, as sent and after decoding; what is beyond is not read."""

_STEP = 64 * 1024
_CONNECT = 5.0  # seconds for one of several addresses of a host


class VisitError(Exception):
    """A site could not be asked. The message says which, and why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `certificate` says what is wrong with the server's certificate, None if nothing."""

    url: str
    message: messages.Message
    certificate: str | None

    @property
    def body(self) -> bytes:
        return self.message.decoded(BODY)


def visit(url: str, user_agent: str, allow_private: bool = False, seconds: float | None = None) -> Answer:
    """GET a canonical URL, in `SECONDS` or so many; redirects are the caller's business.

    A certificate that does not hold is reported, not fatal. Raises VisitError, and PrivateAddressError
    where the host is at no public address, unless `allow_private`.
    """
    hosts, seconds = addresses(url, allow_private), seconds or SECONDS
    try:
        return _ask(url, user_agent, hosts, ssl.create_default_context(), None, seconds)
    except ssl.SSLCertVerificationError as error:
        return _ask(url, user_agent, hosts, _trusting(), error.verify_message, seconds)


def addresses(url: str, allow_private: bool = False) -> tuple[str, ...]:
    """The addresses of a URL's host that may be connected to. Raises as `visit`."""
    host, port = _endpoint(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise VisitError(f"the host {host!r} does not resolve to an address") from error
    unique = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    allowed = tuple(address for address in unique if allow_private or is_public(address))
    if not allowed:
        raise PrivateAddressError(f"{host} is at {', '.join(unique)}, which is not a public address")
    return allowed


def _endpoint(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _ask(
    url: str,
    user_agent: str,
    hosts: Iterable[str],
    context: ssl.SSLContext,
    certificate: str | None,
    seconds: float,
) -> Answer:
    host, port = _endpoint(url)
    deadline = time.monotonic() + seconds
    try:
        connection = _connect(hosts, port, deadline)
        with connection:
            if url.startswith("https:"):
                connection.settimeout(max(0.1, deadline - time.monotonic()))
                connection = context.wrap_socket(connection, server_hostname=host)
            with connection:
                return Answer(url, _exchange(_Wire(connection, deadline), url, user_agent), certificate)
    except ssl.SSLCertVerificationError:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise VisitError(f"{urls.host(url)} {_reason(error, seconds)}") from error


def _connect(hosts: Iterable[str], port: int, deadline: float) -> socket.socket:
    trouble: OSError = TimeoutError()
    for address in hosts:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), min(left, _CONNECT))
        except OSError as error:
            trouble = error
    raise trouble


class _Wire(io.RawIOBase):
    """A connection with one deadline for all reads and writes; a timeout alone begins anew with each."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def _arm(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._arm()
        return self._connection.recv_into(buffer)

    def send(self, data: bytes) -> None:
        self._arm()
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, _STEP)


def _exchange(wire: _Wire, url: str, user_agent: str) -> messages.Message:
    parts = urlsplit(url)
    lines = (
        f"GET {parts.path}{'?' + parts.query if parts.query else ''} HTTP/1.1",
        f"Host: {urls.host(url)}",
        f"User-Agent: {user_agent}",
        "Accept: text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding: gzip",
        "Connection: close",
    )
    wire.send("".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii"))
    response = http.client.HTTPResponse(wire, method="GET")  # type: ignore[arg-type]  # needs makefile only
    response.begin()
    # the chunks are undone here already
    headers = tuple(pair for pair in response.getheaders() if pair[0].lower() != "transfer-encoding")
    start = f"HTTP/1.1 {response.status} {response.reason}".encode("latin-1", "replace")
    return messages.Message(start, headers, b"", _body(response))


def _body(response: http.client.HTTPResponse) -> bytes:
    """As much of the body as comes in time and size."""
    body = bytearray()
    try:
        while len(body) < BODY and (step := response.read1(_STEP)):
            body += step
    except (OSError, http.client.HTTPException):
        pass  # what has come is enough to look at
    return bytes(body)


def _reason(error: Exception, seconds: float) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(error, TimeoutError):
        return f"did not answer within {seconds:.0f} seconds"
    if isinstance(error, ssl.SSLError):
        return f"does not speak TLS as it should ({error.reason or error})"
    if isinstance(error, http.client.HTTPException):
        return f"did not answer in HTTP ({type(error).__name__})"
    return f"could not be reached ({getattr(error, 'strerror', None) or error})"
