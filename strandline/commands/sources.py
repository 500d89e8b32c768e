"""`strandline sources`: the sites that are watched."""

import typer

from schedules import sources as files
from strandline import output, settings
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import ExitCode
from strandline.reading import archive_of

_COLUMNS = ("name", "seeds", "schedule", "next", "last_run", "last_outcome", "pages")


def sources(json: JsonOption = False, home: HomeOption = None) -> None:
    """List the sources, with their last run.

    A source whose file has a mistake is reported with file, line and key, and the exit code is 1.
    """
    found, _ = settings.enter(home)
    loaded, complaints = files.load_all(found)
    with archive_of(found.root) as archive:
        summary = archive.source_summary()
    rows = []
    for source in loaded:
        last_run, last_outcome, pages = summary.get(source.name, (None, None, 0))
        values = (source.name, list(source.seeds), source.schedule, None, last_run, last_outcome, pages)
        rows.append(dict(zip(_COLUMNS, values, strict=True)))
    if json:
        output.json_lines(rows)
    elif rows:
        output.table(_COLUMNS, [tuple(row.values()) for row in rows])
    elif not complaints:
        output.say(f"No sources yet. Begin with: {settings.command(found, 'add https://example.org/')}")
    for complaint in complaints:
        output.say(f"strandline: {complaint}")
    if complaints:
        raise typer.Exit(ExitCode.FAILED)
