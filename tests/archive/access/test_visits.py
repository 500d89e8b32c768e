"""What the index tells of the visits to the pages of a source, for those who decide when to ask again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import access
from archive.text import Extractors
from tests.archive.test_ingest import MONDAY, QUAY, SITE, Archived
from tests.sites.records import article


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


@pytest.fixture
def archived(tmp_path: Path, extractors: Extractors) -> Archived:
    return Archived(tmp_path, extractors)


def visited(archived: Archived) -> dict[str, access.VisitedRow]:
    with access.Archive(archived.home) as archive:
        return {row["url"].removeprefix(SITE): row for row in archive.visited("gazette")}


def visits(row: access.VisitedRow) -> list[tuple[int, bool]]:
    """Days since the first run, and whether there was a change."""
    return [((at - MONDAY).days, changed) for at, changed in row["visits"]]


def test_a_record_has_the_changes_and_how_long_nothing_changed(archived: Archived) -> None:
    for day, said in enumerate((QUAY, QUAY, QUAY, QUAY[:1], QUAY[:1], 503, 304)):
        archived.run(day, ("/quay", said if isinstance(said, int) else article("The quay", *said)))
    row = visited(archived)["/quay"]
    assert visits(row) == [(0, False), (2, False), (3, True), (6, False)]
    assert (row["asked"], row["born"]) == (MONDAY + timedelta(days=6), None)


def test_an_attempt_that_failed_was_one(archived: Archived) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    archived.run(5, ("/quay", 503))
    row = visited(archived)["/quay"]
    assert (visits(row), row["asked"]) == ([(0, False), (0, False)], MONDAY + timedelta(days=5))


def test_what_is_new_on_the_site_is_young(archived: Archived) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    archived.run(3, ("/crane", article("The crane", QUAY[1])))
    found = visited(archived)
    assert (found["/quay"]["born"], found["/crane"]["born"]) == (None, MONDAY + timedelta(days=3))


def test_what_has_gone_or_moved_is_left_to_the_full_runs(archived: Archived) -> None:
    archived.run(0, *((path, article(path, *QUAY)) for path in ("/gone", "/moved", "/stays")))
    archived.run(
        1, ("/gone", 404), ("/moved", "/there"), ("/there", article("/moved", *QUAY)), ("/stays", 304)
    )
    assert set(visited(archived)) == {"/there", "/stays"}


def test_what_was_answered_is_told_from_what_is_still_to_be_had(archived: Archived) -> None:
    archived.run(
        0, ("/quay", article("The quay", *QUAY)), ("/gone", 404), ("/moved", "/quay"), ("/busy", 429),
        ("/down", 503),
    )  # fmt: skip
    archived.run(2, ("/quay", 503))
    with access.Archive(archived.home) as archive:
        answered = [url.removeprefix(SITE) for url in archive.answered("gazette")]
    assert answered == ["/gone", "/moved", "/quay"]
