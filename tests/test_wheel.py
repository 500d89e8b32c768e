"""What is installed from a wheel is whole: also the files that are no Python."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_presets_are_in_the_wheel(tmp_path: Path) -> None:
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(built, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    presets = {file.relative_to(ROOT).as_posix() for file in (ROOT / "crawler" / "presets").glob("*.toml")}
    assert len(presets) == 8
    assert presets <= names
