"""No test learns from another one, or from whoever runs them, what hosts want. The long files come first."""

from collections.abc import Iterator
from itertools import count

import pytest

_NUMBERS = count()
_LONG = ("tests/journeys/", "tests/strandline/web/", "tests/survival/", "tests/torture/", "tests/crawler/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of two processes neither is left alone with a long file at the end, if they take the files in order."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For what is started by a fixture of more than one test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / f"state-{next(_NUMBERS)}"))
