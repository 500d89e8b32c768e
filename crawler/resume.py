"""Takes a run up where it was: what is in its WARC files is done, and is not fetched again."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from archive import home as homes
from archive import http, instants, warc
from crawler.discovery import legible, location
from crawler.exchange import Answer, Cut
from crawler.frontier import Frontier
from crawler.ledger import Ledger
from crawler.order import Order
from crawler.originals import Originals
from crawler.rows import UrlKind

_OPEN = ".open"


def place(home: homes.Home, order: Order, number: int) -> Path:
    """The path of a run's WARC file, as it is called when it is complete."""
    name = warc.file_name(order.source.name, order.started, order.run, number)
    return home.warc / order.source.name / f"{order.started:%Y}" / name


def recover(home: homes.Home, order: Order, frontier: Frontier, ledger: Ledger, originals: Originals) -> int:
    """Mend the WARC files that a dead process left open, close in the frontier what they hold, and seal them.

    Returns the number for the next file. Raises warc.WarcError where a file is damaged in its middle.
    """
    frontier.recall()
    file, offset = frontier.marked()
    files = _files(home, order)
    for path in files:
        start = offset if _number(path) == file and path.stat().st_size >= offset else 0
        if path.name.endswith(_OPEN):
            warc.repair(path, home.quarantine, start)
        if _number(path) >= file:
            _replay(path, start, frontier, ledger, originals)
    for path in files:
        _seal(path)
    return max(_number(files[-1]) + 1 if files else 0, order.warc_number)


def mend(path: Path, quarantine: Path) -> None:
    """Cut a file that was left open to its whole records, and seal it. Raises warc.WarcError."""
    if path.name.endswith(_OPEN):
        warc.repair(path, quarantine)
    _seal(path)


def _number(path: Path) -> int:
    return int(path.name.removesuffix(_OPEN).removesuffix(".warc.gz")[-5:])


def _files(home: homes.Home, order: Order) -> list[Path]:
    """The run's WARC files in the order of their numbers."""
    first = place(home, order, 0)
    stem = first.name.removesuffix("00000.warc.gz")
    found = first.parent.glob(f"{stem}[0-9]*.warc.gz*")
    return sorted(path for path in found if path.name.endswith((".warc.gz", f".warc.gz{_OPEN}")))


def _replay(path: Path, start: int, frontier: Frontier, ledger: Ledger, originals: Originals) -> None:
    for record in _answers(path, start):
        row = frontier.unfinished(record.uri or "", instants.iso(record.at))
        if row is not None:
            answer = _answer(record, row.kind, originals)
            ledger.close(row, answer, _gate(row.url, answer.message))


def _gate(url: str, message: http.Message | None) -> str | None:
    """A page that redirects to itself, and sets a cookie with that, is still to be asked again with it."""
    if message and 300 <= message.status < 400 and message.get("set-cookie"):
        return url if location(url, message) == url else None
    return None


def _answers(path: Path, start: int) -> Iterator[warc.Record]:
    """The records of what was fetched, but robots.txt: that is asked for anew by each process."""
    robots = ""
    for record in warc.read(path, start):
        if record.type == "metadata" and f"kind: {UrlKind.ROBOTS}\r\n".encode() in record.block:
            robots = record.headers.get("WARC-Concurrent-To", "")
        elif record.type in ("response", "revisit") and record.uri and record.record_id != robots:
            yield record


def _answer(record: warc.Record, kind: UrlKind, originals: Originals) -> Answer:
    cut = record.headers.get("WARC-Truncated") if record.type == "response" else None
    # What a revisit refers to is what its page says; its own block has no more than a head.
    message = originals.message(record.uri or "", kind) if record.type == "revisit" else None
    if message is None:
        message = legible(kind, record.block, partial(warc.first, record.path, record.offset))
    return Answer(record.at, message, Cut(cut) if cut else None, size=record.size)


def _seal(path: Path) -> None:
    if not path.name.endswith(_OPEN):
        return
    if path.stat().st_size == 0:
        path.unlink()
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.rename(path.with_name(path.name.removesuffix(_OPEN)))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
