"""The files and the run that an import leaves in a home.

Behind the files that were taken in stands one of ours, a note: its warcinfo says what the run is, and a last
record how it ended, as in the files of a crawl. So the index can be made again from them.
"""

import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive import facts, instants, runs, warc
from archive.care.portions import Portion, Stretch
from archive.facts import Beginning
from archive.home import Home
from archive.writer import make_folder, sync_folder

UNFINISHED = "the import was cut short; give the same file again and it goes on"
_STEP = 1024 * 1024


def begin(source: str, software: str, portion: Portion, slots: Collection[Any]) -> Beginning:
    """A run for a portion. It was when its records say, not when they came here."""
    of = portion.begun
    started = of.started if of else portion.first or instants.now()
    slot = started
    while slot in slots:
        slot += timedelta(microseconds=1)
    return Beginning(
        run="".join(secrets.choice(runs.ID_LETTERS) for _ in range(8)),
        source=source,
        started=started,
        slot=slot,
        light=of.light if of else False,
        resumed=0,
        settings={**(of.settings if of else {}), "import": {"run": portion.run, "files": {}}},
        software=software,
    )


def noted(beginnings: Iterable[Beginning]) -> Beginning:
    """What the files of a run say of it, in their order: of a crawl, how it began, and when it was taken up
    last. Of an import the last note counts; but a file that any of them calls taken in was, though another
    import had been cut short then.
    """
    found = list(beginnings)
    telling = [one for one in found if one.settings]
    if not telling:
        return found[0]
    last = telling[-1]
    imports = [one.settings["import"] for one in telling if "import" in one.settings]
    if not imports:
        return replace(telling[0], slot=last.slot, resumed=last.resumed)
    files: dict[str, Any] = {}
    for one in imports:
        files |= {name: told for name, told in one["files"].items() if told["done"] or name not in files}
    complete = any(one.get("complete", False) for one in imports)
    told = {**imports[-1], "files": files, **({"complete": True} if complete else {})}
    return replace(last, settings={**last.settings, "import": told})


def place(home: Home, run: Beginning, number: int) -> Path:
    """Where a run's WARC file of a number is, or is to be."""
    folder: Path = home.warc / run.source / f"{run.started.year:04d}"
    return folder / warc.file_name(run.source, run.started, run.run, number)


def copy(path: Path, target: Path) -> None:
    """A file as it is, under a name of ours."""
    make_folder(target.parent)
    passing = _passing(target)
    shutil.copyfile(path, passing)
    with passing.open("rb+") as file:
        os.fsync(file.fileno())
    passing.rename(target)
    sync_folder(target.parent)


def carry(path: Path, stretches: Sequence[Stretch], target: Path, info: Mapping[str, str]) -> None:
    """Whole records of a file, as they are, in one of ours whose warcinfo says where they are from."""
    with _writing(target, info) as writer:
        for stretch in stretches:
            writer.carry(pieces(path, stretch.start, stretch.end), packed=True)


def note(target: Path, run: Beginning, ending: Mapping[str, str]) -> None:
    """The note of a run, see above."""
    with _writing(target, facts.told(run)) as writer:
        writer.write([facts.ended(run.run, ending)])


@contextmanager
def _writing(target: Path, info: Mapping[str, str]) -> Iterator[warc.Writer]:
    """A new file, sealed where all goes well."""
    make_folder(target.parent)
    _passing(target)
    writer = warc.Writer(target, info)
    try:
        yield writer
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


def pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    """The bytes of a file from an offset up to another."""
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left and (piece := file.read(min(_STEP, left))):
            left -= len(piece)
            yield piece
