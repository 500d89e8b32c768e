"""What a second crawl of an unchanged site costs: the demands that `benchmarks/recrawl.py` measures."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_a_second_crawl_is_cheap_and_replays() -> None:
    command = [sys.executable, "benchmarks/recrawl.py", "--pages", "2000", "--effort", "0.02", "--replay"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("of 4022 captures: pywb 4022, ReplayWeb.page 4022") == 2
