"""How urgent it is to ask a known page again: pure functions of its own change record.

`docs/revisits.md` tells the rule in ten lines, where it comes from, and what it gains. No I/O and no clock.
Rates are changes a day, other lengths of time in these functions are days.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

LEAST = timedelta(hours=1)
"""A page is not due sooner after it was asked, whatever it does."""

MOST = timedelta(days=30)
"""A page is due so long after it was asked, however quiet it is."""

RECALL = timedelta(days=180)
"""What a page did before counts no more."""

PATIENCE = 0.05
"""A page is due when the changes that may have come since it was asked have waited so long, together."""

_CHANGES, _DAYS = 0.1, 5.0
"""What is believed of a page that nobody has watched yet: so many changes in so many days."""

_YOUTH, _FRESH = 10.0, 0.5
"""A young page ages faster: by so many days for each e-fold of its age, from half a day on."""

_ROUNDS = 24
_DAY = timedelta(days=1)


class Visit(NamedTuple):
    """A good capture of a page; `changed`: it showed another text than the good one before it."""

    at: datetime
    changed: bool


def rate(visits: Iterable[Visit], now: datetime, born: datetime | None = None) -> float:
    """How often the page is thought to change once it has come of age; above 0.

    `visits` in any order; those between two that found nothing may be left out. `born` is when the page was
    found to be new on its site, None where it was there before.
    """
    horizon = now - RECALL
    changed: list[float] = []
    quiet = _DAYS
    for before, after in pairwise(sorted(visits)):
        if after.at <= horizon:
            continue
        begin, end = (_age(at, born or horizon) for at in (max(before.at, horizon), after.at))
        watched = _grown(end, born is not None) - _grown(begin, born is not None)
        if after.changed:
            changed.append(watched)
        else:
            quiet += watched
    return _estimate(changed, quiet)


def urgency(its_rate: float, asked: datetime, now: datetime, born: datetime | None = None) -> float:
    """How much a page that changes at `its_rate`, last asked at `asked`, is due: it is from 1.0 on.

    It is the time that changes since then are expected to have waited for being found, all together, by
    `PATIENCE`.
    """
    passed = now - asked
    if passed < LEAST:
        return 0.0
    begin, end, young = _age(asked, born or asked), _age(now, born or asked), born is not None
    waited = _summed(end, young) - _summed(begin, young) - _grown(begin, young) * (end - begin)
    urgent = its_rate * max(0.0, waited) / PATIENCE
    return max(1.0, urgent) if passed >= MOST else urgent


def _estimate(changed: Sequence[float], quiet: float) -> float:
    """The rate at which such intervals are likeliest: in each of `changed` one change or more, in `quiet`,
    all the others together, none. It makes both sides of

        sum of w / (exp(rate * w) - 1) over `changed`, and _CHANGES / rate  =  quiet

    equal (Cho and Garcia-Molina 2003, section 5, with a prior), and the left one falls as the rate rises.
    """
    low, high = _CHANGES / quiet, (_CHANGES + len(changed)) / quiet
    for _ in range(_ROUNDS if changed else 0):
        middle = math.sqrt(low * high)
        left = _CHANGES / middle + sum(_share(middle, watched) for watched in changed)
        low, high = (middle, high) if left > quiet else (low, middle)
    return math.sqrt(low * high)


def _share(its_rate: float, watched: float) -> float:
    """Of an interval with a change, the time before it, as its likelihood has it."""
    expected = its_rate * watched
    if expected < 1e-9:
        return 1 / its_rate
    return watched / math.expm1(expected) if expected < 500 else 0.0


def _age(at: datetime, born: datetime) -> float:
    return max(0.0, (at - born) / _DAY)


def _grown(age: float, young: bool) -> float:
    """The age in days as grown pages have them: changes come evenly in these."""
    return age + _YOUTH * math.log1p(age / _FRESH) if young else age


def _summed(age: float, young: bool) -> float:
    """The integral of `_grown`, in square days."""
    youth = _YOUTH * ((_FRESH + age) * math.log1p(age / _FRESH) - age) if young else 0.0
    return age * age / 2 + youth
