"""`strandline add`: look at a site, and write its source file."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer

from archive import home as homes
from archive import urls
from crawler import admission, presets, preview, probe
from schedules import cadence, proposal, sources
from strandline import __version__, findings, output, progress, settings
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
    _check(schedule)
    if preset is not None and (complaint := sources.unknown_preset(preset)):
        raise Complaint(f"{complaint}.")
    seed = _address(url)
    called = _free_name(place, name, seed)
    with _interruptible(), progress.asking() as tell:
        caller = probe.Caller(_user_agent(known.contact), allow_private, delay, tell)
        found = _look(caller, seed, allow_private, no_probe)
        proposed = _proposal(called, found)
        source = _source(
            {
                "name": called,
                "seeds": [_start(seed, found)],
                "schedule": schedule or proposed.schedule,
                "light": proposed.light,
                "preset": preset or _preset(found),
                "manners": {"delay": delay, "allow_private": allow_private},
                "limits": {} if max_pages is None else {"pages": max_pages},
                **(_offered(found) if found else {}),
            }
        )
        first = preview.preview(caller, source) if found and found.status == 200 else None
    why = "" if schedule else proposed.reason
    if not dry_run:
        _write(place, source, why)
    _print(place, known.zone, source, found, first, dry_run, json, why)
    for warning in findings.warnings(found, known.contact, allow_private):
        output.say(warning)


def _check(schedule: str | None) -> None:
    try:
        if schedule is not None:
            cadence.parse(schedule)
    except cadence.CadenceError as error:
        raise Complaint(f"--schedule: {error}.") from error


def _source(values: Mapping[str, object]) -> sources.Source:
    """The source, with those of its seeds that stand for all their twins."""
    source = sources.Source.model_validate(values)
    return source.model_copy(update={"seeds": admission.Admission(source).starts})


def _user_agent(contact: str | None) -> str:
    return f"Strandline/{__version__}" + (f" (+{contact})" if contact else "")


def _address(url: str) -> str:
    """The address as it is known, without what a newsletter has put behind it."""
    if "://" not in url:
        raise Complaint(f"{url!r} has no scheme. Write: strandline add https://{url}")
    try:
        address = urls.canonical(url)
        return presets.choose(presets.AUTO, [address]).fold(address).url
    except ValueError as error:
        raise Complaint(f"{error}.") from error


def _free_name(place: homes.Home, name: str | None, seed: str) -> str:
    """Decided before anything is asked of the site."""
    host = urls.host(seed).removeprefix("www.")
    called = name or re.sub(r"[^a-z0-9]+", "-", host).strip("-")[:64]
    try:
        sources.check_name(called)
    except sources.SourceError as error:
        raise Complaint(f"{error}.") from error
    if place.source(called).exists():
        raise Complaint(
            f"There is a source {called!r} already, in {place.source(called)}. "
            "Edit that file, or choose another name with --name."
        )
    return called


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise Complaint("Interrupted; no source was added.", ExitCode.INTERRUPTED) from None


def _look(caller: probe.Caller, seed: str, allow_private: bool, no_probe: bool) -> probe.Found | None:
    try:
        if not no_probe:
            return probe.look(caller, seed)
        probe.addresses(seed, allow_private)
    except probe.PrivateAddressError as error:
        raise Complaint(f"{error}. If you mean that machine, add --allow-private.") from error
    except probe.VisitError as error:
        if not no_probe:
            raise Complaint(
                f"{error}. Check the address {seed}; to add it all the same, use --no-probe."
            ) from error
    return None


def _proposal(name: str, found: probe.Found | None) -> proposal.Proposal:
    if found is None:
        return proposal.propose(name, listed=False, every=None)
    every = [feed.every for feed in found.feeds if feed.every and feed.url in found.wanted]
    return proposal.propose(name, bool(found.wanted or found.sitemaps), min(every, default=None))


def _start(seed: str, found: probe.Found | None) -> str:
    """Where the redirects end, if that is another host or scheme: the scope is drawn around the seed."""
    moved = found is not None and found.url.split("/")[:3] != seed.split("/")[:3]
    return found.url if found and moved else seed


def _preset(found: probe.Found | None) -> str:
    """That of the software which the page gives away. A page that was not seen says nothing."""
    if found is None or found.status != 200:
        return presets.AUTO
    return found.offer.platform.preset if found.offer.platform else presets.GENERIC


def _offered(found: probe.Found) -> dict[str, object]:
    return {
        "feeds": found.wanted,
        "sitemaps": found.sitemaps,
        "scope": {"twins": [twin.origin for twin in found.twins if twin.stands_for_us]},
        "about": {"title": found.offer.title, "language": found.language},
    }


def _write(place: homes.Home, source: sources.Source, why: str) -> None:
    try:
        sources.write(place, source, why)
    except sources.SourceError as error:
        raise Complaint(f"{error}.") from error


def _print(
    place: homes.Home,
    zone: str,
    source: sources.Source,
    found: probe.Found | None,
    first: preview.Preview | None,
    dry_run: bool,
    json: bool,
    why: str,
) -> None:
    file = place.source(source.name)
    if json:
        written = None if dry_run else file.relative_to(place.root)
        output.json_lines([{**findings.as_json(source, found, first, zone), "file": written}])
        return
    findings.show(source, found, why, zone)
    if first:
        findings.show_preview(source, first)
    if dry_run:
        output.write("\nA dry run: nothing was written. To add the source, say the same without --dry-run.")
    else:
        next_command = settings.command(place, f"crawl {source.name}")
        output.write(f"\nWrote {file}\nNext: {next_command}")
