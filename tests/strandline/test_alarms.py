"""What is a trouble, from the last runs of a source and the state of the home."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.access import LatelyRow, ShrunkRow
from strandline.alarms import House, of_house, of_source, of_texts
from strandline.settings import Alarms

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def runs(*told: dict[str, Any]) -> list[LatelyRow]:
    """Daily runs up to yesterday, the newest first, that went well but for what is told of them."""
    rows = []
    for number, one in enumerate(told, 1):
        moment = NOW - timedelta(days=number)
        usual = LatelyRow(
            run=f"r{number}", moment=moment, ended=moment, light=False, outcome="succeeded", reason=None,
            requests=10, bytes=1000, captures=10, revisits=5, new=0, good=10, failed=0,
        )  # fmt: skip
        rows.append(LatelyRow(**{**usual, **one}))  # type: ignore[typeddict-item]  # a part of its keys
    return rows


def kinds(*told: dict[str, Any]) -> list[str]:
    return [alarm.kind for alarm in of_source("gazette", runs(*told), Alarms(), NOW)]


WELL: dict[str, Any] = {}
NEW = {"new": 1}


def test_all_is_well() -> None:
    assert kinds() == kinds(WELL) == kinds(NEW, NEW, NEW, NEW, NEW) == []


def test_the_last_run_counts_and_a_stopped_one_says_nothing() -> None:
    assert kinds({"outcome": "blocked"}, WELL) == ["blocked"]
    assert kinds({"outcome": "stopped"}, {"outcome": "failed"}) == ["failed"]
    assert kinds(WELL, {"outcome": "failed"}) == []
    assert kinds({"outcome": "failed", "reason": "no page: robots.txt is out of reach"}) == ["robots"]


def test_a_source_that_falls_silent() -> None:
    assert kinds(*[WELL] * 6, NEW, NEW, NEW, NEW) == []
    assert kinds(*[WELL] * 7, NEW, NEW, NEW, NEW) == ["silent"]
    assert kinds(*[WELL] * 30, NEW) == []  # what never had a habit


def test_nothing_but_304() -> None:
    assert kinds(*[{"revisits": 10}] * 3) == ["unchanged"]
    assert kinds({"revisits": 10}, {"revisits": 10}, WELL) == []


def test_more_failures_than_usual() -> None:
    assert kinds({"failed": 4}, WELL, WELL) == ["errors"]
    assert kinds({"failed": 4}, {"failed": 4}, {"failed": 4}) == []


def test_the_home() -> None:
    well = House(free=50, total=100, reserve=5, checked=NOW, damage=0, looked=NOW, scheduled=True, begun=NOW)
    long_ago = NOW - timedelta(days=200)
    for house, wanted in (
        (well, []),
        (replace(well, free=9), ["filling"]),
        (replace(well, free=4), ["full"]),
        (replace(well, checked=long_ago), ["overdue"]),
        (replace(well, checked=None, begun=long_ago), ["overdue"]),
        (replace(well, damage=2), ["damage"]),
        (replace(well, looked=long_ago), ["unseen"]),
        (replace(well, looked=None, scheduled=False), []),
    ):
        assert [alarm.kind for alarm in of_house(house, Alarms(), NOW)] == wanted


def shrinking(*told: tuple[int, int]) -> list[str]:
    """The alarms where so many pages of each run shrank and grew, the newest first."""
    rows = runs(*[WELL] * len(told))
    counted = [ShrunkRow(run=row["run"], shrank=a, grew=b) for row, (a, b) in zip(rows, told, strict=True)]
    return [alarm.text for alarm in of_texts("gazette", rows, counted)]


def test_texts_that_shrink_until_they_grow_again() -> None:
    assert shrinking((0, 0), (1, 0), (0, 9)) == []
    assert shrinking((6, 0)) == ["6 of 10 pages lost most of their text on 2026-04-30"]
    assert shrinking((0, 0), (0, 1), (6, 0)) == ["6 of 10 pages lost most of their text on 2026-04-28"]
    assert shrinking((0, 0), (0, 5), (6, 0)) == []
