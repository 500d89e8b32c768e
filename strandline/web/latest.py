"""What is costly to find out: one thread finds it out again, and all go by what it was just before."""

import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH = 5.0
"""Seconds for which what was found out is not asked for again,"""
TIMES = 40
"""and so many times longer than it took: no more than a fortieth of all time goes into it."""
PASSABLE = 4
"""What is older than so many times that is not shown: who asks waits until it is found out."""


class Latest(Generic[T]):
    """Something that is found out by a function; threads may share it."""

    def __init__(self, find: Callable[[], T], fresh: float = FRESH) -> None:
        self._find = find
        self._seconds = self._least = fresh
        self._lock = threading.Lock()
        self._found: tuple[Hashable, float, T] | None = None

    def get(self, key: Hashable) -> T:
        """As it was found out last; anew where `key`, of what it follows from, is another one than then."""
        if fresh := self._kept(key, self._seconds):
            return fresh[0]
        if passable := self._kept(key, PASSABLE * self._seconds):
            if self._lock.acquire(blocking=False):
                threading.Thread(target=self._again, args=(key,), name="finding out", daemon=True).start()
            return passable[0]
        with self._lock:
            # another thread may have found it out meanwhile
            return (self._kept(key, self._seconds) or (self._anew(key),))[0]

    def _again(self, key: Hashable) -> None:
        try:
            with suppress(Exception):  # who asks when it is too old is told
                self._anew(key)
        finally:
            self._lock.release()

    def _anew(self, key: Hashable) -> T:
        began = time.monotonic()
        found = self._find()
        self._found = key, began, found
        self._seconds = self._least + TIMES * (time.monotonic() - began)
        return found

    def _kept(self, key: Hashable, seconds: float) -> tuple[T] | None:
        found = self._found
        if found is None or found[0] != key or time.monotonic() - found[1] > seconds:
            return None
        return (found[2],)
