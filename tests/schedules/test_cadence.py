"""Cadences as people write them, and the instants that they mean."""

import calendar
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import given
from hypothesis import strategies as st

from schedules.cadence import Cadence, CadenceError, fires, latest, parse, upcoming

ZONES = (
    "UTC",
    "Europe/Riga",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
)
BEGIN = datetime(2026, 3, 27, 12, tzinfo=UTC)  # a Friday; clocks go forward on Sunday in Europe


def shown(text: str, count: int = 3, after: datetime = BEGIN) -> list[str]:
    """The next slots on the wall of the cadence's zone."""
    return [f"{slot:%a %d %b %H:%M %z}" for slot in upcoming(parse(text), after, count)]


@pytest.mark.parametrize(
    ("text", "plain", "slots"),
    [
        ("daily at 06:00 Europe/Riga", None, ["Sat 28 Mar 06:00 +0200", "Sun 29 Mar 06:00 +0300"]),
        ("Daily  AT 6:00,18:30", "daily at 06:00, 18:30 UTC", ["Fri 27 Mar 18:30 +0000"]),
        ("every 20 minutes", None, ["Fri 27 Mar 12:20 +0000", "Fri 27 Mar 12:40 +0000"]),
        ("every 4 hours", None, ["Fri 27 Mar 16:00 +0000", "Fri 27 Mar 20:00 +0000"]),
        ("every 90 minutes", None, ["Fri 27 Mar 13:30 +0000", "Fri 27 Mar 15:00 +0000"]),
        ("hourly", "every hour", ["Fri 27 Mar 13:00 +0000", "Fri 27 Mar 14:00 +0000"]),
        ("every 2 days at 06:00 UTC", None, ["Sat 28 Mar 06:00 +0000", "Mon 30 Mar 06:00 +0000"]),
        (
            "weekly on thursday and mon at 05:30",
            "weekly on Mon, Thu at 05:30 UTC",
            ["Mon 30 Mar 05:30 +0000", "Thu 02 Apr 05:30 +0000"],
        ),
        ("weekly on Sun at 03:17 UTC", None, ["Sun 29 Mar 03:17 +0000", "Sun 05 Apr 03:17 +0000"]),
        ("weekly", "weekly on Mon at 00:00 UTC", ["Mon 30 Mar 00:00 +0000", "Mon 06 Apr 00:00 +0000"]),
        ("weekly on Fri-Sun", "weekly on Fri, Sat, Sun at 00:00 UTC", ["Sat 28 Mar 00:00 +0000"]),
        (
            "every 2 weeks on Thu at 05:30",
            "every 2 weeks on Thu at 05:30 UTC",
            ["Thu 02 Apr 05:30 +0000", "Thu 16 Apr 05:30 +0000"],
        ),
        (
            "monthly on the last day",
            "monthly on the last day at 00:00 UTC",
            ["Tue 31 Mar 00:00 +0000", "Thu 30 Apr 00:00 +0000"],
        ),
        ("monthly on 1, 15 at 04:00 UTC", None, ["Wed 01 Apr 04:00 +0000", "Wed 15 Apr 04:00 +0000"]),
        ("monthly on 31 at 04:00 UTC", None, ["Tue 31 Mar 04:00 +0000", "Sun 31 May 04:00 +0000"]),
        ("0 6 * * 1-5 Europe/Riga", None, ["Mon 30 Mar 06:00 +0300", "Tue 31 Mar 06:00 +0300"]),
        (
            "0 0 13 * FRI",
            "0 0 13 * fri UTC",
            ["Fri 03 Apr 00:00 +0000", "Fri 10 Apr 00:00 +0000", "Mon 13 Apr 00:00 +0000"],
        ),
        ("0 0 * * 0", "0 0 * * 0 UTC", ["Sun 29 Mar 00:00 +0000"]),
        ("0 0 * * 7", "0 0 * * 7 UTC", ["Sun 29 Mar 00:00 +0000"]),
        ("@weekly", "@weekly UTC", ["Sun 29 Mar 00:00 +0000"]),
        ("0 0 29 2 *", "0 0 29 2 * UTC", ["Tue 29 Feb 00:00 +0000"]),
        (
            "every 30 minutes between 11:00 and 14:00 Europe/Madrid",
            None,
            ["Fri 27 Mar 13:30 +0100", "Sat 28 Mar 11:00 +0100"],
        ),
        (
            "every hour between 23:00 and 01:00 on Fri UTC",
            None,
            ["Fri 27 Mar 23:00 +0000", "Sat 28 Mar 00:00 +0000", "Fri 03 Apr 23:00 +0000"],
        ),
        ("manual", None, []),
    ],
)  # fmt: skip
def test_what_a_cadence_means(text: str, plain: str | None, slots: list[str]) -> None:
    assert shown(text, len(slots)) == slots
    assert str(parse(text)) == (plain or text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dayly at 06:00", "'dayly' is not understood; did you mean 'daily'? write"),
        ("daily at 6am", "did you mean 06:00?"),
        ("daily at 6:30pm", "did you mean 18:30?"),
        ("daily at 24:00", "'24:00' is not a time; write it like 06:00"),
        ("daily at", "after 'at' comes a time"),
        ("daily at 06:00 at 07:00", "'at': it is said twice"),
        ("daily at 06:00 Europe/Rga", "did you mean Europe/Riga"),
        ("daily at 06:00 riga", "did you mean Europe/Riga?"),
        ("daily at 06:00 europe/riga", "did you mean Europe/Riga?"),
        ("daily at 06:00 ../../../etc/passwd", "is not a zone of the tz database"),
        ("daily at 06:00 UTC Europe/Riga", "a second zone"),
        ("daily on Mon at 06:00", "write: weekly on mon"),
        ("daily between 01:00 and 02:00", "for days write: at 06:00"),
        ("weekly on Mno", "'mno' is no day of the week"),
        ("weekly on", "after 'on' come days"),
        ("monthly on 32", "'32' is no day of the month; write 1 to 31, or: the last day"),
        ("every 5 seconds", "the shortest cadence is every minute"),
        ("every 0 minutes", "from every minute to every 366 days"),
        ("every 99999999999999999999 days", "is no length of time"),
        ("every monday", "write: weekly on Mon"),
        ("every month", "write: monthly on 1 at 06:00"),
        ("every 20 minutes at 06:00", "'at' goes with days"),
        ("every 20 minutes beetween 08:00 and 20:00", "did you mean 'between'?"),
        ("every 20 minutes between 08:00 and 08:00", "there is no time"),
        ("every 20 minutes jitter 20 minutes", "the jitter must be shorter than 20 minutes"),
        ("every 20 minutes between 08:00 and 08:10 jitter 15 minutes", "shorter than 10 minutes"),
        ("30 minutes", "did you mean: every 30 minutes?"),
        ("manual at 06:00", "'manual' stands alone"),
        ("0 0 31 2 *", "day 31 of month 2 never comes"),
        ("0 0 30,31 feb */2", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("60 * * * *", "60 is not a minute: 0 to 59"),
        ("* * * * 8", "8 is not a day of the week: 0 to 7"),
        ("* * * jun-mai *", "'mai' is not a month; known are jan, feb"),
        ("* 22-2 * * *", "the range runs backwards"),
        ("*/0 * * * *", "a step of 0"),
        ("5/15 * * * *", "write 5-59/15"),
        ("0 0 L * *", "monthly on the last day at 06:00"),
        ("0 6 * *", "has five fields, not 4"),
        ("0 0 6 * * *", "minutes first; this one has more"),
        ("@dayly", "did you mean '@daily'?"),
        ("@reboot", "'@reboot' is unknown"),
        ("@daily at 06:00", "only a zone and jitter"),
        ("", "a cadence is written like 'daily at 06:00 Europe/Riga'"),
        ("daily " * 1000, "a cadence is written like"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_what_is_meant_perhaps(text: str, said: str) -> None:
    with pytest.raises(CadenceError, match=re.escape(said)):
        parse(text)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("time", ["00:00", "00:30", "01:30", "02:00", "02:15", "02:30", "03:00", "23:59"])
def test_a_daily_run_fires_once_on_every_day_of_two_years(zone: str, time: str) -> None:
    first = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone))
    slots = fires(parse(f"daily at {time} {zone}"), first.astimezone(UTC) - timedelta(seconds=1))
    days = [slot.astimezone(ZoneInfo(zone)).date() for slot in islice(slots, 730)]
    assert days == [date(2026, 1, 1) + timedelta(days=number) for number in range(730)]


def test_a_time_that_does_not_exist_is_the_end_of_the_gap_and_of_two_the_first_is_taken() -> None:
    before = datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    text = "daily at 02:00, 02:30, 03:00 America/New_York"
    assert shown(text, 2, before[0]) == ["Sun 08 Mar 03:00 -0400", "Mon 09 Mar 02:00 -0400"]
    text = "daily at 01:30 America/New_York"
    assert shown(text, 2, before[1]) == ["Sun 01 Nov 01:30 -0400", "Mon 02 Nov 01:30 -0500"]


def test_every_so_many_minutes_counts_elapsed_time_also_within_a_window() -> None:
    for day in (datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)):
        slots = list(islice(fires(parse("every 20 minutes America/New_York"), day), 200))
        assert {later - slot for slot, later in pairwise(slots)} == {timedelta(minutes=20)}
    text = "every hour between 00:00 and 04:00 America/New_York"
    assert [slot[11:16] for slot in shown(text, 3, datetime(2026, 3, 8, 4, tzinfo=UTC))] == [
        "00:00",
        "01:00",
        "03:00",
    ]
    autumn = [slot[11:] for slot in shown(text, 5, datetime(2026, 11, 1, 3, tzinfo=UTC))]
    assert autumn == ["00:00 -0400", "01:00 -0400", "01:00 -0500", "02:00 -0500", "03:00 -0500"]


