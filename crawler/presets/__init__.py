"""Presets: what is known of the addresses that the software of a site makes, as data (`*.toml` beside this).

`generic` holds for every source, and so do the rules of the others that are `sure`: their addresses cannot be
mistaken. `auto` adds the presets of the seeds' hosts, such as `*.blogspot.com`. All is decided by a source's
file and a URL alone, so a crawl, `scope` and `why` say the same, before anything is fetched and years later.

The patterns of a preset are regular expressions, searched in the path and query of a canonical URL; those of
hosts in the host, those of twins in all that comes before the query.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from archive import urls

AUTO, GENERIC = "auto", "generic"
NAMES = ("blogger", "drupal", "ghost", "joomla", "mediawiki", "substack", "wordpress", GENERIC)
"""All presets; `generic` is the last, for its reasons are the least telling."""

_MARKUP = 512 * 1024  # bytes of a page that are looked at for traces

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Skip:
    """Not fetched, for this reason."""

    pattern: re.Pattern[str]
    reason: str
    preset: str
    sure: bool = False

    def __str__(self) -> str:
        return f"skipped by preset {self.preset}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Fetched only to find links; at most so many of them in a run. `whole`: none of them is left out because
    others found nothing (`crawler/lists.py`).
    """

    pattern: re.Pattern[str]
    name: str
    most: int
    preset: str
    whole: bool = False
    sure: bool = False

    def __str__(self) -> str:
        return f"{self.name}, by preset {self.preset}"


@dataclass(frozen=True, slots=True)
class Fold:
    """What makes one URL of twins: parameters of the query that are dropped, or a pattern (which has a name)
    and what takes its place. A `*` ends the name of a parameter; `values` limits it to some.
    """

    preset: str
    drop: tuple[str, ...] = ()
    values: re.Pattern[str] | None = None
    name: str = ""
    pattern: re.Pattern[str] | None = None
    to: str = ""
    sure: bool = False

    def drops(self, parameter: str, value: str) -> bool:
        named = any(
            parameter == one or (one.endswith("*") and parameter.startswith(one[:-1])) for one in self.drop
        )
        return named and (self.values is None or self.values.fullmatch(value) is not None)


