"""The slots in which no run was begun: one was still under way, or a guard kept it from beginning.

A line of JSON each in HOME/runs/skipped.jsonl, only ever appended to; when the file is long its older half
goes. What is due never depends on it: it is there to be read.
"""

import fcntl
import json
import os
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from archive import home as homes
from archive import instants

OVERLAP = "a run was still under way"
LARGEST = 1_000_000
"""Bytes of the file."""


class SkippedRow(TypedDict):
    """A slot, when it was seen that it was skipped, and why."""

    source: str
    slot: datetime
    at: datetime
    reason: str


def note(home: homes.Home, source: str, slot: datetime, reason: str) -> bool:
    """Write down that a slot was skipped; False where that stands there already. Raises OSError."""
    home.runs.mkdir(parents=True, exist_ok=True)
    with (home.runs / ".skipped.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if any((row["source"], row["slot"]) == (source, slot) for row in read(home)):
            return False
        _shorten(_path(home))
        at = instants.iso(instants.now())
        line = {"source": source, "slot": instants.iso(slot), "at": at, "reason": reason}
        with _path(home).open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    return True


def read(home: homes.Home, source: str | None = None) -> list[SkippedRow]:
    """What is written down, of one source or all, in its order. Lines that are none are passed over."""
    try:
        lines = _path(home).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = [row for line in lines if (row := _row(line)) is not None]
    return [row for row in found if source in (None, row["source"])]


def _path(home: homes.Home) -> Path:
    return home.runs / "skipped.jsonl"


def _row(line: bytes) -> SkippedRow | None:
    try:
        told = json.loads(line)
        slot, at = instants.parse(told["slot"]), instants.parse(told["at"])
        return SkippedRow(source=str(told["source"]), slot=slot, at=at, reason=str(told["reason"]))
    except (ValueError, KeyError, TypeError):
        return None


def _shorten(path: Path) -> None:
    """Let the older half go where the file is long; a reader sees all of it or what is left."""
    if not path.exists() or path.stat().st_size < LARGEST:
        return
    lines = path.read_bytes().splitlines(keepends=True)
    passing = path.with_suffix(".tmp")
    passing.write_bytes(b"".join(lines[len(lines) // 2 :]))
    passing.replace(path)
