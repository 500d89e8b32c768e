"""When a page counts as gone, and what becomes of captures that are not the page or are ruled by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive import access, ingest
from archive.model import Kind, Target, Verdict
from archive.text import Extractors
from archive.versions import history
from tests.archive.test_ingest import QUAY, Archived
from tests.archive.test_versions import HARBOUR, MONDAY, kinds, said, seen
from tests.sites.records import article


def test_a_404_counts_at_once_only_in_a_healthy_run() -> None:
    ill = seen(1, None, 404, healthy=False)
    told = history([seen(0, said()), ill])
    assert told.changes == ()
    assert (told.judgements[1].verdict, told.judgements[1].reason) == (
        Verdict.FAILED,
        "HTTP 404, not counted yet",
    )
    assert kinds(seen(0, said()), ill, seen(2, said())) == []
    assert kinds(seen(0, said()), ill, seen(2, None, 404)) == [(Kind.GONE,)]


def test_the_second_404_counts_whatever_the_run_and_the_page_was_gone_from_the_first_on() -> None:
    first, second = (seen(day, None, 404, healthy=False) for day in (1, 3))
    told = history([seen(0, said()), first, seen(2, None, 503), second])
    (change,) = told.changes
    assert (change.kinds, change.from_at, change.to_at) == ((Kind.GONE,), MONDAY, first.at)
    assert change.capture == second.capture
    assert [j.verdict for j in told.judgements] == [Verdict.NEW, Verdict.GONE, Verdict.FAILED, Verdict.GONE]


def test_two_404s_within_an_hour_are_one_fault() -> None:
    first = seen(1, None, 404, healthy=False)
    again = replace(first, capture=9, at=first.at + timedelta(minutes=30))
    assert kinds(seen(0, said()), first, again) == []
    assert kinds(
        seen(0, said()), first, again, replace(first, capture=10, at=first.at + timedelta(hours=1))
    ) == [(Kind.GONE,)]


def test_a_good_answer_takes_back_what_did_not_count_yet() -> None:
    ill = [seen(day, None, 404, healthy=False) for day in (1, 3)]
    assert kinds(seen(0, said()), ill[0], seen(2, said()), ill[1]) == []
    assert kinds(seen(0, said()), ill[0], seen(2, None, 304), ill[1]) == []


def test_a_block_page_is_no_version_and_the_last_good_one_stays() -> None:
    wall = said("Please log in to continue reading this article.", title="Log in")
    told = history([seen(0, said()), seen(1, wall), seen(2, said())])
    assert told.changes == ()
    assert [j.verdict for j in told.judgements] == [Verdict.NEW, Verdict.BLOCKED, Verdict.SAME]
    assert told.versions[0].last == MONDAY + timedelta(days=2)


def test_a_person_overrules() -> None:
    wall = said("Please log in to continue reading this article.", title="Log in")
    assert kinds(seen(0, said()), seen(1, wall, ruled=Verdict.EDITED)) == [(Kind.BODY, Kind.TITLE)]
    edited = said(HARBOUR + " And more.")
    told = history([seen(0, said()), seen(1, edited, ruled=Verdict.BLOCKED)])
    assert (told.changes, told.judgements[1].reason) == ((), "so ruled by hand")
    assert kinds(seen(0, said()), seen(1, None, 503, ruled=Verdict.GONE)) == [(Kind.GONE,)]
    front = Target("https://example.org/", MONDAY, said("Welcome."))
    assert kinds(seen(0, said()), seen(1, None, 302, target=front, ruled=Verdict.MOVED)) == [(Kind.MOVED,)]


def test_not_modified_may_be_said_of_a_wall() -> None:
    wall = seen(1, said("Please log in to continue reading this article.", title="Log in"))
    captures = [seen(0, said()), wall, seen(2, None, 304, payload=wall.payload), seen(3, None, 304)]
    assert [j.verdict for j in history(captures).judgements] == [
        Verdict.NEW,
        Verdict.BLOCKED,
        Verdict.BLOCKED,
        Verdict.SAME,
    ]


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


def vanished(archived: Archived) -> dict[str, list[str]]:
    return {path: kinds for path, kinds in archived.changes().items() if "gone" in kinds}


def site(archived: Archived, day: float, *lost: int, of: int = 12, complete: bool = True) -> None:
    """A run in which some of the articles are answered with 404."""
    pages = [(f"/{n}", 404 if n in lost else article(f"Tale {n}", *QUAY, f"Tale {n}.")) for n in range(of)]
    archived.run(day, *pages, complete=complete)


def test_one_page_that_is_missing_in_a_full_run_is_gone_at_once(
    tmp_path: Path, extractors: Extractors
) -> None:
    archived = Archived(tmp_path, extractors)
    site(archived, 0)
    site(archived, 1, 3)
    assert vanished(archived) == {"/3": ["gone"]}


def test_a_site_that_is_ill_loses_no_page_before_the_second_time(
    tmp_path: Path, extractors: Extractors
) -> None:
    archived = Archived(tmp_path, extractors)
    site(archived, 0)
    site(archived, 1, *range(5))
    assert vanished(archived) == {}
    site(archived, 2, 4)
    assert vanished(archived) == {"/4": ["gone"]}


def test_a_run_that_did_not_come_to_its_end_counts_as_ill(tmp_path: Path, extractors: Extractors) -> None:
    archived = Archived(tmp_path, extractors)
    site(archived, 0)
    site(archived, 1, 3, complete=False)
    assert vanished(archived) == {}
    site(archived, 1.01, 3)
    assert vanished(archived) == {"/3": ["gone"]}


def texts(archived: Archived) -> dict[str, bytes]:
    """The files of the dated archive."""
    return {
        path.relative_to(archived.home.text).as_posix(): path.read_bytes()
        for path in archived.home.text.rglob("*.md")
    }


def test_the_texts_are_those_of_the_versions_whatever_a_person_says(
    tmp_path: Path, extractors: Extractors
) -> None:
    archived = Archived(tmp_path, extractors)
    for day, story in enumerate((QUAY, QUAY[1:], QUAY)):
        archived.run(day, ("/quay", article("The quay", *story)))
    before = texts(archived)
    url, at = "https://gazette.example/quay", MONDAY + timedelta(days=1)
    note = access.notes.add(archived.home, url, at, "An accident.", "failed")
    ingest.overrule(archived.home, archived.engine, url)
    assert len(before) == 3
    (alone,) = texts(archived).items()
    assert alone in before.items()
    access.notes.delete(archived.home, note.id)
    ingest.overrule(archived.home, archived.engine, url)
    assert texts(archived) == before
