"""Instants as they are written and read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import instants

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-11))])
AWARE = st.datetimes(timezones=ZONES, min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29))


@given(AWARE)
def test_what_is_written_is_read_back(instant: datetime) -> None:
    assert instants.parse(instants.iso(instant)) == instant


@given(AWARE, AWARE)
def test_the_order_of_the_texts_is_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (instants.iso(one) < instants.iso(other)) == (one < other)


def test_other_zones_are_written_in_utc() -> None:
    riga = datetime(2025, 1, 27, 8, 30, tzinfo=timezone(timedelta(hours=2)))
    assert instants.iso(riga) == "2025-01-27T06:30:00.000000Z"
    assert instants.stamp(riga) == "20250127T063000Z"
    assert instants.parse("2025-01-27T06:30:00Z") == datetime(2025, 1, 27, 6, 30, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        instants.parse("2025-01-27T06:30:00")