def test_jitter_is_fixed_for_a_source_and_leaves_no_window() -> None:
    text = "every 30 minutes between 08:00 and 20:00 Europe/Madrid jitter 29 minutes"
    delays = {parse(text, f"source-{number}").delay for number in range(50)}
    assert len(delays) > 40
    assert timedelta(0) <= min(delays) and max(delays) < timedelta(minutes=29)
    assert parse(text, "gazette") == parse(text, "gazette")
    for number in range(50):
        for slot in upcoming(parse(text, f"source-{number}"), BEGIN, 60):
            assert 8 <= slot.hour < 20


def test_the_zone_that_is_not_said_is_the_one_that_was_given() -> None:
    assert str(parse("daily at 06:00", zone="Europe/Riga")) == "daily at 06:00 Europe/Riga"
    assert str(parse("daily at 06:00 UTC", zone="Europe/Riga")) == "daily at 06:00 UTC"


TEXTS = (
    "daily at 02:30", "daily at 00:00, 12:00", "every 7 minutes", "every 11 hours", "every 3 days at 01:30",
    "weekly on Mon, Thu at 05:30", "every 2 weeks on Sun at 02:15", "monthly on the last day at 23:59",
    "monthly on 1, 31 at 02:00", "*/5 * * * *", "30 1,2,3 * * *", "*/15 2 * * sun", "0 */3 1 * mon",
    "@hourly", "every 45 minutes between 22:00 and 03:00", "every hour between 01:30 and 02:30 on Sat, Sun",
)  # fmt: skip
CADENCES = st.builds(
    lambda text, zone, jitter, name: parse(f"{text} {zone}{jitter}", name),
    st.sampled_from(TEXTS),
    st.sampled_from(ZONES),
    st.sampled_from(["", " jitter 6 minutes"]),
    st.sampled_from(["gazette", "harbour"]),
)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(CADENCES, INSTANTS)
def test_slots_rise_and_do_not_depend_on_when_one_asks(cadence: Cadence, after: datetime) -> None:
    slots = list(islice(fires(cadence, after), 12))
    assert after < slots[0] and all(slot < later for slot, later in pairwise(slots))
    assert all(slot.tzinfo is UTC for slot in slots)
    assert list(islice(fires(cadence, slots[0]), 11)) == slots[1:]
    between = slots[3] + (slots[4] - slots[3]) / 2
    assert next(fires(cadence, between)) == slots[4]
    assert latest(cadence, between) == slots[3] == latest(cadence, slots[3])


