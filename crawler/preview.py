"""What the first crawl would do, as far as sitemaps and feeds tell: by the crawl's own rules."""

from collections import Counter, deque
from dataclasses import dataclass, replace
from datetime import timedelta

from archive import instants, urls
from crawler.admission import Admission
from crawler.caller import Caller, target
from crawler.discovery import discover, listed
from crawler.manners import CRAWL_DELAY_LIMIT, origin
from crawler.rows import FOLLOWED, Found, Row, State, UrlKind
from crawler.run import seeds
from crawler.source import Source
from crawler.visit import BODY

MOST = 12
"""So many sitemaps and feeds are read."""

ADDRESSES = 100_000
"""When so many are known no more are looked at: that is some seconds of work."""

_FIRST = 10


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

    `requests` are those that this takes, without what pages lead to, and `time` is how long they take with
    `delay` seconds between two: the source's, or what robots.txt asks for. `unread` sitemaps and feeds were
    not looked at, or not wholly: there is more then.
    """

    known: int
    pages: int
    first: tuple[str, ...]
    left: tuple[Left, ...]
    requests: int
    delay: float
    time: timedelta
    unread: tuple[str, ...]


def preview(caller: Caller, source: Source) -> Preview:
    """Read the source's sitemaps and feeds, as far as that is soon done."""
    admission = Admission(source)
    waiting = deque(seeds(source))
    met: dict[tuple[str, bool], Found] = {}
    read, unread = 0, []
    while waiting:
        found = waiting.popleft()
        key = found.url, found.kind in FOLLOWED
        if key in met:
            continue
        met[key] = found
        if found.kind in FOLLOWED or found.state is State.OUT:
            continue
        read += 1
        enough = read > MOST or len(met) + len(waiting) > ADDRESSES
        more, whole = ([], False) if enough else _leads(caller, found)
        if not whole:
            unread.append(found.url)
        row = _row(found)
        waiting += [admission.admit(one, row) for one in more]
    if source.manners.robots == "obey":
        met = {key: _obedient(caller, found) for key, found in met.items()}
    return _preview(source, list(met.values()), unread, _delay(caller, source))


def _obedient(caller: Caller, found: Found) -> Found:
    """A page, left out where robots.txt disallows it, as far as that was heard: no host is asked for this."""
    rules = caller.heard(found.url)
    if rules is None or found.kind not in FOLLOWED or found.state is not State.QUEUED:
        return found
    decision = rules.decide(target(found.url))
    reason = f"robots.txt disallows it: {decision.line}"
    return found if decision.allowed else replace(found, state=State.ROBOTS, reason=reason)


def _delay(caller: Caller, source: Source) -> float:
    """Seconds between two requests to the first seed's host."""
    rules = caller.heard(urls.canonical(source.seeds[0])) if source.manners.robots == "obey" else None
    asked = rules.crawl_delay if rules else None
    return max(source.manners.delay, min(asked or 0.0, CRAWL_DELAY_LIMIT))


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


def _preview(source: Source, met: list[Found], unread: list[str], delay: float) -> Preview:
    pages = [one for one in met if one.kind in FOLLOWED]
    # Sorting keeps the order in which they were met, as the frontier does.
    inside = sorted((one for one in pages if one.state is State.QUEUED), key=Found.place)
    rules = Counter(one.reason or "" for one in pages if one.state is not State.QUEUED)
    examples = {one.reason or "": one.url for one in reversed(pages) if one.state is not State.QUEUED}
    robots = len({origin(one.url) for one in inside})
    asked = min(len(inside), source.limits.pages)
    requests = robots + asked + sum(one.kind not in FOLLOWED and one.state is not State.OUT for one in met)
    return Preview(
        known=len(pages),
        pages=len(inside),
        first=tuple(one.url for one in inside[:_FIRST]),
        left=tuple(Left(rule, number, examples[rule]) for rule, number in rules.most_common()),
        requests=requests,
        delay=delay,
        time=timedelta(seconds=round(requests * delay)),
        unread=tuple(unread),
    )
