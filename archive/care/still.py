"""Holding a home still: nobody crawls a source while its index is made anew or compared."""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from archive.home import Home


class Busy(Exception):
    """Another process is crawling a source at this moment, or taking care of it."""


@contextmanager
def still(home: Home, sources: Iterable[str]) -> Iterator[None]:
    """Hold the locks of some sources, at once or not at all. Raises Busy."""
    home.runs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for source in sorted(sources):
            file = stack.enter_context(home.lock(source).open("a"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Busy(f"{source} is being crawled by another process") from error
        yield


def sources(home: Home) -> set[str]:
    """The sources that have WARC files, or a file that says how to crawl them."""
    folders = home.warc.iterdir() if home.warc.is_dir() else ()
    files = home.sources.glob("*.toml") if home.sources.is_dir() else ()
    return {path.name for path in folders if path.is_dir()} | {path.stem for path in files}


def running(home: Home, source: str) -> bool:
    """Whether somebody holds a source at this moment."""
    try:
        with still(home, [source]):
            return False
    except Busy:
        return True