@given(CADENCES)
def test_the_plain_form_means_the_same(cadence: Cadence) -> None:
    for name in ("gazette", "harbour"):
        again = parse(cadence.text, name)
        assert again == parse(again.text, name)
        assert again.rule == cadence.rule


WORDS = ["every", "daily", "weekly", "monthly", "at", "on", "between", "and", "jitter", "the", "last", "day"]
WORDS += ["20", "06:00", "Mon", "31", "minutes", "hours", ",", "*", "*/5", "UTC", "Europe/Riga", "@daily"]


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_a_cadence_or_is_refused(text: str) -> None:
    try:
        cadence = parse(text)
    except CadenceError as error:
        assert str(error)
    else:
        assert cadence.manual or list(islice(fires(cadence, BEGIN), 2))


def test_the_calendar_ends_without_a_word() -> None:
    end = datetime(9999, 12, 30, tzinfo=UTC)
    for text in (*TEXTS, "every 20 minutes", "0 0 29 2 *"):
        assert len(list(islice(fires(parse(text), end), 5000))) < 5000


def expressions(random: Random) -> Iterator[str]:
    """Cron expressions of all kinds, in Debian's language."""

    def term(first: int, last: int, names: list[str]) -> str:
        low, high = sorted(random.sample(range(first, last + 1), k=2))  # 1-1/5 is another thing to cronsim
        named = [names[low - first] if names and low - first < len(names) else str(low), str(high)]
        step = f"/{random.randint(1, 12)}" if random.random() < 0.4 else ""
        return random.choice([f"*{step}", f"{low}-{high}{step}", named[0], str(low), str(high)])

    def field(first: int, last: int, names: list[str], star: float) -> str:
        if random.random() < star:
            return "*"
        return ",".join(term(first, last, names) for _ in range(random.choice([1, 1, 1, 2, 3])))

    months = [name.lower() for name in calendar.month_abbr[1:]]
    weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    while True:
        yield " ".join(
            [
                field(0, 59, [], 0.3),
                field(0, 23, [], 0.4),
                field(1, 31, [], 0.5),
                field(1, 12, months, 0.7),
                field(0, 7, weekdays, 0.5),
            ]
        )


