"""The server: the reading room on one port, the archived pages on the next, each in threads of its own."""

import gc
import ipaddress
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from archive import home as homes
from archive import instants
from schedules import service
from strandline import settings as settings_file
from strandline.complaint import Complaint
from strandline.web import overview, peers, search
from strandline.web.app import create
from strandline.web.connections import Server
from strandline.web.kept_origin import create_kept
from strandline.web.room import Room, secret_of

THREADS, KEPT_THREADS = 12, 6
SWITCHING = 0.001
"""Seconds for which a thread computes before another one may: so long whoever reads a row may wait for it."""
_ANY = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True)
class Serving:
    """A reading room that is served; `url` is where."""

    room: Room
    url: str


@contextmanager
def serving(
    home: homes.Home, host: str, port: int, daemon: service.Service | None = None, alone: bool = False
) -> Iterator[Serving]:
    """Serve the reading room as long as the block lasts. Port 0 takes any. `alone`: the process has no other
    work. Raises Complaint.
    """
    its = _room(home, host, daemon)
    with _bound(host, port) as pages, _bound(host, port and port + 1) as kept:
        origin, other = (f"http://{_shown(host)}:{one.getsockname()[1]}" for one in (pages, kept))
        its = replace(its, origin=origin, kept=other)
        with _run(its, create(its), pages, THREADS), _run(its, create_kept(its), kept, KEPT_THREADS):
            threading.Thread(target=_find_out, args=(its, alone), name="finding out", daemon=True).start()
            try:
                yield Serving(its, origin)
            finally:
                its.close()


def _room(home: homes.Home, host: str, daemon: service.Service | None) -> Room:
    open_to_all = is_loopback(host)
    web = settings_file.load(home).web
    if not open_to_all and not (web.keeper or web.reader or web.proxy_header):
        raise Complaint(
            f"At {host} others could reach the archive. Set a password in {home.settings.name} first:\n"
            '[web]\nkeeper = "file:/etc/strandline-password"\n'
            "or name the header of an authenticating proxy: proxy_header. See docs/reading-room.md."
        )
    names = () if host in _ANY else (host.lower(),)
    return Room(home=home, secret=secret_of(home), names=names, open_to_all=open_to_all, daemon=daemon)


def _find_out(its: Room, alone: bool) -> None:
    """Find out before anybody asks what takes seconds in a large archive."""
    with suppress(Exception):  # whoever asks is told what is wrong
        overview.view(its)
        its.days.year(None, instants.now().year)
        search.stood(its, None)
    if (
        alone
    ):  # all this stays: to look through it for garbage takes 0.15 s each time, in which nobody is answered
        gc.collect()
        gc.freeze()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what is bound to that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(host: str) -> str:
    if host in _ANY:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family[0], socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(family[4])
    except OSError as error:
        raise Complaint(
            f"Nothing can be served at {host}:{port}: {error.strerror}. Choose another port: serve --port N"
        ) from error
    return made


@contextmanager
def _run(its: Room, app: Any, bound: socket.socket, threads: int) -> Iterator[None]:
    """Serve an application on a bound socket, by threads that end with the process at the latest."""
    sys.setswitchinterval(SWITCHING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = Server(app, bound, threads, lambda who: peers.is_among(who, its.settings.web.proxies))
    thread = threading.Thread(target=server.run, name="reading room", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        server.task_dispatcher.shutdown(timeout=1)
        thread.join(timeout=0.5)