@dataclass(frozen=True, slots=True)
class Detect:
    """What gives the software away: the host, the generator that pages name, headers, bytes of the markup."""

    hosts: tuple[re.Pattern[str], ...] = ()
    generator: tuple[re.Pattern[str], ...] = ()
    headers: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    markup: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Preset:
    """One file. `feeds` and `sitemaps` are paths at which such sites have them; sitemaps in which `lists` is
    found name pages that list others.
    """

    name: str
    title: str
    detect: Detect
    skip: tuple[Skip, ...] = ()
    listings: tuple[Listing, ...] = ()
    folds: tuple[Fold, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    lists: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """The URL that stands for a URL, and the rule where that is another one: `preset wordpress: share`."""

    url: str
    by: str | None = None


class Presets:
    """The rules in force for a source. What one of the patterns `keep` is found in is left alone by them."""

    def __init__(self, names: Iterable[str], keep: Iterable[str] = ()) -> None:
        chosen = {GENERIC, *names}
        self._keep = tuple(map(re.compile, keep))
        presets = known().values()
        self._skip = [one for p in presets for one in p.skip if one.sure or p.name in chosen]
        self._listings = [one for p in presets for one in p.listings if one.sure or p.name in chosen]
        self._lists = [p.lists for p in presets if p.lists and p.name in chosen]
        folds = [one for p in presets for one in p.folds if one.sure or p.name in chosen]
        self._rewrites = [(one, one.pattern) for one in folds if one.pattern]
        self._drops = [one for one in folds if one.drop]
        names_of = {name for one in self._drops for name in one.drop}
        either = "|".join(re.escape(name).replace(r"\*", "[^=&]*") for name in sorted(names_of))
        self._droppable = re.compile(f"[?&](?:{either})(?:[=&]|$)")

    def fold(self, url: str) -> Folded:
        """The URL that stands for a canonical URL and its twins: canonical too, and its own."""
        if self._kept(url):
            return Folded(url)
        front, mark, query = url.partition("?")
        by: dict[str, dict[str, None]] = {}
        for rule, pattern in self._rewrites:
            after = pattern.sub(rule.to, front)
            if after != front:
                front = after
                by.setdefault(rule.preset, {})[rule.name] = None
        if self._droppable.search(mark + query):
            query = "&".join(self._rest(query, by))
        if not by:
            return Folded(url)
        try:
            folded = urls.canonical(f"{front}?{query}")
        except ValueError:  # longer than a URL may be, through a pattern
            return Folded(url)
        return Folded(folded, "; ".join(f"preset {name}: {_listed(list(what))}" for name, what in by.items()))

    def skip(self, url: str) -> Skip | None:
        """The rule by which a canonical URL is not fetched."""
        target = _target(url)
        found = next((rule for rule in self._skip if rule.pattern.search(target)), None)
        return None if found is None or self._kept(url) else found

    def listing(self, url: str) -> Listing | None:
        """The rule by which a canonical URL is fetched for its links only."""
        target = _target(url)
        found = next((rule for rule in self._listings if rule.pattern.search(target)), None)
        return None if found is None or self._kept(url) else found

    def lists_only(self, sitemap: str) -> bool:
        """Whether a sitemap names pages alone that list others."""
        return any(pattern.search(_target(sitemap)) for pattern in self._lists)

    def _kept(self, url: str) -> bool:
        return any(pattern.search(url) for pattern in self._keep)

    def _rest(self, query: str, by: dict[str, dict[str, None]]) -> Iterator[str]:
        """The parameters that stay; what goes is noted in `by`."""
        for part in query.split("&"):
            name, _, value = part.partition("=")
            rule = next((rule for rule in self._drops if rule.drops(name, value)), None)
            if rule is None:
                yield part
            else:
                by.setdefault(rule.preset, {})[name] = None


def choose(preset: str, seeds: Iterable[str], keep: Iterable[str] = ()) -> Presets:
    """The rules for a source with this `preset` and these canonical seeds."""
    return _chosen(preset, tuple(seeds), tuple(keep))


@lru_cache(maxsize=64)
def _chosen(preset: str, seeds: tuple[str, ...], keep: tuple[str, ...]) -> Presets:
    if preset != AUTO:
        return Presets([preset], keep)
    hosts = [urls.host(seed) for seed in seeds]
    at_home = (one.name for one in known().values() if any(_is_of(one, host) for host in hosts))
    return Presets(at_home, keep)


def _is_of(preset: Preset, host: str) -> bool:
    return any(pattern.search(host) for pattern in preset.detect.hosts)


@dataclass(frozen=True, slots=True)
class Detected:
    """The software of a site: the name of its preset, how people call it, and what gave it away."""

    preset: str
    title: str
    evidence: str


def detect(
    host: str, generators: Iterable[str], headers: Iterable[tuple[str, str]], body: bytes
) -> Detected | None:
    """The software of a site, told from the answer for a page; None where nothing tells.

    The host is the best witness, the markup the worst: pages name other software than their own too.
    """
    named, sent, start = tuple(generators), tuple(headers), body[:_MARKUP]
    presets = known().values()
    witnesses = (
        ((one, "the host") for one in presets if _is_of(one, host)),
        (
            (one, f"generator {text}")
            for one in presets
            for text in named
            if any(p.search(text) for p in one.detect.generator)
        ),
        (
            (one, f"header {name}")
            for one in presets
            for name, value in sent
            if _sends(one.detect, name, value)
        ),
        (
            (one, f"{trace.decode()} in the markup")
            for one in presets
            for trace in one.detect.markup
            if trace in start
        ),
    )
    found = next((pair for witness in witnesses for pair in witness), None)
    return Detected(found[0].name, found[0].title, found[1]) if found else None


def _sends(detect: Detect, name: str, value: str) -> bool:
    pattern = detect.headers.get(name.lower())
    return pattern is not None and pattern.search(value) is not None


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _target(url: str) -> str:
    return url[url.index("/", len("https://")) :]


@cache
def known() -> Mapping[str, Preset]:
    """All presets by name, in the order of `NAMES`."""
    texts = ((name, (files(__name__) / f"{name}.toml").read_text("utf-8")) for name in NAMES)
    return {name: _preset(name, tomllib.loads(text)) for name, text in texts}


def _preset(name: str, data: Mapping[str, Any]) -> Preset:
    return Preset(
        name=name,
        title=data["title"],
        detect=_detect(data.get("detect", {})),
        skip=tuple(Skip(**_compiled(one), preset=name) for one in data.get("skip", ())),
        listings=tuple(Listing(**_compiled(one), preset=name) for one in data.get("discover", ())),
        folds=tuple(Fold(**_compiled(one), preset=name) for one in data.get("fold", ())),
        feeds=tuple(data.get("feeds", ())),
        sitemaps=tuple(data.get("sitemaps", ())),
        lists=re.compile(data["lists"]) if "lists" in data else None,
    )


def _compiled(rule: Mapping[str, Any]) -> dict[str, Any]:
    patterns = {key: re.compile(rule[key]) for key in ("pattern", "values") if key in rule}
    drop = {"drop": tuple(rule["drop"])} if "drop" in rule else {}
    return {**rule, **patterns, **drop}


def _detect(data: Mapping[str, Any]) -> Detect:
    return Detect(
        hosts=tuple(map(re.compile, data.get("hosts", ()))),
        generator=tuple(re.compile(pattern, re.IGNORECASE) for pattern in data.get("generator", ())),
        headers={name: re.compile(pattern, re.I) for name, pattern in data.get("headers", {}).items()},
        markup=tuple(trace.encode() for trace in data.get("markup", ())),
    )
