"""`strandline crawl`: fetch, record, and take into the archive."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from archive import database, runs, space
from archive import home as homes
from crawler import address, harvest, visit
from crawler import source as watched
from schedules import sources
from strandline import __version__
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode
from strandline.output import json_lines, say, write
from strandline.progress import summary, watching
from strandline.settings import Settings, enter, source

_REMEDY = {
    True: "Make room on that disk, or lower 'reserve' under [disk] in strandline.toml, then crawl again: "
    "it goes on where it was.",
    False: "Look after that disk, then crawl again: it goes on where it was.",
}
_MINUTES = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}


def crawl(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", show_default=False, help="Sources; else all.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All sources, the paused ones too.")] = False,
    light: Annotated[
        bool, typer.Option("--light", help="Ask only for what is new, and for known pages that are due.")
    ] = False,
    max_pages: Annotated[
        int | None, typer.Option(min=1, metavar="N", show_default=False, help="Stop a run after N pages.")
    ] = None,
    max_time: Annotated[
        str | None, typer.Option(metavar="TIME", show_default=False, help="Stop a run after 90s, 30m or 2h.")
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Crawl sources now, one after the other, and take what they serve into the archive.

    A light run finds new pages and edits with few requests, but no removals. A run that was stopped or killed
    goes on where it was. Ctrl-C stops cleanly.
    """
    found, settings = enter(home)
    limits: dict[str, object] = {}
    if max_pages is not None:
        limits["pages"] = max_pages
    if max_time is not None:
        limits["minutes"] = _minutes(max_time)
    chosen, whole = _chosen(found, names or [], everything)
    code = ExitCode.DONE if whole else ExitCode.FAILED
    with _signals() as received:
        for one in chosen:
            limited = one.model_copy(update={"limits": one.limits.model_copy(update=limits)})
            try:
                code = max(code, _crawl_one(found, settings, limited, light, received, json))
            except Complaint as complaint:
                if len(chosen) == 1:
                    raise
                say(f"strandline: {complaint}")
                code = max(code, ExitCode(complaint.code))
            if received:
                code = ExitCode(128 + received[0])
                break
    raise typer.Exit(code)


def _chosen(home: homes.Home, names: list[str], everything: bool) -> tuple[list[watched.Source], bool]:
    """The sources that are meant, and whether all source files are in order. Raises Complaint when there are
    none, or one that was named is unknown or broken.
    """
    if names:
        return [source(home, name) for name in dict.fromkeys(names)], True
    good, complaints = sources.load_all(home)
    for complaint in complaints:
        say(f"strandline: {complaint}")
    chosen = [one for one in good if everything or not one.paused]
    if not chosen:
        raise Complaint("There is no source to crawl. Add one with: strandline add URL")
    return chosen, not complaints


def _crawl_one(
    home: homes.Home, settings: Settings, one: watched.Source, light: bool, received: list[int], json: bool
) -> ExitCode:
    _require_contact(settings, one)
    report = _harvest(home, settings, one, light, received)
    code = _told(report, json)
    if light and not report.light:
        say(f"{one.name}: this run was a full one, which must come to its end before there are light ones.")
    elif report.light and not light and report.outcome is not runs.Outcome.STOPPED and not received:
        # It was only to be taken up; now for what was asked for.
        code = max(code, _told(_harvest(home, settings, one, light, received), json))
    return code


def _harvest(
    home: homes.Home, settings: Settings, one: watched.Source, light: bool, received: list[int]
) -> harvest.Report:
    try:
        with watching(one.name) as watch:
            return harvest.harvest(
                home,
                one,
                contact=settings.contact,
                software=f"Strandline/{__version__}",
                workers=settings.workers,
                reserve=settings.disk.reserve,
                light=light,
                watch=watch,
                stopping=lambda: bool(received),
            )
    except harvest.AlreadyRunning as error:
        raise Complaint(
            f"{error}. Wait for it to end; its progress is in: strandline runs", ExitCode.RUNNING
        ) from error
    except space.DiskTrouble as error:
        raise Complaint(f"{one.name}: {error}. {_REMEDY[error.full]}", _code(error.full)) from error
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error


def _told(report: harvest.Report, json: bool) -> ExitCode:
    """Print what came of a run; returns what that means for the exit code."""
    if json:
        json_lines([harvest.as_json(report)])
    else:
        write(summary(report))
    if report.damage:
        return ExitCode.DAMAGE
    if report.no_space or report.broken_disk:
        say(f"strandline: {_REMEDY[report.no_space]}")
        return _code(report.no_space)
    return ExitCode.FAILED if report.outcome is runs.Outcome.FAILED else ExitCode.DONE


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


def _minutes(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not match or not float(match[1]):
        raise Complaint(f"{text!r} is not a length of time. Write it like 90s, 30m or 2h.")
    return float(match[1]) * _MINUTES[match[2]]


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM instead of dying of them; a second one ends the program at once."""
    received: list[int] = []

    def note(number: int, _frame: object) -> None:
        if received:
            raise KeyboardInterrupt
        received.append(number)
        say("Stopping: waiting for what is being fetched. What is left is taken up by the next crawl.")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
