"""Source files that are edited by a form: checked before they are saved, saved as a whole or not at all."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from archive import home as homes
from schedules import sources, toml

_PAUSED = re.compile(r"^(\s*paused\s*=\s*)(true|false)")


class Changed(Exception):
    """The file is another one than that which was edited."""


def digest(text: str) -> str:
    """Tells a file's text from all others."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def read(home: homes.Home, name: str) -> str:
    """The text of a source file as it stands. Raises SourceError where there is none, OSError."""
    sources.check_name(name)
    if not home.source(name).is_file():
        raise sources.SourceError(
            f"there is no source {name!r}; those that there are stand in {home.sources}"
        )
    with home.source(name).open("rb") as file:
        return file.read(toml.LIMIT + 1).decode("utf-8", "replace")


def complaints(name: str, text: str) -> list[str]:
    """All that is wrong with a source file of this name and text, with file, line and key; none where it is
    good. Nothing is written to the home.
    """
    try:
        _checked(name, text)
    except sources.SourceError as error:
        return str(error).splitlines()
    return []


def _checked(name: str, text: str) -> sources.Source:
    with tempfile.TemporaryDirectory() as folder:
        passing = homes.Home(Path(folder))
        passing.sources.mkdir()
        sources.check_name(name)
        passing.source(name).write_bytes(text.encode("utf-8", "replace"))
        return sources.load(passing, name)


def save(home: homes.Home, name: str, text: str, before: str | None) -> None:
    """Put a text in the place of a source file, whose `digest` was `before` when it was read; None for a new
    one. Raises SourceError with all complaints, Changed where somebody else was first, OSError.
    """
    _checked(name, text)
    path = home.source(name)
    handle, passing = tempfile.mkstemp(dir=home.sources, prefix=f".{name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        if before is None:
            _link(passing, path)
            return
        if digest(read(home, name)) != before:
            raise Changed(f"sources/{name}.toml was changed by somebody else meanwhile. Nothing was saved.")
        Path(passing).chmod(path.stat().st_mode & 0o777)
        Path(passing).replace(path)
    finally:
        Path(passing).unlink(missing_ok=True)
        _sync(home.sources)


def _link(passing: str, path: Path) -> None:
    try:
        Path(passing).chmod(0o644)
        os.link(passing, path)
    except FileExistsError as error:
        raise Changed(f"There is a source {path.stem!r} already. Choose another name.") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def paused(text: str, rests: bool) -> str:
    """The text with `paused` set so; all else stays as it is, comments too."""
    lines = text.splitlines(keepends=True)
    word = "true" if rests else "false"
    at = toml.locate(text).get(("paused",))
    if at is not None:
        lines[at - 1] = _PAUSED.sub(rf"\g<1>{word}", lines[at - 1])
        return "".join(lines)
    first = next((n for n, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    if first and not lines[first - 1].endswith("\n"):
        lines[first - 1] += "\n"
    return "".join([*lines[:first], f"paused = {word}\n", *lines[first:]])
