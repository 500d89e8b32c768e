"""The rules for changes have no branch that no test takes. Needs coverage.py, which is not locked (yet)."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RULES = ("versions", "heirs", "likeness", "gate", "alternation", "announced", "noise")
TESTS = ("versions", "heirs", "gate", "alternation", "announced", "noise", "gone")


@pytest.mark.nightly
def test_every_branch_of_the_rules_is_taken(tmp_path: Path) -> None:
    pytest.importorskip("coverage")
    settings = tmp_path / "coverage.ini"
    files = ",".join(f"archive/{name}.py" for name in RULES)
    settings.write_text(f"[run]\nbranch = True\ninclude = {files}\ndata_file = {tmp_path / 'data'}\n")
    coverage = (sys.executable, "-m", "coverage")
    asked = [f"tests/archive/test_{name}.py" for name in TESTS]
    run = [*coverage, "run", f"--rcfile={settings}", "-m", "pytest", "-q", "-p", "no:cacheprovider", *asked]
    subprocess.run(run, cwd=ROOT, check=True, timeout=300)
    report = [*coverage, "report", f"--rcfile={settings}", "--show-missing", "--fail-under=100"]
    told = subprocess.run(report, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode == 0, told.stdout
