"""The schedule that is proposed for a new site."""

import re
from datetime import timedelta

import pytest

from schedules.proposal import propose, spoken


@pytest.mark.parametrize(
    ("listed", "every", "light"),
    [
        (False, None, r"daily at \d\d:\d\d UTC"),
        (True, None, r"daily at \d\d:\d\d UTC"),
        (True, timedelta(minutes=40), "every 1 hour"),
        (True, timedelta(days=1), "every 4 hours"),
        (True, timedelta(days=12), r"daily at \d\d:\d\d UTC"),
    ],
)
def test_the_livelier_the_feed_the_more_light_runs(listed: bool, every: timedelta | None, light: str) -> None:
    proposed = propose("gazette", listed, every)
    assert re.fullmatch(r"weekly on [A-Z][a-z]{2} at 0[0-5]:[0-5]\d UTC", proposed.schedule)
    assert re.fullmatch(light, proposed.light)


def test_sources_do_not_all_begin_at_once_and_each_always_at_its_own_time() -> None:
    times = {propose(f"source-{number}", False, None).schedule for number in range(100)}
    assert len(times) > 90
    assert propose("gazette", False, None) == propose("gazette", False, None)


@pytest.mark.parametrize(
    ("every", "said"),
    [
        (timedelta(days=3), "every 3 days"),
        (timedelta(hours=30), "every 30 hours"),
        (timedelta(hours=1), "every 60 minutes"),
        (timedelta(seconds=3), "every minute"),
    ],
)
def test_lengths_of_time_as_people_say_them(every: timedelta, said: str) -> None:
    assert spoken(every) == said
