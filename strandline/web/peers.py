"""Who is at the other end of a connection: an address, whether it is a proxy of ours, and what it tried."""

import ipaddress
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

TRIES, WINDOW = 10, 60.0
"""After so many wrong passwords in so many seconds from one address none is looked at until they are over."""
TRIES_OF_ALL = 100
"""After so many from all addresses only those are looked at from which a right one came before."""
_KNOWN = 10_000


def is_among(address: str, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Whether an address is of this machine, or in one of some networks."""
    try:
        found = _plain(address)
        return found.is_loopback or any(found in one for one in networks)
    except ValueError:
        return False


def whose(address: str) -> str:
    """What tells one client from another: its address, or the network that one household has in IPv6."""
    with suppress(ValueError):
        found = _plain(address)
        if found.version == 6:
            return str(ipaddress.ip_network((found, 64), strict=False))
        return str(found)
    return address


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    found = ipaddress.ip_address(address.partition("%")[0])
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


class Tries:
    """The wrong passwords of the last minute, and from where right ones came."""

    def __init__(self) -> None:
        self.wrong: list[tuple[float, str]] = []
        self.known: dict[str, None] = {}
        self.lock = threading.Lock()

    def look(self, address: str, right: Callable[[], T | None]) -> tuple[bool, T | None]:
        """Whether a password from an address is looked at, and what it gives. One at a time is."""
        who = whose(address)
        with self.lock:
            now = time.monotonic()
            self.wrong = [one for one in self.wrong if now - one[0] < WINDOW]
            most = Counter(one for _, one in self.wrong)
            if most[who] >= TRIES or (len(self.wrong) >= TRIES_OF_ALL and who not in self.known):
                return False, None
            found = right()
            if found is None:
                self.wrong.append((now, who))
            elif len(self.known) < _KNOWN:
                self.known[who] = None
            return True, found
