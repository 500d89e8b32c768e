"""`crawl --due`: the sources whose turn it is, one after the other, the oldest overdue first.

Nothing is kept between two calls but the table of runs. Each look is noted, so that `why` can tell whether
anybody looks at all.
"""

import fcntl
import os
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from archive import access, database, instants, runs
from archive import home as homes
from crawler import harvest
from crawler import source as watched
from schedules import due, skipped, sources
from strandline.complaint import Complaint, ExitCode
from strandline.crawling import Desk, run, told
from strandline.output import say

PLACES = 4
"""So many `crawl --due` work in one home at a time, where cron starts one every few minutes."""

_TURNS = 3
"""Runs of one source at most: what was left behind, a light one that waits, the full one that is due."""

_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows an earlier time was never set: this program is younger."""


def crawl_due(desk: Desk) -> ExitCode:
    """Run what is due at this moment. Raises Complaint where nothing can be run at all."""
    now = instants.now()
    if now < _EARLIEST:
        raise Complaint(f"The clock shows {now:%Y-%m-%d}, which cannot be. Set it, then crawl again.")
    note_look(desk.home)
    loaded, complaints = sources.load_all(desk.home)
    for complaint in complaints:
        say(f"strandline: {complaint}")
    code = ExitCode.FAILED if complaints else ExitCode.DONE
    with _place(desk.home) as is_free:
        if is_free:
            return max(code, _turns(desk, {one.name: one for one in loaded}, now))
    if not desk.quiet:
        say(f"{PLACES} others are crawling what is due in this home: nothing is left to do here.")
    return code


def _turns(desk: Desk, loaded: Mapping[str, watched.Source], now: datetime) -> ExitCode:
    code = ExitCode.DONE
    had: Counter[str] = Counter()
    plans = [due.plan(one, desk.settings.zone) for one in loaded.values()]
    while not desk.received:
        rested = {name for name, times in had.items() if times >= _TURNS}
        running = {name for name in loaded if name not in rested and harvest.is_running(desk.home, name)}
        _note_overlaps(desk.home, [one for one in plans if one.source in running], loaded, now)
        turn = next(iter(due.due(plans, _slots(desk.home, loaded, now), running | rested, now)), None)
        if turn is None:
            if not had and not desk.quiet and not running:
                say("Nothing is due. When it will be is told by: strandline sources --verbose")
            return code
        desk.began(turn.source)
        of_turn, goes_on = take_turn(desk, loaded[turn.source], turn)
        desk.ended(turn.source, of_turn)
        code = max(code, of_turn)
        had[turn.source] += 1 if goes_on else _TURNS
        if code is ExitCode.GUARD:
            return code
    return ExitCode(128 + desk.received[0])


def _note_overlaps(
    home: homes.Home, plans: list[due.Plan], loaded: Mapping[str, watched.Source], now: datetime
) -> None:
    """Write down the slots that came while their sources are being crawled."""
    slots = _slots(home, loaded, now) if plans else {}
    for one in plans:
        if slot := due.overlapping(one, slots.get(one.source), now):
            with suppress(OSError):
                skipped.note(home, one.source, slot, skipped.OVERLAP)


def take_turn(desk: Desk, source: watched.Source, turn: due.Due) -> tuple[ExitCode, bool]:
    """One run: what it means for the exit code, and whether the source may have another turn. Whatever goes
    wrong, the other sources have theirs.
    """
    try:
        report = run(desk, source, turn.light, turn.slot, turn.left)
    except runs.SlotTaken:
        return ExitCode.DONE, True
    except Complaint as complaint:
        if complaint.code == ExitCode.RUNNING:
            return ExitCode.DONE, False
        if complaint.code == ExitCode.GUARD:
            with suppress(OSError):  # the disk is full
                skipped.note(desk.home, source.name, turn.slot, "the disk had no room for a run")
        say(f"strandline: {complaint}")
        return ExitCode(complaint.code), False
    except Exception as error:
        if os.environ.get("STRANDLINE_DEBUG"):
            traceback.print_exception(error)
        say(
            f"strandline: {source.name}: a fault ended this run ({type(error).__name__}: {error}). "
            "Please report it, with what STRANDLINE_DEBUG=1 prints. The other sources are not concerned."
        )
        return ExitCode.FAILED, False
    return told(desk, report), report.outcome not in runs.UNFINISHED


def _slots(home: homes.Home, names: Iterable[str], now: datetime) -> dict[str, access.SlotsRow]:
    try:
        with access.Archive(home) as archive:
            return access.slots_of(archive.engine, names, now)
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error


@contextmanager
def _place(home: homes.Home) -> Iterator[bool]:
    """One of the places in this home, as long as there is one; it is free again when the process ends."""
    home.runs.mkdir(parents=True, exist_ok=True)
    for number in range(PLACES):
        with (home.runs / f".due-{number}.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield True
            return
    yield False


def is_unattended() -> bool:
    """Whether nobody watches: only what went wrong is told then."""
    return not sys.stderr.isatty()


def note_look(home: homes.Home) -> None:
    """Leave word that somebody looked what is due."""
    with suppress(OSError):  # where nothing can be written, that is told by the crawl
        home.runs.mkdir(parents=True, exist_ok=True)
        (home.runs / ".due").touch()


def last_look(home: homes.Home) -> datetime | None:
    """When somebody last looked what is due."""
    try:
        return datetime.fromtimestamp((home.runs / ".due").stat().st_mtime, UTC)
    except OSError:
        return None
