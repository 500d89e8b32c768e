"""What a run shares with others: pace with all runs on the machine, robots.txt with those of its home."""

import os
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

from archive import home as homes
from crawler.hosts import Hosts


class Shared:
    """Two memories of hosts: one for all homes of this user on this machine, one of the home itself.

    To a server all runs that come from one machine are one visitor. What a robots.txt said, however, is
    kept where the archive is that holds it as a record.
    """

    def __init__(self, home: homes.Home) -> None:
        self._home = Hosts(home.hosts)
        machine = state_folder()
        self._machine = Hosts(*([machine / "hosts.db"] if machine else []), home.hosts)

    def close(self) -> None:
        self._home.close()
        self._machine.close()

    def turn(self, host: str, now: float, delay: float) -> float:
        """See `Hosts.turn`."""
        return self._machine.turn(host, now, delay)

    def ask(self, host: str, now: float, delay: float) -> float:
        """See `Hosts.ask`."""
        return self._machine.ask(host, now, delay)

    def sent(self, host: str, at: float) -> None:
        """See `Hosts.sent`."""
        self._machine.sent(host, at)

    def cool(self, host: str, until: float) -> None:
        """See `Hosts.cool`."""
        self._rests(host).cool(host, until)

    def cooling(self, host: str) -> float:
        """See `Hosts.cooling`."""
        return self._rests(host).cooling(host)

    def remember_robots(self, origin: str, at: float, status: int, body: bytes) -> None:
        """See `Hosts.remember_robots`."""
        self._home.remember_robots(origin, at, status, body)

    def robots(self, origin: str, now: float, life: float) -> tuple[float, int, bytes] | None:
        """See `Hosts.robots`."""
        return self._home.robots(origin, now, life)

    def _rests(self, host: str) -> Hosts:
        return self._home if is_here(host) else self._machine


def state_folder() -> Path | None:
    """Where programs keep what belongs to the machine (XDG Base Directory, 0.8); None for nowhere."""
    chosen = os.environ.get("XDG_STATE_HOME", "")
    if Path(chosen).is_absolute():  # the specification ignores any other
        return Path(chosen) / "strandline"
    try:
        return Path.home() / ".local" / "state" / "strandline"
    except RuntimeError:  # a user without a folder
        return None


@lru_cache(maxsize=1000)
def is_here(host: str) -> bool:
    """Whether a host is this machine. Behind such a port there may be another server in a minute."""
    name = host.removeprefix("[").partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
