"""A home with three real runs, made by the program itself, for the tests of the commands that read."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from strandline.cli import main


@dataclass(frozen=True)
class Gazette:
    """The home of the demo: three states of a small site. `page` is the URL of a page by its name."""

    home: Path
    page: Callable[[str], str]

    def run(self, *words: str, code: int = 0) -> str:
        """Run `strandline WORDS`, expect the exit code, return what it printed on stdout."""
        with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()) as complained:
            assert main(["--home", str(self.home), *words]) == code, complained.getvalue()
        return said.getvalue()

    def json(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]


@pytest.fixture(scope="session")
def gazette(tmp_path_factory: pytest.TempPathFactory) -> Gazette:
    home = tmp_path_factory.mktemp("demo") / "home"
    made = Gazette(home, lambda name: f"{front}2025/03/{name}/" if name else front)
    made.run("demo")
    front = next(row["url"] for row in made.json("pages", "gazette") if row["url"].count("/") == 3)
    return made
