"""Why a URL was captured or was not, for `strandline why`: from the frontiers, the index and the scope."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from archive import access, urls
from archive import home as homes
from crawler import hops, manners, story
from crawler.admission import Admission
from crawler.circumstances import Circumstances, circumstances
from crawler.discovery import REDIRECTS
from crawler.manners import origin
from crawler.order import load
from crawler.presets import Folded
from crawler.rows import State, UrlKind
from crawler.run import seeds
from crawler.scope import Ruling
from crawler.source import Source
from crawler.story import Facts, Obeyed
from crawler.traces import Search, Trace, look, search
from crawler.traps import trap

__all__ = ["Met", "Why", "met", "why"]

NEVER = "never met"
STATES = {
    State.QUEUED: "queued",
    State.INFLIGHT: "in flight",
    State.DONE: "fetched",
    State.FAILED: "failed",
    State.ROBOTS: "disallowed",
    State.OUT: "out of scope",
}
"""What the states of a URL are called for a person."""

_Told = Literal["run", "at", "status", "verdict", "reason"]
HISTORY: tuple[_Told, ...] = ("run", "at", "status", "verdict", "reason")
"""What is told of each of the last captures."""


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of a URL in a source; the keys are explained in `docs/cli.md`."""

    url: str
    source: str | None
    scope: str | None
    rule: str | None
    robots: str | None = None
    allowed: bool | None = None
    state: str = NEVER
    tries: int = 0
    status: int | None = None
    last_good: datetime | None = None
    verdict: str | None = None
    captures: int = 0
    kind: str | None = None
    depth: int | None = None
    found_on: str | None = None
    run: str | None = None
    history: tuple[dict[str, object], ...] = ()
    twin: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """How a page was met first. `via` is what led to it; a seed needs nothing that does."""

    seed: bool
    kind: str | None
    via: str | None
    at: datetime
    run: str


def met(home: homes.Home, archive: access.Archive, name: str, source: Source | None, url: str) -> Met:
    """How a page of a source was met first; `source` is None when its file is not there any more.

    It is quick: only the first capture is looked at. Raises NotInArchive.
    """
    first = access.first_capture(archive, url)
    noted = circumstances(home, name, first)
    seed = source is not None and url in {one.url for one in seeds(source)}
    return Met(seed, noted.kind, noted.via, first["at"], first["run"])


def why(home: homes.Home, archive: access.Archive, sources: Iterable[Source], url: str) -> list[Why]:
    """One answer for each source that has met the URL or has it in scope; where none does, one for all.

    Raises ValueError, in words for a person, for what is no web address.
    """
    url = urls.canonical(url)
    present = {source.name: source for source in sources}
    names = sorted({*present, *archive.sources_of(url)})
    answers = [_of(home, archive, name, present.get(name), url) for name in names]
    concerned = [one for one in answers if one.state != NEVER or one.scope == "in"]
    return concerned or (answers if len(answers) == 1 else [_nobody(url, answers)])


def _of(home: homes.Home, archive: access.Archive, name: str, source: Source | None, url: str) -> Why:
    """The answer for one source; `source` is None when its file is not there any more."""
    runs = [run for run in archive.runs(name)[::-1] if not run["imported"]]
    past = archive.past(name, url)
    found = search(home, (run["run"] for run in runs), url)
    trace = found.trace
    of = trace.run if trace else runs[0]["run"] if runs else None
    then = _at_that_time(home, of)
    rules = source or then
    folded = Admission(rules).fold(url) if rules and not trace and not past else Folded(url)
    if folded.by:
        return _twin(_of(home, archive, name, source, folded.url), url, folded)
    noted = circumstances(home, name, past["newest"][0]) if past else Circumstances()
    ruling = _ruling(rules, then, trace, past, noted, url)
    obeyed = _robots(archive, name, rules, found, url)
    earliest = (
        look(home.run(past["first_run"]) / "frontier.db", past["first_run"], url, "").trace if past else None
    )
    facts = Facts(
        url=url, source=name, there=source is not None, runs=runs, trace=trace, earliest=earliest or trace,
        missed=found.missed, past=past, noted=noted, ruling=ruling, obeyed=obeyed,
        seed=rules is not None and url in {one.url for one in seeds(rules)},
        troubles=found.troubles,
    )  # fmt: skip
    return _answer(facts)


def _twin(answer: Why, url: str, folded: Folded) -> Why:
    """The answer for the URL that stands for a twin which was never met itself."""
    told = f"{url} is folded to {folded.url} by {folded.by}. That one is what is told of here."
    return replace(answer, twin=url, reasons=(told, *answer.reasons))


