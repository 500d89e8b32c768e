"""`strandline init`: a home is made once, and asks nothing of a script."""

import io
import re
import tomllib
from pathlib import Path

import pytest

from archive.home import Home
from strandline.cli import main
from strandline.settings import load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRANDLINE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_home_is_made_and_the_next_command_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "my home", "--contact", "me@example.org"]) == 0
    root = tmp_path / "my home"
    assert sorted(path.name for path in root.iterdir()) == [
        "runs",
        "sources",
        "strandline.toml",
        "text",
        "warc",
    ]
    assert load(Home(root)).contact == "me@example.org"
    captured = capsys.readouterr()
    assert f"Next: cd '{root}' && strandline add https://example.org/" in captured.out
    assert captured.err == ""


def test_without_a_contact_it_reminds_and_asks_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["init"]) == 0
    assert "set 'contact' in" in capsys.readouterr().err
    text = (tmp_path / "strandline.toml").read_text()
    assert tomllib.loads(text) == {
        "format": 1,
        **{table: {} for table in ("baselines", "notify", "alarms", "keep", "web", "disk")},
    }
    (tmp_path / "strandline.toml").write_text(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))
    settings = load(Home(tmp_path))
    assert settings.contact and settings.workers == 2
    assert settings.disk.reserve == 1_000_000_000


@pytest.mark.parametrize(
    ("answers", "contact"), [("\n", None), ("call me\nme@example.org\n", "me@example.org")]
)
def test_on_a_terminal_it_asks_until_it_gets_a_contact_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: str, contact: str | None
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answers))
    assert main(["init", "h"]) == 0
    assert load(Home(tmp_path / "h")).contact == contact


def test_leaving_at_the_question_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(""))
    assert main(["init", "h"]) == 130
    assert not (tmp_path / "h").exists()


def test_the_home_option_and_the_variable_name_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", "a", "init"]) == 0
    monkeypatch.setenv("STRANDLINE_HOME", "b")
    assert main(["init"]) == 0
    assert "Next: strandline add" in capsys.readouterr().out
    assert (tmp_path / "a" / "strandline.toml").exists()
    assert (tmp_path / "b" / "strandline.toml").exists()


def test_a_home_is_never_made_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    (tmp_path / "strandline.toml").write_text("workers = 1")
    assert main(["init", "."]) == 2
    assert "is a Strandline home already; nothing was changed" in capsys.readouterr().err
    assert (tmp_path / "strandline.toml").read_text() == "workers = 1"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["init", "file/home"]) == 2
    assert capsys.readouterr().err == f"strandline: {tmp_path}/file/home: Not a directory. Check that path.\n"


def test_a_contact_that_reaches_nobody_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--contact", "me"]) == 2
    assert "Give a web address (https://...) or an e-mail address." in capsys.readouterr().err
    assert not (tmp_path / "strandline.toml").exists()
