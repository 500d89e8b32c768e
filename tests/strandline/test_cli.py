"""The program as a whole: help, exit codes, what is said when something is wrong."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from strandline.cli import COMMANDS, main
from strandline.complaint import Complaint

PROGRAM = [sys.executable, "-m", "strandline"]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes the command `runs` raise something."""

    def put(error: BaseException) -> None:
        module = ModuleType("strandline.commands.runs")

        def runs() -> None:
            raise error

        module.runs = runs  # type: ignore[attr-defined]  # a stand-in for a command's module
        monkeypatch.setitem(sys.modules, "strandline.commands.runs", module)

    monkeypatch.delenv("STRANDLINE_DEBUG", raising=False)
    return put


def test_help_lists_every_command_and_costs_little() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5
    listed = done.stdout.partition("Commands:\n")[2]
    assert [line.split()[0] for line in listed.splitlines()] == list(COMMANDS)


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        printed = capsys.readouterr().out
        assert printed.startswith(f"Usage: strandline {name}")
        assert "--home DIR" in printed


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("strandline 0.")


@pytest.mark.parametrize(
    "words", [["frobnicate"], ["sources", "--frob"], ["add"], ["add", "x", "--delay", "no"]]
)
def test_bad_usage_is_2_and_explained(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Usage: strandline" in captured.err


def test_a_misspelt_command_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["source"]) == 2
    assert "Did you mean 'sources'?" in capsys.readouterr().err


def test_the_home_may_be_named_before_or_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--home", str(tmp_path), "sources"], ["sources", "--home", str(tmp_path)]):
        assert main(words) == 2
        assert f"{tmp_path} (from --home) is not a Strandline home" in capsys.readouterr().err


def test_complaints_are_printed_line_by_line_with_their_code(
    stand_in: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(Complaint("a.toml:1: x\na.toml:2: \x1b[31m", 4))
    assert main(["runs"]) == 4
    assert capsys.readouterr() == ("", "strandline: a.toml:1: x\nstrandline: a.toml:2: \\x1b[31m\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "/home/x"),
            2,
            "/home/x: Permission denied. Choose",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), 5, "No space left on device. Free some space"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/y"), 2, "/y: No such file. Check that path."),
        (KeyError("gone"), 1, "this is a fault in Strandline"),
        (OSError("strange"), 1, "this is a fault in Strandline"),
    ],
)
def test_trouble_is_told_without_a_traceback(
    stand_in: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
    said: str,
) -> None:
    stand_in(error)
    assert main(["runs"]) == code
    printed = capsys.readouterr().err
    assert printed.startswith(f"strandline: {said}")
    assert printed.count("\n") == 1


def test_a_fault_shows_its_traceback_when_asked(
    stand_in: Callable[[BaseException], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STRANDLINE_DEBUG", "1")
    stand_in(KeyError("gone"))
    assert main(["runs"]) == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_interrupting_is_130_and_said_in_one_line(
    stand_in: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(KeyboardInterrupt())
    assert main(["runs"]) == 130
    assert capsys.readouterr() == ("", "strandline: Interrupted.\n")


def test_a_reader_that_went_away_is_no_fault() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run([*PROGRAM, "--version"], stdout=closed, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (141, b"")
