"""How soon changes are found, by the rule of revisits and by fixed intervals, at the same number of requests.

Run: `python benchmarks/revisit.py [--seeds 10] [--days 90] [--a-day 100] [--svg docs/revisits.svg]`. Prints
the table that `docs/revisits.md` has, and draws its plot. Nothing is fetched: pages are simulated. The world
is not made after the rule: rates are log-normal, and young pages are edited in bursts.
"""

import argparse
import random
import statistics
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from crawler.revisit import Visit, rate, urgency

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RUNS_A_DAY = 12
BORN_A_DAY = 2.0


@dataclass
class Page:
    """A simulated page: when it was there first, in days, and when it changes. `visits` are its record."""

    there: float
    changes: Sequence[float]
    visits: list[float] = field(default_factory=list)
    record: list[Visit] = field(default_factory=list)
    rate: float = 0.0

    @property
    def born(self) -> datetime | None:
        return instant(self.visits[0]) if self.there > 0 else None


@dataclass(frozen=True)
class Result:
    """What came of one simulation: for each kind of page the days from each change to the next visit (or to
    the end), the share of changes that were captured before the next one came, and the requests.
    """

    delays: Mapping[str, Sequence[float]]
    seen: float
    requests: int

    @property
    def every(self) -> list[float]:
        return [delay for delays in self.delays.values() for delay in delays]


def instant(day: float) -> datetime:
    return BEGIN + timedelta(days=day)


def world(seed: int, pages: int, days: float) -> list[Page]:
    """Three pages of four never change, one of fifty changes about daily, the rest about every two months,
    with a wide spread. New ones are born all the time; most of them are edited in their first days.
    """
    dice = random.Random(seed)
    made = [Page(0.0, _changes(dice, 0.0, days)) for _ in range(pages)]
    at = dice.expovariate(BORN_A_DAY)
    while at < days:
        edits = [at + dice.lognormvariate(0.0, 1.5) for _ in range(dice.choice((0, 0, 1, 2, 4)))]
        changes = sorted([*_changes(dice, at, days), *(edit for edit in edits if edit < days)])
        made.append(Page(at, changes))
        at += dice.expovariate(BORN_A_DAY)
    return made


def _changes(dice: random.Random, there: float, days: float) -> list[float]:
    kind = dice.random()
    if kind < 0.75:
        return []
    mean_interval = dice.lognormvariate(0.0, 0.7) if kind > 0.98 else 60 * dice.lognormvariate(0.0, 1.5)
    changes = []
    at = there + dice.expovariate(1 / mean_interval)
    while at < days:
        changes.append(at)
        at += dice.expovariate(1 / mean_interval)
    return changes


Choice = Callable[[list[Page], float, int], list[Page]]


def adaptive(pages: list[Page], day: float, most: int) -> list[Page]:
    """What a light run asks for: of the pages that are due by the rule, the most urgent ones."""
    now = instant(day)
    due = [(urgency(one.rate, instant(one.visits[-1]), now, one.born), one) for one in pages]
    due = sorted((one for one in due if one[0] >= 1.0), key=lambda one: one[0], reverse=True)
    return [page for _, page in due[:most]]


def fixed(pages: list[Page], day: float, most: int) -> list[Page]:
    """All pages in turn: each has the same interval."""
    return sorted(pages, key=lambda page: page.visits[-1])[:most]


def simulate(
    pages: list[Page], days: float, choose: Choice, budget: Sequence[int]
) -> tuple[Result, list[int]]:
    """Visit pages for so many days, in each run at most as `budget` says. A new page is asked by the first
    run after its birth, whatever the rule. Also returns how many known pages each run asked.
    """
    spent = []
    known: list[Page] = []
    coming = sorted(pages, key=lambda page: page.there)
    for number, most in enumerate(budget):
        day = number / RUNS_A_DAY
        chosen = choose(known, day, most)
        spent.append(len(chosen))
        new = coming[len(known) : bisect_right(coming, day, key=lambda page: page.there)]
        for page in (*chosen, *new):
            _visit(page, day)
        known += new
    delays: dict[str, list[float]] = {"often": [], "seldom": [], "young": []}
    for page in known:
        often = "often" if len(page.changes) > days / 3 else "seldom"
        delays["young" if page.there > 0 else often] += _delays(page, days)
    return Result(delays, _seen(known), sum(len(page.visits) for page in known)), spent


def _visit(page: Page, day: float) -> None:
    last = page.visits[-1] if page.visits else day
    changed = bisect_left(page.changes, day) > bisect_left(page.changes, last)
    if len(page.record) > 1 and not changed and not page.record[-1].changed:
        page.record.pop()  # the archive's versions tell no more than where a stretch begins and ends
    page.record.append(Visit(instant(day), changed))
    page.visits.append(day)
    page.rate = rate(page.record, instant(day), page.born)


