"""Tells systemd how the daemon is (sd_notify(3)); elsewhere nobody listens, and nothing is said."""

import os
import socket
from contextlib import suppress


def ready() -> None:
    """It has begun its work."""
    _tell("READY=1")


def alive() -> None:
    """It is not stuck: for WatchdogSec."""
    _tell("WATCHDOG=1")


def stopping() -> None:
    """It is about to end."""
    _tell("STOPPING=1")


def status(text: str) -> None:
    """What it does, in a line."""
    _tell(f"STATUS={' '.join(text.split())}")


def _tell(text: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.sendto(text.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
