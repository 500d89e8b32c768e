"""Takes a run up where it was: what is in its WARC files is done, and is not fetched again."""

import os
from collections.abc import Iterator
from pathlib import Path

from archive import home as homes
from archive import http, instants, warc
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
    files = _files(home, order)
    # Until it is mended the newest file may be empty; and what is in the one before may not be noted yet.
    for path in files[-2:]:
        if path.name.endswith(_OPEN):
            warc.repair(path, home.quarantine)
        _replay(path, frontier, ledger, originals)
    for path in files:
        mend(path, home.quarantine)
    last = files[-1].name.removesuffix(_OPEN) if files else ""
    number = int(last.removesuffix(".warc.gz")[-5:]) + 1 if last else 0
    return max(number, order.warc_number)


def mend(path: Path, quarantine: Path) -> None:
    """Cut a file that was left open to its whole records, and seal it. Raises warc.WarcError."""
    if path.name.endswith(_OPEN):
        warc.repair(path, quarantine)
        _seal(path)


def _files(home: homes.Home, order: Order) -> list[Path]:
    """The run's WARC files in the order of their numbers."""
    first = place(home, order, 0)
    stem = first.name.removesuffix("00000.warc.gz")
    found = first.parent.glob(f"{stem}[0-9]*.warc.gz*")
    return sorted(path for path in found if path.name.endswith((".warc.gz", f".warc.gz{_OPEN}")))


def _replay(path: Path, frontier: Frontier, ledger: Ledger, originals: Originals) -> None:
    for url, answer in _answers(path, originals):
        row = frontier.unfinished(url, instants.iso(answer.at))
        if row is not None:
            ledger.close(row, answer)


def _answers(path: Path, originals: Originals) -> Iterator[tuple[str, Answer]]:
    """What was fetched, but robots.txt: that is asked for anew by each process."""
    robots = ""
    for record in warc.read(path):
        if record.type == "metadata" and f"kind: {UrlKind.ROBOTS}\r\n".encode() in record.block:
            robots = record.headers.get("WARC-Concurrent-To", "")
        elif record.type == "response" and record.uri and record.record_id != robots:
            cut = record.headers.get("WARC-Truncated")
            yield (
                record.uri,
                Answer(
                    record.at, http.parse(record.block), Cut(cut) if cut else None, size=len(record.block)
                ),
            )
        elif record.type == "revisit" and record.uri:
            # What a revisit refers to is what its page says; its own block has no more than a head.
            message = originals.message(record.uri) or http.parse(record.block)
            yield record.uri, Answer(record.at, message, size=len(record.block))


def _seal(path: Path) -> None:
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
