"""What became of a URL, in plain sentences: the `reasons` of `strandline why`. Pure; reads nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive import access, model, runs
from crawler.circumstances import Circumstances
from crawler.hops import Hop, shown
from crawler.manners import HOPS, origin, trouble
from crawler.rows import State, UrlKind
from crawler.scope import Ruling
from crawler.traces import Trace

_TRIES = re.compile(r" \([0-9]+ tries\)$")


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What a robots.txt says of a URL. `text`: which of its lines decides, or why none is needed; `closed`:
    it could not be had, and so nothing of its host may be fetched; `way`: where it was redirected to.
    """

    text: str | None = None
    allowed: bool | None = None
    closed: bool = False
    way: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a URL in a source.

    `runs` are the source's, the newest first; `missed` of them did not meet the URL since `trace`, the last
    one that did. `earliest` is its trace in the first run that captured it, `noted` what was recorded with
    the last capture. `there`: whether the source still has a file. `seed`: whether a crawl starts from it.
    """

    url: str
    source: str
    there: bool
    runs: Sequence[access.RunRow]
    trace: Trace | None
    earliest: Trace | None
    missed: int
    past: access.PastRow | None
    noted: Circumstances
    ruling: Ruling | None
    obeyed: Obeyed
    seed: bool
    troubles: tuple[str, ...] = ()

    @property
    def found_on(self) -> str | None:
        """The page that led to it."""
        traces = (self.earliest, self.trace)
        return next((trace.via for trace in traces if trace and trace.via), None) or self.noted.via

    @property
    def way(self) -> tuple[Hop, ...]:
        """For a robots.txt that redirects: what was asked for."""
        return self.obeyed.way if self.trace and self.trace.kind is UrlKind.ROBOTS else ()

    @property
    def tries(self) -> int:
        """How often it was asked for in the run; what it redirects to is not counted."""
        tries = self.trace.tries if self.trace else 0
        if not self.way:
            return tries
        *before, last = (hop.url == self.url for hop in self.way)
        return sum(before) + last * tries


def tell(facts: Facts) -> Iterator[str]:
    """The story, from how the URL was met to what the last capture showed."""
    yield from _origin(facts)
    if facts.trace:
        yield _state(facts, facts.trace)
        if facts.trace.kind is UrlKind.LISTING:
            yield "It is asked for to find links, and is no article."
        yield from _scope_since(facts, facts.trace)
        yield from _runs_since(facts)
    if facts.past:
        yield from _captures(facts, facts.past)
    if facts.trace is None:
        yield from _prospect(facts)
    if not facts.there:
        yield f"There is no source {facts.source} any more: it is not asked for again."
    yield from facts.troubles


def is_robots(url: str) -> bool:
    return url == f"{origin(url)}/robots.txt"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _origin(facts: Facts) -> Iterator[str]:
    trace = facts.earliest
    run = f" in run {trace.run}" if trace else ""
    if facts.seed:
        yield "Every crawl of the source begins with it."
    elif facts.found_on:
        yield f"Found on {facts.found_on}{run}{_distance(trace)}."
    elif trace and trace.kind is UrlKind.ROBOTS:
        yield "Asked for before anything else of its host."
    elif trace:
        yield f"Known from earlier runs{_distance(trace)}."
    elif facts.past is None:
        met = "No run has met it" if facts.runs else "The source was never crawled"
        yield f"{met}: nothing that was fetched leads to it." if facts.runs else f"{met}."


def _distance(trace: Trace | None) -> str:
    if trace is None or trace.kind is not UrlKind.PAGE or not trace.depth:
        return ""
    return f", {trace.depth} links from a seed" if trace.depth > 1 else ", one link from a seed"


def _state(facts: Facts, trace: Trace) -> str:
    where = f"in run {trace.run}"
    last = f"{', the last time' if trace.tries > 1 else ''} at {moment(trace.at)}" if trace.at else ""
    if trace.state is State.OUT:
        return f"Left out {where}: {trace.reason}."
    if trace.state is State.ROBOTS:
        reason = trouble(trace.reason or "")
        why = "its robots.txt could not be had" if reason != trace.reason else "robots.txt forbids it"
        return f"Not asked for {where}, since {why}: {reason}."
    if trace.state in (State.DONE, State.FAILED) and facts.way:
        return _redirected(facts, trace)
    if trace.state is State.DONE:
        told = f"; {trace.reason}" if trace.reason else ""
        return f"Asked for {_times(trace.tries)} {where}{last}: status {trace.status}{told}."
    if trace.state is State.FAILED:
        reason = trouble(_TRIES.sub("", trace.reason or "no answer"))
        if trace.tries:
            return f"Given up {where}: asked for {_times(trace.tries)}{last}: {reason}."
        said = facts.obeyed.text or ""
        robots = "its robots.txt could not be had: " if reason in said else ""
        return f"Not asked for {where}: {robots}{reason}."
    if trace.state is State.INFLIGHT:
        return f"Handed out to be asked for {where}, and not noted yet."
    return _waiting(facts, trace)


def _redirected(facts: Facts, trace: Trace) -> str:
    """Of a robots.txt: its row tells of the last answer, which is another's."""
    led = f"Asked for {_times(facts.tries)} in run {trace.run}, and redirected to {shown(facts.way)}"
    if len(facts.way) > HOPS and 300 <= (trace.status or 0) < 400:
        return f"{led}, and so on: more than {HOPS} redirects are not followed, and count as no robots.txt."
    last = f"{', the last time' if trace.tries > 1 else ''} at {moment(trace.at)}" if trace.at else ""
    told = trouble(trace.reason or f"status {trace.status}")
    holds = "nothing of the host may be fetched" if trace.state is State.FAILED else "that is what holds"
    return f"{led}, which was asked for {_times(trace.tries)}{last}: {told}; {holds}."


