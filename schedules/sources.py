"""The source files, `HOME/sources/NAME.toml`: read with every complaint at once, written with comments."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from archive import home, urls
from crawler import presets, source
from schedules import cadence, toml
from schedules.template import render

Source = source.Source

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_ORIGIN = re.compile(r"https?://[^/?#@\s]+/?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # a token: RFC 9110, section 5.6.2


class SourceError(Exception):
    """A source that cannot be used; the message lists everything found wrong, one complaint a line."""


def load(home: home.Home, name: str) -> Source:
    """One source, its addresses in canonical form. Raises SourceError, OSError."""
    if not _NAME.fullmatch(name) or not home.source(name).is_file():
        raise SourceError(_missing(home, name))
    return _load(home.source(name))


def load_all(home: home.Home) -> tuple[list[Source], list[str]]:
    """All sources by name, and the complaints about those that cannot be used: none hides the others."""
    sources: list[Source] = []
    complaints: list[str] = []
    for path in sorted(home.sources.glob("*.toml")):
        try:
            sources.append(_load(path))
        except SourceError as error:
            complaints.extend(str(error).splitlines())
        except OSError as error:
            complaints.append(f"{_shown(path)}: {error.strerror}; make the file readable")
    return sources, complaints


def write(home: home.Home, source: Source, why: str = "") -> Path:
    """Write a new source file with a comment for every key, and `why` it has this schedule; returns its path.

    Raises SourceError when there is a source of that name, OSError (and leaves no file) on trouble.
    """
    path = home.source(source.name)
    try:
        file = path.open("x", encoding="utf-8")
    except FileExistsError as error:
        raise SourceError(
            f"{_shown(path)}: there is a source of this name already; choose another name, or edit that file"
        ) from error
    try:
        with file:
            file.write(render(source, why))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def check_name(name: str) -> None:
    """Raises SourceError when a source cannot have this name."""
    if not _NAME.fullmatch(name):
        raise SourceError(
            f"{name!r} cannot be the name of a source: up to 64 lower-case letters, digits and . _ -, "
            "and the first a letter or a digit"
        )


def unknown_preset(name: str) -> str | None:
    """What to say of a preset's name that is not known; None for one that is."""
    names = (presets.AUTO, *presets.NAMES)
    if name in names:
        return None
    near = get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown preset {name!r}; {hint}known are {', '.join(names)}"


def _load(path: Path) -> Source:
    try:
        check_name(path.stem)
    except SourceError as error:
        raise SourceError(f"{_shown(path)}:1: {error}; rename the file") from error
    try:
        document = toml.read(path, _shown(path))
        loaded = toml.check(document, Source, _more(document), name=path.stem)
    except toml.TomlError as error:
        raise SourceError(str(error)) from error
    addresses = {key: tuple(map(urls.canonical, getattr(loaded, key))) for key in _ADDRESSES}
    return loaded.model_copy(update=addresses)


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _missing(home: home.Home, name: str) -> str:
    near = get_close_matches(name, [path.stem for path in home.sources.glob("*.toml")], 3)
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return f"there is no source {name!r} in {home.sources}; {hint}'strandline sources' lists them"


_ADDRESSES = ("seeds", "feeds", "sitemaps")


def _more(document: toml.Document) -> Iterator[str]:
    """Complaints about values that have the right type; wrong types are the model's business."""
    for key in _ADDRESSES:
        for number, address in _strings(document.data, key):
            try:
                urls.canonical(address)
            except ValueError as error:
                yield document.complaint((key, number), str(error))
    for number, address in _strings(document.data.get("scope"), "twins"):
        what = f"{address!r} is no origin; write scheme and host, as in http://www.example.org"
        if not _ORIGIN.fullmatch(address):
            yield document.complaint(("scope", "twins", number), what)
            continue
        try:
            urls.canonical(address)
        except ValueError as error:
            yield document.complaint(("scope", "twins", number), str(error))
    for key in ("include", "exclude", "keep"):
        for number, pattern in _strings(document.data.get("scope"), key):
            try:
                re.compile(pattern)
            except (re.error, OverflowError, RecursionError) as error:
                what = f"{pattern!r} is not a regular expression: {error}"
                yield document.complaint(("scope", key, number), what)
    for key in ("schedule", "light"):
        text = document.data.get(key)
        try:
            if isinstance(text, str):
                cadence.parse(text)
        except cadence.CadenceError as error:
            yield document.complaint((key,), str(error))
    preset = document.data.get("preset")
    if isinstance(preset, str) and (complaint := unknown_preset(preset.strip())):
        yield document.complaint(("preset",), complaint)
    fetch = document.data.get("fetch")
    headers = fetch.get("headers") if isinstance(fetch, Mapping) else None
    for name, value in headers.items() if isinstance(headers, Mapping) else ():
        if not _HEADER_NAME.fullmatch(name) or not str(value).isprintable():
            yield document.complaint(("fetch", "headers", name), "not a header that HTTP can send")


def _strings(table: object, key: str) -> Iterator[tuple[int, str]]:
    values = table.get(key) if isinstance(table, Mapping) else None
    for number, value in enumerate(values if isinstance(values, list) else ()):
        if isinstance(value, str):
            yield number, value
