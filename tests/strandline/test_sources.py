"""`strandline sources`: what is watched."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import instants
from archive.home import Home
from crawler import polling
from strandline.cli import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    monkeypatch.setenv("STRANDLINE_HOME", str(tmp_path))
    assert main(["init"]) == 0
    capsys.readouterr()
    return Home(tmp_path)


def test_no_sources_yet(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "strandline add https://example.org/" in captured.err


NOW = datetime(2026, 3, 21, 12, 5, tzinfo=UTC)


def test_the_keys_that_scripts_rely_on(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instants, "now", lambda: NOW)
    home.source("b").write_text('seeds = ["https://b.example", "https://b.example/x"]\nschedule = "daily"')
    home.source("a").write_text('seeds = ["https://a.example/"]')
    assert main(["sources", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    never = {"last_run": None, "last_outcome": None, "pages": 0, "poll": None, "light": None}
    manual = {"schedule": None, "next": None, "upcoming": [], "upcoming_light": []}
    week = [f"2026-03-{day}T00:00:00Z" for day in range(21, 27)]
    daily = {"schedule": "daily", "next": week[0], "upcoming": week[1:], "upcoming_light": []}
    assert rows == [
        {"name": "a", "seeds": ["https://a.example/"], **manual, **never},
        {"name": "b", "seeds": ["https://b.example/", "https://b.example/x"], **daily, **never},
    ]


def test_the_next_times_are_shown_in_the_zone_of_the_schedule(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instants, "now", lambda: NOW)
    for name, more in (("a", ""), ("b", "paused = true")):
        text = f'seeds = ["https://a.example/"]\nschedule = "daily at 06:00 Europe/Riga"\n{more}'
        home.source(name).write_text(text)
    assert main(["sources", "--verbose"]) == 0
    shown = capsys.readouterr().out
    assert "due since Sat 2026-03-21 06:00 EET" in shown and "paused" in shown
    assert "Sat 2026-03-28 06:00 EET" not in shown and "Thu 2026-03-26 06:00 EET" in shown


def test_a_broken_source_is_told_beside_the_good_ones(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.source("good").write_text('seeds = ["https://good.example/"]')
    home.source("bad").write_text('seeds = ["https://bad.example/"]\nshcedule = "daily"')
    assert main(["sources"]) == 1
    captured = capsys.readouterr()
    assert "https://good.example/" in captured.out
    assert "\x1b" not in captured.out
    assert captured.err == (
        "strandline: sources/bad.toml:2: shcedule: unknown key; did you mean 'schedule'?\n"
    )


def test_how_often_feeds_are_worth_a_light_run(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home.source("a").write_text('seeds = ["https://a.example/"]')
    now = datetime(2026, 3, 21, 12, 5, tzinfo=UTC)
    monkeypatch.setattr(instants, "now", lambda: now)
    told = {}
    for every, later in ((20, -1), (20, 3), (125, 125), (1440, 1440)):
        poll = polling.Poll(timedelta(minutes=every), now + timedelta(minutes=later))
        monkeypatch.setattr(polling, "next_poll", lambda *_, poll=poll: poll)
        assert main(["sources"]) == 0
        told[later] = capsys.readouterr().out.splitlines()[1].split("0  ")[1]
    assert told == {
        -1: "about every 20 min, next now",
        3: "about every 20 min, next 12:08 UTC",
        125: "about every 2 h, next 14:10 UTC",
        1440: "about every 24 h, next 2026-03-22 12:05 UTC",
    }
    assert main(["sources", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["poll"] == {"every": 86_400, "next": "2026-03-22T12:05:00Z"}
