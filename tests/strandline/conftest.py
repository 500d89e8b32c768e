"""A home with three real runs, made by the program itself, for the tests of the commands that read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.journeys.program import Person


@dataclass(frozen=True)
class Gazette:
    """The home of the demo: three states of a small site. `page` is the URL of a page by its name."""

    person: Person
    page: Callable[[str], str]

    def json(self, *words: str) -> list[dict[str, Any]]:
        return self.person.json(*words)

    def run(self, *words: str, code: int = 0) -> str:
        return self.person.run(*words, code=code)


@pytest.fixture(scope="session")
def gazette(tmp_path_factory: pytest.TempPathFactory) -> Gazette:
    person = Person(tmp_path_factory.mktemp("demo") / "home")
    person.run("demo", "--home", str(person.home))
    front = next(row["url"] for row in person.json("pages", "gazette") if row["url"].count("/") == 3)

    def page(name: str) -> str:
        return front if not name else f"{front}2025/03/{name}/"

    return Gazette(person, page)
