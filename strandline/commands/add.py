"""`strandline add`: look at a site, and write its source file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from archive import home as homes
from strandline import adding, findings, output, progress, settings
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode

UrlArgument = Annotated[str, typer.Argument(metavar="URL", show_default=False, help="Where a crawl starts.")]
NameOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", show_default=False, help="What to call the source; else after its host."),
]
ScheduleOption = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        show_default=False,
        help="When to crawl: 'daily at 06:00 Europe/Riga'; else a careful one.",
    ),
]
PresetOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", show_default=False, help="Rules for the site's software; else found out."),
]
DelayOption = Annotated[
    float, typer.Option(metavar="SECONDS", min=0, max=3600, help="Between two requests to one host.")
]
PagesOption = Annotated[
    int | None, typer.Option(metavar="N", min=1, show_default=False, help="Pages of one crawl at most.")
]
PrivateOption = Annotated[
    bool, typer.Option("--allow-private", help="Allow addresses of this machine and of private networks.")
]
NoProbeOption = Annotated[bool, typer.Option("--no-probe", help="Do not ask the site for anything now.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")]


def add(
    url: UrlArgument,
    name: NameOption = None,
    schedule: ScheduleOption = None,
    preset: PresetOption = None,
    delay: DelayOption = 1.0,
    max_pages: PagesOption = None,
    allow_private: PrivateOption = False,
    no_probe: NoProbeOption = False,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Look at a site, write sources/NAME.toml, which says what is crawled, when and how, and show what the
    first crawl would do.

    Looking takes some ten to forty requests; robots.txt is obeyed. The file may be edited at any time: every
    key is in it, with its default and an explanation.
    """
    place, known = settings.enter(home)
    wishes = adding.Wishes(url, name, schedule, preset, delay, max_pages, allow_private, no_probe)
    with _interruptible(), progress.asking() as tell:
        looked = adding.look(place, known, wishes, tell)
    if not dry_run:
        adding.write(place, looked)
    _print(place, known.zone, looked, dry_run, json)
    for warning in findings.warnings(looked.found, known.contact, allow_private):
        output.say(warning)


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise Complaint("Interrupted; no source was added.", ExitCode.INTERRUPTED) from None


def _print(place: homes.Home, zone: str, looked: adding.Looked, dry_run: bool, json: bool) -> None:
    source, found = looked.source, looked.found
    file = place.source(source.name)
    if json:
        written = None if dry_run else file.relative_to(place.root)
        output.json_lines([{**findings.as_json(source, found, looked.first, zone), "file": written}])
        return
    findings.show(source, found, looked.why, zone)
    if looked.first:
        findings.show_preview(source, looked.first)
    if dry_run:
        output.write("\nA dry run: nothing was written. To add the source, say the same without --dry-run.")
    else:
        next_command = settings.command(place, f"crawl {source.name}")
        output.write(f"\nWrote {file}\nNext: {next_command}")
