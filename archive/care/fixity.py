"""Whether WARC files are what they were: every byte, every record, every digest, and what refers to what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import answers, cdxj, facts, http, warc
from archive.database import file_digest
from archive.records import Record

_PENDING = 1000
"""So many records wait for the one that they name; it comes right behind them."""

RESTORE = "Restore the file from a copy, then run: strandline rebuild"
REBUILD = "Run: strandline rebuild"

Read = Callable[[list[Record]], object]
"""Is given the records of a file, some at a time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, with a file of the home or with a place in it; and what to do.

    `damage` is False where nothing that is kept is wrong: something is there that need not be. Bytes that
    cannot be read go from `offset` up to `until`, or to the end of the file.
    """

    file: str
    what: str
    remedy: str
    offset: int | None = None
    url: str | None = None
    damage: bool = True
    until: int | None = None


def of_file(name: str, path: Path, noted: str | None, most: int | None, read: Read) -> Iterator[Finding]:
    """What is wrong with the WARC file `name`. `noted` is the digest it was sealed with; of a file that is
    being written, `most` is how far it is known. `read` is given all records that are whole.
    """
    found = list(_records(name, path, most, read))
    yield from found
    if noted is not None and file_digest(path) != noted and not found:
        what = "its bytes are not those that it was sealed with, though all records can be read"
        yield Finding(name, what, RESTORE)


def replay_index(name: str, path: Path) -> Iterator[Finding]:
    """What is wrong with the replay index beside a sealed WARC file that is whole."""
    index = path.with_name(path.name.replace(".warc.gz", ".cdxj"))
    told = name.replace(".warc.gz", ".cdxj")
    if not index.exists():
        yield Finding(told, "the replay index is not there", REBUILD)
    elif index.read_bytes() != "".join(f"{line}\n" for line in cdxj.lines(path)).encode("ascii"):
        yield Finding(told, "the replay index is not that of its WARC file", REBUILD)


def _records(name: str, path: Path, most: int | None, read: Read) -> Iterator[Finding]:
    size = path.stat().st_size if most is None else most
    place = 0
    while place < size:
        file = _File(name, path)
        try:
            for batch, end in answers.batches(_until(warc.read(path, place), size)):
                place = end
                yield from file.look(batch)
                read(batch)
            yield from file.unmet()
            why = "the file ends in the middle of a record."
        except warc.WarcError as error:
            why = str(error).removeprefix(f"{path}: ")
        if place >= size:
            return
        goes_on = warc.following(path, place + 1)
        left = "Nothing after it can be read" if goes_on is None else f"All is whole again from {goes_on} on"
        yield Finding(name, f"a record is damaged: {why} {left}", RESTORE, place, until=goes_on)
        if goes_on is None:
            return
        place = goes_on


def _until(records: Iterator[Record], size: int) -> Iterator[Record]:
    for record in records:
        if record.offset >= size:
            return
        yield record


class _File:
    """What is checked across the records of one file."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self.ours = False
        self.named: dict[str, int] = {}

    def look(self, batch: list[Record]) -> Iterator[Finding]:
        for record in batch:
            for what in self._wrong(record):
                yield Finding(self.name, what, RESTORE, record.offset, record.uri)

    def unmet(self) -> Iterator[Finding]:
        """Records that name one that never came."""
        for record_id, offset in self.named.items() if self.ours else ():
            yield Finding(self.name, f"a record belongs to {record_id}, which is not there", RESTORE, offset)

    def _wrong(self, record: Record) -> Iterator[str]:
        if record.offset == 0:
            # A file that was taken in is as its maker made it.
            begun, own = facts.beginning(self.path, record), facts.by_itself(record)
            self.ours = begun is not None and own is not None and own.run == begun.run
            if self.ours and record.headers.get("WARC-Filename") != self.path.name.removesuffix(".open"):
                yield f"the file says that its name is {record.headers.get('WARC-Filename')}"
        yield from _block(record)
        if self.ours:
            yield from _payload(record)
            for one in record.headers.get_all("WARC-Concurrent-To"):
                if len(self.named) < _PENDING:
                    self.named[one] = record.offset
            self.named.pop(record.record_id, None)


def _block(record: Record) -> Iterator[str]:
    noted = record.headers.get("WARC-Block-Digest", "")
    if noted.startswith("sha256:") and len(noted) == len("sha256:") + 64 and _digest(record) != noted:
        yield "the bytes of its block are not those of its digest"


def _digest(record: Record) -> str:
    return warc.digest((record.block,) if record.whole else warc.pieces(record.path, record.offset))


def _payload(record: Record) -> Iterator[str]:
    noted = record.headers.get("WARC-Payload-Digest")
    if record.type != "response" or noted is None:
        return
    message = http.parse(record.block)
    if answers.payload_of(record, message)[0] != noted:
        yield "its payload is not that of its digest"
