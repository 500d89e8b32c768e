"""`strandline add`: look at a site, and write its source file."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer

from archive import home as homes
from archive import urls
from crawler import admission, presets, probe
from schedules import sources
from strandline import __version__, output, settings
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode


def add(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="Where a crawl starts.")],
    name: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", show_default=False, help="What to call the source; else after its host."
        ),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(metavar="TEXT", show_default=False, help="When to crawl: 'daily at 06:00 Europe/Riga'."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", show_default=False, help="Rules for the site's software; else found out."
        ),
    ] = None,
    delay: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, max=3600, help="Between two requests to one host.")
    ] = 1.0,
    max_pages: Annotated[
        int | None, typer.Option(metavar="N", min=1, show_default=False, help="Pages of one crawl at most.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Allow addresses of this machine and of private networks.")
    ] = False,
    no_probe: Annotated[
        bool, typer.Option("--no-probe", help="Do not ask the site for anything now.")
    ] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Look at a site and write sources/NAME.toml, which says what is crawled, when and how.

    Looking takes a handful of requests; robots.txt is obeyed. The file may be edited at any time: every key
    is in it, with its default and an explanation.
    """
    place, known = settings.enter(home)
    if preset is not None and (complaint := sources.unknown_preset(preset)):
        raise Complaint(f"{complaint}.")
    seed = _address(url)
    called = _free_name(place, name, seed)
    found = _look(seed, allow_private, no_probe, delay, known.contact)
    source = sources.Source.model_validate(
        {
            "name": called,
            "seeds": [_start(seed, found)],
            "schedule": schedule,
            "preset": preset or _preset(found),
            "manners": {"delay": delay, "allow_private": allow_private},
            "limits": {} if max_pages is None else {"pages": max_pages},
            **(_offered(found) if found else {}),
        }
    )
    source = source.model_copy(update={"seeds": admission.Admission(source).starts})
    _write(place, source)
    _print(place, source, found, json)
    for warning in _warnings(found, known.contact, allow_private):
        output.say(warning)


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


def _look(
    seed: str, allow_private: bool, no_probe: bool, delay: float, contact: str | None
) -> probe.Found | None:
    user_agent = f"Strandline/{__version__}" + (f" (+{contact})" if contact else "")
    try:
        if not no_probe:
            return probe.Probe(user_agent, allow_private, delay).look(seed)
        probe.addresses(seed, allow_private)
    except probe.PrivateAddressError as error:
        raise Complaint(f"{error}. If you mean that machine, add --allow-private.") from error
    except probe.VisitError as error:
        if not no_probe:
            raise Complaint(
                f"{error}. Check the address {seed}; to add it all the same, use --no-probe."
            ) from error
    except KeyboardInterrupt:
        raise Complaint("Interrupted; no source was added.", ExitCode.INTERRUPTED) from None
    return None


def _start(seed: str, found: probe.Found | None) -> str:
    """Where the redirects end, if that is another host or scheme: the scope is drawn around the seed."""
    moved = found is not None and found.url.split("/")[:3] != seed.split("/")[:3]
    return found.url if found and moved else seed


def _preset(found: probe.Found | None) -> str:
    """That of the software which the page gives away. A page that was not seen says nothing."""
    if found is None or found.status != 200:
        return presets.AUTO
    return found.offer.preset or presets.GENERIC


def _offered(found: probe.Found) -> dict[str, object]:
    return {
        "feeds": found.offer.feeds,
        "sitemaps": found.sitemaps,
        "about": {"title": found.offer.title, "language": found.offer.language},
    }


def _write(place: homes.Home, source: sources.Source) -> None:
    try:
        sources.write(place, source)
    except sources.SourceError as error:
        raise Complaint(f"{error}.") from error


def _print(place: homes.Home, source: sources.Source, found: probe.Found | None, json: bool) -> None:
    next_command = settings.command(place, f"crawl {source.name}")
    file = place.source(source.name).relative_to(place.root)
    facts = _facts(found) if found else {}
    if json:
        known = {"name": source.name, "file": file, "seeds": source.seeds, "preset": source.preset}
        output.json_lines([{**known, **facts}])
        return
    shown = {"source": source.name, "seeds": source.seeds, "preset": source.preset, **facts}
    output.table(("", ""), [(key, value) for key, value in shown.items() if value not in (None, ())])
    output.write(f"\nWrote {place.source(source.name)}\nNext: {next_command}")


def _facts(found: probe.Found) -> dict[str, object]:
    return {
        "redirects": found.redirects,
        "status": found.status,
        "robots": found.robots,
        "certificate": found.certificate,
        "title": found.offer.title,
        "language": found.offer.language,
        "generator": found.offer.generator,
        "feeds": found.offer.feeds,
        "sitemaps": found.sitemaps,
    }


def _warnings(found: probe.Found | None, contact: str | None, allow_private: bool) -> Iterator[str]:
    if found and not found.allowed:
        yield f"Warning: the site does not want {found.url} to be crawled ({found.robots})."
    elif found and found.status != 200:
        yield f"Warning: {found.url} answered {found.status}; is the address right?"
    if found and found.certificate:
        yield f"Warning: the certificate does not hold ({found.certificate}); a crawl goes on all the same."
    if contact is None and not allow_private:
        yield "Before the first crawl of a public site, set 'contact' in strandline.toml."
