"""Other people's WARC files, however they are packed: whether they are like ours, and made so that they are.

Ours have one gzip member a record. Others are not compressed, or have one member for the whole file, are cut
off, or have records that end elsewhere than they say. Borders of gzip members are believed, since nobody who
wrote a page could have made them; within plain bytes a search goes on behind a record and never inside one.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from archive import members, records, repairs, warc
from archive.members import Member, WarcError

EXAMPLES = 20
"""So many losses of a file are told one by one; all of them are counted."""

INFLATION = 250
"""A file that becomes more than so many times as large, and than SPARED, is refused: no WARC file does."""

SPARED = 1 << 30

CUT = "cut off: the file ends within the record"
DAMAGED = "damaged: the gzip data cannot be read"
LENGTH = "its block does not end where Content-Length says"
STRAY = "bytes that are no WARC record"
UNFIT = "a field that every record must have is missing or cannot be read"

_STEP = 1024 * 1024
_WINDOW = 64 * 1024
_FORM = re.compile(rb"WARC/\d\.\d\d?\r?\n")
_NEXT = re.compile(rb"\n(WARC/\d\.\d\d?\r?\nWARC-)", re.IGNORECASE)

Watch = Callable[[int, int], None]
"""Is told how many bytes of how many are done."""


class ForeignError(Exception):
    """A file that cannot be taken in at all; the message says why and what to do."""


@dataclass
class Losses:
    """What of a file could not be read: how often for which reason, and the first places in it."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[int, str]] = field(default_factory=list)

    def add(self, offset: int, reason: str) -> None:
        """Count one; `offset` is in the file, or in what is compressed as one piece there."""
        self.counts[reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((offset, reason))


def require_warc(path: Path) -> None:
    """Raises ForeignError for a file that does not begin as a WARC file does, OSError as `open`."""
    with path.open("rb") as file:
        start = file.read(16)
    if start[:3] == members.MAGIC:
        with suppress(WarcError):
            start = next(iter(members.content(path, 0)), b"")[:16]
    if _FORM.match(start):
        return
    if start.startswith(b"filedesc:"):
        raise ForeignError(f"{path} is an ARC file. Make a WARC file of it with: warcio recompress")
    raise ForeignError(f"{path} is no WARC file: it does not begin with a WARC record.")


def is_like_ours(path: Path, watch: Watch) -> bool:
    """Whether each record is a gzip member of its own and whole, so that all are found at their offsets."""
    end, size = 0, path.stat().st_size
    try:
        for record in warc.read(path):
            end = record.offset + record.length
            watch(end, size)
    except WarcError:
        return False
    return 0 < end == size


def weigh(path: Path, inflated: int) -> None:
    """Raises ForeignError for a file that becomes so many bytes where that is beyond measure."""
    if inflated > SPARED and inflated > INFLATION * path.stat().st_size:
        raise ForeignError(
            f"{path} inflates to more than {INFLATION} times its size, which no WARC file does. "
            "It was not taken in."
        )


def repack(path: Path, writer: warc.Writer, watch: Watch) -> Losses:
    """Write each record of a file as a gzip member of its own, head and block byte for byte.

    Raises ForeignError for a file that inflates without measure, OSError where the disk fails.
    """
    with path.open("rb") as file:
        packed = file.read(3) == members.MAGIC
        work = _Repacking(path, writer, watch)
        if packed:
            work.unpack()
        else:
            work.split(file, path.stat().st_size)
    return work.losses


class _Repacking:
    """One file on its way into `writer`."""

    def __init__(self, path: Path, writer: warc.Writer, watch: Watch) -> None:
        self.path = path
        self.writer = writer
        self.watch = watch
        self.losses = Losses()
        self.size = path.stat().st_size
        self.inflated = 0

    def unpack(self) -> None:
        """Take a file of gzip members; behind damage it goes on where the next record begins."""
        offset: int | None = 0
        while offset is not None and offset < self.size:
            end = offset
            try:
                for member in members.walk(self.path, offset):
                    self._member(member)
                    end = member.offset + member.length
                    self.watch(end, self.size)
                reason = CUT if end < self.size else None
            except WarcError:
                reason = DAMAGED
            if reason is None:
                return
            self.losses.add(end, reason)
            self._inflate(end, torn=True)
            offset = repairs.following(self.path, end + 1) if reason is DAMAGED else None

    def _member(self, member: Member) -> None:
        try:
            records.record(self.path, member)
        except WarcError:
            self._inflate(member.offset)
            return
        with self.path.open("rb") as file:
            end = member.offset + member.length
            self.writer.carry(_pieces(file, member.offset, end), packed=True)
        self._weigh(member.size)

    def _inflate(self, offset: int, *, torn: bool = False) -> None:
        """Take what can be inflated from an offset on, up to the end of the member: one record or more."""
        with TemporaryFile(dir=self.writer.path.parent) as spool:
            with suppress(WarcError):
                for piece in members.content(self.path, offset):
                    self._weigh(len(piece))
                    spool.write(piece)
            spool.flush()
            self.split(spool, spool.tell(), offset, torn=torn)

    def _weigh(self, size: int) -> None:
        self.inflated += size
        weigh(self.path, self.inflated)

    def split(self, file: BinaryIO, size: int, base: int | None = None, *, torn: bool = False) -> None:
        """Take the records in plain bytes; `base` is where these are compressed in the file, and `torn` tells
        that not all of them could be inflated.
        """
        position = 0
        while (position := _skip(file, position, size)) < size:
            end = self._record(file, position, size, base, torn)
            position = _search(file, position + 1, size) if end is None else end
            if base is None:
                self.watch(position, size)

    def _record(self, file: BinaryIO, position: int, size: int, base: int | None, torn: bool) -> int | None:
        """Take the record at a place; returns where to go on, None where there is none."""

        def lost(reason: str) -> None:
            if not cut:
                self.losses.add(position if base is None else base, reason)

        start = _start(file, position, size, _WINDOW)
        cut = torn and position + len(start) == size  # within the head; that the file is torn was told
        if not _FORM.match(start):
            lost(STRAY)
            return None
        try:
            extent = records.extent(start)
        except WarcError:
            lost(UNFIT)
            return None
        end = position + extent
        if end > size:
            if not torn:
                lost(CUT if base is None else LENGTH)
            return size
        if os.pread(file.fileno(), 16, end).lstrip(b"\r\n")[:5] not in (b"", b"WARC/"):
            lost(LENGTH)
            # A member's only record, that is: what is left of it may be anything.
            return size if base is not None and position == 0 else _search(file, end, size)
        whole = _start(file, position, end, members.HELD) + records.END
        try:
            records.record(
                self.path, Member(position, extent, extent + 4, whole[: members.HELD], records.END)
            )
        except WarcError:
            lost(UNFIT)
        else:
            self.writer.carry(chain(_pieces(file, position, end), (records.END,)), packed=False)
        return end


def _start(file: BinaryIO, position: int, end: int, most: int) -> bytes:
    return os.pread(file.fileno(), min(most, end - position), position)


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        piece = os.pread(file.fileno(), min(_STEP, end - start), start)
        if not piece:
            raise OSError(f"a file ends at {start} instead of {end}: it was changed while it was read")
        yield piece
        start += len(piece)


def _skip(file: BinaryIO, position: int, size: int) -> int:
    """Past the line ends between two records."""
    while position < size:
        window = os.pread(file.fileno(), _WINDOW, position)
        rest = window.lstrip(b"\r\n")
        if rest or not window:
            return position + len(window) - len(rest)
        position += len(window)
    return size


def _search(file: BinaryIO, position: int, size: int) -> int:
    """Where the next record may begin, else the end."""
    while position < size:
        window = os.pread(file.fileno(), _WINDOW + 64, position)
        if match := _NEXT.search(window):
            return position + match.start(1)
        position += _WINDOW
    return size
