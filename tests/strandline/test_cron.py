"""`strandline cron`: cron and systemd take what it prints as it is meant, whatever the folder is called."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from strandline.cli import main

ODD = 'my $HOME is 100% "odd" \\ it\'s'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / ODD)]) == 0
    return tmp_path / ODD


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(["cron", *words]) == 0
    return capsys.readouterr().out


def test_the_crontab_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = printed(capsys, "crontab", "--home", str(home)).splitlines()[-1]
    when, command = line[:12], line[12:]
    assert when == "*/5 * * * * "
    assert "%" not in command.replace("\\%", "")
    # What cron hands to the shell (crontab(5)).
    program, *words = shlex.split(command.replace("\\%", "%"))
    assert Path(program).is_absolute()
    assert words == ["--home", str(home), "crawl", "--due"]


def test_how_often_is_looked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for every, when in ((1, "* * * * *"), (15, "*/15 * * * *"), (60, "0 * * * *")):
        lines = printed(capsys, "--every", str(every), "--home", str(home)).splitlines()
        assert lines[2].startswith(f"{when} ")
    assert "OnCalendar=hourly" in lines


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_the_units(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for every in (1, 5, 60):
        for form in ("service", "timer"):
            text = printed(capsys, form, "--every", str(every), "--home", str(home))
            (tmp_path / f"strandline.{form}").write_text(text)
        units = [str(tmp_path / f"strandline.{form}") for form in ("service", "timer")]
        verify = ["systemd-analyze", "verify", "--man=no", *units]
        checked = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")
    (tmp_path / "strandline.service").write_text(printed(capsys, "serve", "--home", str(home)))
    checked = subprocess.run(verify[:-1], capture_output=True, text=True, timeout=60, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
