"""What the pages of the reading room work on: one home, its archive and its settings, as they are now."""

import os
import secrets
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import current_app

from archive import access
from archive import home as homes
from schedules import service
from strandline import settings as settings_file
from strandline.complaint import Complaint
from strandline.settings import Settings
from strandline.web.begun import Begun
from strandline.web.latest import FRESH, Latest
from strandline.web.looks import Looks

T = TypeVar("T")


@dataclass
class _Held:
    """What is read again when its file is another one."""

    archive: access.Archive | None = None
    days: access.Days | None = None
    file: tuple[int, int] | None = None
    settings: Settings | None = None
    written: int = 0
    latest: dict[str, Latest[Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Room:
    """One reading room. `origin` and `kept` are where its pages and the archived ones are served, as
    `http://127.0.0.1:8320`; `names` are further host names it answers to. `open_to_all`: nobody is asked who
    they are, as on a loopback address. `daemon` is the scheduler where it is at work in this process.
    """

    home: homes.Home
    secret: bytes
    origin: str = "http://127.0.0.1:8320"
    kept: str | None = None
    names: tuple[str, ...] = ()
    open_to_all: bool = True
    daemon: service.Service | None = None
    begun: Begun = field(default_factory=Begun)
    looks: Looks = field(default_factory=Looks)
    held: _Held = field(default_factory=_Held)

    @property
    def archive(self) -> access.Archive:
        """The archive; opened anew where `rebuild` has put another index in the place of the old one."""
        with self.held.lock:
            file = _identity(self.home)
            if self.held.archive is None or file != self.held.file:
                self.held.archive = access.Archive(self.home)  # the old one is let go of by its last reader
                self.held.file = _identity(self.home)
            return self.held.archive

    @property
    def days(self) -> access.Days:
        """How much happened on each day."""
        archive = self.archive
        with self.held.lock:
            if self.held.days is None or self.held.days.archive is not archive:
                self.held.days = access.Days(archive)
            return self.held.days

    @property
    def settings(self) -> Settings:
        """The settings as the file has them now; as they were, where it is broken."""
        with self.held.lock:
            try:
                written = self.home.settings.stat().st_mtime_ns
                if self.held.settings is None or written != self.held.written:
                    self.held.settings, self.held.written = settings_file.load(self.home), written
            except (Complaint, OSError):
                if self.held.settings is None:
                    raise
            return self.held.settings

    def latest(self, name: str, find: Callable[[], T], fresh: float = FRESH) -> Latest[T]:
        """What is costly to find out, by a name of its own; for so many seconds it is not found out again."""
        with self.held.lock:
            return self.held.latest.setdefault(name, Latest(find, fresh))

    def forget(self) -> None:
        """Somebody has changed something: what is costly is found out again when it is asked for."""
        with self.held.lock:
            self.held.latest = {}

    def close(self) -> None:
        """Let go of the index."""
        if self.held.archive is not None:
            self.held.archive.close()


def room() -> Room:
    """The room that this request is made in."""
    return cast(Room, current_app.extensions["strandline"])


def secret_of(home: homes.Home) -> bytes:
    """The key that signs sessions and forms: made once, readable by its owner alone. Raises Complaint."""
    file = home.runs / ".web.key"
    home.runs.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        handle, passing = tempfile.mkstemp(dir=home.runs, prefix=".web.")
        with os.fdopen(handle, "wb") as new:
            new.write(secrets.token_bytes(32))
        with suppress(FileExistsError):  # another process was first
            os.link(passing, file)
        Path(passing).unlink()
    key = file.read_bytes()
    if len(key) < 32:
        raise Complaint(f"{file} is damaged: remove it, then start again. Who was signed in signs in anew.")
    return key


def _identity(home: homes.Home) -> tuple[int, int] | None:
    try:
        found = home.database.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
