"""Few answers are worked on at a time: the others wait at a turnstile, and all of them are given sooner.

A dozen threads that compute at once hand the interpreter back and forth at every row they read, and each of
them takes ten times as long as alone. Who has waited for long is let through: what is slow holds up nobody.
"""

import threading

from flask import Flask, g

AT_ONCE = 3
PATIENCE = 1.0
"""Seconds until one more is let through."""


def put(app: Flask) -> None:
    """Let the requests of an application pass through a turnstile."""
    places = threading.BoundedSemaphore(AT_ONCE)

    def enter() -> None:
        g.place = places.acquire(timeout=PATIENCE)

    def leave(_: BaseException | None) -> None:
        if g.pop("place", False):
            places.release()

    app.before_request(enter)
    app.teardown_request(leave)
