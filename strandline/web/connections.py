"""The connections of a server: none waits for ever, and nobody holds so many that others find none left."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from strandline.web import peers

CONNECTIONS = 200
OF_ONE = 50
"""So many of them one address may hold, or one network of a household; a browser takes six."""
ASKING, TAKING = 60.0, 60.0
"""Seconds that a request may take to arrive as a whole, and for which nothing of an answer may be taken."""
BOUNDS: dict[str, Any] = {
    "ident": None,  # nobody needs to know what serves
    "connection_limit": CONNECTIONS,
    "channel_timeout": 60,
    "cleanup_interval": 10,
    "max_request_header_size": 32_768,
    "max_request_body_size": 1_000_000,
    "clear_untrusted_proxy_headers": True,
    "asyncore_use_poll": True,  # the other way ends the server at the thousandth open file
}


class _Connection(HTTPChannel):
    """A connection that knows since when a request arrives on it, and since when nothing is taken."""

    asked = 0.0
    stuck: tuple[float, float] | None = None  # when something was taken last, and since when that is known

    def received(self, data: bytes) -> bool:
        before = self.request
        done = super().received(data)
        if self.request is not before:
            self.asked = time.time()
        return bool(done)

    def is_slow(self, now: float) -> bool:
        """Whether it has been asking for too long, or takes nothing of its answer."""
        if self.total_outbufs_len == 0:
            self.stuck = None
        elif self.stuck is None or self.stuck[0] != self.last_activity:
            self.stuck = self.last_activity, now
        asking = self.request is not None and self.asked < now - ASKING
        return asking or (self.stuck is not None and self.stuck[1] < now - TAKING)

    def cut(self) -> None:
        """End it, also where a thread waits for its reader."""
        self.will_close = True
        with suppress(OSError):
            assert self.socket is not None
            self.socket.shutdown(socket.SHUT_RDWR)


class Server(TcpWSGIServer):
    """Serves an application on a bound socket. `is_free` tells of an address that it may hold any number of
    connections: a proxy has those of many people.
    """

    channel_class = _Connection

    def __init__(
        self, app: Any, bound: socket.socket, threads: int, is_free: Callable[[str], bool], **more: Any
    ) -> None:
        self.is_free = is_free
        adjusted = Adjustments(sockets=[bound], threads=threads, **(BOUNDS | more))
        where = (bound.family, bound.type, bound.proto, bound.getsockname())
        super().__init__(app, map={}, _sock=bound, adj=adjusted, sockinfo=where, bind_socket=False)

    def accept(self) -> Any:
        """The next connection; one that is too many of its address is closed."""
        found = super().accept()
        if found is None or self.is_free(found[1][0]):
            return found
        who = peers.whose(found[1][0])
        held = sum(peers.whose(one.addr[0]) == who for one in self._open())
        if held < OF_ONE:
            return found
        found[0].close()
        return None

    def maintenance(self, now: float) -> None:
        """End the connections that are idle or slow."""
        super().maintenance(now)  # type: ignore[arg-type]  # it is a time
        for one in self._open():
            if one.is_slow(now):
                one.cut()

    def _open(self) -> list[_Connection]:
        return list(self.active_channels.values())  # type: ignore[attr-defined]  # a dictionary
