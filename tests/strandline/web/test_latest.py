"""What is costly to find out: who waits for it, and who gets what was a moment ago."""

import threading
import time

import pytest

from strandline.web import latest, overview
from tests.strandline.web.conftest import Writable


def test_it_is_found_out_once_in_a_while_or_when_what_it_follows_from_changes() -> None:
    numbers = iter(range(10))
    its = latest.Latest(lambda: next(numbers))
    assert [its.get("a"), its.get("a"), its.get("b"), its.get("b")] == [0, 0, 1, 1]


def test_what_is_too_old_is_found_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest, "PASSABLE", 1)
    numbers = iter(range(10))
    its = latest.Latest(lambda: next(numbers), -1.0)
    assert [its.get("a"), its.get("a")] == [0, 1]


def test_while_it_is_found_out_again_all_get_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest, "PASSABLE", -100.0)
    go_on, done, numbers = threading.Event(), threading.Event(), iter(range(10))

    def find() -> int:
        number = next(numbers)
        if number == 1:
            assert go_on.wait(10)
            done.set()
        return number

    its = latest.Latest(find, -1.0)
    assert [its.get("a"), its.get("a"), its.get("a")] == [0, 0, 0]
    go_on.set()
    assert done.wait(10)
    deadline = time.monotonic() + 10
    while its.get("a") == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert its.get("a") > 0


def test_who_changes_something_sees_it_at_once(writable: Writable) -> None:
    room = writable.client.application.extensions["strandline"]
    before = overview.view(room)
    assert overview.view(room)[0] is before[0]
    writable.client.post("/")
    assert overview.view(room)[0] is not before[0]


def test_a_failure_is_not_kept() -> None:
    found = iter([ZeroDivisionError, 5])

    def find() -> int:
        one = next(found)
        if one is ZeroDivisionError:
            raise ZeroDivisionError
        assert isinstance(one, int)
        return one

    its = latest.Latest(find)
    with pytest.raises(ZeroDivisionError):
        its.get("a")
    assert its.get("a") == 5
