"""Notes: appended, never rewritten; what a crash tore hides no other note."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import notes
from archive.home import Home

NOON = datetime(2025, 5, 1, 12, tzinfo=UTC)
PAGE = "https://lamp.example/a"


def test_notes_are_read_in_order_and_deleted_ones_are_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert notes.read(home) == []
    first = notes.add(home, PAGE, NOON, "Нет ли здесь ошибки?\nA second line.")
    second = notes.add(home, f"{PAGE}b", NOON, "", "blocked")
    assert notes.read(home) == [first, second]
    assert notes.read(home, PAGE) == [first]
    before = home.notes.read_bytes()
    assert notes.delete(home, first.id)
    assert not notes.delete(home, first.id)
    assert notes.read(home) == [second]
    assert home.notes.read_bytes().startswith(before)
    assert home.notes.read_bytes().count(b"\n") == 3


def test_a_torn_or_foreign_line_hides_no_other_note(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = notes.add(home, PAGE, NOON, "one")
    with home.notes.open("ab") as file:
        file.write(b'{"id": 3}\n[]\n"x"\n\xff\n' + b"[" * 100_000 + b'\n{"id": "torn", "url": "ht')
    second = notes.add(home, PAGE, NOON, "two")
    assert notes.read(home) == [first, second]


def test_it_is_on_the_disk_when_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (synced.append(number), real(number)))
    notes.add(Home(tmp_path), PAGE, NOON, "one")
    assert len(synced) == 2
    with pytest.raises(ValueError, match="10,000 characters at most"):
        notes.add(Home(tmp_path), PAGE, NOON, "x" * 10_001)
