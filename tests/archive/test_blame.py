"""Which version brought a sentence: edits, moves, removals and returns."""

from archive.blame import blame
from archive.model import Text

CRANE = "The crane on the eastern quay stood still for the whole of the winter."
LAMP = "The lamp in the tower was replaced on a Tuesday after forty years."
FISH = "Fish was cheap in the market and bread was dear as in every autumn."


def text(*sentences: str) -> Text:
    return Text(None, None, None, "en", "\n\n".join(sentences), (), "x 1")


def told(*texts: Text) -> tuple[list[tuple[str, int, int | None]], list[tuple[str, int, int | None]]]:
    standing, removed = blame(enumerate(texts, 1))
    return (
        [(one.text.split()[1], one.brought, one.returned) for one in standing],
        [(one.text.split()[1], one.brought, one.removed) for one in removed],
    )


def test_a_sentence_is_from_the_version_that_brought_it() -> None:
    standing, removed = told(text(CRANE), text(CRANE, LAMP), text(FISH, CRANE, LAMP))
    assert standing == [("was", 3, None), ("crane", 1, None), ("lamp", 2, None)]
    assert removed == []


def test_a_move_brings_nothing() -> None:
    standing, _ = told(text(CRANE, LAMP, FISH), text(FISH, CRANE, LAMP))
    assert {brought for _, brought, _ in standing} == {1}


def test_what_was_reworded_is_new_and_its_old_form_removed() -> None:
    standing, removed = told(text(CRANE, LAMP), text(CRANE, LAMP.replace("Tuesday", "Monday")))
    assert standing == [("crane", 1, None), ("lamp", 2, None)]
    assert removed == [("lamp", 1, 2)]


def test_what_returned_first_appeared_long_ago() -> None:
    standing, removed = told(text(CRANE, LAMP), text(CRANE), text(CRANE, LAMP))
    assert standing == [("crane", 1, None), ("lamp", 1, 3)]
    assert removed == []
    assert told(text(CRANE, LAMP), text(CRANE))[1] == [("lamp", 1, 2)]


def test_the_sentences_are_those_of_the_last_text() -> None:
    standing, _ = blame([(1, text("A.", "A.", CRANE)), (4, text("A.", LAMP, "A.", "B."))])
    assert [one.text for one in standing] == ["A.", LAMP, "A.", "B."]
