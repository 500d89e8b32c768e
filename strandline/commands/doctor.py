"""`strandline doctor`: is everything in order to crawl?"""

import platform
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import import_module, metadata
from pathlib import Path
from tempfile import TemporaryFile
from zoneinfo import ZoneInfo

import typer

from archive import database, instants, space
from archive import home as homes
from schedules import sources
from strandline import output, settings
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode

_MODULES = {
    "python-dateutil": "dateutil",
    "charset-normalizer": "charset_normalizer",
    "flask-wtf": "flask_wtf",
}
"""Distributions whose module has another name."""


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `said` tells what is the case, and what to do where it is not in order."""

    check: str
    state: State
    said: str


def doctor(json: JsonOption = False, home: HomeOption = None) -> None:
    """Check the installation and the home, and say what to do about each thing that is not in order.

    The exit code is 2 when there is a problem; warnings do not stop a crawl.
    """
    findings = [*_installation(), *_home(home)]
    if json:
        output.json_lines({"check": f.check, "state": f.state, "said": f.said} for f in findings)
    else:
        output.table(("check", "state", ""), [(f.check, f.state, f.said.splitlines()) for f in findings])
    if any(finding.state is State.PROBLEM for finding in findings):
        raise typer.Exit(ExitCode.USAGE)


def _installation() -> Iterator[Finding]:
    yield _python()
    yield from map(_dependency, _requirements())
    yield _clock()
    yield _attempt("zone data", lambda: f"{ZoneInfo('Europe/Riga')} is known", "Install the package tzdata.")


def _home(option: Path | None) -> Iterator[Finding]:
    try:
        home = settings.find_home(option)
    except Complaint as complaint:
        yield Finding("home", State.PROBLEM, str(complaint))
        return
    yield _attempt("home", lambda: _writable(home), "Make the folder writable for you.")
    yield from _settings(home)
    yield _sources(home)
    yield _attempt("index", lambda: _index(home), "")
    yield _disk(home)


def _python() -> Finding:
    found, needed = sys.version_info[:2], metadata.metadata("strandline")["Requires-Python"]
    said = f"Python {platform.python_version()}, needed is {needed}"
    if found < tuple(int(part) for part in re.findall(r"\d+", needed)[:2]):
        return Finding("python", State.PROBLEM, f"{said}. Install a newer Python, then Strandline again.")
    return Finding("python", State.OK, said)


def _requirements() -> Iterator[str]:
    """The distributions that ours declares and cannot do without, so that the list is never out of date."""
    for requirement in metadata.requires("strandline") or ():
        if "extra ==" in requirement:
            continue
        if match := re.match(r"[\w.-]+", requirement):
            yield match.group()


def _dependency(name: str) -> Finding:
    module = _MODULES.get(name, name)

    def load() -> str:
        import_module(module)
        return metadata.version(name)

    return _attempt(name, load, "Install Strandline again.")


def _attempt(check: str, look: Callable[[], str], remedy: str) -> Finding:
    try:
        return Finding(check, State.OK, look())
    except Exception as error:  # whatever it is that fails: finding it is what this command is for
        what = str(error) or type(error).__name__
        return Finding(check, State.PROBLEM, f"{what.rstrip('.')}. {remedy}".strip())


def _clock() -> Finding:
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    now = instants.now()
    if now < installed - timedelta(days=1):
        said = f"The clock says {now:%Y-%m-%d}, but Strandline was installed on {installed:%Y-%m-%d}. Set it."
        return Finding("clock", State.PROBLEM, said)
    return Finding("clock", State.OK, f"{now:%Y-%m-%d %H:%M} UTC")


def _writable(home: homes.Home) -> str:
    for folder in (home.root, home.sources, home.warc, home.text, home.runs):
        if folder.exists():
            with TemporaryFile(dir=folder):
                pass
    return f"{home.root}, format {homes.FORMAT}"


def _settings(home: homes.Home) -> Iterator[Finding]:
    try:
        known = settings.load(home)
    except (Complaint, OSError) as error:
        yield Finding("settings", State.PROBLEM, str(error))
        return
    yield Finding("settings", State.OK, home.settings.name)
    if known.contact:
        yield Finding("contact", State.OK, known.contact)
    else:
        said = "None is set. Set it in strandline.toml: no public site is crawled without."
        yield Finding("contact", State.WARNING, said)


def _sources(home: homes.Home) -> Finding:
    loaded, complaints = sources.load_all(home)
    if complaints:
        return Finding("sources", State.PROBLEM, "\n".join(complaints))
    return Finding("sources", State.OK, f"{len(loaded)} in order")


def _index(home: homes.Home) -> str:
    if not home.database.exists():
        return "none yet: the first crawl makes it"
    return f"{home.database.name}, schema {database.check(home)}"


def _disk(home: homes.Home) -> Finding:
    try:
        wanted = settings.load(home).disk.reserve
    except (Complaint, OSError):
        wanted = None  # told by the check of the settings
    seen = space.look(home.root)
    reserve = space.reserve(seen, wanted)
    said = f"{space.amount(seen.free)} are free, {space.amount(reserve)} of them are to stay free"
    if seen.free < reserve:
        return Finding("disk", State.PROBLEM, f"{said}: nothing is crawled. Make room.")
    if seen.free < 2 * reserve:
        return Finding("disk", State.WARNING, f"{said}: little for a crawl. Make room soon.")
    return Finding("disk", State.OK, said)
