"""What of the folders of runs is kept: the WARC files hold what came of a run, its folder how it went.

A run that is not closed keeps all, for it is taken up again; so does one that was stopped, and the last runs
of each source, which `why` asks.
"""

import shutil
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from archive import access, instants, runs
from archive import home as homes

LAST = 5
"""Of each source, so many runs keep their folders whatever their age."""

MOST = 500
"""Folders that are cleared at a time."""

REPORT = "report.json"
"""Small, and what a rebuild goes by first."""


def tidy(home: homes.Home, days: int, now: datetime | None = None) -> int:
    """Clear the folders of runs that ended more than so many days ago; returns how many. Raises OSError and
    archive.database.DatabaseTrouble.
    """
    before = (now or instants.now()) - timedelta(days=days)
    here = {path.name for path in home.runs.iterdir() if path.is_dir() and not path.is_symlink()}
    if not here:
        return 0
    with access.Archive(home) as archive:
        rows = archive.runs()
    kept: Counter[str] = Counter()
    tidied = 0
    for row in reversed(rows):
        kept[row["source"]] += 1
        over = row["ended"] is not None and row["ended"] < before and row["outcome"] in _CLOSED
        if kept[row["source"]] > LAST and over and row["run"] in here and tidied < MOST:
            tidied += _clear(home.run(row["run"]))
    return tidied


def _clear(folder: Path) -> bool:
    """Leave nothing of it but the report; whether there was more."""
    rest = [path for path in folder.iterdir() if path.name != REPORT]
    for path in rest:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return bool(rest)


_CLOSED = frozenset({runs.Outcome.SUCCEEDED, runs.Outcome.PARTLY, runs.Outcome.FAILED, runs.Outcome.BLOCKED})
