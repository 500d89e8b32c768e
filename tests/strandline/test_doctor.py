"""`strandline doctor`: what it finds in good and in damaged homes."""

import json
from pathlib import Path

import pytest

from archive.home import Home
from strandline.cli import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    monkeypatch.setenv("STRANDLINE_HOME", str(tmp_path))
    assert main(["init", "--contact", "me@example.org"]) == 0
    capsys.readouterr()
    return Home(tmp_path)


def examine(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, tuple[str, str]]]:
    code = main(["doctor", "--json"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return code, {row["check"]: (row["state"], row["said"]) for row in rows}


def test_a_fresh_home_is_in_order(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = examine(capsys)
    assert code == 0
    assert {state for state, _ in found.values()} == {"ok"}
    assert {"python", "scrapy", "warcio", "clock", "zone data", "home", "settings", "contact"} <= set(found)
    assert {"sources", "index", "disk"} <= set(found)


def test_people_get_one_line_a_check(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith("disk")] == [["disk", "ok"]]


def test_each_trouble_is_told_with_what_to_do(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.settings.write_text("# no contact\n")
    home.source("bad").write_text("seeds = 1")
    home.database.write_bytes(b"this is no database" * 100)
    code, found = examine(capsys)
    assert code == 2
    assert found["contact"] == (
        "warning",
        "None is set. Set it in strandline.toml: no public site is crawled without.",
    )
    assert found["sources"] == (
        "problem",
        'sources/bad.toml:1: seeds: must be a list, like ["..."]; it is 1',
    )
    assert found["index"][0] == "problem"
    assert str(home.database) in found["index"][1]


def test_the_disk_is_told_with_what_is_to_stay_free(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert "are free, 7.0 MB of them are to stay free" not in examine(capsys)[1]["disk"][1]
    home.settings.write_text('contact = "me@example.org"\n[disk]\nreserve = "7 MB"')
    assert "are free, 7.0 MB of them are to stay free" in examine(capsys)[1]["disk"][1]
    home.settings.write_text('contact = "me@example.org"\n[disk]\nreserve = "9000 TB"')
    code, found = examine(capsys)
    assert (code, found["disk"][0]) == (2, "problem")
    assert "nothing is crawled. Make room." in found["disk"][1]


def test_broken_settings_do_not_end_the_examination(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.settings.write_text("format = 99")
    code, found = examine(capsys)
    assert code == 2
    assert found["settings"][0] == "problem"
    assert "Upgrade Strandline" in found["settings"][1]
    assert found["sources"][0] == "ok"


def test_without_a_home_the_installation_is_examined_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRANDLINE_HOME", str(tmp_path / "none"))
    code, found = examine(capsys)
    assert code == 2
    assert found["home"][0] == "problem"
    assert "strandline init" in found["home"][1]
    assert found["scrapy"][0] == "ok"
