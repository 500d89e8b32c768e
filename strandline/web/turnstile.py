"""One answer is worked on at a time: the others wait at a turnstile, and all of them are given sooner.

Threads that compute at once hand the interpreter back and forth at every row: no more gets done than by one,
and every answer takes as long as all that are worked on together. Who has waited for half a second is let
through, so that what is slow holds up nobody. What is sent piece by piece does not count.
"""

import threading

from flask import Flask, g

AT_ONCE = 1
PATIENCE = 0.5
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
