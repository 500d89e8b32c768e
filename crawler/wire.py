"""The downloader: Twisted's HTTP/1.1 client with a tap between it and the socket.

The tap keeps every byte that is sent and received, so that the WARC holds what was on the wire and not what
a library made of it. All private names of Scrapy and Twisted that the harvester needs are in this module;
`tests/crawler/test_wire.py` fails when one of them changes its meaning.
"""

import asyncio
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, Protocol, cast

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader._idna_patch import _install_twisted_idna_fallbacks
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet import error as network
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol as Receiver
from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web.client import (
    Agent,
    HTTPConnectionPool,
    ResponseDone,
    ResponseFailed,
    _HTTP11ClientFactory,
)
from twisted.web.error import SchemeNotSupported
from twisted.web.http import PotentialDataLoss, _ChunkedTransferDecoder, _MalformedChunkedDataError
from twisted.web.http_headers import Headers
from zope.interface import directlyProvides, providedBy  # type: ignore[import-untyped]  # has no types

from crawler import certificates
from crawler.address import PrivateAddressError, is_public
from crawler.exchange import HEAD_LIMIT, HELD, Cut, Exchange

SLOWEST = 128 * 1024
"""Bytes a second: what comes beyond HELD gives an answer as much more time as it needs at this pace."""

