"""When a host is left alone, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from archive import http
from crawler.exchange import Answer, Cut
from crawler.health import RESTS, ROW, Health, Sign, sign

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW = AT.timestamp()


def answer(status: int = 0, seconds: float = 0.0) -> Answer:
    """What came for a request sent so many seconds after the beginning; status 0: nothing."""
    at = AT + timedelta(seconds=seconds)
    if not status:
        return Answer(at, error="connection refused")
    return Answer(at, http.parse(b"HTTP/1.1 %d X\r\n\r\n" % status))


def dead(health: Health, seconds: float = 0.0, status: int = 0, tries: int = 0) -> float:
    return health.note(answer(status, seconds), tries, "connection refused", 1.0, NOW + seconds)


@pytest.mark.parametrize("status", [200, 301, 403, 404, 410])
def test_whoever_answers_is_well(status: int) -> None:
    assert sign(answer(status)) is Sign.WELL


def test_signs_of_trouble() -> None:
    assert [sign(answer(status)) for status in (0, 429, 503, 500)] == [*[Sign.DEAD] * 3, Sign.ILL]
    assert sign(Answer(AT, error="10.0.0.1 is not a public address", final=True)) is Sign.NONE
    assert sign(Answer(AT, http.parse(b"HTTP/1.1 200 X\r\n\r\n"), Cut.DISCONNECT)) is Sign.NONE


def test_ten_urls_in_a_row_make_a_rest_and_one_more_the_next_longer_one() -> None:
    health = Health(was_well=True)
    assert [dead(health) for _ in range(ROW)] == [0] * (ROW - 1) + [30]
    assert dead(health, 31) == 120
    assert dead(health, 160, tries=1) == 0
    assert dead(health, 160) == 480
    assert dead(health, 700) == 0
    assert health.given_up == "host given up: 13 failures in a row, last: connection refused"


def test_a_host_that_was_never_well_rests_once() -> None:
    health = Health()
    assert [dead(health) for _ in range(ROW)][-1] == 30
    assert dead(health, 31) == 0
    assert health.given_up


def test_one_success_resets() -> None:
    health = Health()
    for _ in range(ROW - 1):
        dead(health)
    health.note(answer(404), 0, "", 1.0, NOW)
    assert [dead(health) for _ in range(ROW)] == [0] * (ROW - 1) + [30]
    dead(health, 31)
    dead(health, 300)
    health.note(answer(200), 0, "", 1.0, NOW)
    assert health.given_up is None
    assert [dead(health, 900) for _ in range(ROW)] == [0] * (ROW - 1) + [30]


def test_what_fails_again_says_nothing_of_its_host() -> None:
    """In the end nothing is left but the broken ones."""
    health = Health()
    assert [dead(health, tries=1, status=status) for status in (0, 500, 503) for _ in range(30)] == [0] * 90
    assert health.given_up is None


def test_what_was_under_way_when_the_rest_began_does_not_count() -> None:
    health = Health(was_well=True)
    for _ in range(ROW):
        dead(health)
    late = [health.note(answer(0, 0.5), 0, "x", 1.0, NOW + 60) for _ in range(50)]
    assert late == [0] * 50
    assert dead(health, 61) == 120


def test_many_broken_pages_are_no_dead_host() -> None:
    """Of pages that answer 500, each rest takes ten more."""
    health = Health(was_well=True)
    rests = [dead(health, 1000.0 * url, 500) for url in range(RESTS * ROW + ROW - 1)]
    assert [number for number, rest in enumerate(rests) if rest] == [9, 19, 29]
    assert health.given_up is None
    dead(health, 99_000, 500)
    assert health.given_up


def test_without_a_delay_rests_are_short_and_none_is_longer_than_a_quarter_of_an_hour() -> None:
    quick, slow = Health(), Health()
    for _ in range(ROW):
        pauses = [one.note(answer(), 0, "x", delay, NOW) for one, delay in ((quick, 0.0), (slow, 60.0))]
    assert pauses == [1.5, 900]
