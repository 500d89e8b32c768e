"""What a crawl may ask for only if it is newer, and may keep as a revisit."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive import access
from archive.text import Extractors
from tests.archive.test_ingest import MONDAY, QUAY, SITE, Archived
from tests.sites.records import article
from tests.sites.walls import CHALLENGES, MISSING


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


@pytest.fixture
def archived(tmp_path: Path, extractors: Extractors) -> Archived:
    return Archived(tmp_path, extractors)


def originals(archived: Archived) -> dict[str, datetime]:
    """When each page was last met in a form that may be referred to."""
    for path in archived.home.warc.rglob("*.warc.gz"):
        archived.intake(archived.begin(90)).seal(path)
    with access.Archive(archived.home) as archive:
        return {row["url"].removeprefix(SITE): row["at"] for row in archive.originals("gazette")}


def test_the_newest_good_answer_is_the_original(archived: Archived) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    archived.run(1, ("/quay", article("The quay", *QUAY, "And more was added.")))
    archived.run(2, ("/quay", 503))
    assert originals(archived) == {"/quay": MONDAY + timedelta(days=1)}


@pytest.mark.parametrize("wall", [CHALLENGES["akamai"], MISSING["wordpress"]], ids=["wall", "soft 404"])
def test_what_is_not_the_page_is_no_original_of_it(archived: Archived, wall: str) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    archived.run(1, ("/quay", wall), ("/walled", wall))
    assert originals(archived) == {"/quay": MONDAY}
