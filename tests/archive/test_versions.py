"""The rules by which captures become versions, changes and verdicts."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive import diff
from archive.model import Entry, Kind, Observation, Target, Text, Verdict
from archive.versions import alike, history

MONDAY = datetime(2025, 1, 27, 6, tzinfo=UTC)
HARBOUR = (
    "The council met on Monday. It voted to keep the north quay open all winter, and to repair the crane. "
    "The ferry will run twice a day until the ice comes. Nobody spoke against the motion."
)


def said(text: str = HARBOUR, *, title: str = "Council", day: date | None = None, **more: object) -> Text:
    return replace(Text(title, day, None, "en", text, (), "x 1"), **more)  # type: ignore[arg-type]  # any field


def seen(day: int, text: Text | None = None, status: int = 200, **more: object) -> Observation:
    payload = f"sha256:{hash((text, status))}"
    made = Observation(
        capture=day, at=MONDAY + timedelta(days=day), status=status, payload=payload, text=text
    )
    return replace(made, **more)  # type: ignore[arg-type]  # any field


def verdicts(*observations: Observation) -> list[Verdict]:
    return [judged.verdict for judged in history(observations).judgements]


def kinds(*observations: Observation) -> list[tuple[Kind, ...]]:
    return [change.kinds for change in history(observations).changes]


def test_a_page_that_stays_has_one_version_and_no_change() -> None:
    told = history([seen(0, said()), seen(1, said()), seen(2, None, 304)])
    assert [v.captures for v in told.versions] == [3]
    assert told.versions[0].last == MONDAY + timedelta(days=2)
    assert told.changes == ()
    assert [j.verdict for j in told.judgements] == [Verdict.NEW, Verdict.SAME, Verdict.SAME]


def test_other_bytes_with_the_same_text_are_restyled() -> None:
    assert verdicts(seen(0, said()), seen(1, said(), payload="sha256:other")) == [
        Verdict.NEW,
        Verdict.RESTYLED,
    ]


def test_an_edit_is_a_change_between_two_captures() -> None:
    softened = HARBOUR.replace("voted to keep", "hopes to keep")
    told = history([seen(0, said()), seen(1, said()), seen(4, said(softened))])
    (change,) = told.changes
    assert change.kinds == (Kind.BODY,)
    assert (change.from_at, change.to_at) == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=4))
    assert (change.from_version, change.to_version) == (1, 2)
    assert (change.added, change.removed, change.changed) == (1, 1, 1)
    assert change.announced is False


def test_an_edit_with_a_new_date_is_announced_and_a_date_alone_is_silent() -> None:
    first = said(day=date(2025, 1, 27))
    later = said(HARBOUR + " Corrected.", day=date(2025, 1, 29))
    assert history([seen(0, first), seen(1, later)]).changes[0].announced is True
    dated = said(day=date(2025, 1, 20))
    (change,) = history([seen(0, first), seen(1, dated)]).changes
    assert (change.kinds, change.announced) == ((Kind.DATE,), False)


def test_there_and_back_makes_three_versions_and_names_the_earlier_one() -> None:
    told = history([seen(0, said("One text.")), seen(1, said("Another text.")), seen(2, said("One text."))])
    assert len(told.versions) == 3
    assert [change.back_to for change in told.changes] == [None, 1]


def test_a_page_first_seen_in_a_later_run_is_new_only_if_an_earlier_run_saw_everything() -> None:
    assert kinds(seen(0, said())) == []
    assert kinds(seen(0, said(), complete_before=True)) == [(Kind.NEW,)]


def test_gone_is_told_once_and_coming_back_too() -> None:
    captures = [seen(0, said()), seen(1, None, 404), seen(2, None, 410), seen(3, said())]
    assert kinds(*captures) == [(Kind.GONE,), (Kind.BACK,)]
    assert verdicts(*captures) == [Verdict.NEW, Verdict.GONE, Verdict.GONE, Verdict.BACK]


def test_errors_refusals_and_torn_answers_are_no_change() -> None:
    trouble = [
        seen(1, None, 503),
        seen(2, None, 403),
        seen(3, None, 0),
        seen(4, said("The cou"), truncated=True),
        seen(5, said("")),
        seen(6, None, 429),
    ]
    told = history([seen(0, said()), *trouble, seen(7, said())])
    assert told.changes == ()
    assert len(told.versions) == 1
    assert [j.verdict for j in told.judgements[1:-1]] == [
        Verdict.FAILED,
        Verdict.BLOCKED,
        Verdict.FAILED,
        Verdict.FAILED,
        Verdict.FAILED,
        Verdict.BLOCKED,
    ]
    assert all(j.reason for j in told.judgements[1:-1])


def test_an_empty_shell_before_the_first_text_is_no_version() -> None:
    told = history([seen(0, said("")), seen(1, said())])
    assert [v.first for v in told.versions] == [MONDAY + timedelta(days=1)]
    assert told.changes == ()


def test_a_permanent_redirect_to_an_address_not_known_before_is_a_move() -> None:
    new_home = Target("https://example.org/new", MONDAY + timedelta(days=1), said())
    told = history(
        [seen(0, said()), seen(1, None, 301, target=new_home), seen(2, None, 301, target=new_home)]
    )
    (change,) = told.changes
    assert (change.kinds, change.moved_to) == ((Kind.MOVED,), "https://example.org/new")
    assert told.moved_to == "https://example.org/new"


def test_a_temporary_redirect_is_a_move_only_to_the_same_article() -> None:
    same = Target("https://example.org/new", MONDAY + timedelta(days=1), said())
    other = Target("https://example.org/login", MONDAY + timedelta(days=1), said("Please log in first."))
    assert kinds(seen(0, said()), seen(1, None, 302, target=same)) == [(Kind.MOVED,)]
    assert kinds(seen(0, said()), seen(1, None, 302, target=other)) == []


def test_a_redirect_to_a_page_that_was_there_before_is_neither_a_move_nor_a_removal() -> None:
    front = Target("https://example.org/", MONDAY, said("Welcome to the harbour."))
    captures = [seen(1, said()), seen(2, None, 301, target=front)]
    assert kinds(*captures) == []
    assert verdicts(*captures)[-1] is Verdict.FAILED


def test_a_permanent_redirect_to_another_text_or_to_nothing_good_is_no_move() -> None:
    later = MONDAY + timedelta(days=1)
    login = Target(
        "https://example.org/login", later, said("Please log in before you read any further here.")
    )
    dead = Target("https://example.org/dead", None, None)
    elsewhere = Target("https://elsewhere.example/", None, None, seen=False)
    assert kinds(seen(0, said()), seen(1, None, 301, target=login)) == []
    assert kinds(seen(0, said()), seen(1, None, 301, target=dead)) == []
    assert kinds(seen(0, said()), seen(1, None, 301, target=elsewhere)) == [(Kind.MOVED,)]


def test_a_text_that_could_not_be_read_is_a_failure_and_not_an_edit() -> None:
    captures = [seen(0, said()), seen(1, None, unread="the worker died"), seen(2, said(HARBOUR + " More."))]
    assert verdicts(*captures) == [Verdict.NEW, Verdict.FAILED, Verdict.EDITED]


def test_not_modified_brings_a_vanished_page_back() -> None:
    captures = [seen(0, said()), seen(1, None, 404), seen(2, None, 304)]
    assert kinds(*captures) == [(Kind.GONE,), (Kind.BACK,)]


def test_a_page_that_failed_at_first_is_not_new_when_it_answers() -> None:
    assert kinds(seen(0, None, 503), seen(1, said(), complete_before=True)) == []


def test_the_page_at_the_new_address_is_not_new() -> None:
    arrived = seen(1, said(), complete_before=True)
    assert history([arrived], before=said()).changes == ()
    assert history([arrived], before=said()).judgements[0].verdict is Verdict.MOVED
    edited = history([arrived], before=said(HARBOUR + " And more."))
    assert [change.kinds for change in edited.changes] == [(Kind.BODY,)]


def test_another_extractor_is_never_a_change_and_later_edits_are_still_seen() -> None:
    upgraded = said(HARBOUR + " (read differently)", extractor="x 2")
    told = history([seen(0, said()), seen(1, upgraded)])
    assert (len(told.versions), told.changes) == (1, ())
    edited = said("Something else was written here.", extractor="x 2")
    assert kinds(seen(0, said()), seen(1, upgraded), seen(2, edited)) == [(Kind.BODY,)]


def test_an_edit_across_an_upgrade_is_found_where_one_extractor_read_both() -> None:
    new = said(HARBOUR + " (read differently)", extractor="x 2")
    edited = said(HARBOUR + " It was late. (read differently)", extractor="x 2")
    upgraded = seen(0, said(), readings=(new,))
    assert kinds(upgraded, seen(1, new)) == []
    assert verdicts(upgraded, seen(1, new)) == [Verdict.NEW, Verdict.RESTYLED]
    (change,) = history([upgraded, seen(1, edited)]).changes
    assert (change.kinds, change.added, change.removed) == ((Kind.BODY,), 3, 0)
    assert kinds(upgraded, seen(1, None, 404), seen(2, edited)) == [(Kind.GONE,), (Kind.BACK, Kind.BODY)]
    assert kinds(seen(0, said()), seen(1, None, 404), seen(2, edited)) == [(Kind.GONE,), (Kind.BACK,)]


def test_listings_change_by_their_entries() -> None:
    def listing(*titles: str) -> Text:
        entries = tuple(Entry(t, None, None, f"https://example.org/{t}", f"{t} text") for t in titles)
        return said("\n\n".join(titles), title="Front page", entries=entries)

    assert diff.kinds(listing("a", "b"), listing("a", "b")) == ()
    assert diff.kinds(listing("a", "b"), listing("c", "a", "b")) == (Kind.ENTRIES,)
    assert diff.kinds(listing("a", "b"), said(title="Front page")) == (Kind.BODY,)


def test_pages_without_text_are_seen_to_come_go_and_return() -> None:
    captures = [seen(0), seen(1, payload="sha256:x"), seen(2, None, 404), seen(3)]
    assert verdicts(*captures) == [Verdict.NEW, Verdict.RESTYLED, Verdict.GONE, Verdict.BACK]


def test_a_404_of_a_page_never_seen_is_a_failure_and_a_redirect_of_one_no_move() -> None:
    told = history(
        [seen(0, None, 404), seen(1, None, 301, target=Target("https://example.org/b", None, None))]
    )
    assert [j.verdict for j in told.judgements] == [Verdict.FAILED, Verdict.MOVED]
    assert told.changes == ()
    assert told.moved_to is None


def test_a_redirect_without_a_target_is_a_failure() -> None:
    assert verdicts(seen(0, said()), seen(1, None, 302))[-1] is Verdict.FAILED


def test_articles_are_alike_after_some_editing_and_not_otherwise() -> None:
    assert alike(said(), said(HARBOUR.replace("Monday", "Tuesday")))
    assert not alike(said(), said("An entirely different article about the price of fish in the town."))


ANSWERS = st.lists(
    st.sampled_from(
        [
            (200, "One text."),
            (200, "Another text."),
            (200, ""),
            (304, None),
            (404, None),
            (301, None),
            (503, None),
        ]
    ),
    max_size=12,
)


@given(ANSWERS, st.randoms())
def test_the_order_of_ingest_never_matters(
    answers: list[tuple[int, str | None]], dice: random.Random
) -> None:
    target = Target("https://example.org/new", None, None)
    captures = [
        seen(n, None if text is None else said(text), status, target=target if status == 301 else None)
        for n, (status, text) in enumerate(answers)
    ]
    shuffled = dice.sample(captures, len(captures))
    assert history(shuffled) == history(captures)


@given(ANSWERS)
def test_every_capture_is_judged_once_and_versions_do_not_overlap(
    answers: list[tuple[int, str | None]],
) -> None:
    told = history(
        [seen(n, None if text is None else said(text), status) for n, (status, text) in enumerate(answers)]
    )
    assert [j.capture for j in told.judgements] == list(range(len(answers)))
    assert [v.number for v in told.versions] == list(range(1, len(told.versions) + 1))
    for earlier, later in zip(told.versions, told.versions[1:], strict=False):
        assert earlier.last < later.first
    for change in told.changes:
        assert change.from_at is None or change.from_at < change.to_at
