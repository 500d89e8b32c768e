"""One run of a source, as the front desk orders it and tells of it: for `crawl`, by hand or as it is due."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from archive import database, runs, space
from archive import home as homes
from crawler import address, harvest, visit
from crawler import source as watched
from strandline import __version__
from strandline.complaint import Complaint, ExitCode
from strandline.output import json_lines, logs_json, say, write
from strandline.progress import Watch, summary, watching
from strandline.settings import Settings

REMEDY = {
    True: "Make room on that disk, or lower 'reserve' under [disk] in strandline.toml, then crawl again: "
    "it goes on where it was.",
    False: "Look after that disk, then crawl again: it goes on where it was.",
}

_BADLY = frozenset(
    {runs.Outcome.FAILED, runs.Outcome.BLOCKED, runs.Outcome.STALLED, runs.Outcome.INTERRUPTED}
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where runs are ordered. `received` are the signals that ask for an end; `limits` replace those of the
    sources; `quiet`: nothing is said of what went well. `began` and `ended` hear of each run that was due.
    """

    home: homes.Home
    settings: Settings
    json: bool = False
    quiet: bool = False
    limits: dict[str, object] = field(default_factory=dict)
    received: list[int] = field(default_factory=list)
    began: Callable[[str], None] = lambda _source: None
    ended: Callable[[str, ExitCode], None] = lambda _source, _code: None


def run(
    desk: Desk, source: watched.Source, light: bool, slot: datetime | None = None, left: str | None = None
) -> harvest.Report:
    """Crawl a source once; `slot` and `left` as in `crawler.harvest`. Raises Complaint, runs.SlotTaken."""
    _require_contact(desk.settings, source)
    limited = source.model_copy(update={"limits": source.limits.model_copy(update=desk.limits)})
    try:
        with _watching(desk, source.name) as watch:
            return harvest.harvest(
                desk.home,
                limited,
                contact=desk.settings.contact,
                software=f"Strandline/{__version__}",
                workers=desk.settings.workers,
                reserve=desk.settings.disk.reserve,
                light=light,
                slot=slot,
                left=left,
                watch=watch,
                stopping=lambda: bool(desk.received),
            )
    except harvest.AlreadyRunning as error:
        raise Complaint(
            f"{error}. Wait for it to end; its progress is in: strandline runs", ExitCode.RUNNING
        ) from error
    except space.DiskTrouble as error:
        raise Complaint(f"{source.name}: {error}. {REMEDY[error.full]}", _code(error.full)) from error
    except database.Locked as error:
        raise Complaint(f"{source.name}: {error}", ExitCode.FAILED) from error
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error


@contextmanager
def _watching(desk: Desk, source: str) -> Iterator[Watch]:
    if desk.quiet:
        yield lambda moment: None
    else:
        with watching(source) as watch:
            yield watch


def told(desk: Desk, report: harvest.Report) -> ExitCode:
    """Print what came of a run; returns what that means for the exit code."""
    code = _meaning(report)
    if logs_json():
        say(summary(report), run=report.run, source=report.source, outcome=report.outcome)
    if desk.json:
        json_lines([harvest.as_json(report)])
    elif (code or not desk.quiet) and not logs_json():
        write(summary(report))
        sys.stdout.flush()
    if report.no_space or report.broken_disk:
        say(f"strandline: {REMEDY[report.no_space]}")
    return code


def _meaning(report: harvest.Report) -> ExitCode:
    if report.damage:
        return ExitCode.DAMAGE
    if report.no_space or report.broken_disk:
        return _code(report.no_space)
    return ExitCode.FAILED if report.outcome in _BADLY else ExitCode.DONE


def _code(full: bool) -> ExitCode:
    return ExitCode.GUARD if full else ExitCode.FAILED


def _require_contact(settings: Settings, one: watched.Source) -> None:
    """A public site must be told whom to complain to (design: User-Agent names a contact)."""
    if settings.contact is None and any(map(_is_public, one.seeds)):
        raise Complaint(
            f"{one.name} is a public site, and no contact is set for its owner. Write contact = "
            '"https://..." or "name@host" into strandline.toml, then crawl again.'
        )


def _is_public(seed: str) -> bool:
    try:
        return bool(visit.addresses(seed))
    except (visit.VisitError, address.PrivateAddressError):
        return False
