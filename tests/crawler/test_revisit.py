"""The rule of revisits: what it promises for any record, what it says of some, and what it gains."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.revisit import compare
from crawler.revisit import LEAST, MOST, Visit, rate, urgency

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

ages = st.timedeltas(timedelta(0), timedelta(days=2000))
records = st.lists(st.builds(lambda age, changed: Visit(NOW - age, changed), ages, st.booleans()), min_size=1)
births = st.none() | st.timedeltas(timedelta(0), timedelta(days=2500)).map(lambda age: NOW - age)


def urgent(visits: Sequence[Visit], born: datetime | None = None, now: datetime = NOW) -> float:
    return urgency(rate(visits, now, born), max(visits).at, now, born)


def daily(days: int, changed: Sequence[int] = (), last: float = 1) -> list[Visit]:
    """A visit each day, the newest `last` days ago; those that so many days before it found a change."""
    return [Visit(NOW - timedelta(days=last + day), day in changed) for day in range(days)]


@given(records, births)
def test_never_due_before_the_least_interval_nor_after_the_most(
    visits: list[Visit], born: datetime | None
) -> None:
    its_rate = rate(visits, NOW, born)
    asked = max(visits).at
    assert urgency(its_rate, asked, asked + LEAST - timedelta(microseconds=1), born) < 1
    assert urgency(its_rate, asked, asked + MOST, born) >= 1


@given(records, births, st.data())
def test_more_changes_never_make_it_due_later(
    visits: list[Visit], born: datetime | None, data: st.DataObject
) -> None:
    more = [visit._replace(changed=visit.changed or data.draw(st.booleans())) for visit in visits]
    assert urgent(more, born) >= urgent(visits, born) * 0.99999


@given(records, births, st.randoms())
def test_the_order_of_the_visits_does_not_matter(
    visits: list[Visit], born: datetime | None, dice: Random
) -> None:
    shuffled = list(visits)
    dice.shuffle(shuffled)
    assert urgent(shuffled, born) == urgent(visits, born)


@given(records, births, ages, ages)
def test_a_page_gets_more_urgent_as_time_passes(
    visits: list[Visit], born: datetime | None, one: timedelta, other: timedelta
) -> None:
    its_rate, asked = rate(visits, NOW, born), max(visits).at
    assert urgency(its_rate, asked, asked + min(one, other), born) <= (
        urgency(its_rate, asked, asked + max(one, other), born) * 1.000001
    )


def test_visits_between_two_that_found_nothing_tell_nothing_more() -> None:
    whole = daily(60, changed=[3, 17])
    kept = [visit for day, visit in enumerate(whole) if day in (0, 2, 3, 4, 16, 17, 18, 59)]
    assert rate(kept, NOW) == pytest.approx(rate(whole, NOW))


def test_with_regular_visits_it_comes_near_the_known_estimator() -> None:
    # Cho and Garcia-Molina 2003, section 4.2: -log((n - x + 0.5) / (n + 0.5)), here with n = 150, x = 60.
    visits = daily(151, changed=range(0, 150, 5)) + daily(151, changed=range(2, 150, 5))
    known = sorted({visit.at: visit for visit in sorted(visits)}.values())
    assert sum(visit.changed for visit in known) == 60
    assert rate(known, NOW) == pytest.approx(0.509, rel=0.05)


def test_what_changes_more_often_is_asked_more_often_but_less_than_in_proportion() -> None:
    def interval(visits: Sequence[Visit]) -> float:
        """Hours until it is due."""
        asked = max(visits).at
        its_rate = rate(visits, NOW)
        return next(h for h in range(10_000) if urgency(its_rate, asked, asked + timedelta(hours=h)) >= 1)

    never, seldom, often = daily(100), daily(100, range(0, 99, 33)), daily(100, range(0, 99, 3))
    assert rate(often, NOW) > 10 * rate(seldom, NOW)
    assert interval(never) > 2 * interval(seldom) > 4 * interval(often) > interval(seldom)


def test_young_pages_are_more_urgent_and_grow_out_of_it() -> None:
    yesterday = [Visit(NOW - timedelta(days=1), False)]
    assert urgent(yesterday, born=yesterday[0].at) > 5 * urgent(yesterday)
    assert urgent(daily(300), born=NOW - timedelta(days=301)) < 1.2 * urgent(daily(300))
    # Edits of the first days say little of later ones.
    edited = daily(60, changed=[57, 58])
    assert urgent(edited, born=NOW - timedelta(days=60)) < 0.8 * urgent(edited)


def test_what_happened_long_ago_is_forgotten() -> None:
    long_ago = [Visit(NOW - timedelta(days=400 - day), True) for day in range(50)]
    assert rate([*long_ago, *daily(170)], NOW) == pytest.approx(rate(daily(180), NOW), rel=0.05)


def test_it_finds_changes_sooner_than_fixed_intervals_with_as_many_requests() -> None:
    done = compare(seed=7, pages=150, days=40, a_day=15)
    fixed, rule = done["fixed intervals"], done["the rule"]
    assert rule.requests == fixed.requests
    assert fmean(rule.every) < 0.6 * fmean(fixed.every)
    assert median(rule.every) < 0.6 * median(fixed.every)
    assert rule.seen > 1.5 * fixed.seen
