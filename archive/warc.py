"""WARC 1.1 files: written so that no crash leaves half a record in the middle, read while they grow.

A file is a row of gzip members, one record each (WARC 1.1, annex D). Offsets and lengths are in bytes of the
compressed file. While a file is written its name ends in `.open`.
"""

import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import count
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from isal import isal_zlib
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader

from archive import instants

RECORD_LIMIT = 256 * 1024 * 1024
"""Bytes of the largest record that is written or read, its header included."""

_VERSION = b"WARC/1.1"
_FORMAT = {
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}
_LEVEL = 2  # ISA-L, a third of the cost of zlib's level 6, for files a little larger
_GZIP = 16 + 15
_STEP = 64 * 1024
_INFLATED_STEP = 1024 * 1024
_MAGIC = b"\x1f\x8b\x08"
_UNFIT = re.compile("[\r\n\0\ud800-\udfff]")
_END = b"\r\n\r\n"
_LOADER = ArcWarcRecordLoader()


class WarcError(Exception):
    """A WARC file cannot be written or read as asked; the message names the file and the offset."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be written.

    `uri` becomes WARC-Target-URI, `headers` further named fields in this order. `payload`, where given, is
    what WARC-Payload-Digest is taken of (`http.Message.payload()`). `record_id` is the whole field with its
    angle brackets, from `new_id`; give one to refer to the record before it is written.
    """

    type: str
    uri: str | None
    at: datetime
    block: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    payload: bytes | None = None
    record_id: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record was written: the gzip member begins at `offset` and has `length` bytes."""

    record_id: str
    offset: int
    length: int


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
    """A record that was read; the gzip member at `offset` has `length` bytes, and the next begins there."""

    type: str
    uri: str | None
    at: datetime
    record_id: str
    headers: Fields
    block: bytes
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
        _make_folder(path.parent)
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
            _sync_folder(path.parent)
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
                length = self._append(_member(draft, record_id))
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

    def seal(self) -> Path:
        """Give the file its final name, for good, and return it."""
        _refuse_existing(self.path)
        self._cut()
        os.fsync(self._file.fileno())
        self.close()
        self.open_path.rename(self.path)
        _sync_folder(self.path.parent)
        return self.path

    def close(self) -> None:
        """Let go of the file without sealing it: it stays `.open`, whole, for a later repair."""
        self._file.close()

    def _cut(self) -> None:
        self._file.truncate(self.size)
        self._file.seek(self.size)

    def _append(self, member: bytes) -> int:
        rest = memoryview(member)
        while rest:
            rest = rest[self._file.write(rest) :]
        return len(member)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise WarcError(f"{path} exists and is never written over. Go on under the next number.")


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
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
        fields.append(("WARC-Payload-Digest", _digest(draft.payload)))
    fields.append(("WARC-Block-Digest", _digest(draft.block)))
    fields.append(("Content-Type", draft.content_type))
    fields.append(("Content-Length", str(len(draft.block))))
    return _VERSION + b"\r\n" + _lines(fields) + b"\r\n"


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _member(draft: Draft, record_id: str) -> bytes:
    parts = (_head(draft, record_id), draft.block, _END)
    size = sum(map(len, parts))
    if size > RECORD_LIMIT:
        raise WarcError(f"the record of {draft.uri} has {size} bytes, more than {RECORD_LIMIT}. Truncate it.")
    engine = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)
    return b"".join([*map(engine.compress, parts), engine.flush()])


def read(path: Path, offset: int = 0) -> Iterator[Record]:
    """The whole records from a member border on, as far as the file goes now.

    An incomplete last member, of a file that grows or was torn, ends the iteration: go on later at the last
    record's offset + length, and see from the file's size whether something is left. Damage before that
    raises WarcError. Memory is that of one record, RECORD_LIMIT at the most.
    """
    for start, length, data in _members(path, offset):
        yield _record(path, start, length, data)


def at(path: Path, offset: int) -> Record:
    """The one record whose member begins at `offset`; WarcError when no whole one does."""
    for record in read(path, offset):
        return record
    raise WarcError(f"{path}: no whole record at offset {offset}. The file is torn or shorter than that.")


def repair(path: Path, quarantine: Path) -> int:
    """Cut the file back to its last whole member and return how many bytes were cut; 0 when it was whole.

    What is cut is first copied to `quarantine` as NAME.OFFSET.tail. Damage that records follow is no torn
    tail: then nothing is cut and WarcError raised. For files that nobody writes just now.
    """
    whole, damage = _whole(path)
    cut = path.stat().st_size - whole
    if cut == 0:
        return 0
    if damage and _record_follows(path, whole + 1):
        raise WarcError(
            f"{damage} Records follow, so nothing was cut. Restore the file from a copy."
        ) from damage
    _keep_tail(path, whole, quarantine)
    with path.open("rb+") as file:
        file.truncate(whole)
        os.fsync(file.fileno())
    return cut


def _whole(path: Path) -> tuple[int, WarcError | None]:
    """Where the whole members end, and the damage there; None when the file ends before the member does."""
    end = 0
    try:
        for offset, length, _ in _members(path, 0):
            end = offset + length
    except WarcError as error:
        return end, error
    return end, None


def _record_follows(path: Path, offset: int) -> bool:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        while (offset := data.find(_MAGIC, offset)) >= 0:
            # Text that deflates to this is not met by chance.
            with suppress(zlib.error):
                start = zlib.decompressobj(_GZIP).decompress(data[offset : offset + _STEP], len(_VERSION))
                if start.startswith(b"WARC/"):
                    return True
            offset += 1
    return False


def _keep_tail(path: Path, offset: int, quarantine: Path) -> None:
    _make_folder(quarantine)
    name = f"{path.name}.{offset}.tail"
    names = (quarantine / (f"{name}.{number}" if number else name) for number in count())
    with path.open("rb") as file, next(tail for tail in names if not tail.exists()).open("xb") as kept:
        file.seek(offset)
        shutil.copyfileobj(file, kept)
        kept.flush()
        os.fsync(kept.fileno())
    _sync_folder(quarantine)


def _members(path: Path, offset: int) -> Iterator[tuple[int, int, bytes]]:
    """Offset, length and content of the whole members from `offset` on."""
    with path.open("rb") as file:
        file.seek(offset)
        beyond = b""
        while True:
            try:
                member = _inflate(file, beyond)
            except (zlib.error, ValueError) as error:
                raise WarcError(f"{path}: damaged at offset {offset}: {error}.") from error
            if member is None:
                return
            content, beyond = member
            length = file.tell() - len(beyond) - offset
            yield offset, length, content
            offset += length


def _inflate(file: BinaryIO, piece: bytes) -> tuple[bytes, bytes] | None:
    """The content of one member that begins with `piece`, and what was read beyond its end.

    None when the file ends first. Raises zlib.error for damage, ValueError beyond RECORD_LIMIT.
    """
    engine = zlib.decompressobj(_GZIP)
    parts: list[bytes] = []
    size = 0
    while not engine.eof:
        piece = piece or file.read(_STEP)
        if not piece:
            return None
        parts.append(engine.decompress(piece, _INFLATED_STEP))
        piece = engine.unconsumed_tail
        size += len(parts[-1])
        if size > RECORD_LIMIT:
            raise ValueError(f"the record is larger than {RECORD_LIMIT} bytes")
    return b"".join(parts), engine.unused_data


def _record(path: Path, offset: int, length: int, content: bytes) -> Record:
    try:
        return _parse(content, offset, length)
    except (ArchiveLoadFailed, EOFError, KeyError, OverflowError, ValueError) as error:
        raise WarcError(f"{path}: no WARC record at offset {offset}: {error!r}.") from error


def _parse(content: bytes, offset: int, length: int) -> Record:
    stream = BytesIO(content)
    raw = _LOADER.parse_record_stream(stream, known_format="warc", no_record_parse=True)
    fields = Fields(raw.rec_headers.headers)
    block = raw.raw_stream.read()
    if raw.length != len(block) or stream.read() != _END:
        raise ValueError(
            f"Content-Length is {fields.get('Content-Length')}, and that is not where the block ends"
        )
    return Record(
        type=fields["WARC-Type"],
        uri=fields.get("WARC-Target-URI"),
        at=instants.parse(fields["WARC-Date"]),
        record_id=fields["WARC-Record-ID"],
        headers=fields,
        block=block,
        offset=offset,
        length=length,
    )