def _answer(facts: Facts) -> Why:
    trace, past, ruling = facts.trace, facts.past, facts.ruling
    newest = past["newest"][0] if past else None
    state = STATES[trace.state] if trace else "fetched" if past else NEVER
    kind = str(trace.kind) if trace else facts.noted.kind
    return Why(
        url=facts.url,
        source=facts.source,
        scope=None if ruling is None else "in" if ruling.inside else "out",
        rule=ruling.rule if ruling else None,
        robots=facts.obeyed.text,
        allowed=facts.obeyed.allowed,
        state=state,
        tries=facts.tries,
        status=_status(facts),
        last_good=past["last_good"] if past else None,
        verdict=newest["verdict"] if newest else None,
        captures=past["captures"] if past else 0,
        kind=kind,
        depth=trace.depth if trace else past["depth"] if past else None,
        found_on=facts.found_on,
        run=trace.run if trace else newest["run"] if newest else None,
        history=tuple({key: one[key] for key in HISTORY} for one in past["newest"]) if past else (),
        reasons=tuple(story.tell(facts)),
    )


def _status(facts: Facts) -> int | None:
    if facts.way:
        return facts.way[0].status
    if facts.trace and facts.trace.tries:
        return facts.trace.status
    return facts.past["newest"][0]["status"] if facts.past else None


def _nobody(url: str, answers: list[Why]) -> Why:
    """The answer when no source has anything to do with the URL."""
    if not answers:
        reasons = ["There are no sources yet. Begin with: strandline add URL"]
    else:
        reasons = [f"{one.source}: {one.rule}" for one in answers[:10]]
        reasons += [f"and {len(answers) - 10} more sources"] if len(answers) > 10 else []
    told = f"in the scope of none of {len(answers)} sources"
    return Why(url=url, source=None, scope="out", rule=told, reasons=tuple(reasons))


def _at_that_time(home: homes.Home, run: str | None) -> Source | None:
    """The source as a run was told to crawl it."""
    try:
        return load(home, run).source if run else None
    except (OSError, ValueError, KeyError):
        return None


def _ruling(
    rules: Source | None, then: Source | None, trace: Trace | None, past: access.PastRow | None,
    noted: Circumstances, url: str,
) -> Ruling | None:  # fmt: skip
    """By what rule the URL is in scope or not: what the run decided, as long as the rules are the same."""
    if rules is None:
        return None
    same = then is not None and (then.scope, then.preset) == (rules.scope, rules.preset)
    if trace and trace.state is State.OUT and (then is None or same):
        return Ruling(False, trace.reason or "out of scope")
    kind = trace.kind if trace else noted.kind
    if kind == UrlKind.REQUISITE:
        return Ruling(True, "a requisite of a page")
    if kind == UrlKind.FEED:
        return Ruling(True, "a feed of the source")
    if kind == UrlKind.ROBOTS:
        of = "the" if story.is_robots(url) else "a redirect of the"
        return Ruling(True, f"{of} robots.txt of a host that is asked")
    depth = trace.depth if trace else (past["depth"] if past else None) or 0
    admission = Admission(rules)
    folded = admission.fold(url)
    if folded.by and kind in (None, UrlKind.PAGE) and not (trace and same):
        return Ruling(False, f"folded to {folded.url} by {folded.by}")
    ruling = admission.rule(url, depth)
    rule = trap(url) if ruling.inside else None
    return Ruling(False, rule) if rule else ruling


def _robots(archive: access.Archive, source: str, rules: Source | None, found: Search, url: str) -> Obeyed:
    """What the newest run heard of the robots.txt that is for the URL."""
    at = origin(url)
    if rules is not None and rules.manners.robots == "ignore":
        return Obeyed("the source ignores robots.txt", True)
    if found.robots is None:
        trace = found.trace
        if trace and trace.state is State.ROBOTS:
            return Obeyed(trace.reason, False)
        return Obeyed()
    heard = found.robots
    decision = manners.read(heard.status, heard.reason, heard.body).rules.decide(url[len(at) :])
    way = hops.hops(archive, source, f"{at}/robots.txt", heard)
    closed = heard.reason is not None
    return Obeyed(_said(heard, decision.line, way), decision.allowed, closed, way)


def _said(heard: manners.Heard, line: str | None, way: tuple[hops.Hop, ...]) -> str:
    """What came for a robots.txt, and what follows from it."""
    when = story.moment(heard.at)
    led = f", redirected to {hops.shown(way)}" if way else ""
    if heard.reason is not None:
        told = f"robots.txt could not be had ({manners.trouble(heard.reason)}, asked {when}{led})"
        return f"{told}: nothing may be fetched"
    if heard.status is not None and 200 <= heard.status < 300:
        page = heard.body.lstrip().startswith(b"<")
        nothing = "it is a web page and has no rules: allowed" if page else "no line speaks of it: allowed"
        return f"{line or nothing} (robots.txt of {when}, status {heard.status}{led})"
    what = "no robots.txt"
    if heard.status in REDIRECTS:
        what = "robots.txt redirects too often" if len(way) > manners.HOPS else "robots.txt leads nowhere"
    return f"{what} (status {heard.status}, asked {when}{led}): all allowed"