def _waiting(facts: Facts, trace: Trace) -> str:
    run = next((one for one in facts.runs if one["run"] == trace.run), None)
    if trace.tries:
        due = f", not before {moment(trace.due)}" if trace.due else ""
        told = f"{_times(trace.tries)} in run {trace.run}, without success ({trace.reason})"
        return f"Asked for {told}; to be asked for again{due}."
    if run and run["ended"] and run["outcome"] not in runs.UNFINISHED:
        return f"Queued when run {trace.run} ended."
    if run and run["ended"]:
        return f"Queued when run {trace.run} stopped ({run['reason']}); the next crawl goes on with it."
    return f"Queued in run {trace.run}: its turn has not come yet."


def _scope_since(facts: Facts, trace: Trace) -> Iterator[str]:
    """Where the source's file has other rules than the run had."""
    ruling = facts.ruling
    if ruling is None:
        return
    if ruling.inside and trace.state is State.OUT:
        yield f"The source's scope was changed since: now it is inside ({ruling.rule})."
    elif not ruling.inside and trace.state is not State.OUT:
        yield f"By the source's present scope it is outside ({ruling.rule}): the next run leaves it out."


def _runs_since(facts: Facts) -> Iterator[str]:
    since = facts.runs[: facts.missed]
    light = sum(run["light"] for run in since)
    if light < len(since):
        yield f"{_runs(len(since) - light)} since then did not meet it."
    if light:
        many = "One light run" if light == 1 else f"{light} light runs"
        yield f"{many} since then did not ask for it: they ask for what is new or due."


def _captures(facts: Facts, past: access.PastRow) -> Iterator[str]:
    newest = past["newest"][0]
    told = f"verdict {newest['verdict']}" + (f", {newest['reason']}" if newest["reason"] else "")
    if past["captures"] == 1:
        yield f"Captured once, at {moment(newest['at'])}: {told}."
    else:
        many = f"Captured {_times(past['captures'])} in {_runs(past['runs'])}"
        yield f"{many}, first at {moment(past['first'])}, last at {moment(newest['at'])}: {told}."
    if newest["truncated"]:
        yield f"The last capture is not whole: {facts.noted.error or 'it was cut off'}."
    if newest["redirect"] == facts.url:
        yield "It redirects to itself."
    elif newest["redirect"] and newest["redirect"] not in told and newest["verdict"] == model.Verdict.MOVED:
        yield f"Its own answer redirects to {newest['redirect']}, which leads there."
    elif newest["redirect"] and newest["redirect"] not in told:
        yield f"It redirects to {newest['redirect']}."
    if past["moved_to"] and past["moved_to"] not in told and not newest["redirect"]:
        yield f"It was not asked for any more, and its text is now at {past['moved_to']}."
    if newest["unread"]:
        yield f"Its text could not be read: {newest['unread']}."
    for problem in facts.noted.certificate:
        yield f"The server's certificate does not hold: {problem}."
    since = past["unchanged_since"]
    if since and since < newest["at"] and newest["verdict"] in (model.Verdict.SAME, model.Verdict.RESTYLED):
        yield f"Unchanged since {moment(since)}."
    if newest["revisit"]:
        yield "The last answer is kept as a reference to the capture that it repeats."
    if past["last_good"] is None and not newest["redirect"]:
        yield "No capture of it is good."
    elif past["last_good"] and past["last_good"] < newest["at"]:
        yield f"The last good capture is of {moment(past['last_good'])}."


def _prospect(facts: Facts) -> Iterator[str]:
    """What would come of it, if a page led to it."""
    if facts.past is not None and facts.noted.kind == UrlKind.ROBOTS and not is_robots(facts.url):
        yield "A robots.txt redirects to it; the frontiers of runs tell of that one."
    elif facts.past is not None:
        yield "No frontier of a run knows it: it was imported, or the folders of its runs are gone."
    if facts.ruling is None or facts.past is not None:
        return
    if not facts.ruling.inside:
        yield f"It would be left out: {facts.ruling.rule}."
    elif facts.obeyed.closed:
        yield "It is in scope, but would not be asked for: its robots.txt could not be had."
    elif facts.obeyed.allowed is False:
        yield "It is in scope, but would not be asked for: robots.txt forbids it."
    else:
        yield "It is in scope: the next run asks for it if a page, a feed or a sitemap leads there."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _runs(number: int) -> str:
    return "one run" if number == 1 else f"{number} runs"
