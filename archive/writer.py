"""The writer of WARC 1.1 files: no crash leaves half a record in the middle.

While a file is written its name ends in `.open`.
"""

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from isal import isal_zlib

from archive import instants, members
from archive.members import WarcError
from archive.records import END

_VERSION = b"WARC/1.1"
_FORMAT = {
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}
_LEVEL = 2  # ISA-L, a third of the cost of zlib's level 6, for files a little larger
_STEP = 1024 * 1024  # in smaller steps ISA-L stores noise worse: a third more time to inflate it
_UNFIT = re.compile("[\r\n\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie in an open file, from `start` up to `end`: too many to be held in memory."""

    file: BinaryIO
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def pieces(self, skip: int = 0) -> Iterator[bytes]:
        """The bytes, but for the first so many. Raises OSError where the file has fewer."""
        offset = self.start + skip
        while offset < self.end:
            piece = os.pread(self.file.fileno(), min(_STEP, self.end - offset), offset)
            if not piece:
                raise OSError(errno.EIO, f"a temporary file ends at {offset} instead of {self.end}")
            yield piece
            offset += len(piece)

    def first(self, most: int) -> bytes:
        """The start, `most` bytes at the most."""
        return b"".join(Stored(self.file, self.start, min(self.end, self.start + most)).pieces())


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be written.

    `uri` becomes WARC-Target-URI, `headers` further named fields in this order. `payload`, where given, is
    what WARC-Payload-Digest is taken of (`http.Message.payload()`), or an iterable of its pieces. `record_id`
    is the whole field with its angle brackets, from `new_id`; give one to refer to the record before it is
    written.
    """

    type: str
    uri: str | None
    at: datetime
    block: bytes | Stored
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    payload: bytes | Iterable[bytes] | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record was written: the gzip member begins at `offset` and has `length` bytes."""

    record_id: str
    offset: int
    length: int


def new_id() -> str:
    """A fresh WARC-Record-ID, angle brackets included."""
    return f"<urn:uuid:{uuid4()}>"


def file_name(source: str, started: datetime, run: str, number: int) -> str:
    """The name of a run's WARC file: `NAME-YYYYMMDDThhmmssZ-RUN-00000.warc.gz`."""
    return f"{source}-{instants.stamp(started)}-{run}-{number:05d}.warc.gz"


class Writer:
    """Appends records to a new file, `path` with `.open` after it, that begins with a warcinfo of `info`.

    `size` is the length of the file in bytes; all up to there are whole members on the disk.
    """

    def __init__(self, path: Path, info: Mapping[str, str]) -> None:
        self.path = path
        self.open_path = path.with_name(f"{path.name}.open")
        self.size = 0
        make_folder(path.parent)
        _refuse_existing(path)
        try:
            self._file = self.open_path.open("xb", buffering=0)
        except FileExistsError as error:
            raise WarcError(
                f"{self.open_path} exists: a run writes it or was stopped while it did. "
                "Repair it and go on under the next number."
            ) from error
        try:
            self.write([_warcinfo(path.name, info)])
            sync_folder(path.parent)
        except BaseException:
            self.close()
            self.open_path.unlink()
            raise

    def write(self, drafts: Sequence[Draft]) -> list[Placed]:
        """Append the records and return when all are on the disk, or leave the file as it was and raise.

        Raises OSError when the disk is full or fails, WarcError for a record that could not be read back.
        """
        placed: list[Placed] = []
        self._cut()
        try:
            end = self.size
            for draft in drafts:
                record_id = draft.record_id or new_id()
                length = sum(map(self._append, _member(draft, record_id)))
                placed.append(Placed(record_id, end, length))
                end += length
            os.fsync(self._file.fileno())
        except BaseException as error:
            try:
                self._cut()
            except OSError as second:
                # The next write cuts again before it appends, so the first trouble is the one to tell.
                error.add_note(f"{self.open_path} could not be cut back to {self.size} bytes: {second}")
            raise
        self.size = end
        return placed

    def carry(self, record: Iterable[bytes], *, packed: bool) -> None:
        """Append a record of somebody else's as it is: its bytes, or the gzip member that it is `packed` in.

        It is on the disk when the file is sealed, not before.
        """
        for piece in record if packed else _packed(record):
            self.size += self._append(piece)

    def seal(self) -> Path:
        """Give the file its final name, for good, and return it."""
        _refuse_existing(self.path)
        self._cut()
        os.fsync(self._file.fileno())
        self.close()
        self.open_path.rename(self.path)
        sync_folder(self.path.parent)
        return self.path

    def close(self) -> None:
        """Let go of the file without sealing it: it stays `.open`, whole, for a later repair."""
        self._file.close()

    def _cut(self) -> None:
        self._file.truncate(self.size)
        self._file.seek(self.size)

    def _append(self, piece: bytes) -> int:
        rest = memoryview(piece)
        while rest:
            rest = rest[self._file.write(rest) :]
        return len(piece)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise WarcError(f"{path} exists and is never written over. Go on under the next number.")


def make_folder(folder: Path) -> None:
    """A folder, and those above it, that a crash does not take away again."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """A new or renamed file is only safe when its folder is on the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _warcinfo(name: str, info: Mapping[str, str]) -> Draft:
    block = _lines(list({**info, **_FORMAT}.items()))
    headers = (("WARC-Filename", name),)
    return Draft("warcinfo", None, instants.now(), block, "application/warc-fields", headers)


def _lines(fields: Sequence[tuple[str, str]]) -> bytes:
    for name, value in fields:
        if unfit := _UNFIT.search(name + value):
            raise WarcError(f"the field {name!r} cannot hold {unfit[0]!r}: {value!r}. Take it out.")
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode()


def _head(draft: Draft, record_id: str) -> bytes:
    """WARC 1.1, sections 4 and 5."""
    fields = [("WARC-Type", draft.type), ("WARC-Record-ID", record_id), ("WARC-Date", instants.iso(draft.at))]
    if draft.uri is not None:
        fields.append(("WARC-Target-URI", draft.uri))
    fields += draft.headers
    if draft.payload is not None:
        fields.append(("WARC-Payload-Digest", digest(_pieces(draft.payload))))
    fields.append(("WARC-Block-Digest", digest(_pieces(draft.block))))
    fields.append(("Content-Type", draft.content_type))
    fields.append(("Content-Length", str(len(draft.block))))
    return _VERSION + b"\r\n" + _lines(fields) + b"\r\n"


def digest(pieces: Iterable[bytes]) -> str:
    """The digest of bytes that come in pieces, as the fields of a record have it."""
    engine = hashlib.sha256()
    for piece in pieces:
        engine.update(piece)
    return f"sha256:{engine.hexdigest()}"


def _pieces(data: bytes | Stored | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(data, Stored):
        return data.pieces()
    return (data,) if isinstance(data, bytes) else data


def _member(draft: Draft, record_id: str) -> Iterator[bytes]:
    """The gzip member of a record, see `_packed`. Raises WarcError for one that is too large."""
    head = _head(draft, record_id)
    size = len(head) + len(draft.block) + len(END)
    if size > members.RECORD_LIMIT:
        limit = members.RECORD_LIMIT
        raise WarcError(f"the record of {draft.uri} has {size} bytes, more than {limit}. Truncate it.")
    return _packed(chain((head,), _pieces(draft.block), (END,)))


def _packed(record: Iterable[bytes]) -> Iterator[bytes]:
    """Bytes as a gzip member, in pieces of about a MiB; what is small is one piece."""
    engine = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, members.GZIP)
    ready: list[bytes] = []
    held = 0
    for piece in record:
        ready.append(engine.compress(piece))
        held += len(ready[-1])
        if held >= _STEP:
            yield b"".join(ready)
            ready, held = [], 0
    yield b"".join([*ready, engine.flush()])
