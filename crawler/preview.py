"""What the first crawl would do, as far as sitemaps and feeds tell: by the crawl's own rules."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from archive import instants, urls
from crawler.admission import Admission
from crawler.caller import Caller
from crawler.discovery import discover, listed
from crawler.manners import origin
from crawler.rows import FOLLOWED, Found, Row, State, UrlKind
from crawler.run import seeds
from crawler.source import Source
from crawler.visit import BODY

MOST = 12
"""So many sitemaps and feeds are read."""

_FIRST = 5


@dataclass(frozen=True, slots=True)
class Left:
    """So many addresses are left out by one rule; one of them as an example."""

    rule: str
    number: int
    example: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`known` addresses of pages are told of by seeds, sitemaps and feeds; `pages` of them are in scope and
    would be asked for, the `first` ones in this order; the rest is `left` out.

    `requests` are those that this takes, without what pages lead to, and `time` is how long they take at the
    source's delay. `unread` sitemaps and feeds were not looked at, or not wholly: there is more then.
    """

    known: int
    pages: int
    first: tuple[str, ...]
    left: tuple[Left, ...]
    requests: int
    time: timedelta
    unread: tuple[str, ...]


def preview(caller: Caller, source: Source) -> Preview:
    """Read the source's sitemaps and feeds, as far as that is soon done."""
    admission = Admission(source)
    waiting = list(seeds(source))
    met: dict[tuple[str, bool], Found] = {}
    read, unread = 0, []
    while waiting:
        found = waiting.pop(0)
        key = found.url, found.kind in FOLLOWED
        if key in met:
            continue
        met[key] = found
        if found.kind in FOLLOWED or found.state is State.OUT:
            continue
        read += 1
        more, whole = _leads(caller, found) if read <= MOST else ([], False)
        if not whole:
            unread.append(found.url)
        row = _row(found)
        waiting += [admission.admit(one, row) for one in more]
    return _preview(source, list(met.values()), unread)


def _leads(caller: Caller, found: Found) -> tuple[list[Found], bool]:
    """What a sitemap or feed leads to, and whether that is all of it. One that is not there leads nowhere."""
    answer = caller.get(found.url)
    if answer is None:
        return [], False
    row = _row(found)
    if found.kind is UrlKind.FEED and answer.message.status == 200:
        discovery = listed(row, answer.message, lambda _url: None, instants.now(), everything=True)
    else:
        discovery = discover(row, found.kind, answer.message)
    return list(discovery.found), len(answer.body) < BODY


def _row(found: Found) -> Row:
    return Row(0, found.url, urls.host(found.url), found.kind, found.depth, found.hops)


def _preview(source: Source, met: list[Found], unread: list[str]) -> Preview:
    pages = [one for one in met if one.kind in FOLLOWED]
    # Sorting keeps the order in which they were met, as the frontier does.
    inside = sorted((one for one in pages if one.state is not State.OUT), key=Found.place)
    rules = Counter(one.reason or "" for one in pages if one.state is State.OUT)
    examples = {one.reason or "": one.url for one in reversed(pages) if one.state is State.OUT}
    robots = len({origin(one.url) for one in inside})
    asked = min(len(inside), source.limits.pages)
    requests = robots + asked + sum(one.kind not in FOLLOWED and one.state is not State.OUT for one in met)
    return Preview(
        known=len(pages),
        pages=len(inside),
        first=tuple(one.url for one in inside[:_FIRST]),
        left=tuple(Left(rule, number, examples[rule]) for rule, number in rules.most_common()),
        requests=requests,
        time=timedelta(seconds=round(requests * source.manners.delay)),
        unread=tuple(unread),
    )
