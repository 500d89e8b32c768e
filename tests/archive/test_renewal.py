"""A new extractor adds no change and hides none: payloads are read anew where texts are to be compared."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from archive import access, histories, ingest, schema
from archive.text import EXTRACTOR, Extractors
from tests.archive.test_ingest import QUAY, Archived
from tests.archive.test_moves import OTHER, STORY
from tests.sites.records import article

OLD = "an older extractor 1"


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


@pytest.fixture
def archived(tmp_path: Path, extractors: Extractors) -> Archived:
    return Archived(tmp_path, extractors)


def grow_old(archived: Archived) -> None:
    """Make the texts so far those of an older extractor, which took the footer for text."""
    texts = schema.texts
    with archived.engine.begin() as connection:
        older = {
            "extractor": OLD,
            "text": texts.c.text + "\n\nThe Gazette",
            "title": texts.c.title + " | The Gazette",
        }
        connection.execute(update(texts).values(older))
        pages = connection.execute(select(schema.pages.c.id)).scalars().all()
        histories.settle(connection, archived.home, pages)


EDITED = (QUAY[0].replace("voted", "hopes"), QUAY[1])


def test_what_stays_is_no_change_under_a_new_extractor(archived: Archived) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)), ("/crane", article("The crane", QUAY[1])))
    grow_old(archived)
    archived.run(
        1, ("/quay", article("The quay", *QUAY)), ("/crane", article("The crane", QUAY[1], extra="9"))
    )
    assert archived.changes() == {}
    with access.Archive(archived.home) as archive:
        assert archive.show("https://gazette.example/crane")["extractor"] == EXTRACTOR


def test_an_edit_between_the_last_capture_before_and_the_first_after_is_found(archived: Archived) -> None:
    archived.run(0, ("/quay", article("The quay", QUAY[0])))
    archived.run(1, ("/quay", article("The quay", *QUAY)))
    grow_old(archived)
    archived.run(2, ("/quay", article("The quay", *EDITED)))
    archived.run(3, ("/quay", article("The quay", *EDITED)))
    with access.Archive(archived.home) as archive:
        rows = list(archive.changes())
    assert [(row["kinds"], row["added"], row["removed"], row["changed"]) for row in rows] == [
        (["body"], 18, 0, 0),
        (["body"], 1, 1, 1),
    ]
    assert readings(archived) == {OLD: 2, EXTRACTOR: 2}


def readings(archived: Archived) -> dict[str, int]:
    with archived.engine.connect() as connection:
        counted = select(schema.texts.c.extractor, func.count()).group_by(schema.texts.c.extractor)
        return {row[0]: row[1] for row in connection.execute(counted)}


def test_all_read_anew_at_once_adds_no_change_and_keeps_the_old_texts(
    archived: Archived, extractors: Extractors
) -> None:
    for day, said in enumerate((QUAY, EDITED, QUAY)):
        archived.run(
            day,
            ("/quay", article("The quay", *said)),
            ("/crane", article("The crane", QUAY[1], extra=str(day))),
        )
    grow_old(archived)
    told: list[tuple[int, int]] = []
    renewed = ingest.renew(archived.home, archived.engine, extractors, lambda *numbers: told.append(numbers))
    assert (renewed.read, renewed.failed, renewed.changes_before, renewed.changes_after) == (5, 0, 2, 2)
    assert told == [(5, 5)]
    assert readings(archived) == {OLD: 5, EXTRACTOR: 5}
    with access.Archive(archived.home) as archive:
        version = archive.versions("https://gazette.example/quay")[0]
    assert version["title"] == "The quay"
    assert f'extractor: "{EXTRACTOR}"' in (archived.home.root / version["file"]).read_text("utf-8")
    again = ingest.renew(archived.home, archived.engine, extractors)
    assert (again.read, again.changes_after) == (0, 2)


def test_what_cannot_be_read_anew_is_counted_and_stays_as_it_was(
    archived: Archived, extractors: Extractors
) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    grow_old(archived)
    (file,) = archived.home.warc.glob("*/*/*.warc.gz")
    file.rename(file.with_suffix(".away"))
    renewed = ingest.renew(archived.home, archived.engine, extractors)
    assert (renewed.read, renewed.failed) == (0, 1)
    with access.Archive(archived.home) as archive:
        assert archive.show("https://gazette.example/quay")["extractor"] == OLD


def test_a_move_stays_one_and_is_found_across_an_upgrade_once_all_is_read_anew(
    archived: Archived, extractors: Extractors
) -> None:
    front = ("/", article("The Gazette", "All that happens between the quay and the mill, told every day."))
    archived.run(0, front, ("/a", article("The quay", *STORY)), ("/b", article("The rat", *OTHER)))
    archived.run(
        1, front, ("/a", 404), ("/b", article("The rat", *OTHER)), ("/c", article("The quay", *STORY))
    )
    moved = {"/a": ["moved"]}
    assert archived.changes() == moved
    grow_old(archived)
    assert archived.changes() == moved
    for day in (2, 3):  # of three pages two are too many to be gone at once
        archived.run(day, front, ("/b", 404), ("/d", article("The rat", *OTHER)))
    ingest.renew(archived.home, archived.engine, extractors)
    assert archived.changes() == moved | {"/b": ["moved"]}
