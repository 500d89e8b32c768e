"""The program as a person runs it: the installed command, in a home of its own.

To start it takes more than half a second of computing, most of what a command takes that only reads. So what
a test asks with `--json`, and what is no more than the way to what it looks at, is done by the same `main`
within this process; the crawling itself is a process of its own in any case.
"""

import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine, text

from archive import schema
from strandline.cli import main

# They start no processes, and ask no host.
READING = (
    *("blame", "changes", "cite", "diff", "extract", "noise"),
    *("note", "pages", "runs", "search", "show", "versions", "why"),
)

PROGRAM = str(Path(sys.executable).with_name("strandline"))


class Person:
    """Somebody at a keyboard whose home folder for archives is `home`; `through` starts the program."""

    def __init__(self, home: Path, through: Sequence[str] = ()) -> None:
        self.home = home
        self.program = (*through, PROGRAM)
        self.environment = {**os.environ, "STRANDLINE_HOME": str(home), "NO_COLOR": "1"}

    def run(self, *words: str, code: int = 0) -> str:
        """Run `strandline WORDS`, expect the exit code, return what it printed on stdout."""
        done = subprocess.run(
            [*self.program, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *words: str) -> list[dict[str, Any]]:
        """The objects that a reading command prints with `--json`."""
        run = self.run_here if words[0] in READING else self.run
        return [json.loads(line) for line in run(*words, "--json").splitlines()]

    def run_here(self, *words: str, code: int = 0) -> str:
        """As `run`, without a process of its own, unless `through` asks for one. What crawls is one all the
        same. The environment and stdout are of the whole process, so another thread gets its own.
        """
        if self.program != (PROGRAM,) or threading.current_thread() is not threading.main_thread():
            return self.run(*words, code=code)
        told, complained = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            redirect_stdout(told),
            redirect_stderr(complained),
        ):
            ended = main(words)
        assert ended == code, f"exit {ended}\n{told.getvalue()}\n{complained.getvalue()}"
        return told.getvalue()

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Begin `strandline WORDS` in a process group of its own."""
        return subprocess.Popen(
            [*self.program, *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def watch(self, url: str, name: str = "magazine", delay: float = 0) -> None:
        """Make the home and add a site on this machine, with so many seconds between requests."""
        self.run_here("init", str(self.home))
        self.run_here("add", url, "--name", name, "--no-probe", "--allow-private", "--delay", str(delay))

    def later(self, days: float) -> None:
        """Let time pass: every instant in the index then lies so much farther back, and so does what is
        remembered of robots.txt files.
        """
        index = create_engine(f"sqlite:///{self.home / 'archive.db'}")
        with index.begin() as connection:
            for table in schema.metadata.tables.values():
                for column in table.columns:
                    if isinstance(column.type, schema.Instant):
                        moved = f"strftime('%Y-%m-%dT%H:%M:%f000Z', {column.name}, '-{days} days')"
                        connection.execute(text(f"UPDATE {table.name} SET {column.name} = {moved}"))
        index.dispose()
        with closing(sqlite3.connect(self.home / "runs" / "hosts.db")) as db, db:
            db.execute("UPDATE robots SET at = at - ?", (days * 86_400,))

    @property
    def warcs(self) -> list[Path]:
        """The WARC files of the home, in the order in which they were begun."""
        return sorted((self.home / "warc").rglob("*.warc.gz*"), key=lambda path: path.stat().st_mtime)
