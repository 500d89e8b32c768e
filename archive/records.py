"""WARC records as they are read: from a file that grows, is sealed, or is somebody else's.

Whatever the size of a record, little of it is in memory: the rest is read again from the file by `pieces`.
"""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import chain
from pathlib import Path

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from archive import instants, members
from archive.members import Member, WarcError

END = b"\r\n\r\n"

_LOADER = ArcWarcRecordLoader()
_TYPE = re.compile(rb"^WARC-Type[ \t]*:[ \t]*([^\s;]+)", re.IGNORECASE | re.MULTILINE)
_UNREADABLE = (ArchiveLoadFailed, EOFError, KeyError, OverflowError, ValueError)


class Fields(Mapping[str, str]):
    """The named fields of a record. A name is found in any case; the first counts where it is repeated."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)
        self._first = {name.lower(): (name, value) for name, value in reversed(self.pairs)}

    def __getitem__(self, name: str) -> str:
        return self._first[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._first.values())

    def __len__(self) -> int:
        return len(self._first)

    def get_all(self, name: str) -> tuple[str, ...]:
        """All values of a field, such as WARC-Concurrent-To, that may be repeated."""
        return tuple(value for key, value in self.pairs if key.lower() == name.lower())


@dataclass(frozen=True, slots=True)
class Record:
    """A record that was read; its gzip member at `offset` of `path` has `length` bytes, and the next begins
    there.

    The block has `size` bytes, and `block` is the start of it: all of it where it is `whole`, as every record
    of up to about a MiB is. `pieces` and `first` of this module read on.
    """

    type: str
    uri: str | None
    at: datetime
    record_id: str
    headers: Fields
    block: bytes
    size: int
    path: Path
    offset: int
    length: int

    @property
    def whole(self) -> bool:
        return len(self.block) == self.size


def read(path: Path, offset: int = 0) -> Iterator[Record]:
    """The whole records from a member border on, as far as the file goes now.

    An incomplete last member, of a file that grows or was torn, ends the iteration: go on later at the last
    record's offset + length, and see from the file's size whether something is left. Damage before that
    raises WarcError, as does a record beyond RECORD_LIMIT. Memory is a few MiB whatever the records' sizes.
    """
    for member in members.walk(path, offset):
        yield record(path, member)


def kind(member: Member) -> bytes | None:
    """The type of the record in a member, without reading more of it; None where it does not say."""
    match = _TYPE.search(member.start)  # the first is in the record's own head
    return match[1].lower() if match else None


def at(path: Path, offset: int) -> Record:
    """The one record whose member begins at `offset`; WarcError when no whole one does."""
    for record in read(path, offset):
        return record
    raise WarcError(f"{path}: no whole record at offset {offset}. The file is torn or shorter than that.")


def pieces(path: Path, offset: int) -> Generator[bytes, None, None]:
    """The block of the record whose member begins at `offset`, in pieces of up to a MiB.

    Raises WarcError where no whole record is there: what came before is not to be relied on.
    """
    coming = members.content(path, offset)
    start = bytearray()
    for piece in coming:
        start += piece
        if len(start) >= members.HELD:
            break
    try:
        raw, begin = _head(bytes(start))
    except _UNREADABLE as error:
        raise _no_record(path, offset, error) from error
    left: int = raw.length
    for piece in chain((bytes(start[begin:]),), coming):
        if left > 0:
            yield piece[:left]
        left -= len(piece)
    if left != -len(END):
        raise _no_record(path, offset, ValueError("its block does not end where Content-Length says"))


def first(path: Path, offset: int, most: int) -> bytes:
    """The start of a block, `most` bytes at the most; of a larger one no more is read. Raises as `pieces`."""
    block = bytearray()
    with closing(pieces(path, offset)) as coming:
        for piece in coming:
            block += piece
            if len(block) >= most:
                break
    return bytes(block[:most])


def extent(start: bytes) -> int:
    """How many bytes a record has that begins with `start`, head and block, by what its head says.

    Raises WarcError where that cannot be read.
    """
    try:
        raw, begin = _head(start)
        if raw.length < 0:
            raise ValueError("Content-Length is negative")
    except _UNREADABLE as error:
        raise WarcError(f"no head of a WARC record: {error!r}") from error
    return int(begin + raw.length)


def _head(start: bytes) -> tuple[ArcWarcRecord, int]:
    """The record without its block, and where in the member the block begins."""
    stream = BytesIO(start)
    raw = _LOADER.parse_record_stream(stream, known_format="warc", no_record_parse=True)
    if raw.length is None:
        raise ValueError("there is no Content-Length")
    return raw, stream.tell()


def record(path: Path, member: Member) -> Record:
    """The record in a whole member of a file. Raises WarcError where there is none."""
    try:
        return _record(path, member)
    except _UNREADABLE as error:
        raise _no_record(path, member.offset, error) from error


def _record(path: Path, member: Member) -> Record:
    raw, begin = _head(member.start)
    fields = Fields(raw.rec_headers.headers)
    size = member.size - begin - len(END)
    if raw.length != size or member.ending != END:
        raise ValueError(
            f"Content-Length is {fields.get('Content-Length')}, and that is not where the block ends"
        )
    return Record(
        type=fields["WARC-Type"],
        uri=fields.get("WARC-Target-URI"),
        at=instants.parse(fields["WARC-Date"]),
        record_id=fields["WARC-Record-ID"],
        headers=fields,
        block=member.start[begin : begin + size],
        size=size,
        path=path,
        offset=member.offset,
        length=member.length,
    )


def _no_record(path: Path, offset: int, error: Exception) -> WarcError:
    return WarcError(f"{path}: no WARC record at offset {offset}: {error!r}.")
