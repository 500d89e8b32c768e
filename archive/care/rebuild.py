"""Makes the index, the texts and the replay indexes anew from the WARC files: `strandline rebuild`.

The new ones grow in HOME/rebuild beside the old, which stay in use until the last moment. Killed before that,
nothing has happened; killed while they change places, the next rebuild ends what was begun.
"""

import json
import math
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from archive import database, facts, ingest, runs, search, warc
from archive.care import pack
from archive.care.still import sources, still
from archive.care.take_in import finish
from archive.facts import Beginning
from archive.home import Home
from archive.schema import runs as run_rows
from archive.text import Extractors
from archive.writer import sync_folder

_DONE = "whole"
"""The name of the file in HOME/rebuild that says that all is there."""

Watch = Callable[[int, int], object]
"""Is told how many bytes of how many were read."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a WARC file: with `size` bytes at `offset`, left out, or with all of it."""

    file: Path
    why: str
    offset: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made. `strange` are files in HOME/warc whose names are not of ours: they were left out."""

    runs: int
    files: int
    captures: int
    damage: tuple[Damage, ...]
    strange: tuple[Path, ...]


def rebuild(home: Home, extractors: Extractors, watch: Watch = lambda _done, _total: None) -> Rebuilt:
    """Make anew what can be made from the WARC files. Raises `Busy` where a source is being crawled, and
    OSError, also where there is no room.
    """
    with still(home, sources(home)):
        _change_places(home)
        shutil.rmtree(home.rebuilt, ignore_errors=True)
        home.rebuilt.mkdir()
        anew = replace(home, derived=home.rebuilt)
        anew.text.mkdir()
        found = _files(home)
        with _index(anew) as engine:
            told = _Told(watch, sum(path.stat().st_size for _, path in found))
            damage: list[Damage] = []
            for _, group in groupby(found, key=lambda one: one[0].run):
                damage += _take(anew, engine, extractors, list(group), told)
            with database.reading(engine) as connection:
                captures = connection.exec_driver_sql("SELECT count(*) FROM captures").scalar_one()
        _say_done(home)
        _change_places(home)
        search.forget(home)  # its numbers of texts are those of the index before
        _take_words(home)
        database.seal(home)
        strange = tuple(path for path in _paths(home) if facts.beginning(path, None) is None)
    return Rebuilt(len({one.run for one, _ in found}), len(found), captures, tuple(damage), strange)


def _take_words(home: Home) -> None:
    """Make the words anew that are searched. Where that fails, the next search does it."""
    engine = database.open_index(home)
    try:
        with suppress(sqlite3.Error, OSError):
            search.follow(home, engine, seconds=math.inf)
    finally:
        engine.dispose()


class _Told:
    """How far the reading has come."""

    def __init__(self, watch: Watch, total: int) -> None:
        self.watch, self.total, self.done = watch, total, 0

    def add(self, size: int) -> None:
        self.done += size
        self.watch(self.done, self.total)


@contextmanager
def _index(home: Home) -> Iterator[Engine]:
    engine = database.open_index(home)
    try:
        yield engine
    finally:
        engine.dispose()
    with closing(sqlite3.connect(home.database)) as connection:
        # Now it is one file, with nothing beside it, and can change places.
        connection.execute("PRAGMA journal_mode=DELETE")


def _paths(home: Home) -> list[Path]:
    return sorted(
        path for path in home.warc.glob("*/*/*") if path.name.endswith((".warc.gz", ".warc.gz.open"))
    )


def _files(home: Home) -> list[tuple[Beginning, Path]]:
    """The WARC files with the beginnings of their runs, as these were begun, and those of each in order."""
    found = []
    for path in _paths(home):
        try:
            first = next(warc.read(path), None)
        except (OSError, warc.WarcError):
            first = None
        if begun := facts.beginning(path, first):
            found.append((begun, path))
    started: dict[str, datetime] = {}
    for begun, _ in found:
        started[begun.run] = min(begun.started, started.get(begun.run, begun.started))
    return sorted(found, key=lambda one: (started[one[0].run], one[0].run, one[1].name))


def _take(
    home: Home, engine: Engine, extractors: Extractors, parts: list[tuple[Beginning, Path]], told: _Told
) -> list[Damage]:
    """Take in the files of one run, as after a crawl, and close it as it was closed."""
    begun = pack.noted(one for one, _ in parts)
    _begin(engine, begun)
    report = report_of(home, begun)
    intake = ingest.Ingest(home, engine, extractors, begun.source, begun.run)
    damage: list[Damage] = []
    for _, path in parts:
        intake.told = {}
        damage += _read(intake, path, told)
        if path.name.endswith(".warc.gz"):
            intake.seal(path)
            with suppress(warc.WarcError):  # damaged: that was told, and it has no replay index
                warc.index(path)
    _end(engine, begun, intake, report)
    digests = runs.fixity(engine, begun.run)
    noted = report.get("warcs", {}).items()
    of = {path.name: path for _, path in parts}
    altered = [of[name] for name, digest in noted if name in of and digests.get(name) != digest]
    return damage + [
        Damage(path, "its bytes are not those that it had when it was sealed") for path in altered
    ]


def _read(intake: ingest.Ingest, path: Path, told: _Told) -> Iterator[Damage]:
    """Take a file, also beyond damage."""
    place, size = 0, path.stat().st_size
    while True:
        try:
            while intake.take(path, most=1):
                told.add(intake.reached(path) - place)
                place = intake.reached(path)
            why = "it ends in the middle of a record"
        except warc.WarcError as error:
            place, why = intake.reached(path), str(error)
        if place == size:
            return
        goes_on = warc.following(path, place + 1)
        if goes_on is None and path.name.endswith(".open"):
            return  # a crawl was killed: the next one mends it
        yield Damage(path, why, place, (goes_on or size) - place)
        if goes_on is None:
            return
        intake.skip(path, goes_on)
        told.add(goes_on - place)
        place = goes_on


def _begin(engine: Engine, begun: Beginning) -> None:
    """Note a run. Where nothing told its slot, it may be one that another run has."""
    mine = select(run_rows.c.slot).where(run_rows.c.source == begun.source)
    with database.reading(engine) as connection:
        taken = set(connection.execute(mine).scalars())
    while begun.slot in taken:
        begun = replace(begun, slot=begun.slot + timedelta(microseconds=1))
    row = {
        "id": begun.run,
        "source": begun.source,
        "slot": begun.slot,
        "started": begun.started,
        "light": begun.light,
        "imported": "import" in begun.settings,
        "resumed": begun.resumed,
        "settings": begun.settings,
        "software": begun.software,
    }
    with engine.begin() as connection:
        connection.execute(run_rows.insert(), row)


def _end(engine: Engine, begun: Beginning, intake: ingest.Ingest, report: dict[str, Any]) -> None:
    """Close a run as its report says, or without one as its last record does; one that has neither was left
    behind, and is taken up by the next crawl.
    """
    told = intake.told
    if "import" in begun.settings:
        finish(intake, begun)
        return
    if not report and not told:
        intake.conclude(complete=False)
        return
    outcome, reason = _outcome(engine, begun, report, told)
    complete = outcome in runs.WELL and not begun.light
    intake.conclude(complete=complete)
    runs.finish(
        engine,
        begun.run,
        outcome=outcome,
        reason=reason,
        complete=complete,
        requests=int(told.get("requests") or report.get("requests") or 0),
        received=int(told.get("bytes") or report.get("bytes") or 0),
        failed=_failed(report, told),
        ended=intake.ended() or facts.instant(report.get("written")),
    )


def report_of(home: Home, begun: Beginning) -> dict[str, Any]:
    """What was reported of the run, unless it was taken up again since then."""
    try:
        found = json.loads((home.run(begun.run) / "report.json").read_text("utf-8"))
        known = found["run"] == begun.run and found["resumed"] >= begun.resumed
        runs.Outcome(found["outcome"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return dict(found) if known else {}


def _outcome(
    engine: Engine, begun: Beginning, report: dict[str, Any], told: dict[str, str]
) -> tuple[runs.Outcome, str | None]:
    if report:
        return runs.Outcome(report["outcome"]), report.get("reason")
    if told.get("exhausted") != "yes":
        stalled = told.get("stalled") == "yes"
        return runs.Outcome.STALLED if stalled else runs.Outcome.STOPPED, told.get("reason")
    seeds = begun.settings.get("seeds", [])
    return runs.judged(engine, begun.run, begun.light, _failed({}, told), seeds)


def _failed(report: dict[str, Any], told: dict[str, str]) -> int:
    """The pages that gave no answer to the last."""
    if "pagesFailed" in told:
        return int(told["pagesFailed"])
    counts = report.get("counts", {})
    return int(counts.get("failed", 0)) - int(counts.get("blocked", 0))


def _say_done(home: Home) -> None:
    for path in (home.rebuilt, home.rebuilt / "text"):
        sync_folder(path)
    with (home.rebuilt / _DONE).open("x") as file:
        file.flush()
    sync_folder(home.rebuilt)


def _change_places(home: Home) -> None:
    """Put what was made in the place of the old, if all of it is there. Each step can be done again."""
    made = replace(home, derived=home.rebuilt)
    if not (home.rebuilt / _DONE).exists():
        return
    if made.database.exists():
        for ending in ("-wal", "-shm", ".sha256"):  # of the old index: a new one must never be read with it
            home.database.with_name(home.database.name + ending).unlink(missing_ok=True)
        made.database.replace(home.database)
        sync_folder(home.root)
    if made.text.exists():
        if home.text.exists():
            home.text.rename(home.rebuilt / "text.old")
        made.text.rename(home.text)
        sync_folder(home.root)
    shutil.rmtree(home.rebuilt)
