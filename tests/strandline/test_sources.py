"""`strandline sources`: what is watched."""

import json
from pathlib import Path

import pytest

from archive.home import Home
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


def test_the_keys_that_scripts_rely_on(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.source("b").write_text('seeds = ["https://b.example", "https://b.example/x"]\nschedule = "daily"')
    home.source("a").write_text('seeds = ["https://a.example/"]')
    assert main(["sources", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    never = {"next": None, "last_run": None, "last_outcome": None, "pages": 0, "poll": None}
    assert rows == [
        {"name": "a", "seeds": ["https://a.example/"], "schedule": None, **never},
        {
            "name": "b",
            "seeds": ["https://b.example/", "https://b.example/x"],
            "schedule": "daily",
            **never,
        },
    ]


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
