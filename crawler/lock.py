"""One crawl a source at a time."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from archive import home as homes

ORPHAN_SECONDS = 4
"""So long a child may go on when its parent was killed; then it has seen that nobody is there any more."""

_POLL_SECONDS = 0.25


class AlreadyRunning(Exception):
    """Another process is crawling the source at this moment."""


def is_running(home: homes.Home, source: str) -> bool:
    """Whether some process is crawling the source at this moment."""
    try:
        with home.lock(source).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


@contextmanager
def hold(home: homes.Home, source: str) -> Iterator[int]:
    """One crawl a source. The lock goes with the last process that holds it, however it ends: the child holds
    it too, so nobody takes up a run whose orphaned child is still writing.
    """
    home.runs.mkdir(parents=True, exist_ok=True)
    with home.lock(source).open("a") as file:
        patience = time.monotonic() + ORPHAN_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > patience:
                    raise AlreadyRunning(f"{source} is being crawled by another process") from error
                time.sleep(_POLL_SECONDS)
        yield file.fileno()
