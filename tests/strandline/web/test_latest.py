"""What is costly to find out: who waits for it, and who gets what was a moment ago."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from strandline.web import latest


def test_it_is_found_out_once_in_a_while_or_when_what_it_follows_from_changes() -> None:
    numbers = iter(range(10))
    its = latest.Latest(lambda: next(numbers))
    assert [its.get("a"), its.get("a"), its.get("b"), its.get("b")] == [0, 0, 1, 1]


def test_what_is_old_is_found_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest, "FRESH", -1.0)
    numbers = iter(range(10))
    its = latest.Latest(lambda: next(numbers))
    assert [its.get("a"), its.get("a")] == [0, 1]


def test_while_one_finds_it_out_the_others_get_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest, "FRESH", -1.0)
    begun, go_on, numbers = threading.Event(), threading.Event(), iter(range(10))

    def find() -> int:
        number = next(numbers)
        if number == 1:
            begun.set()
            assert go_on.wait(10)
        return number

    its = latest.Latest(find)
    its.get("a")
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(its.get, "a")
        assert begun.wait(10)
        assert its.get("a") == 0
        go_on.set()
        assert slow.result(10) == 1


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
