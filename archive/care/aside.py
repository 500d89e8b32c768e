"""What is given away is made aside, and has its name only when it is whole."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.writer import sync_folder


class InTheWay(ValueError):
    """There is something of that name; nothing was done."""


@contextmanager
def made_aside(path: Path, *, force: bool) -> Iterator[Path]:
    """A path for a file or folder of the same name, which takes the place of `path` at the end; with `force`,
    also where there is something. Raises InTheWay otherwise. What was begun goes where it is not ended.
    """
    if path.exists() and not force:
        raise InTheWay(f"{path} exists. Give another name, or --force to replace it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    around = path.with_name(f".{path.name}.{os.getpid()}.new")
    around.mkdir()
    passing = around / path.name
    try:
        yield passing
        _sync(passing)
        if path.is_dir():
            shutil.rmtree(path)
        passing.replace(path)
        sync_folder(path.parent)
    finally:
        shutil.rmtree(around, ignore_errors=True)


def _sync(path: Path) -> None:
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        if one.is_dir():
            sync_folder(one)
        else:
            with one.open("rb") as file:
                os.fsync(file.fileno())
