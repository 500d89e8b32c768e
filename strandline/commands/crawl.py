"""`strandline crawl`: fetch, record, and take into the archive."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from archive import home as homes
from archive import runs
from crawler import source as watched
from schedules import sources
from strandline import lookout, turns
from strandline.commands import HomeOption, JsonOption, LogFormat, LogOption
from strandline.complaint import Complaint, ExitCode
from strandline.crawling import Desk, run, told
from strandline.output import log_as_json, say
from strandline.settings import enter, source

_MINUTES = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}


def crawl(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", show_default=False, help="Sources; else all.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All sources, the paused ones too.")] = False,
    due: Annotated[
        bool, typer.Option("--due", help="What is due by its schedule; quiet when nobody watches.")
    ] = False,
    light: Annotated[
        bool, typer.Option("--light", help="Ask only for what is new, and for known pages that are due.")
    ] = False,
    max_pages: Annotated[
        int | None, typer.Option(min=1, metavar="N", show_default=False, help="Stop a run after N pages.")
    ] = None,
    max_time: Annotated[
        str | None, typer.Option(metavar="TIME", show_default=False, help="Stop a run after 90s, 30m or 2h.")
    ] = None,
    log_format: LogOption = LogFormat.TEXT,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Crawl sources now, one after the other, and take what they serve into the archive.

    A light run finds new pages and edits with few requests, but no removals. A run that was stopped or killed
    goes on where it was. Ctrl-C stops cleanly.

    For cron and timers there is --due; 'strandline cron' prints what they need.
    """
    if due and (names or everything or light):
        raise Complaint("--due goes by the schedules alone: leave names, --all and --light away.")
    if log_format is LogFormat.JSON:
        log_as_json()
    found, settings = enter(home)
    limits: dict[str, object] = {}
    if max_pages is not None:
        limits["pages"] = max_pages
    if max_time is not None:
        limits["minutes"] = _minutes(max_time)
    with _signals() as received:
        quiet = log_format is LogFormat.JSON or (due and turns.is_unattended())
        desk = Desk(found, settings, json, quiet, limits, received)
        code = _due(desk) if due else _crawl(desk, names or [], everything, light)
        if (due or settings.notify.by_hand) and not received:  # else the next look tells
            lookout.follow(found, settings)
        raise typer.Exit(code)


def _due(desk: Desk) -> ExitCode:
    """All that is due, with its pings, and the news of each source at once unless a digest is wanted."""
    lookout.ping(desk.settings, None, "start")
    code = turns.crawl_due(lookout.heard(desk))
    if not desk.received:
        lookout.ping(desk.settings, None, "fail" if code else "success")
    return code


def _crawl(desk: Desk, names: list[str], everything: bool, light: bool) -> ExitCode:
    chosen, whole = _chosen(desk.home, names, everything)
    code = ExitCode.DONE if whole else ExitCode.FAILED
    for one in chosen:
        try:
            code = max(code, _crawl_one(desk, one, light))
        except Complaint as complaint:
            if len(chosen) == 1:
                raise
            say(f"strandline: {complaint}")
            code = max(code, ExitCode(complaint.code))
        if desk.received:
            return ExitCode(128 + desk.received[0])
    return code


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


def _crawl_one(desk: Desk, one: watched.Source, light: bool) -> ExitCode:
    report = run(desk, one, light)
    code = told(desk, report)
    if light and not report.light:
        say(f"{one.name}: this run was a full one, which must come to its end before there are light ones.")
    elif report.light and not light and report.outcome not in runs.UNFINISHED and not desk.received:
        # It was only to be taken up; now for what was asked for.
        code = max(code, told(desk, run(desk, one, light)))
    return code


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
