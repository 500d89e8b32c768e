"""What goes to and fro between two states is noise, and what was only taken back is not."""

from archive.alternation import TITLE, WHOLE
from archive.model import Kind, Text
from archive.versions import history
from tests.archive.test_versions import HARBOUR, kinds, said, seen


def headed(title: str) -> Text:
    return said(title=title)


def test_a_headline_on_trial_is_noise_and_one_that_was_taken_back_is_not() -> None:
    one, other = headed("Council votes"), headed("You will not believe the council")
    assert kinds(seen(0, one), seen(1, other), seen(2, one)) == [(Kind.TITLE,), (Kind.TITLE,)]
    told = history([seen(0, one), seen(1, other), seen(2, one), seen(3, other)])
    assert (told.changes, len(told.versions)) == ((), 1)
    assert [j.reason for j in told.judgements] == [None, *2 * (WHOLE, None)][:4]


def test_edits_are_found_under_a_headline_on_trial() -> None:
    one, other = "Council votes", "You will not believe the council"
    later = HARBOUR + " The mayor was absent."
    captures = [
        seen(day, said(title=(one, other)[day % 2], text=HARBOUR if day < 3 else later)) for day in range(6)
    ]
    told = history(captures)
    assert [change.kinds for change in told.changes] == [(Kind.BODY,)]
    assert told.judgements[1].reason == TITLE


def test_an_edit_after_a_series_is_one_and_a_second_face_that_stays_too() -> None:
    one, other = said(), said(HARBOUR + " Buy tickets now.")
    series = [seen(day, (one, other)[day % 2]) for day in range(4)]
    assert kinds(*series) == []
    assert kinds(*series, seen(4, said(HARBOUR + " It was late."))) == [(Kind.BODY,)]
    assert kinds(*series, seen(4, other), seen(5, other)) == [(Kind.BODY,)]
    gone = [seen(0, one), seen(1, None, 404), seen(2, other), seen(3, None, 404), seen(4, one)]
    assert len(kinds(*gone)) == 4
