"""Which known pages a light run asks for again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import access
from archive.text import Extractors
from crawler import known
from crawler.rows import Standing
from crawler.source import Limits, Source
from tests.archive.test_ingest import MONDAY, SITE, Archived
from tests.sites.records import article

WEEKS = 6
STORY = "The council met on Monday evening in the fish hall and voted to keep quay {} open all winter long."


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[access.Archive]:
    """Twelve pages and a front page, seen each week; /often is another at each visit, /once was once."""
    with Extractors(workers=1) as extractors:
        archived = Archived(Path(tmp_path_factory.mktemp("home")), extractors)
        for week in range(WEEKS):
            said = {f"/{number}": number for number in range(10)}
            said |= {"/": 0, "/often": 100 + week, "/once": 200 + (week > 2)}
            pages = ((path, article(path, STORY.format(number))) for path, number in said.items())
            archived.run(7 * week, *pages)
    with access.Archive(archived.home) as opened:
        yield opened


def due(archive: access.Archive, days: float, most: int = 100, seed: str = "/seed") -> list[str]:
    """The paths that are due so many days after the last visit, in their order."""
    source = Source(name="gazette", seeds=(SITE + seed,), limits=Limits(light_pages=most))
    now = MONDAY + timedelta(days=7 * (WEEKS - 1) + days, hours=1)
    return [found.url.removeprefix(SITE) for found in known.due(archive, source, now)]


def test_the_front_page_is_always_asked_and_nothing_else_at_once(archive: access.Archive) -> None:
    assert due(archive, 0) == ["/"]


def test_seeds_do_not_use_up_what_is_allowed(archive: access.Archive) -> None:
    assert due(archive, 2, most=1, seed="/often") == ["/", "/once"]


def test_what_changes_is_due_sooner(archive: access.Archive) -> None:
    assert due(archive, 1) == ["/", "/often"]
    assert due(archive, 3) == ["/", "/often", "/once"]
    assert len(due(archive, 31)) == 13


def test_the_most_urgent_come_first_as_many_as_are_allowed(archive: access.Archive) -> None:
    assert due(archive, 31, most=2) == ["/", "/often", "/once"]
    assert due(archive, 31, most=0) == ["/"]


def test_they_keep_their_standing_in_the_queue(archive: access.Archive) -> None:
    source = Source(name="gazette", seeds=(f"{SITE}/seed",))
    found = {one.url: one for one in known.due(archive, source, MONDAY + timedelta(days=100))}
    assert found[f"{SITE}/often"].standing is Standing.CHANGED
    assert found[f"{SITE}/3"].standing is Standing.SAME
