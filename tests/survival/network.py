"""Two network namespaces with a cable between them, which a test may pull out.

Needs to be root (or CAP_NET_ADMIN and CAP_SYS_ADMIN) and the command `ip`; else the tests are skipped,
and in CI they fail where it is only the command that is missing.
"""

import ctypes
import os
import shutil
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.journeys.program import Person
from tests.oracles.replayed import missing
from tests.sites.server import Server, State

HERE, THERE = "10.213.77.1", "10.213.77.2"
NAME = "island.test"
_NAMES = Path("/etc/netns")
_NET = 0x40000000  # CLONE_NEWNET


class Cable:
    """`HERE` is where the program runs, `THERE` the server. Both namespaces go when the test ends."""

    def __init__(self) -> None:
        self.here, self.there = f"sl{os.getpid()}h", f"sl{os.getpid()}t"

    def __enter__(self) -> Self:
        if shutil.which("ip") is None:
            missing("no command `ip` to make network namespaces with (on Debian: apt install iproute2)")
        made = subprocess.run(["ip", "netns", "add", self.here], capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"no network namespace may be made here: {made.stderr.strip()}")
        try:
            self._lay()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def person(self, home: Path) -> Person:
        """Somebody who runs the program at this end."""
        return Person(home, ("ip", "netns", "exec", self.here))

    def server(self, state: State, latency: float = 0.0) -> Server:
        """A server at the other end."""
        made: list[Server] = []

        def make() -> None:
            # A thread may be in a namespace of its own, and its sockets stay in there.
            with Path(f"/run/netns/{self.there}").open() as namespace:
                assert ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _NET) == 0
            made.append(Server(state, host=THERE, latency=latency))

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        return made[0]

    def pull(self) -> None:
        """Pull it out at the far end: what is sent is lost, and after some seconds no host is there."""
        self._ip(self.there, "link", "set", "far", "down")

    def plug(self) -> None:
        self._ip(self.there, "link", "set", "far", "up")

    def swallow(self) -> None:
        """From now on what is lost is lost without a word: no host is told to be unreachable."""
        told = subprocess.run(
            ["ip", "-n", self.there, "-o", "link", "show", "far"], capture_output=True, text=True, check=True
        ).stdout
        address = told.split("link/ether ")[1].split()[0]
        self._ip(self.here, "neigh", "replace", THERE, "lladdr", address, "dev", "near", "nud", "permanent")

    def name(self) -> None:
        """Let the name `NAME` resolve to the server, for programs that are started from now on."""
        self._file("hosts").write_text(f"127.0.0.1 localhost\n{THERE} {NAME}\n")

    def forget(self) -> None:
        """Let no name resolve: the name server does not answer."""
        self._file("hosts").write_text("127.0.0.1 localhost\n")

    def _lay(self) -> None:
        subprocess.run(["ip", "netns", "add", self.there], check=True)
        self._ip(self.here, "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", self.there)
        for namespace, device, address in ((self.here, "near", HERE), (self.there, "far", THERE)):
            self._ip(namespace, "address", "add", f"{address}/24", "dev", device)
            self._ip(namespace, "link", "set", device, "up")
            self._ip(namespace, "link", "set", "lo", "up")
        (_NAMES / self.here).mkdir(parents=True)
        self.forget()
        self._file("resolv.conf").write_text(f"nameserver {THERE}\noptions timeout:1 attempts:2\n")

    def _remove(self) -> None:
        for namespace in (self.here, self.there):
            subprocess.run(["ip", "netns", "delete", namespace], capture_output=True, check=False)
        shutil.rmtree(_NAMES / self.here, ignore_errors=True)

    def _file(self, name: str) -> Path:
        """The namespace's own `/etc/NAME`: `ip netns exec` puts it there."""
        return _NAMES / self.here / name

    def _ip(self, namespace: str, *words: str) -> None:
        subprocess.run(["ip", "-n", namespace, *words], check=True)
