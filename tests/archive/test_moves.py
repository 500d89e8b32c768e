"""Pages that go on under another address, told by a canonical link or by their text."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive import access, ingest
from archive.text import Extractors
from tests.archive.test_ingest import MONDAY, SITE, Archived
from tests.sites.records import article

STORY = (
    "The council met on Monday evening in the fish hall and voted to keep the north quay open all winter.",
    "The crane will be repaired before the ice comes, said the harbour master, who waited for it since May.",
    "Nobody spoke against the motion, which is rare enough in a town where even the tide has its opponents.",
    "The ferry runs twice a day until the first frost, and after that whenever the captain finds it safe.",
)
OTHER = (
    "A heron has nested on the roof of the town hall, to the dismay of those who sweep the steps below it.",
    "It arrived in March with a mate and a great deal of reed, none of which has stayed where it was put.",
    "The mayor calls the birds a gift; the caretaker has other words for them, which we do not print here.",
    "Children come after school to count the eggs, of which there are three or four, depending on the child.",
)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FRONT = article("The Gazette", "All that happens between the quay and the mill, told every day but Sunday.")


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


@pytest.fixture
def archived(tmp_path: Path, extractors: Extractors) -> Archived:
    return Archived(tmp_path, extractors)


def page(title: str = "The quay", paragraphs: tuple[str, ...] = STORY, canonical: str = "") -> str:
    link = f'<link rel="canonical" href="{SITE}{canonical}">' if canonical else ""
    return article(title, *paragraphs).replace("<head>", f"<head>{link}")


def moved(archived: Archived) -> dict[str, tuple[str | None, str | None]]:
    """Where pages went, and by what that is known."""
    with access.Archive(archived.home) as archive:
        return {
            row["url"].removeprefix(SITE): ((row["moved_to"] or "").removeprefix(SITE), row["moved_by"])
            for row in archive.changes()
            if row["moved_to"]
        }


REST = (("/", FRONT), ("/heron", page("The heron", OTHER)))
MOVED = {"/2025/quay": ("/news/quay", "the same text (100%)")}


def test_a_page_that_is_gone_while_its_text_is_new_elsewhere_has_moved(archived: Archived) -> None:
    edited = page(paragraphs=(*STORY[:3], f"{STORY[3]} So be it."))
    archived.run(0, *REST, ("/2025/quay", page()))
    archived.run(1, *REST, ("/2025/quay", 404), ("/news/quay", edited))
    archived.run(2, *REST, ("/2025/quay", 404), ("/news/quay", page()))
    assert moved(archived) == {"/2025/quay": ("/news/quay", "the same text (96%)")}
    with access.Archive(archived.home) as archive:
        assert [row["kinds"] for row in archive.changes(url=f"{SITE}/news/quay")] == [["body"], ["body"]]
        past = archive.past("gazette", f"{SITE}/2025/quay")
    assert past
    assert [one["verdict"] for one in past["newest"]] == ["moved", "moved", "new"]
    assert past["newest"][1]["reason"] == f"HTTP 404; moved to {SITE}/news/quay, by the same text (96%)"


def test_a_page_that_leads_to_the_front_page_while_its_text_is_new_elsewhere_has_moved(
    archived: Archived,
) -> None:
    archived.run(0, *REST, ("/2025/quay", page()))
    archived.run(1, *REST, ("/2025/quay", "/"), ("/news/quay", page()))
    archived.run(2, *REST, ("/2025/quay", "/"), ("/news/quay", page()))
    assert moved(archived) == MOVED


def test_a_page_that_calls_the_new_one_its_own_address_has_moved(archived: Archived) -> None:
    named = page(canonical="/news/quay")
    archived.run(0, *REST, ("/2025/quay", page(canonical="/2025/quay")))
    archived.run(1, *REST, ("/2025/quay", named), ("/news/quay", named))
    archived.run(2, *REST, ("/2025/quay", named), ("/news/quay", named))
    assert moved(archived) == {"/2025/quay": ("/news/quay", "its canonical link")}


def test_a_page_that_a_whole_run_did_not_ask_for_and_whose_text_is_new_elsewhere_has_moved(
    archived: Archived,
) -> None:
    archived.run(0, *REST, ("/2025/quay", page()))
    archived.run(1, *REST, ("/news/quay", page()), complete=False)
    assert moved(archived) == {}  # it may have been asked for later
    archived.run(2, *REST)
    assert moved(archived) == {}  # the new one was there when the old one was not missing yet


def test_a_page_passed_over_by_a_whole_run(archived: Archived) -> None:
    archived.run(0, *REST, ("/2025/quay", page()))
    archived.run(1, *REST, ("/news/quay", page()))
    assert moved(archived) == MOVED
    with access.Archive(archived.home) as archive:
        (change,) = archive.changes(url=f"{SITE}/2025/quay")
        assert (change["from"], change["to"]) == (MONDAY + 2 * MINUTE, MONDAY + 1 * DAY + 2 * MINUTE)
    archived.run(2, *REST, ("/news/quay", page()), ("/2025/quay", page()))
    assert moved(archived) == {}  # it is there after all: the two are copies


def test_the_new_address_may_be_found_a_run_later_and_not_two(archived: Archived) -> None:
    gone = ("/2025/quay", 404)
    archived.run(0, *REST, ("/2025/quay", page()), ("/2025/rat", page("The rat", tuple(reversed(STORY)))))
    archived.run(1, *REST, gone, ("/2025/rat", 404))
    archived.run(2, *REST, gone, ("/news/quay", page()))
    archived.run(3, *REST, gone, ("/news/rat", page("The rat", tuple(reversed(STORY)))))
    assert moved(archived) == MOVED


def test_a_moved_page_that_moves_on_keeps_its_history(archived: Archived) -> None:
    archived.run(0, *REST, ("/a", page()))
    archived.run(1, *REST, ("/a", 404), ("/b", page()))
    for day in (2, 3):  # of so few pages two are too many to be gone at once
        archived.run(day, *REST, ("/a", 404), ("/b", 404), ("/c", page()))
    assert moved(archived) == {"/a": ("/b", "the same text (100%)"), "/b": ("/c", "the same text (100%)")}
    archived.run(4, *REST, ("/a", page()), ("/b", 404), ("/c", page()))
    with access.Archive(archived.home) as archive:
        told = [(row["kinds"], row["back_to"]) for row in archive.changes(url=f"{SITE}/a")]
    assert sorted(told, key=str) == [(["back"], 1), (["moved"], None)]


def letter(number: int, extra: str = "") -> str:
    frame = [f"Letter {number} of the captain to the council, read aloud on Monday the {number}th.", *STORY]
    return page(f"Letter {number}", (*frame, extra))


WEATHER = (
    "The sea is {0} degrees, the air {1}, the wind {2} from the west; the ferry will leave at {3} o'clock."
)
SAME = "It will be so until the evening, say those who know, and nobody else has been asked about it so far."

NOT_MOVED = {
    "series": (("/letters/12", letter(12)), ("/letters/13", letter(13))),
    "series under one title": (
        ("/weather/mo", page("Weather", (WEATHER.format(4, 8, 3, 7), SAME, *STORY[:2]))),
        ("/weather/tu", page("Weather", (WEATHER.format(5, 9, 1, 7), SAME, *STORY[:2]))),
    ),
    "other date": (
        ("/mo", article("Tide", *STORY, date="2025-01-27")),
        ("/tu", article("Tide", *STORY, date="2025-01-28")),
    ),
    "same title": (("/a", page()), ("/b", page(paragraphs=OTHER))),
    "translation": (
        ("/en/quay", page()),
        (
            "/de/kai",
            page("Der Kai", tuple(f"Der Rat tagte am Montag zum {n}. Mal im Fischhaus." for n in range(12))),
        ),
    ),
    "short": (("/a", page("Closed", STORY[:1])), ("/b", page("Closed", STORY[:1]))),
    "tag page": (("/quay", page()), ("/tag/quay", page("All of the quay", (*STORY, *OTHER)))),
}


@pytest.mark.parametrize("case", NOT_MOVED)
def test_another_page_that_is_new_when_one_goes_is_no_move(archived: Archived, case: str) -> None:
    (old, said), new = NOT_MOVED[case]
    archived.run(0, *REST, (old, said))
    archived.run(1, *REST, (old, 404), new)
    archived.run(2, *REST, (old, 404), new)
    assert moved(archived) == {}
    assert archived.changes()[old] == ["gone"]


def test_pages_with_a_frame_in_common_are_not_taken_for_each_other(archived: Archived) -> None:
    """Even where hardly a word differs: another one is there, or comes at the same time."""
    frames = [page("A letter", (*STORY, f"Yours, {name}.")) for name in ("Ann", "Ben", "Col", "Dan")]
    archived.run(
        0, *REST, ("/1", frames[0]), ("/2", frames[1]), ("/7", page("Other", tuple(reversed(OTHER))))
    )
    archived.run(1, *REST, ("/1", 404), ("/2", frames[1]), ("/3", frames[2]), ("/4", frames[3]))
    assert moved(archived) == {}


def test_two_pages_that_are_both_there_are_copies(archived: Archived) -> None:
    archived.run(0, *REST, ("/2025/quay", page()))
    archived.run(1, *REST, ("/2025/quay", page()), ("/news/quay", page()))
    archived.run(2, *REST, ("/2025/quay", page()), ("/news/quay", page()))
    assert moved(archived) == {}
    archived.run(3, *REST, ("/2025/quay", 404), ("/news/quay", page()))
    assert (moved(archived), archived.changes()["/2025/quay"]) == ({}, ["gone"])


def test_a_print_version_names_the_page_from_the_beginning_and_is_no_move(archived: Archived) -> None:
    of = page(canonical="/quay")
    archived.run(0, *REST, ("/print/quay", of))
    archived.run(1, *REST, ("/print/quay", of), ("/quay", of))
    assert moved(archived) == {}
    archived.run(2, *REST, ("/print/quay", of), ("/quay", 404), ("/news/quay", page()))
    assert moved(archived) == {"/quay": ("/news/quay", "the same text (100%)")}


def test_a_canonical_link_to_another_text_is_a_mistake_of_the_site(archived: Archived) -> None:
    archived.run(0, *REST, ("/quay", page()), ("/rat", page("The rat", tuple(reversed(OTHER)))))
    wrong = page(canonical="/new")
    archived.run(1, *REST, ("/quay", wrong), ("/new", page("News", OTHER[1:] + STORY[:1])))
    assert moved(archived) == {}


@pytest.mark.parametrize("verdict", ["gone", "failed"])
def test_a_person_takes_a_move_back(archived: Archived, verdict: str) -> None:
    archived.run(0, *REST, ("/2025/quay", page()))
    archived.run(1, *REST, ("/2025/quay", 404), ("/news/quay", page()))
    assert moved(archived) == MOVED
    with access.Archive(archived.home) as archive:
        (change,) = archive.changes(url=f"{SITE}/2025/quay")
        note = access.notes.add(archived.home, change["url"], change["to"], "", verdict)
        ingest.overrule(archived.home, archive.engine, change["url"])
        assert [row["kinds"] for row in archive.changes()] == ([["gone"]] if verdict == "gone" else []) + [
            ["new"]
        ]
        access.notes.delete(archived.home, note.id)
        ingest.overrule(archived.home, archive.engine, change["url"])
    assert moved(archived) == MOVED


def test_a_person_says_of_a_page_with_a_canonical_link_that_it_is_still_the_page(archived: Archived) -> None:
    named = page(canonical="/news/quay")
    archived.run(0, *REST, ("/2025/quay", page()))
    archived.run(1, *REST, ("/2025/quay", named), ("/news/quay", named))
    with access.Archive(archived.home) as archive:
        (change,) = archive.changes(url=f"{SITE}/2025/quay")
        access.notes.add(archived.home, change["url"], change["to"], "", "good")
        ingest.overrule(archived.home, archive.engine, change["url"])
    assert moved(archived) == {}


def test_a_frame_of_many_pages_finds_nothing_and_costs_little(archived: Archived) -> None:
    """Each page is looked up by numbers that few others have; what a hundred pages share is no article."""
    said = page("A letter")
    archived.run(0, *REST, ("/old", said))
    archived.run(1, *REST, ("/old", 404), ("/new", said))
    assert moved(archived) == {"/old": ("/new", "the same text (100%)")}
    archived.run(2, *REST, *((f"/{n}", said) for n in range(70)))
    assert moved(archived) == {}
