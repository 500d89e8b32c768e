"""`strandline import`: take in what other programs archived."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from archive import care, database, space, text
from archive import home as homes
from crawler import harvest
from schedules import sources
from strandline import __version__
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode
from strandline.gauge import gauging
from strandline.output import json_lines, printable, say, write
from strandline.settings import Settings, command, enter


def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", show_default=False, help="WARC or WACZ files.")
    ],
    source: Annotated[
        str, typer.Option(metavar="NAME", show_default=False, help="The source that they belong to.")
    ],
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Take in WARC and WACZ files, of wget, Browsertrix, Heritrix, ArchiveBox or another home.

    The files stay as they are. Their bytes are copied, and their pages get versions and changes as if they
    had been crawled when they were fetched. Given again, a file adds nothing; cut short, it goes on.
    """
    found, settings = enter(home)
    try:
        sources.check_name(source)
    except sources.SourceError as error:
        raise Complaint(str(error)) from error
    code = ExitCode.DONE
    for path in files:
        taken = _take(found, settings, source, path)
        json_lines([_as_json(taken)]) if json else write(_told(taken))
        if taken.damage:
            code = ExitCode.DAMAGE
        elif taken.outcome == "refused":
            code = max(code, ExitCode.FAILED)
    if not found.source(source).is_file():
        say(f"{source} has no source file, so it is not crawled. To watch it: {_adding(found, source)}")
    raise typer.Exit(code)


def _take(home: homes.Home, settings: Settings, source: str, path: Path) -> care.Taken:
    try:
        with (
            harvest.hold(home, source),
            text.Extractors(settings.workers) as extractors,
            gauging() as watch,
        ):
            engine = database.open_index(home)
            order = care.Order(
                home, engine, extractors, source, f"Strandline/{__version__}", settings.disk.reserve, watch
            )
            try:
                return care.take_in(order, path)
            finally:
                engine.dispose()
    except harvest.AlreadyRunning as error:
        raise Complaint(f"{error}. Wait for that to end, then import again.", ExitCode.RUNNING) from error
    except space.DiskTrouble as error:
        said = f"{path.name}: {error}. Make room, then import it again: it goes on where it was."
        raise Complaint(said, ExitCode.GUARD if error.full else ExitCode.FAILED) from error
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error


def _as_json(taken: care.Taken) -> dict[str, object]:
    examples = [{"offset": offset, "reason": reason} for offset, reason in taken.examples]
    return {**asdict(taken), "examples": examples}


def _told(taken: care.Taken) -> str:
    lines = [f"{taken.file}: {taken.outcome}{f': {taken.reason}' if taken.reason else ''}"]
    if taken.outcome == "taken":
        how = "copied as it is" if taken.copied else "repacked, its records unchanged"
        runs = "run" if len(taken.runs) == 1 else f"{len(taken.runs)} runs,"
        lines[0] += (
            f" as {runs} {', '.join(taken.runs)}: {taken.pages} pages, {taken.captures} captures, "
            f"{taken.changes} changes; {how}"
        )
    lines += _counted("no captures", taken.left_out)
    if taken.duplicates and taken.outcome == "taken":
        lines.append(f"  no captures: {taken.duplicates} that the archive had already")
    lines += _counted("not taken", taken.damage)
    lines += [f"    at {offset}: {reason}" for offset, reason in taken.examples]
    return printable("\n".join(lines), lines=True)


def _counted(what: str, counts: Mapping[str, int]) -> list[str]:
    return [f"  {what}: {number} × {reason}" for reason, number in sorted(counts.items())]


def _adding(home: homes.Home, source: str) -> str:
    return command(home, f"add URL --name {source}")
