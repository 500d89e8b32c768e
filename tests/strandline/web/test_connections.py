"""Slow and greedy clients, on real sockets: they hold up nobody else."""

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from strandline.web import connections

LARGE = 40_000_000
"""More than the server and two sockets hold of an answer that nobody takes."""


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Says a word, or a lot, piece by piece."""
    start("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/large":
        return (bytes(1_000_000) for _ in range(LARGE // 1_000_000))
    return [b"ok"]


@contextmanager
def served(threads: int = 2, free: bool = False) -> Iterator[int]:
    bound = socket.create_server(("127.0.0.1", 0))
    server = connections.Server(application, bound, threads, lambda _: free, cleanup_interval=0.1)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield bound.getsockname()[1]
    finally:
        server.close()
        server.task_dispatcher.shutdown(timeout=1)


def ask(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/", headers={"Connection": "close"})
    return connection.getresponse().read()


def test_one_address_holds_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OF_ONE", 5)
    with served() as port:
        held = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(8)]
        assert [one.recv(1) for one in held[5:]] == [b""] * 3, "these are closed at once"
        held[0].sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert held[0].recv(100).startswith(b"HTTP/1.1 200"), "and those are served"
        for one in held:
            one.close()


def test_a_proxy_holds_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OF_ONE", 5)
    with served(free=True) as port:
        held = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(20)]
        assert ask(port) == b"ok"
        for one in held:
            one.close()


def test_a_request_arrives_in_time_or_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter now and then is activity, and would hold the connection for ever."""
    monkeypatch.setattr(connections, "ASKING", 0.5)
    with served() as port, socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        began = time.monotonic()
        with pytest.raises(OSError):
            slow.sendall(b"GET / HTTP/1.1\r\nX: ")
            while time.monotonic() - began < 8:
                slow.sendall(b"a")
                time.sleep(0.1)
        assert time.monotonic() - began < 5


def test_who_takes_nothing_of_an_answer_holds_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "TAKING", 0.7)
    with served(threads=1) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as stalled:
        stalled.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.2)
        assert ask(port) == b"ok"
