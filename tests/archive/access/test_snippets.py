"""What is shown of a text that was found: a piece of it, with what was searched for marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.access.snippets import AROUND, snippet
from archive.search import patterns

LONG = "The harbour master counted boats. " * 200


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("zolta", "Żółta łódź", ["Żółta"]),
        ('"mayor sister"', "The mayor's sister; a mayor, sister", ["mayor, sister"]),
        ("mayor's", "The mayor's sister", ["mayor's"]),
        ("東京都", "新しい東京都知事", ["東京都"]),
        ("京", "新しい東京都知事", ["京"]),
        ("事", "新しい東京都知事、事務", ["事", "事"]),
        ("lod*", "łódź i lodowisko", ["łódź", "lodowisko"]),
        ('"the harb*"', "the harbour of the harbinger", ["the harbour", "the harbinger"]),
        ("paid -boat", "paid for a boat", ["paid"]),
        ("paid OR boat", "a boat was paid", ["boat", "paid"]),
    ],
)
def test_it_is_marked(query: str, text: str, marked: list[str]) -> None:
    assert [piece for piece, is_marked in snippet(text, patterns(query)) if is_marked] == marked


@pytest.mark.parametrize("place", [0, 1190, 1200, 1300, 6000])
def test_it_is_found_wherever_it_is(place: int) -> None:
    text = f"{LONG[:place]} the silent edit {LONG[place:]}"
    found = snippet(text, patterns('"silent edit"'))
    assert ("silent edit", True) in found
    assert sum(len(piece) for piece, _ in found) < 6 * AROUND


def test_where_the_title_has_it_the_text_begins() -> None:
    assert snippet("Another text.", patterns("title")) == [("Another text.", False)]


@given(st.text(), st.text(min_size=1, max_size=20))
def test_what_is_shown_is_of_the_text(text: str, query: str) -> None:
    found = "".join(piece for piece, _ in snippet(text, patterns(query)))
    assert found.removeprefix("…").removesuffix("…") in text or found in text
