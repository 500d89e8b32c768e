"""What a light run need not ask for: the URLs of which the archive holds an answer, unless they are due.

A list made when the run begins, in an SQLite file of the run's folder, so that it goes on as it began when it
is taken up again.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def write(path: Path, urls: Iterable[str]) -> None:
    """List canonical URLs, unless the run has its list. It is written whole."""
    if path.exists():
        return
    passing = path.with_suffix(".tmp")
    passing.unlink(missing_ok=True)
    with closing(sqlite3.connect(passing)) as db, db:
        db.execute("CREATE TABLE held (url TEXT PRIMARY KEY) WITHOUT ROWID")
        db.executemany("INSERT INTO held VALUES (?)", ((url,) for url in urls))
    passing.replace(path)


class Held:
    """The list in `path`."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        # Nobody writes the list any more: its locks are taken once for all questions.
        self._db.execute("BEGIN")

    def close(self) -> None:
        self._db.close()

    def __contains__(self, url: str) -> bool:
        return self._db.execute("SELECT 1 FROM held WHERE url = ?", (url,)).fetchone() is not None
