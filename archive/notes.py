"""What people wrote about captures: HOME/notes.jsonl, one JSON object a line, only ever appended to.

A note hangs on a URL and the instant of a capture, which no rebuild of the index changes. What was deleted
stays in the file, with a later line that says so.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from archive import instants
from archive.home import Home
from archive.model import Verdict

LONGEST = 10_000
"""Characters of a note."""

_LINE = 64 * 1024
VERDICTS = ("good", "blocked", "failed", "gone", "moved")
"""What a person can say of a capture against what the program made of it."""


@dataclass(frozen=True, slots=True)
class Note:
    """`at` is the capture's instant, `written` when the note was made. `verdict` overrules the capture's."""

    id: str
    url: str
    at: datetime
    written: datetime
    text: str
    verdict: str | None = None


def read(home: Home, url: str | None = None) -> list[Note]:
    """The notes that stand, in the order in which they were written; of one canonical URL, or all.

    Lines that are no notes are passed over: a write that was cut off must not hide the others.
    """
    notes: dict[str, Note] = {}
    for line in _lines(home.notes):
        if isinstance(line.get("delete"), str):
            notes.pop(line["delete"], None)
        elif note := _note(line):
            notes[note.id] = note
    return [note for note in notes.values() if url in (None, note.url)]


def verdicts(home: Home) -> dict[tuple[str, datetime], Verdict]:
    """What people said that captures are, by URL and instant; the last note on a capture counts. "moved" is
    only written down.
    """
    means = {
        "good": Verdict.SAME,
        "blocked": Verdict.BLOCKED,
        "failed": Verdict.FAILED,
        "gone": Verdict.GONE,
    }
    return {(note.url, note.at): means[note.verdict] for note in read(home) if note.verdict in means}


def add(home: Home, url: str, at: datetime, text: str, verdict: str | None = None) -> Note:
    """Write a note down; it is on the disk when this returns. Raises ValueError, OSError."""
    if len(text) > LONGEST:
        raise ValueError(f"a note has {LONGEST:,} characters at most, and this one {len(text):,}")
    note = Note(uuid4().hex[:12], url, at, instants.now(), text, verdict)
    line = {
        "id": note.id,
        "url": url,
        "at": instants.iso(at),
        "written": instants.iso(note.written),
        "text": text,
    }
    _append(home.notes, line if verdict is None else {**line, "verdict": verdict})
    return note


def delete(home: Home, id: str) -> bool:
    """Write down that a note no longer stands; False where there is none with this id."""
    if id not in {note.id for note in read(home)}:
        return False
    _append(home.notes, {"delete": id, "written": instants.iso(instants.now())})
    return True


def _append(path: Path, line: dict[str, str]) -> None:
    data = json.dumps(line, ensure_ascii=True).encode() + b"\n"
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            data = data if file.read(1) == b"\n" else b"\n" + data  # after a write that was cut off
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        while line := file.readline(_LINE):
            try:
                found = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(found, dict):
                yield found


def _note(line: dict[str, Any]) -> Note | None:
    try:
        if not all(isinstance(line[key], str) for key in ("id", "url", "at", "written", "text")):
            return None
        verdict = line.get("verdict")
        return Note(
            line["id"], line["url"], instants.parse(line["at"]), instants.parse(line["written"]),
            line["text"], verdict if verdict in VERDICTS else None,
        )  # fmt: skip
    except (KeyError, ValueError):
        return None
