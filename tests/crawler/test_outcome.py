"""What answers mean: a table of them."""

from datetime import UTC, datetime

import pytest

from archive import http
from crawler.exchange import Answer, Cut
from crawler.outcome import COOLING_LIMIT, back_off, judge, retry_after
from crawler.rows import State

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


def answer(head: bytes, cut: Cut | None = None, error: str | None = None) -> Answer:
    return Answer(AT, http.parse(b"HTTP/1.1 " + head + b"\r\n\r\n"), cut, error)


@pytest.mark.parametrize("head", [b"200 OK", b"301 Moved\r\nLocation: /", b"404 Not Found", b"410 Gone"])
def test_an_answer_is_final(head: bytes) -> None:
    outcome = judge(answer(head), 0, 1.0)
    assert (outcome.state, outcome.status) == (State.DONE, int(head[:3]))


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_trouble_is_asked_again_twice_and_then_given_up(status: int) -> None:
    states = [judge(answer(b"%d X" % status), tries, 1.0) for tries in range(3)]
    assert [one.state for one in states] == [State.QUEUED, State.QUEUED, State.FAILED]
    assert states[0].wait < states[1].wait
    assert states[2].reason == f"status {status} (3 tries)"


def test_429_and_503_cool_the_host_as_long_as_they_say() -> None:
    for status in (b"429", b"503"):
        outcome = judge(answer(status + b" X\r\nRetry-After: 120"), 0, 1.0)
        assert (outcome.wait, outcome.cool) == (120.0, 120.0)
    assert judge(answer(b"500 X\r\nRetry-After: 120"), 0, 1.0).cool == 0


def test_one_page_that_is_always_503_does_not_hold_up_its_host_for_long() -> None:
    assert [judge(answer(b"503 X"), tries, 1.0).cool for tries in range(3)] == [5, 5, 5]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("999999999999999999999", COOLING_LIMIT),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("Thursday, 01-Jan-26 12:00:30 GMT", 30.0),
        ("Thu Jan  1 12:00:30 2026", 30.0),
        ("Fri, 01 Jan 9999 00:00:00 -1200", COOLING_LIMIT),
        ("Thu, 01 Jan 2026 12:00:30 +99999999999999", None),
        ("Thu, 01 Jan 99999999999999 12:00:00 GMT", None),
        ("120, 120", None),
        ("1.5", None),
    ],
)
def test_retry_after_in_both_forms(value: str, seconds: float | None) -> None:
    message = http.parse(f"HTTP/1.1 503 X\r\nRetry-After: {value}\r\n\r\n".encode())
    assert retry_after(message, AT) == seconds


def test_a_retry_after_is_read_by_the_clock_of_the_server() -> None:
    """Here it is an hour ahead of ours."""
    lines = "Date: Thu, 01 Jan 2026 13:00:00 GMT\r\nRetry-After: Thu, 01 Jan 2026 13:00:30 GMT"
    message = http.parse(f"HTTP/1.1 503 X\r\n{lines}\r\n\r\n".encode())
    assert retry_after(message, AT) == 30


def test_a_redirect_may_ask_for_a_short_pause() -> None:
    def cool(head: bytes) -> float:
        return judge(answer(head), 0, 1.0).cool

    assert cool(b"302 Found\r\nLocation: /\r\nRetry-After: 7") == 7
    assert cool(b"301 Moved\r\nLocation: /\r\nRetry-After: 3600") == 30
    assert cool(b"301 Moved\r\nLocation: /") == 0
    assert cool(b"200 OK\r\nRetry-After: 7") == 0


def test_where_a_run_has_repeated_enough_one_try_is_all() -> None:
    outcome = judge(answer(b"500 X"), 0, 1.0, again=False)
    assert (outcome.state, outcome.reason) == (
        State.FAILED,
        "status 500; this run has repeated enough requests",
    )
    assert judge(answer(b"500 X"), 2, 1.0, again=False).reason == "status 500 (3 tries)"
    assert judge(Answer(AT, error="x", final=True), 0, 1.0, again=False).reason == "x"


def test_no_answer_is_asked_again_unless_that_cannot_help() -> None:
    assert judge(Answer(AT, error="connection refused"), 0, 1.0).state is State.QUEUED
    given_up = judge(Answer(AT, error="connection refused"), 2, 1.0)
    assert (given_up.state, given_up.reason) == (State.FAILED, "connection refused (3 tries)")
    assert (
        judge(Answer(AT, error="10.0.0.1 is not a public address", final=True), 0, 1.0).state is State.FAILED
    )


def test_what_is_cut_is_taken_as_it_is_at_the_third_try() -> None:
    broken = answer(b"200 OK", Cut.DISCONNECT, "the connection was lost within the answer")
    assert judge(broken, 0, 1.0).state is State.QUEUED
    assert judge(broken, 2, 1.0) == judge(broken, 2, 9.0)
    assert (judge(broken, 2, 1.0).state, judge(broken, 2, 1.0).reason) == (
        State.DONE,
        "truncated: disconnect",
    )


def test_what_is_too_long_is_done_at_once() -> None:
    assert judge(answer(b"200 OK", Cut.LENGTH), 0, 1.0).state is State.DONE


def test_the_back_off_grows_with_the_pace_and_has_an_end() -> None:
    assert back_off(0, 1.0) == 5.0
    assert back_off(1, 1.0) == 25.0
    assert back_off(0, 0.0) < 1.0
    assert back_off(2, 3600) == 300.0
