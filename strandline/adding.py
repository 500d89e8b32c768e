"""A look at a site that is to be watched, and the source file that is proposed for it: for `add`, and the
reading room.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive import home as homes
from archive import urls
from crawler import admission, presets, preview, probe
from schedules import cadence, proposal, sources
from strandline import __version__
from strandline.complaint import Complaint
from strandline.settings import Settings


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person says of a new source; None is found out, or proposed. `delay` is in seconds."""

    url: str
    name: str | None = None
    schedule: str | None = None
    preset: str | None = None
    delay: float = 1.0
    max_pages: int | None = None
    allow_private: bool = False
    no_probe: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look: the proposed source, and `why` it has this schedule; what was found and what the
    first crawl would do, None where nothing was asked.
    """

    source: sources.Source
    found: probe.Found | None
    first: preview.Preview | None
    why: str


def look(place: homes.Home, known: Settings, wishes: Wishes, tell: Callable[[str], None]) -> Looked:
    """Look at the site; `tell` hears what is being asked. Raises Complaint."""
    _check(wishes.schedule)
    if wishes.preset is not None and (complaint := sources.unknown_preset(wishes.preset)):
        raise Complaint(f"{complaint}.")
    seed = _address(wishes.url)
    called = _free_name(place, wishes.name, seed)
    caller = probe.Caller(_user_agent(known.contact), wishes.allow_private, wishes.delay, tell)
    found = _look(caller, seed, wishes.allow_private, wishes.no_probe)
    proposed = _proposal(called, found)
    source = _source(
        {
            "name": called,
            "seeds": [_start(seed, found)],
            "schedule": wishes.schedule or proposed.schedule,
            "light": proposed.light,
            "preset": wishes.preset or _preset(found),
            "manners": {"delay": wishes.delay, "allow_private": wishes.allow_private},
            "limits": {} if wishes.max_pages is None else {"pages": wishes.max_pages},
            **(_offered(found) if found else {}),
        }
    )
    first = preview.preview(caller, source) if found and found.status == 200 else None
    return Looked(source, found, first, "" if wishes.schedule else proposed.reason)


def write(place: homes.Home, looked: Looked) -> None:
    """Write the source file that was proposed. Raises Complaint."""
    try:
        sources.write(place, looked.source, looked.why)
    except sources.SourceError as error:
        raise Complaint(f"{error}.") from error


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
