"""The repair of a WARC file whose writer died: the torn end is cut off, and kept."""

import os
import shutil
import zlib
from contextlib import suppress
from itertools import count
from pathlib import Path

from archive import members
from archive.members import WarcError
from archive.writer import make_folder, sync_folder

_BEGINNING = b"WARC/"
_WINDOW = 1024 * 1024


def repair(path: Path, quarantine: Path, start: int = 0) -> int:
    """Cut the file back to its last whole member and return how many bytes were cut; 0 when it was whole.

    `start` is a border of members up to which it is known to be whole, so it is not read there.

    What is cut is first copied to `quarantine` as NAME.OFFSET.tail. Damage that records follow is no torn
    tail: then nothing is cut and WarcError raised. For files that nobody writes just now.
    """
    whole, damage = _whole(path, start)
    cut = path.stat().st_size - whole
    if cut == 0:
        return 0
    if damage and next_record(path, whole + 1) is not None:
        raise WarcError(
            f"{damage} Records follow, so nothing was cut. Restore the file from a copy."
        ) from damage
    _keep_tail(path, whole, quarantine)
    with path.open("rb+") as file:
        file.truncate(whole)
        os.fsync(file.fileno())
    return cut


def _whole(path: Path, start: int) -> tuple[int, WarcError | None]:
    """Where the whole members end, and the damage there; None when the file ends before the member does."""
    end = start
    try:
        for member in members.walk(path, start):
            end = member.offset + member.length
    except WarcError as error:
        return end, error
    return end, None


def next_record(path: Path, offset: int) -> int | None:
    """Where, from an offset on, the next member begins that holds a record, if there is one."""
    with path.open("rb") as file:
        while True:
            file.seek(offset)
            window = file.read(_WINDOW + members.STEP)
            start = window.find(members.MAGIC)
            while 0 <= start < _WINDOW:
                if _begins_a_record(window[start : start + members.STEP]):
                    return offset + start
                start = window.find(members.MAGIC, start + 1)
            if len(window) <= _WINDOW:
                return None
            offset += _WINDOW


def _begins_a_record(data: bytes) -> bool:
    """Text that deflates to this is not met by chance."""
    with suppress(zlib.error):
        return zlib.decompressobj(members.GZIP).decompress(data, len(_BEGINNING)) == _BEGINNING
    return False


def _keep_tail(path: Path, offset: int, quarantine: Path) -> None:
    make_folder(quarantine)
    name = f"{path.name}.{offset}.tail"
    names = (quarantine / (f"{name}.{number}" if number else name) for number in count())
    with path.open("rb") as file, next(tail for tail in names if not tail.exists()).open("xb") as kept:
        file.seek(offset)
        shutil.copyfileobj(file, kept)
        kept.flush()
        os.fsync(kept.fileno())
    sync_folder(quarantine)
