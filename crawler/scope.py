"""Which URLs belong to a source, and by which rule: the answer that `strandline why` shows."""

import json
import re
from dataclasses import dataclass

from archive import urls
from crawler.source import Source


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a URL is inside the scope; `rule` names what decided, for a person."""

    inside: bool
    rule: str


class Scope:
    """The scope of one source: inside are its seeds, and what keeps all of its rules.

    `within` is relative to the seeds. A *host* is the seed's host and port; `www.` and the scheme make no
    difference, since sites redirect between these and would else leave an empty crawl. A *domain* also
    has all subdomains. A *prefix* is the folder of the seed's path on that host: `/blog/` for
    `/blog/index.html`, and for `/blog`, whose last segment names no file. *surt* compares SURT forms, so
    that `www.` counts. Then the URL must match one `include` (if there are any) and no `exclude`, and be
    at most `depth` links away from a seed.

    `starts` are the canonical URLs that stand for the seeds, where others do.

    Raises ValueError for a seed that is no web address and re.error for a bad regular expression.
    """

    def __init__(self, source: Source, starts: tuple[str, ...] = ()) -> None:
        rules = source.scope
        given = map(urls.canonical, (*source.seeds, *source.feeds, *source.sitemaps))
        self._seeds = frozenset((*given, *starts))
        self._within = rules.within
        anchors = (self._anchor(seed) for seed in (*map(urls.canonical, source.seeds), *starts))
        self._anchors = tuple(dict.fromkeys(anchors))
        self._include = tuple(map(re.compile, rules.include))
        self._exclude = tuple(map(re.compile, rules.exclude))
        self._depth = rules.depth

    def decide(self, url: str, depth: int = 0) -> Ruling:
        """Rule on a URL that was found `depth` links away from a seed."""
        try:
            url = urls.canonical(url)
        except ValueError as error:
            return Ruling(False, str(error))
        return self.rule(url, depth)

    def rule(self, url: str, depth: int = 0) -> Ruling:
        """`decide` for a URL that is in canonical form already."""
        if url in self._seeds:
            return Ruling(True, "seed")
        place = self._place(url)
        anchor = next((anchor for anchor in self._anchors if self._covers(anchor, place)), None)
        if anchor is None:
            return Ruling(False, f"outside {self._within} {_listed(self._anchors)}")
        for pattern in self._exclude:
            if pattern.search(url):
                return Ruling(False, f"exclude {_quoted(pattern)}")
        included = next((pattern for pattern in self._include if pattern.search(url)), None)
        if self._include and included is None:
            return Ruling(False, f"include has nothing for it: {_listed(tuple(map(_quoted, self._include)))}")
        if depth > self._depth:
            return Ruling(False, f"depth {depth} > {self._depth}")
        by = f", include {_quoted(included)}" if included else ""
        return Ruling(True, f"within {self._within} {anchor}{by}")

    def spans(self, url: str) -> bool:
        """Whether `within` takes in the whole domain of a seed, and the host of the URL is of it."""
        place = self._place(url)
        return self._within == "domain" and any(self._covers(anchor, place) for anchor in self._anchors)

    def _anchor(self, seed: str) -> str:
        if self._within in ("host", "domain"):
            return self._place(seed)
        folder, _, last = self._place(seed.partition("?")[0]).rpartition("/")
        return f"{folder}/{last}/" if last and "." not in last else f"{folder}/"

    def _place(self, url: str) -> str:
        """The part of the URL that `within` looks at."""
        if self._within == "surt":
            return urls.surt(url)
        host = url.split("/", 3)[2].removeprefix("www.")
        if self._within == "prefix":
            return host + "/" + url.split("/", 3)[3]
        return host

    def _covers(self, anchor: str, place: str) -> bool:
        if self._within in ("prefix", "surt"):
            return place.startswith(anchor) or place.partition("?")[0] + "/" == anchor
        if place == anchor:
            return True
        return self._within == "domain" and "." in anchor and place.endswith("." + anchor)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _quoted(pattern: re.Pattern[str]) -> str:
    """A pattern as it may stand in the source's file: TOML's literal string, in which `\\` is no escape."""
    text = pattern.pattern
    plain = "'" not in text and text.isprintable()
    return f"'{text}'" if plain else json.dumps(text, ensure_ascii=False)
