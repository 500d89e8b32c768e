"""The gzip members of a file, one record each (WARC 1.1, annex D): inflated in pieces, whole or torn.

Offsets and lengths are in bytes of the compressed file, sizes in bytes of what is in it.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

RECORD_LIMIT = 8 * 1024 * 1024 * 1024
"""Bytes of the largest record that is written or read, its header included."""

HELD = 1024 * 1024
"""So many bytes of a member are held in memory; who wants the rest reads it again."""

GZIP = 16 + 15
MAGIC = b"\x1f\x8b\x08"
STEP = 64 * 1024

_INFLATED_STEP = 1024 * 1024


class WarcError(Exception):
    """A WARC file cannot be written or read as asked; the message names the file and the offset."""


@dataclass(frozen=True, slots=True)
class Member:
    """A whole member that begins at `offset` and has `length` bytes.

    Of the `size` bytes that are in it `start` has the first, all up to HELD, and `ending` the last four.
    """

    offset: int
    length: int
    size: int
    start: bytes
    ending: bytes


def walk(path: Path, offset: int) -> Iterator[Member]:
    """The whole members from a border on. One that the file ends in is left out; damage raises WarcError."""
    with path.open("rb") as file:
        file.seek(offset)
        beyond = b""
        while True:
            inflation = _Inflation(file, beyond)
            try:
                size, start, ending = _measure(inflation)
            except (zlib.error, ValueError) as error:
                raise _damaged(path, offset, error) from error
            if inflation.beyond is None:
                return
            beyond = inflation.beyond
            length = file.tell() - len(beyond) - offset
            yield Member(offset, length, size, start, ending)
            offset += length


def content(path: Path, offset: int) -> Iterator[bytes]:
    """What is in the member at `offset`, in pieces of a MiB at most. Raises WarcError where it is torn or
    damaged, after all that could be read.
    """
    with path.open("rb") as file:
        file.seek(offset)
        inflation = _Inflation(file, b"")
        try:
            yield from inflation
        except (zlib.error, ValueError) as error:
            raise _damaged(path, offset, error) from error
    if inflation.beyond is None:
        raise WarcError(f"{path}: no whole record at offset {offset}. The file is torn or shorter than that.")


def _damaged(path: Path, offset: int, error: Exception) -> WarcError:
    return WarcError(f"{path}: damaged at offset {offset}: {error}.")


class _Inflation:
    """The content of one member, that begins with `piece` and goes on in the file.

    `beyond`, once it has ended, is what was read behind it; None where the file ends first. Raises zlib.error
    for damage, ValueError beyond RECORD_LIMIT.
    """

    def __init__(self, file: BinaryIO, piece: bytes) -> None:
        self._file = file
        self._piece = piece
        self.beyond: bytes | None = None

    def __iter__(self) -> Iterator[bytes]:
        engine = zlib.decompressobj(GZIP)
        piece = self._piece
        size = 0
        while not engine.eof:
            piece = piece or self._file.read(STEP)
            if not piece:
                return
            plain = engine.decompress(piece, _INFLATED_STEP)
            piece = engine.unconsumed_tail
            size += len(plain)
            if size > RECORD_LIMIT:
                raise ValueError(f"the record is larger than {RECORD_LIMIT} bytes")
            if plain:
                yield plain
        self.beyond = engine.unused_data


def _measure(pieces: _Inflation) -> tuple[int, bytes, bytes]:
    """The size of the content, its start and its last four bytes."""
    parts: list[bytes] = []
    size = 0
    ending = b""
    for piece in pieces:
        if size < HELD:
            parts.append(piece[: HELD - size])
        size += len(piece)
        ending = (ending + piece[-4:])[-4:]
    return size, b"".join(parts), ending
