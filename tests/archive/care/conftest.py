"""A home for each test, and one extractor for all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import care, database
from archive.home import Home
from archive.text import Extractors
from tests.archive.care.keeper import Keeper


@pytest.fixture(scope="session")
def extractors() -> Iterator[Extractors]:
    with Extractors(1) as made:
        yield made


@pytest.fixture
def keeper(tmp_path: Path, extractors: Extractors) -> Iterator[Keeper]:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    engine = database.open_index(home)
    yield Keeper(care.Order(home, engine, extractors, "gazette", "Strandline/test", reserve=0))
    engine.dispose()
