"""What is costly to find out: one thread finds it out, the others go by what it was a moment ago."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH = 2.0
"""Seconds for which what was found out is not asked for again."""
PASSABLE = 30.0
"""While one thread finds it out again, the others get what is no older than that."""


class Latest(Generic[T]):
    """Something that is found out by a function; threads may share it."""

    def __init__(self, find: Callable[[], T]) -> None:
        self._find = find
        self._lock = threading.Lock()
        self._found: tuple[Hashable, float, T] | None = None

    def get(self, key: Hashable) -> T:
        """As it was found out last; anew where `key`, of what it follows from, is another one than then."""
        old = self._kept(key, FRESH)
        if old:
            return old[0]
        passable = self._kept(key, PASSABLE)
        if not self._lock.acquire(blocking=passable is None):
            assert passable
            return passable[0]
        try:
            if old := self._kept(key, FRESH):  # another thread has found it out meanwhile
                return old[0]
            began = time.monotonic()
            found = self._find()
            self._found = key, began, found
            return found
        finally:
            self._lock.release()

    def _kept(self, key: Hashable, seconds: float) -> tuple[T] | None:
        if self._found is None or self._found[0] != key or time.monotonic() - self._found[1] > seconds:
            return None
        return (self._found[2],)