def agrees(text: str, zone: str, after: datetime) -> bool:
    """Whether cronsim says the same of the next slots. False for an expression that neither knows."""
    try:
        wanted = CronSim(text, after.astimezone(ZoneInfo(zone)))
        slots = [next(wanted).astimezone(UTC) for _ in range(4)]
    except (CronSimError, StopIteration):
        with pytest.raises(CadenceError):
            parse(text)
        return False
    assert list(islice(fires(parse(f"{text} {zone}"), after), 4)) == slots, (text, zone, after)
    return True


@pytest.mark.parametrize(
    ("count", "seed"), [(1500, 1), *(pytest.param(10_000, n, marks=pytest.mark.nightly) for n in (2, 3, 4))]
)
def test_cron_expressions_agree_with_an_independent_library(count: int, seed: int) -> None:
    random = Random(seed)
    agreed = 0
    for text in islice(expressions(random), count):
        zone = random.choice(("UTC", "Europe/Riga", "America/New_York", "Asia/Kathmandu"))
        near = random.choice((datetime(2026, 3, 28), datetime(2026, 10, 24), datetime(2028, 2, 27)))
        after = near.replace(tzinfo=UTC) + timedelta(minutes=random.randrange(2880))
        agreed += agrees(text, zone, after)
    assert agreed > 0.9 * count
