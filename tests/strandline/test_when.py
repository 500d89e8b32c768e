"""Moments as people write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strandline.complaint import Complaint
from strandline.when import Moment, parse

NOW = datetime(2025, 3, 12, 15, 30, 20, tzinfo=UTC)  # a Wednesday
RIGA = ZoneInfo("Europe/Riga")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025-01-27", "2025-01-27", "2025-01-28"),
        ("2025-02", "2025-02-01", "2025-03-01"),
        ("2024", "2024-01-01", "2025-01-01"),
        ("today", "2025-03-12", "2025-03-13"),
        ("Yesterday", "2025-03-11", "2025-03-12"),
        ("3 days ago", "2025-03-09", "2025-03-10"),
        (" a  week ago ", "2025-03-05", "2025-03-06"),
        ("1 month ago", "2025-02-12", "2025-02-13"),
        ("this week", "2025-03-10", "2025-03-17"),
        ("last week", "2025-03-03", "2025-03-10"),
        ("last month", "2025-02-01", "2025-03-01"),
        ("last year", "2024-01-01", "2025-01-01"),
        ("2025-01-27T06:00", "2025-01-27T06:00", "2025-01-27T06:01"),
        ("2025-01-27 06:00:05", "2025-01-27T06:00:05", "2025-01-27T06:00:06"),
        ("2025-01-27t06:00:05z", "2025-01-27T06:00:05", "2025-01-27T06:00:06"),
        ("2025-01-27T06:00:05+02:00", "2025-01-27T04:00:05", "2025-01-27T04:00:06"),
        ("2025-01-27 06:00:05 -0330", "2025-01-27T09:30:05", "2025-01-27T09:30:06"),
        ("20250127T060005Z", "2025-01-27T06:00:05", "2025-01-27T06:00:06"),
        ("20250127060005", "2025-01-27T06:00:05", "2025-01-27T06:00:06"),
    ],
)
def test_a_text_means_the_whole_stretch_it_does_not_narrow_down(text: str, start: str, end: str) -> None:
    assert parse(text, NOW, UTC) == Moment(utc(start), utc(end) - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("now", "2025-03-12T15:30:20"),
        ("2 hours ago", "2025-03-12T13:30:20"),
        ("2025-01-27T06:00:05.123456Z", "2025-01-27T06:00:05.123456"),
    ],
)
def test_an_exact_instant_begins_and_ends_at_once(text: str, instant: str) -> None:
    assert parse(text, NOW, UTC) == Moment(utc(instant), utc(instant))


def test_days_are_those_of_the_zone() -> None:
    late = datetime(2025, 3, 12, 23, 30, tzinfo=UTC)  # already the 13th in Riga
    assert parse("today", late, RIGA).start == utc("2025-03-12T22:00")
    assert parse("2025-01-27T06:00", NOW, RIGA).start == utc("2025-01-27T04:00")
    assert parse("2025-01-27T06:00Z", NOW, RIGA).start == utc("2025-01-27T06:00")


def test_a_day_on_which_the_clocks_change_has_23_hours() -> None:
    moment = parse("2025-03-30", NOW, RIGA)
    assert moment.end - moment.start == timedelta(hours=23) - timedelta(microseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2025-02-30",
        "2025-13",
        "0000",
        "27.1.2025",
        "-3 days ago",
        "999999 years ago",
        "9999-12-31",
        "2025-01-27T25:00",
        "20251301000000",
        "v3",
        "3 days",
        "2025-01-27T06:00+99:99",
    ],
)
def test_what_is_not_understood_gets_examples(text: str) -> None:
    with pytest.raises(Complaint, match=r"is not a date.*2025-01-27.*yesterday") as raised:
        parse(text, NOW, UTC)
    assert repr(text) in str(raised.value)


@given(st.text(alphabet="0123456789-T:Z+. adyswekmonthrgolti", max_size=30))
def test_any_text_is_a_moment_or_a_complaint(text: str) -> None:
    try:
        moment = parse(text, NOW, RIGA)
    except Complaint:
        return
    assert moment.start <= moment.end


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_an_instant_as_it_is_printed_finds_itself(instant: datetime) -> None:
    printed = instant.isoformat() + "Z"
    moment = parse(printed, NOW, RIGA)
    assert moment.start <= instant.replace(tzinfo=UTC) <= moment.end
    assert parse(printed[:19] + "Z", NOW, RIGA).end >= instant.replace(tzinfo=UTC)
