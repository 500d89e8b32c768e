"""How the commands that read open the archive, and read page addresses and times as people write them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from archive import access, database, instants
from strandline.complaint import Complaint
from strandline.settings import enter
from strandline.when import Moment, parse


@contextmanager
def archive_of(option: Path | None) -> Iterator[access.Archive]:
    """The archive of the home that is meant. Raises Complaint for what is not there or not readable."""
    home, _settings = enter(option)
    try:
        with access.Archive(home) as archive:
            yield archive
    except (access.NotInArchive, database.DatabaseTrouble) as error:
        raise Complaint(str(error)) from error


def moment(text: str) -> Moment:
    """A time as a person wrote it; days are UTC days. Raises Complaint."""
    return parse(text, instants.now(), UTC)


def baseline(option: Path | None, name: str) -> str:
    """The day that `[baselines]` in strandline.toml calls so; else what was said, which must be a time.

    Raises Complaint, with the names there are.
    """
    home, settings = enter(option)
    if name in settings.baselines:
        return settings.baselines[name].isoformat()
    try:
        moment(name)
    except Complaint as error:
        named = ", ".join(f"{one!r}" for one in sorted(settings.baselines)) or "none yet"
        raise Complaint(
            f"{name!r} is neither a date nor a baseline. Baselines of this home: {named}. "
            f"Name one in {home.settings.name}, as in:\n[baselines]\n{json.dumps(name)} = 2025-05-01"
        ) from error
    return name


def number(archive: access.Archive, url: str, asked: str) -> int:
    """The version meant by a number (`3`, `v3`) or by a time. Four figures are a year."""
    if match := re.fullmatch(r"v(\d{1,9})|(\d{1,3})", asked):
        return int(match[1] or match[2])
    return archive.version_at(url, moment(asked).end)


def notes_on(archive: access.Archive, url: str | None = None) -> list[access.NoteRow]:
    """The notes that stand, on one canonical URL or all."""
    return [access.note_row(one) for one in access.notes.read(archive.home, url)]


def said(note: access.NoteRow) -> str:
    """A note in one line, as it is told beside what it is on."""
    verdict = f"[{note['verdict']}] " if note["verdict"] else ""
    return f"{verdict}{note['text']} ({note['id']})"