def _delays(page: Page, days: float) -> list[float]:
    return [
        (page.visits[visit] if (visit := bisect_left(page.visits, change)) < len(page.visits) else days)
        - change
        for change in _known(page)
    ]


def _known(page: Page) -> list[float]:
    """The changes since the page was first visited."""
    return [change for change in page.changes if change > page.visits[0]]


def _seen(pages: Sequence[Page]) -> float:
    seen = []
    for page in pages:
        known = _known(page)
        for change, following in zip(known, [*known[1:], float("inf")], strict=False):
            visit = bisect_left(page.visits, change)
            seen.append(visit < len(page.visits) and page.visits[visit] < following)
    return statistics.fmean(seen)


def compare(seed: int, pages: int, days: float, a_day: int) -> dict[str, Result]:
    """Both ways through the same world; fixed intervals ask, run by run, as often as the rule did."""
    runs = range(int(days * RUNS_A_DAY))
    budget = [a_day * (run + 1) // RUNS_A_DAY - a_day * run // RUNS_A_DAY for run in runs]
    by_rule, spent = simulate(world(seed, pages, days), days, adaptive, budget)
    in_turn, _ = simulate(world(seed, pages, days), days, fixed, spent)
    return {"fixed intervals": in_turn, "the rule": by_rule}


COLUMNS: Mapping[str, Callable[[Result], float]] = {
    "mean": lambda result: statistics.fmean(result.every),
    "median": lambda result: statistics.median(result.every),
    "often": lambda result: statistics.fmean(result.delays["often"]),
    "seldom": lambda result: statistics.fmean(result.delays["seldom"]),
    "young": lambda result: statistics.fmean(result.delays["young"]),
    "seen, %": lambda result: 100 * result.seen,
    "requests": lambda result: result.requests,
}


def table(results: Sequence[Mapping[str, Result]]) -> str:
    """Of each number the mean of the seeds, and the least and the most in brackets."""
    rows = ["| | " + " | ".join(COLUMNS) + " |", "| --- " * (len(COLUMNS) + 1) + "|"]
    for name in results[0]:
        cells = []
        for column, number in COLUMNS.items():
            values = [number(result[name]) for result in results]
            form = ".2f" if max(values) < 100 and "%" not in column else ",.0f"
            mean, low, high = (
                f"{value:{form}}" for value in (statistics.fmean(values), min(values), max(values))
            )
            cells.append(f"{mean} ({low}-{high})")
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


WIDTH, HEIGHT, LEFT, TOP = 640, 300, 56, 20
LONGEST = 20.0  # days on the plot
COLOURS = {"fixed intervals": "#b3541e", "the rule": "#1f6f8b"}


def plot(results: Sequence[Mapping[str, Result]]) -> str:
    """SVG: the share of changes found within so many days; a thin line for each seed."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 24} {TOP + HEIGHT + 52}" '
        'font-family="sans-serif" font-size="13" fill="#333">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for share in (0, 25, 50, 75, 100):
        y = TOP + HEIGHT * (1 - share / 100)
        parts.append(f'<path d="M{LEFT} {y:g}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:g}" text-anchor="end">{share} %</text>')
    for day in range(0, int(LONGEST) + 1, 5):
        x = LEFT + WIDTH * day / LONGEST
        parts.append(f'<text x="{x:g}" y="{TOP + HEIGHT + 20}" text-anchor="middle">{day}</text>')
    middle, bottom = LEFT + WIDTH / 2, TOP + HEIGHT + 42
    parts.append(
        f'<text x="{middle:g}" y="{bottom}" text-anchor="middle">days from a change to its discovery</text>'
    )
    for number, (name, colour) in enumerate(COLOURS.items()):
        parts += [_line(result[name].every, colour) for result in results]
        y = TOP + HEIGHT - 40 + 20 * number
        parts.append(f'<text x="{LEFT + WIDTH - 12}" y="{y}" text-anchor="end" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(delays: Sequence[float], colour: str) -> str:
    ordered = sorted(delays)
    points = []
    for step in range(61):
        x = step / 60
        share = bisect_right(ordered, x * LONGEST) / len(ordered)
        points.append(f"{LEFT + WIDTH * x:.0f},{TOP + HEIGHT * (1 - share):.0f}")
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" opacity="0.6"/>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--days", type=float, default=90)
    parser.add_argument("--a-day", type=int, default=100, help="known pages asked a day, at most")
    parser.add_argument("--svg", type=Path)
    chosen = parser.parse_args()
    seeds = range(1, chosen.seeds + 1)
    results = [compare(seed, chosen.pages, chosen.days, chosen.a_day) for seed in seeds]
    print(table(results))
    if chosen.svg:
        chosen.svg.write_text(plot(results), encoding="utf-8")


if __name__ == "__main__":
    main()
