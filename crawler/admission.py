"""What of the URLs that are met goes into the frontier, as which URL, and why not: preset, scope and traps.

The one place where that is decided: for the crawl, for `strandline scope` and for `why`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive import instants, urls
from crawler import presets, traps
from crawler.manners import origin
from crawler.presets import Folded
from crawler.rows import FOLLOWED, Found, Row, State, UrlKind
from crawler.scope import Ruling, Scope
from crawler.source import Source

__all__ = ["Admission", "Judgement"]

SEED = "seed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a URL. `folded` is the URL that stands for it, `by` the rule, where that is another
    one; `listing` says that it is fetched only to find links, and as what.
    """

    url: str
    inside: bool
    rule: str
    depth: int
    folded: str | None = None
    by: str | None = None
    listing: str | None = None


class Admission:
    """The rules of one source for one run; `starts` are its seeds, each as what stands for it and its twins.

    Raises as `Scope`.
    """

    def __init__(self, source: Source) -> None:
        seeds = tuple(map(urls.canonical, source.seeds))
        self._presets = presets.choose(source.preset, seeds, source.scope.keep)
        self._home = origin(self._presets.fold(seeds[0]).url)
        others = (origin(urls.canonical(f"{twin.rstrip('/')}/")) for twin in source.scope.twins)
        self._twins = tuple(f"{twin}/" for twin in others if twin != self._home)
        self.starts = tuple(dict.fromkeys(self.fold(seed).url for seed in seeds))
        self._scope = Scope(source, self.starts)
        self._traps = traps.Traps(instants.now().year)
        self._listed: dict[presets.Listing, set[int]] = {}
        self._names = frozenset(urls.host(start).partition(":")[0] for start in self.starts)

    def listing(self, url: str) -> presets.Listing | None:
        """What a canonical URL lists, if it is fetched for its links only."""
        return self._presets.listing(url)

    def sense(self, url: str) -> str | None:
        """What a link leads to, as it counts among what a page has: not under a twin's address. None where a
        preset skips it, or it names a page of the site in its query, as one for sharing that page does.
        """
        url = self.fold(url).url
        query = url.partition("?")[2]
        named = query and any(name in query for name in self._names)
        return None if named or self._presets.skip(url) else url

    def recall(self, lists: Iterable[str]) -> None:
        """Count lists that a process which is gone has let in."""
        for url in lists:
            if listing := self.listing(url):
                self._listed.setdefault(listing, set()).add(hash(url))

    def fold(self, url: str) -> Folded:
        """The URL that stands for a canonical URL and its twins."""
        here = self._at_home(url)
        folded = self._presets.fold(here)
        # What a preset makes of a third address may be a twin's: https://x.blogspot.de of http://x.blogspot.com.
        stands = self._at_home(folded.url)
        if url == here and stands == folded.url:
            return folded
        by = f"twin of {self._home}"
        return Folded(stands, f"{by}, {folded.by}" if folded.by else by)

    def _at_home(self, url: str) -> str:
        twin = next((one for one in self._twins if url.startswith(one)), None)
        return url if twin is None else f"{self._home}/{url.removeprefix(twin)}"

    def rule(self, url: str, depth: int = 0) -> Ruling:
        """Rule on a canonical URL as it is, by scope and preset. No preset leaves a seed out. A twin's URL,
        to which a redirect may lead, is in scope where the one is that stands for it.
        """
        ruling = self._scope.rule(self._at_home(url), depth)
        if not ruling.inside or ruling.rule == SEED:
            return ruling
        skip = self._presets.skip(url)
        return Ruling(False, str(skip)) if skip else ruling

    def is_allied(self, url: str) -> bool:
        """Whether the host of a URL belongs to the source by its file: it says `within = "domain"`."""
        return self._scope.spans(url)

    def lists_only(self, sitemap: str) -> bool:
        """Whether a sitemap names no more than pages that list others."""
        return self._presets.lists_only(sitemap)

    def admit(self, found: Found, row: Row | None = None) -> Found:
        """The URL as it goes into the frontier, or left out with the rule; `row` is what led to it.

        Requisites are of any host and stay as they are named; a sitemap or feed is of the host that names it,
        or in scope, and a feed that the source names is followed wherever it redirects to. Asked in the order
        in which URLs are met: so are traps told.
        """
        if found.kind is UrlKind.REQUISITE or found.state is State.OUT:
            return found
        own = row is not None and urls.host(found.url) == row.host
        if found.kind in (UrlKind.SITEMAP, UrlKind.FEED) and own:
            return found
        if found.kind is UrlKind.FEED and found.depth == 0:
            return found
        if found.kind not in FOLLOWED:
            # The depth of a feed counts its own documents.
            ruling = self.rule(found.url, 0 if found.kind is UrlKind.FEED else found.depth)
            return found if ruling.inside else replace(found, state=State.OUT, reason=ruling.rule)
        page = self._folded(replace(found, kind=UrlKind.PAGE), row)
        # Neither a seed is one, nor where it redirects to.
        listing = None if page.url in self.starts or not page.depth else self._presets.listing(page.url)
        if listing:
            # One after the other they would be as deep as there are many.
            depth = row.depth if row and row.kind is UrlKind.LISTING else page.depth
            page = replace(page, kind=UrlKind.LISTING, depth=depth)
        ruling = self.rule(page.url, page.depth)
        reason = self._trap(page.url, listing) if ruling.inside else ruling.rule
        return replace(page, state=State.OUT, reason=reason) if reason else page

    def _trap(self, url: str, listing: presets.Listing | None) -> str | None:
        trap = self._traps.trap(url)
        if trap or listing is None:
            return trap
        listed = self._listed.setdefault(listing, set())
        if len(listed) >= listing.most and hash(url) not in listed:
            return f"trap: more than {listing.most} {listing}"
        listed.add(hash(url))
        return None

    def judge(self, url: str, depth: int = 1) -> Judgement:
        """What would become of a link to a URL that is so many links away from a seed."""
        try:
            url = urls.canonical(url)
        except ValueError as error:
            return Judgement(url, False, str(error), depth)
        folded = self.fold(url)
        found = self.admit(Found(url, UrlKind.PAGE, depth))
        rule = found.reason or self.rule(found.url, depth).rule
        listing = self._presets.listing(found.url) if found.kind is UrlKind.LISTING else None
        twin = folded.url if folded.by else None
        told = str(listing) if listing else None
        return Judgement(url, found.state is not State.OUT, rule, depth, twin, folded.by, told)

    def _folded(self, found: Found, row: Row | None) -> Found:
        """A page under the URL that stands for it, unless that is the one which has just led to this twin, or
        is farther back in a chain of redirects: then the twin is all that the server gives.
        """
        folded = self.fold(found.url)
        if folded.by is None or found.hops > 1:
            return found
        if found.hops and row is not None and self.fold(row.url).url == folded.url:
            return found
        return replace(found, url=folded.url)
