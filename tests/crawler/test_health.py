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


def dead(health: Health, url: int, seconds: float = 0.0, status: int = 0) -> float:
    return health.note(url, answer(status, seconds), "connection refused", 1.0, NOW + seconds)


@pytest.mark.parametrize("status", [200, 301, 403, 404, 410])
def test_whoever_answers_is_well(status: int) -> None:
    assert sign(answer(status)) is Sign.WELL


def test_signs_of_trouble() -> None:
    assert [sign(answer(status)) for status in (0, 429, 503, 500)] == [*[Sign.DEAD] * 3, Sign.ILL]
    assert sign(Answer(AT, error="10.0.0.1 is not a public address", final=True)) is Sign.NONE
    assert sign(Answer(AT, http.parse(b"HTTP/1.1 200 X\r\n\r\n"), Cut.DISCONNECT)) is Sign.NONE


def test_ten_urls_in_a_row_make_a_rest_and_one_more_the_next_longer_one() -> None:
    health = Health(was_well=True)
    assert [dead(health, url) for url in range(ROW)] == [0] * (ROW - 1) + [30]
    assert dead(health, 20, 31) == 120
    assert dead(health, 21, 160) == 480
    assert dead(health, 22, 700) == 0
    assert health.given_up == "host given up: 13 failures in a row, last: connection refused"


def test_a_host_that_was_never_well_rests_once() -> None:
    health = Health()
    assert [dead(health, url) for url in range(ROW)][-1] == 30
    assert dead(health, 20, 31) == 0
    assert health.given_up


def test_one_success_resets() -> None:
    health = Health()
    for url in range(ROW - 1):
        dead(health, url)
    health.note(50, answer(404), "", 1.0, NOW)
    assert [dead(health, url) for url in range(ROW)] == [0] * (ROW - 1) + [30]
    health.note(50, answer(200), "", 1.0, NOW)
    assert health.given_up is None
    assert dead(health, 60, 40) == 0


def test_one_url_that_fails_again_and_again_says_nothing_of_its_host() -> None:
    health = Health()
    assert [dead(health, 1) for _ in range(30)] == [0] * 30
    assert health.given_up is None


def test_what_was_under_way_when_the_rest_began_does_not_count() -> None:
    health = Health(was_well=True)
    for url in range(ROW):
        dead(health, url)
    late = [health.note(url, answer(0, 0.5), "x", 1.0, NOW + 60) for url in range(100, 150)]
    assert late == [0] * 50
    assert dead(health, 200, 61) == 120


def test_many_broken_pages_are_no_dead_host() -> None:
    """Of pages that answer 500, each rest takes ten more."""
    health = Health(was_well=True)
    rests = [dead(health, url, 1000.0 * url, 500) for url in range(RESTS * ROW + ROW - 1)]
    assert [number for number, rest in enumerate(rests) if rest] == [9, 19, 29]
    assert health.given_up is None
    dead(health, 99, 99_000, 500)
    assert health.given_up


def test_without_a_delay_rests_are_short_and_none_is_longer_than_a_quarter_of_an_hour() -> None:
    quick, slow = Health(), Health()
    for url in range(ROW):
        pauses = [one.note(url, answer(), "x", delay, NOW) for one, delay in ((quick, 0.0), (slow, 60.0))]
    assert pauses == [1.5, 900]
