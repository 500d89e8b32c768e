"""Room on the disk: how much is free, how much is to stay free, and whether an error means that it is full.

Sizes are in bytes and shown as people write them, in powers of a thousand.
"""

import errno
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from archive.home import Home

SHARE = 20
LARGEST_DEFAULT = 1_000_000_000
"""By default a twentieth of the disk is left free, but never more than this."""

LOOK_SECONDS = 0.25
"""In a second a fast site can bring as much as the whole reserve of a small disk."""

_UNITS = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BROKEN = frozenset({errno.EIO, errno.EROFS, errno.ENXIO, errno.ENODEV, errno.ESTALE})
_UNCLEAR = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_PROBE = 64 * 1024


class DiskTrouble(Exception):
    """Nothing more can be written: the disk is `full`, or filled up to the reserve; else it is broken."""

    def __init__(self, said: str, *, full: bool) -> None:
        super().__init__(said)
        self.full = full


@dataclass(frozen=True, slots=True)
class Space:
    """What a disk has for us: `free` without what the system keeps for root."""

    free: int
    total: int


def look(folder: Path) -> Space:
    """The space of the disk that holds the folder. Raises OSError."""
    seen = os.statvfs(folder)
    return Space(seen.f_bavail * seen.f_frsize, seen.f_blocks * seen.f_frsize)


def reserve(space: Space, wanted: int | None) -> int:
    """How much is to stay free: what is `wanted`, else a share of the disk."""
    return min(space.total // SHARE, LARGEST_DEFAULT) if wanted is None else wanted


def amount(size: float) -> str:
    """A size for people, such as `1.5 GB`."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def parse(text: str) -> int:
    """A size as people write it, such as `500 MB` or `1.5GB`. Raises ValueError."""
    match = _WRITTEN.fullmatch(text.strip())
    units = {name.lower(): factor for name, factor in _UNITS.items()}
    if not match or match[2].lower() not in units:
        raise ValueError('must be a size like "500 MB" or "2 GB"')
    return int(float(match[1]) * units[match[2].lower()])


class Guard:
    """Tells when a home's disks have no more to give than the reserve; looks at most every LOOK_SECONDS."""

    def __init__(self, home: Home, wanted: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._home = home
        self._wanted = wanted
        self._clock = clock
        self._next = 0.0

    def trouble(self, error: BaseException) -> DiskTrouble | None:
        """What an error says of the home's disk, see `trouble`."""
        return trouble(error, self._home.root)

    def room(self) -> int:
        """How much may be written before the reserve is touched."""
        rooms = []
        for folder in self._folders():
            space = look(folder)
            rooms.append(space.free - reserve(space, self._wanted))
        return min(rooms)

    def shortage(self, coming: int = 0) -> DiskTrouble | None:
        """What is the matter, if anything is; `coming` bytes are on their way to the disk."""
        now = self._clock()
        if now < self._next:
            return None
        self._next = now + LOOK_SECONDS
        for folder in self._folders():
            space = look(folder)
            kept = reserve(space, self._wanted)
            if kept and space.free - coming < kept:
                return DiskTrouble(_short(folder, space, kept, coming), full=True)
        return None

    def _folders(self) -> list[Path]:
        """One of them may be a link to another disk."""
        folders = (self._home.root, self._home.warc, self._home.text, self._home.runs)
        return [folder for folder in folders if folder.exists()]


def _short(folder: Path, space: Space, kept: int, coming: int) -> str:
    on_the_way = f", {amount(coming)} are on their way" if coming else ""
    free = f"{amount(space.free)} are free on the disk of {folder}"
    return f"{free}{on_the_way}, {amount(kept)} are to stay free"


def trouble(error: BaseException, folder: Path) -> DiskTrouble | None:
    """What an error, or one behind it, says of the disk of `folder`; None when it is about other things.

    SQLite says of most failures only that there was one: then the disk is asked what is the matter with it.
    """
    for one in _behind(error):
        if isinstance(one, DiskTrouble):
            return one
        if isinstance(one, OSError) and one.errno in _FULL | _BROKEN:
            return _of_errno(one, folder)
        if isinstance(one, sqlite3.Error):
            # The low byte is the kind of error (https://www.sqlite.org/rescode.html#extrc).
            kind = (getattr(one, "sqlite_errorcode", None) or 0) & 0xFF
            if kind == sqlite3.SQLITE_FULL:
                return _of_errno(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), folder)
            if kind in _UNCLEAR:
                return _of_errno(_refusal(folder) or OSError(errno.EIO, str(one)), folder)
    return None


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what a database library wrapped in it, and what it was raised from."""
    while error is not None:
        yield error
        wrapped = getattr(error, "orig", None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__


def _of_errno(error: OSError, folder: Path) -> DiskTrouble:
    said = f"nothing more can be written: {error.filename or folder}: {error.strerror or error}"
    return DiskTrouble(said, full=error.errno in _FULL)


def _refusal(folder: Path) -> OSError | None:
    """What the disk says to a small file, whose name is nobody's business."""
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(bytes(_PROBE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return OSError(error.errno, error.strerror)
    return None
