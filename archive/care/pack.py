"""The files and the run that an import leaves in a home."""

import os
import secrets
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from archive import instants, runs, warc
from archive.care.portions import Portion, Stretch
from archive.home import Home
from archive.writer import make_folder, sync_folder

UNFINISHED = "the import was cut short; give the same file again and it goes on"
_STEP = 1024 * 1024


def row(
    source: str, software: str, told: dict[str, object], portion: Portion, slots: Collection[datetime]
) -> dict[str, Any]:
    """The run of a portion, not finished yet. It was when its records say, not when they came here.

    `told` is what is noted of the import; `slots` are those that the source's runs have already.
    """
    facts = portion.facts
    first = portion.first or instants.now()
    started = facts.started if facts else first
    ended = (facts.ended if facts else None) or portion.last or started
    slot = started
    while slot in slots:
        slot += timedelta(microseconds=1)
    return {
        "id": "".join(secrets.choice(runs.ID_LETTERS) for _ in range(8)),
        "source": source,
        "slot": slot,
        "started": started,
        "ended": max(started, ended),
        "outcome": runs.Outcome.FAILED,
        "reason": UNFINISHED,
        "complete": facts.complete if facts else False,
        "light": facts.light if facts else False,
        "settings": {"import": told, **({"scope": facts.scope} if facts else {})},
        "software": software,
    }


def place(home: Home, run: Row[Any], number: int) -> Path:
    """Where a run's WARC file of a number is, or is to be."""
    folder: Path = home.warc / run.source / f"{run.started.year:04d}"
    return folder / warc.file_name(run.source, run.started, run.id, number)


def copy(path: Path, target: Path) -> None:
    """A file as it is, under a name of ours."""
    make_folder(target.parent)
    passing = _passing(target)
    shutil.copyfile(path, passing)
    with passing.open("rb+") as file:
        os.fsync(file.fileno())
    passing.rename(target)
    sync_folder(target.parent)


def carry(path: Path, stretches: Sequence[Stretch], target: Path, info: dict[str, str]) -> None:
    """Whole records of a file, as they are, in one of ours whose warcinfo says where they are from."""
    make_folder(target.parent)
    _passing(target)
    writer = warc.Writer(target, info)
    try:
        for stretch in stretches:
            writer.carry(_bytes(path, stretch), packed=True)
        writer.seal()
    except BaseException:
        writer.close()
        raise


def _passing(target: Path) -> Path:
    """The name that the file has until it is whole; what a killed import left under it goes."""
    passing = target.with_name(f"{target.name}.open")
    with suppress(FileNotFoundError):
        passing.unlink()
    return passing


def _bytes(path: Path, stretch: Stretch) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(stretch.start)
        left = stretch.end - stretch.start
        while left and (piece := file.read(min(_STEP, left))):
            left -= len(piece)
            yield piece
