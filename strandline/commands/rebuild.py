"""`strandline rebuild`: the index and the texts anew, from the WARC files alone."""

from dataclasses import asdict

import typer

from archive import care, text
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode
from strandline.gauge import counting
from strandline.output import json_lines, say
from strandline.settings import enter


def rebuild(json: JsonOption = False, home: HomeOption = None) -> None:
    """Make archive.db, the folder text/ and the replay indexes anew from the WARC files.

    Notes, rulings on noise, source files and settings stay. Until all is made the old index is in use;
    nothing may be crawled meanwhile. What is damaged is told, and all the rest is taken.
    """
    found, settings = enter(home)
    try:
        with text.Extractors(settings.workers) as extractors, counting("reading") as watch:
            made = care.rebuild(found, extractors, watch)
    except care.Busy as error:
        raise Complaint(f"{error}. Wait until it has ended, then rebuild.", ExitCode.RUNNING) from error
    if json:
        json_lines([asdict(made)])
    else:
        say(f"Made anew from {made.files} WARC files of {made.runs} runs: {made.captures} captures.")
        for path in made.strange:
            say(f"{path}: left out: its name is none of ours. Take it in with: strandline import")
        for one in made.damage:
            place = f" {one.size} bytes at offset {one.offset} were left out." if one.size else ""
            say(f"{one.file}: {one.why}.{place} Restore it from a copy and rebuild again.")
    if made.damage:
        raise typer.Exit(ExitCode.DAMAGE)
