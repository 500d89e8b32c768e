"""How often a feed is asked, by the instants of its entries."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pulse import LEAST, MOST, RECENT, interval

NOW = datetime(2026, 3, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
hours = st.floats(0, 20_000)
records = st.lists(hours.map(lambda ago: NOW - ago * HOUR), max_size=2 * RECENT)


@given(records)
def test_it_keeps_its_bounds(entries: list[datetime]) -> None:
    assert LEAST <= interval(entries, NOW) <= MOST


@given(records, hours)
def test_one_more_entry_never_makes_it_later(entries: list[datetime], ago: float) -> None:
    assert interval([*entries, NOW - ago * HOUR], NOW) <= interval(entries, NOW)


@given(records, hours)
def test_silence_never_makes_it_sooner(entries: list[datetime], later: float) -> None:
    assert interval(entries, NOW + later * HOUR) >= interval(entries, NOW)


def test_what_is_no_sign_of_a_rush() -> None:
    assert interval([], NOW) == interval([NOW + HOUR], NOW) == MOST
    assert interval([NOW] * 25, NOW) == interval([NOW], NOW) > HOUR
    assert interval([NOW - 500 * 24 * HOUR] * 25, NOW) == MOST


def test_four_times_as_many_entries_are_asked_for_twice_as_often() -> None:
    weekly, more = ([NOW - n * HOUR for n in range(every, 30 * every, every)] for every in (168, 42))
    assert interval(weekly, NOW) / interval(more, NOW) == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("every", "polls", "wait"),
    [
        pytest.param(0.25, 57, 0.2, id="a news agency: four an hour"),
        pytest.param(1, 40, 0.3, id="a newspaper: one an hour"),
        pytest.param(24, 11, 1.0, id="a blog: one a day"),
        pytest.param(24 * 7, 6, 1.8, id="a blog: one a week"),
        pytest.param(24 * 30, 3, 4.9, id="a newsletter: one a month"),
    ],
)
def test_ninety_days_of_a_feed(every: float, polls: int, wait: float) -> None:
    """Entries come by chance, so many hours apart on the average. `polls` a day; `wait` is the mean of the
    hours from an entry to the next of them. The table in docs/revisits.md.
    """
    chance = Random(every)
    begin, end = NOW - timedelta(days=200), NOW + timedelta(days=90)
    entries = [begin]
    while entries[-1] < end:
        entries.append(entries[-1] + chance.expovariate(1 / every) * HOUR)
    asked, number, waited = NOW, 0, []
    while asked < end:
        there = bisect_right(entries, asked)
        then = asked + interval(entries[:there][-RECENT:], asked)
        waited += [(then - at) / HOUR for at in entries[there : bisect_right(entries, then)]]
        asked, number = then, number + 1
    assert round(number / 90) == polls
    assert sum(waited) / len(waited) == pytest.approx(wait, abs=0.05)
