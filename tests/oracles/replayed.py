"""What a replay program answers, and the word to a test whose program is not there."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).parents[2] / ".venv-oracles"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One replayed capture. pywb leaves `body` content-coded, as it was sent; ReplayWeb.page decodes it."""

    status: int
    headers: dict[str, str]
    body: bytes


def missing(what: str) -> NoReturn:
    """Skip the test because of a program that is not installed; in CI, fail it."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def merged(warcs: Iterable[Path]) -> str:
    """One index out of the CDXJ files beside these WARC files."""
    indexes = (warc.with_name(warc.name.removesuffix(".warc.gz") + ".cdxj") for warc in warcs)
    return "".join(sorted(line for index in indexes for line in index.read_text("ascii").splitlines(True)))
