"""`./run` finds a Python or says why not, and loses no time once everything is set up."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = ("cat", "cksum", "dirname", "sh")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what `./run` needs, and a PATH folder `bin` without any Python."""
    for name in ("run", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def run(clone: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["./run", *words],
        cwd=clone,
        env={"PATH": str(clone / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_it_says_what_is_needed(clone: Path) -> None:
    done = run(clone, "demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs Python 3.11 or newer with venv" in done.stderr


def test_a_python_that_is_too_old_is_named(clone: Path) -> None:
    old = clone / "old-python"
    script(old, "exit 1")
    script(clone / "bin" / "python3", f'echo "3.9 {old}"')
    assert f"{old} is too old (3.9)" in run(clone, "demo").stderr


def test_a_python_without_venv_comes_with_advice(clone: Path) -> None:
    bare = clone / "bare-python"
    script(bare, 'case "$*" in *ensurepip*) exit 1 ;; esac')
    script(clone / "bin" / "python3", f'echo "3.11 {bare}"')
    assert "apt install python3.11-venv" in run(clone, "demo").stderr


def test_what_is_set_up_is_started_in_the_folder_where_one_is(clone: Path) -> None:
    set_up(clone)
    elsewhere = clone / "else where"
    elsewhere.mkdir()
    done = subprocess.run(
        ["../run", "add", "two words"],
        cwd=elsewhere,
        env={"PATH": str(clone / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, f"{elsewhere} 2\n", "")


def test_a_changed_lock_asks_for_a_new_set_up(clone: Path) -> None:
    set_up(clone)
    with (clone / "requirements.lock").open("a") as lock:
        lock.write("# another\n")
    assert "needs Python" in run(clone, "runs").stderr


def set_up(clone: Path) -> None:
    """An environment as a set-up leaves it, with a stand-in for the program."""
    script(clone / ".venv/bin/python", "exit 1")
    script(clone / ".venv/bin/strandline", 'echo "$PWD $#"; exit 7')
    sums = subprocess.run(
        ["cksum", "requirements.lock", "pyproject.toml"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=True,
    )
    (clone / ".venv/ready-program").write_text(f"{sums.stdout}{os.path.realpath(clone)}\n")
