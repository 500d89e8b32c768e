"""The rules by which a page goes on under another address, on captures made by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from archive.heirs import heir, named
from archive.likeness import near, sketch
from archive.model import Entry, History, Kind, Like, Observation, Shape, Target, Text, Verdict
from archive.versions import history
from tests.archive.test_versions import MONDAY, said, seen

STORY = (
    "The council met on Monday evening in the fish hall and agreed to keep the north quay open in winter. "
    "The crane will be repaired before the ice comes, said the harbour master, who waited for it since May. "
    "Nobody spoke against the motion, which is rare in a town where even the tide has its opponents. "
    "The ferry runs twice a day until the 15th, and after that when the captain finds it safe to go."
)
TEXT = said(STORY)
NEW, OTHER = "https://example.org/new", "https://example.org/other"
FRONT = Target("https://example.org/", MONDAY, said("Welcome to the harbour."))


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def like(first: float = 1, url: str = NEW, text: Text = TEXT, **more: object) -> Like:
    """A page with a like text that was first met on some day, in that day's run."""
    made = Like(url, (text,), day(first), 90, f"run{int(first)}", None, timely=True)
    return replace(made, **more)  # type: ignore[arg-type]  # any field


def missing(at: int, *likes: Like, status: int = 404, **more: object) -> Observation:
    return seen(at, None, status, likes=likes, **more)


def moves(told: History) -> list[tuple[str | None, str | None]]:
    return [(change.moved_to, change.moved_by) for change in told.changes if Kind.MOVED in change.kinds]


def test_a_page_that_is_missing_goes_on_where_its_text_came_up_alone() -> None:
    told = history([seen(0, TEXT), missing(1, like())])
    (change,) = told.changes
    assert (change.moved_to, change.moved_by) == (NEW, "the same text (100%)")
    assert (change.from_at, change.to_at) == (day(0), day(1))
    assert told.judgements[1].reason == f"HTTP 404; moved to {NEW}, by the same text (100%)"


def test_it_stays_moved_until_it_is_back() -> None:
    told = history([seen(0, TEXT), missing(1, like()), missing(2), seen(3, TEXT)])
    assert [j.verdict for j in told.judgements] == [Verdict.NEW, Verdict.MOVED, Verdict.MOVED, Verdict.BACK]
    assert told.judgements[2].reason == told.judgements[1].reason
    assert told.moved_to is None


def test_a_404_that_does_not_count_yet_is_a_move_when_the_next_one_counts() -> None:
    ill = missing(1, like(1), healthy=False)
    assert moves(history([seen(0, TEXT), ill])) == []
    told = history([seen(0, TEXT), ill, missing(2)])
    assert [j.verdict for j in told.judgements[1:]] == [Verdict.MOVED, Verdict.MOVED]
    assert told.changes[0].to_at == day(1)


def test_one_that_leads_to_the_front_page_goes_on_where_its_text_is() -> None:
    away = [missing(n, like(), status=302, target=FRONT) for n in (1, 2)]
    told = history([seen(0, TEXT), *away])
    assert moves(told) == [(NEW, "the same text (100%)")]
    assert [j.verdict for j in told.judgements[1:]] == [Verdict.MOVED, Verdict.MOVED]
    assert moves(history([seen(0, TEXT), missing(1, status=302, target=FRONT)])) == []


def test_what_counts_is_what_came_up_when_it_was_first_missed() -> None:
    away = missing(1, status=302, target=FRONT)
    assert moves(history([seen(0, TEXT), away, missing(5, like(5))])) == []


def test_the_last_capture_before_a_run_that_did_not_ask() -> None:
    told = history([seen(0, TEXT, likes=(like(),))])
    assert moves(told) == [(NEW, "the same text (100%)")]
    assert (told.changes[0].from_at, told.changes[0].to_at, told.changes[0].capture) == (day(0), day(1), 90)
    assert told.judgements[0].verdict is Verdict.NEW
    assert moves(history([seen(0, TEXT, likes=(like(),), ruled=Verdict.NEW)])) == []
    assert moves(history([seen(0, TEXT, likes=(like(),)), seen(1, None, 503)])) == []


def test_a_page_that_takes_another_address_for_its_own() -> None:
    renamed = seen(1, TEXT, own=NEW, likes=(like(timely=False),))
    told = history([seen(0, TEXT), renamed, seen(2, TEXT, own=NEW), seen(3, TEXT)])
    assert [j.verdict for j in told.judgements] == [Verdict.NEW, Verdict.MOVED, Verdict.MOVED, Verdict.BACK]
    assert moves(told) == [(NEW, "its canonical link")]
    unmodified = seen(2, None, 304, payload=renamed.payload)
    changed = replace(renamed, payload="sha256:renamed")
    assert history([seen(0, TEXT), changed, replace(unmodified, payload=changed.payload)]).moved_to == NEW