_STEERING = (b"connection", b"content-length", b"transfer-encoding")
_STATUS_LINE = re.compile(rb"HTTP/(\d+(?:\.\d+)?)[ \t]+(\d{3})(?!\d)[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_LINE_LIMIT = 16 * 1024
_ENDPOINTS = 1000


class Keeper(Protocol):
    """What the handler needs of the spider."""

    def left(self, exchange: Exchange) -> None:
        """The exchange is over on the wire: its host is free for the next request."""

    async def keep(self, exchange: Exchange) -> None:
        """Returns when the exchange is safely on the disk."""


class WireHandler(BaseDownloadHandler):
    """Fetches a request's `meta["exchange"]`, and answers when it is on the disk, whatever came of it.

    The response is empty; what came is in the exchange. An exchange that was dropped is not kept.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        # Twisted chooses its reactor at the first import, which must not be before Scrapy has chosen.
        reactor = import_module("twisted.internet.reactor")
        self._seconds = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._pool = HTTPConnectionPool(reactor, persistent=True)  # type: ignore[no-untyped-call]  # Twisted
        self._pool.maxPersistentPerHost = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._pool._factory = _LineFactory
        gate = reactor if settings.getbool("ALLOW_PRIVATE") else _Gate(reactor)
        self._agent = _Agent(gate, certificates.Policy(), connectTimeout=self._seconds / 2, pool=self._pool)
        # Host names that browsers open and the standard forbids, as with an underscore.
        _install_twisted_idna_fallbacks()

    async def download_request(self, request: Request) -> Response:
        exchange: Exchange = request.meta["exchange"]
        keeper = cast(Keeper, self.crawler.spider)
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(began + self._seconds) as deadline:
                exchange.drop = lambda: _drop(exchange, deadline)
                exchange.more = lambda: _extend(exchange, deadline, began + self._seconds)
                await self._talk(exchange, request)
        except TimeoutError:
            exchange.cut = exchange.cut or Cut.TIME
            allowed = round((deadline.when() or 0) - began, 1)
            exchange.error = exchange.error or f"no whole answer within {allowed:g} s"
            if exchange.hang_up:
                exchange.hang_up()
        except Exception as error:
            # Strangers' bytes reach deep into the client; none of its errors may end the crawl.
            exchange.cut = exchange.cut or Cut.DISCONNECT
            exchange.error = exchange.error or explain(error)
            exchange.final = isinstance(error, PrivateAddressError | SchemeNotSupported | ValueError)
        exchange.end()
        exchange.drop = exchange.more = exchange.hang_up = None
        keeper.left(exchange)
        if exchange.dropped:
            exchange.close()
        else:
            await keeper.keep(exchange)
        return Response(request.url)

    async def _talk(self, exchange: Exchange, request: Request) -> None:
        headers = _Tagged(exchange, request.headers.items())
        asked = self._agent.request(b"GET", exchange.row.url.encode("ascii"), headers)
        response: Any = await maybe_deferred_to_future(asked)
        if response.length == 0:
            return
        done: Deferred[bool] = Deferred()
        response.deliverBody(_Sink(done))
        whole = await maybe_deferred_to_future(done)
        # Without TLS a reset tells that a body without a length was not whole; many end TLS that way.
        if not whole or (exchange.torn and exchange.tls is None):
            exchange.error = exchange.error or "the connection was lost within the answer"
            exchange.cut = exchange.cut or Cut.DISCONNECT

    async def close(self) -> None:
        """Closing takes as long as a server likes; nobody waits for that."""
        self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]  # Twisted


def wake(crawler: Crawler) -> None:
    """Make the engine ask the scheduler again: something may be due now."""
    slot = crawler.engine._slot
    if slot is not None and slot.closing is None:
        slot.nextcall.schedule()


def explain(error: BaseException) -> str:
    """A network error in words."""
    if isinstance(error, ResponseFailed):
        causes = [failure.value for failure in error.reasons]
        return explain(causes[0]) if causes else "no answer"
    match error:
        case PrivateAddressError():
            return str(error)
        case network.DNSLookupError():
            return "the host name does not resolve"
        case network.ConnectionRefusedError():
            return "connection refused"
        case network.TimeoutError():
            return "no connection in time"
        case network.ConnectionDone() | network.ConnectionLost() | network.ConnectionAborted():
            return "the connection was closed without a whole answer"
        case SSL.Error():
            return f"TLS: {certificates.reason(error)}"
    return f"{type(error).__name__}: {error}"


def _drop(exchange: Exchange, deadline: asyncio.Timeout) -> None:
    exchange.dropped = True
    deadline.reschedule(asyncio.get_running_loop().time())


def _extend(exchange: Exchange, deadline: asyncio.Timeout, otherwise: float) -> None:
    if not exchange.dropped and not deadline.expired():
        deadline.reschedule(otherwise + (exchange.size - HELD) / SLOWEST)


@lru_cache(maxsize=10_000)
def is_suffix(domain: str) -> bool:
    """Whether anybody may have a name under a domain: it is on the list of public suffixes."""
    return not _suffixes()(domain).domain


@cache
def _suffixes() -> Any:
    """The list that comes with the package: by default it is fetched at first use."""
    # Only few sites set such cookies, and this takes a tenth of a second to load.
    cookies = import_module("scrapy.downloadermiddlewares.cookies")
    splitter: Any = type(cookies._split_domain)
    return splitter(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class _Tagged(Headers):
    """Request headers that lead the connection to the exchange it is used for."""

    def __init__(self, exchange: Exchange, headers: Iterable[tuple[bytes, list[bytes]]]) -> None:
        super().__init__(dict(headers))
        self.exchange = exchange

    def copy(self) -> "_Tagged":
        return _Tagged(self.exchange, self.getAllRawHeaders())  # type: ignore[arg-type]  # Sequence, not list


class _Chunks(_ChunkedTransferDecoder):
    """Takes chunk sizes with white space around them, as an old Apache pads them."""

    def _dataReceived_CHUNK_LENGTH(self) -> bool:
        if b"\n" not in self._buffer:
            if len(self._buffer) > _LINE_LIMIT:
                raise _MalformedChunkedDataError("the line of a chunk's size is too long")
            return False
        size = _CHUNK_SIZE.match(self._buffer)
        if not size:
            raise _MalformedChunkedDataError("no chunk size where one must be")
        self.length = int(size[1], 16)
        self.state = "BODY" if self.length else "TRAILER"
        del self._buffer[: size.end()]
        self._start = 0
        return True


class _Parser(_LenientHTTPClientParser):
    """Takes what browsers take. Of a head it needs only what steers the connection: the tap has the rest.

    Odd names, lengths and status lines would make Twisted hang up before the body came.
    """

    MAX_LENGTH = HEAD_LIMIT

    _transferDecoders = {b"chunked": _Chunks}  # noqa: RUF012 - as Twisted declares it

    def statusReceived(self, status: bytes) -> None:
        found = _STATUS_LINE.match(status)
        if found:
            version = b"1.1" if found[1] == b"1.1" else b"1.0"
            status = b"HTTP/%s %s %s" % (version, found[2], found[3])
        super().statusReceived(status)  # type: ignore[no-untyped-call]  # Twisted

    def lineReceived(self, line: bytes) -> None:
        if self.state == "STATUS" and not line.strip():
            return  # left over from an answer before
        if self.state == "HEADER" and self._partialHeader is None and line[:1] in (b" ", b"\t"):
            return  # a folded line with nothing to be folded into
        super().lineReceived(line)

    def headerReceived(self, name: bytes, value: bytes) -> None:
        name = name.strip().lower()
        if name in _STEERING:
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]  # Twisted

    def allHeadersReceived(self) -> None:
        lengths = self.connHeaders.getRawHeaders(b"Content-Length") or []
        distinct = {one.strip() for one in b",".join(lengths).split(b",")}
        if lengths and len(distinct) == 1 and min(distinct).isdigit():
            self.connHeaders.setRawHeaders(b"Content-Length", [min(distinct)])
            self.request.headers.exchange.expected = int(min(distinct)[:18])
        else:
            self.connHeaders.removeHeader(b"Content-Length")
        if not 100 <= self.response.code < 200:
            exchange = self.request.headers.exchange
            # That its end came with the piece that was too much makes no answer of it.
            exchange.answered = exchange.size - len(self._buffer) <= HEAD_LIMIT
            sent = self.connHeaders.getRawHeaders(b"Transfer-Encoding")
            if sent:
                last = b",".join(sent).lower().split(b",")[-1].strip()
                if last == b"chunked":
                    self.connHeaders.setRawHeaders(b"Transfer-Encoding", [last])
                else:
                    self.connHeaders.removeHeader(b"Transfer-Encoding")
        super().allHeadersReceived()  # type: ignore[no-untyped-call]  # Twisted


class _Line(HTTP11ClientProtocol):
    """A connection, tapped."""

    exchange: Exchange | None = None

    def request(self, request: Any) -> Any:
        exchange: Exchange = request.headers.exchange
        transport: Any = self.transport
        exchange.begin(transport.getPeer().host, transport.abortConnection)
        self.exchange = exchange
        # A request without a body is written before this returns.
        self.transport = cast(Any, _Tee(transport, exchange))
        try:
            asked = super().request(request)
        finally:
            self.transport = transport
        if self._parser is not None:
            self._parser.__class__ = _Parser
        return asked

    def dataReceived(self, data: bytes) -> None:
        exchange = self.exchange
        if exchange is not None:
            if exchange.tls is None:
                exchange.tls = certificates.seen(self.transport)
            exchange.take(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted
        if exchange is not None:
            exchange.check()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self.exchange is not None:
            self.exchange.torn = not isinstance(reason.value, network.ConnectionDone)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]  # Twisted
        self.exchange = None

    def _finishResponse(self, rest: bytes) -> None:
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.end(len(rest))
        super()._finishResponse(rest)

    def _giveUp(self, reason: Failure) -> None:
        exchange = self.exchange
        if exchange is not None and not isinstance(reason.value, network.ConnectionDone):
            exchange.cut = exchange.cut or Cut.UNSPECIFIED
            exchange.error = exchange.error or f"not to be understood: {reason.value}"
        super()._giveUp(reason)  # type: ignore[no-untyped-call]  # Twisted


class _LineFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: object) -> _Line:
        return _Line(self._quiescentCallback)  # type: ignore[no-untyped-call]  # Twisted


class _Tee:
    """A transport that keeps a copy of what is written to it."""

    def __init__(self, transport: Any, exchange: Exchange) -> None:
        self._transport = transport
        self._exchange = exchange

    def write(self, data: bytes) -> None:
        self._exchange.sent += data
        self._transport.write(data)

    def writeSequence(self, pieces: Iterable[bytes]) -> None:
        self.write(b"".join(pieces))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Sink(Receiver):
    """Waits for the end of a body, which the tap keeps; tells whether it was whole."""

    def __init__(self, done: Deferred[bool]) -> None:
        self._done = done

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self._done.called:
            self._done.callback(isinstance(reason.value, ResponseDone | PotentialDataLoss))


class _Agent(Agent):
    """Twisted's, with an endpoint made once for each origin instead of at each request."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)  # type: ignore[no-untyped-call]  # Twisted
        self._endpoints: dict[tuple[bytes, bytes, int], Any] = {}

    def _getEndpoint(self, uri: Any) -> Any:
        at = (uri.scheme, uri.host, uri.port)
        if at not in self._endpoints:
            if len(self._endpoints) >= _ENDPOINTS:
                self._endpoints.clear()
            self._endpoints[at] = super()._getEndpoint(uri)  # type: ignore[no-untyped-call]  # Twisted
        return self._endpoints[at]


class _Gate:
    """The reactor, but connections to addresses that are not public are refused: decided on the resolved
    address when it is connected to, so that no name and no redirect gets around it.
    """

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        directlyProvides(self, providedBy(reactor))

    def connectTCP(self, host: str, port: int, *rest: Any, **named: Any) -> Any:
        if not is_public(host):
            raise PrivateAddressError(f"{host} is not a public address; the source does not allow_private")
        return self._reactor.connectTCP(host, port, *rest, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)