@pytest.mark.parametrize(
    "renamed",
    [
        seen(1, TEXT, own=NEW),
        seen(1, TEXT, own=OTHER, likes=(like(),)),
        seen(1, TEXT, own=NEW, likes=(like(0),)),
        seen(1, TEXT, own=NEW, likes=(like(text=said("Something else altogether.")),)),
        seen(1, TEXT, own=NEW, likes=(like(),), ruled=Verdict.SAME),
    ],
    ids=["nothing there", "another is there", "it was there before", "another text", "by hand"],
)
def test_a_canonical_link_alone_is_no_move(renamed: Observation) -> None:
    assert moves(history([seen(0, TEXT), renamed])) == []


def test_a_canonical_link_from_the_beginning_or_of_a_page_that_is_gone_is_no_move() -> None:
    renamed = seen(2, TEXT, own=NEW, likes=(like(),))
    assert moves(history([seen(0, TEXT, own=NEW), renamed])) == []
    assert moves(history([seen(0, TEXT), missing(1), renamed])) == []


def test_a_person_says_that_it_is_gone_or_that_nothing_came_of_it() -> None:
    gone = history([seen(0, TEXT), missing(1, like(), ruled=Verdict.GONE)])
    assert [change.kinds for change in gone.changes] == [(Kind.GONE,)]
    failed = history([seen(0, TEXT), missing(1, like(), ruled=Verdict.FAILED)])
    assert failed.changes == ()
    later = history([seen(0, TEXT), missing(1, like()), missing(2, ruled=Verdict.GONE)])
    assert later.judgements[2].verdict is Verdict.GONE


def test_a_page_without_text_moves_nowhere() -> None:
    assert moves(history([seen(0), missing(1, like())])) == []


def found(*likes: Like, since: float = 0, began: float = 0) -> str | None:
    one = heir((TEXT,), day(since), day(began), likes)
    return one[0].url if one else None


def test_the_first_that_came_alone_and_in_time_is_the_heir() -> None:
    assert found(like()) == NEW
    assert found(like(2, OTHER), like(1)) == NEW
    assert found(like(timely=False)) is None
    assert found(like(1), since=1) is None, "it was there when the page was"


def test_two_that_came_in_one_run_are_copies_and_so_is_what_was_there() -> None:
    assert found(like(1), like(1.01, OTHER)) is None
    assert found(like(1), like(-3, OTHER)) is None
    assert found(like(1), like(-3, OTHER, text=said(STORY + " " + STORY[::-1]))) == NEW, "it has another text"


def test_what_had_left_before_is_where_the_page_came_from() -> None:
    assert found(like(1), like(-3, OTHER, left=day(-1))) == NEW
    assert found(like(1), like(-3, OTHER, left=day(0.5))) is None


def test_any_reading_will_do() -> None:
    upgraded = replace(TEXT, extractor="x 2")
    both = like(texts=(upgraded, replace(TEXT, extractor="x 3")))
    assert heir((TEXT, upgraded), day(0), day(0), (both,)) == (both, 1.0)
    assert heir((TEXT,), day(0), day(0), (both,)) is None
    assert named((TEXT, upgraded), day(0), NEW, (both,)) == both


# --- what is near

NOT_NEAR = {
    "a number": said(STORY.replace("15th", "16th")),
    "the title": replace(TEXT, title="Another"),
    "a number in the title": replace(TEXT, title="Council 2"),
    "the date": replace(TEXT, date=date(2025, 1, 28)),
    "the author": replace(TEXT, author="Ann"),
    "the language": replace(TEXT, language="de"),
    "the extractor": replace(TEXT, extractor="x 2"),
    "a quarter of the words": said(STORY[: len(STORY) * 3 // 4]),
    "a list": replace(TEXT, shape=Shape.EXCERPTS),
    "entries": replace(TEXT, entries=(Entry("A", None, None, None, STORY),)),
}


@pytest.mark.parametrize("other", NOT_NEAR.values(), ids=NOT_NEAR.keys())
def test_what_differs_in_one_point_is_another_article(other: Text) -> None:
    assert near(replace(TEXT, date=date(2025, 1, 27), author="Ben"), other) is None


def test_an_edited_article_under_a_title_with_the_name_of_the_site_is_near() -> None:
    edited = said(f"{STORY} So be it.", title="Council | The Gazette")
    share = near(TEXT, edited)
    assert share is not None
    assert 0.9 <= share < 1


def test_a_short_text_says_too_little() -> None:
    short = said("Closed today. " * 10)
    assert near(short, short) is None
    assert sketch(short, "gazette") == frozenset()
    assert sketch(replace(TEXT, shape=Shape.EXCERPTS), "gazette") == frozenset(), "nor does a list"


def test_like_texts_have_most_numbers_in_common_and_others_none() -> None:
    edited = said(f"{STORY} So be it.")
    assert len(sketch(TEXT, "gazette") & sketch(edited, "gazette")) >= 3
    assert not sketch(TEXT, "gazette") & sketch(TEXT, "herald"), "each source has its own"
    assert not sketch(TEXT, "gazette") & sketch(said(STORY[::-1]), "gazette")
