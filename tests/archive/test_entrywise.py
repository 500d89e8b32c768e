"""Pages of several entries: what was added, removed, edited, put elsewhere."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from archive import diff
from archive.diff import Op
from archive.entrywise import steps
from archive.model import Entry, Text

HARBOUR = Entry(
    "The harbour", None, None, "https://a.example/harbour", "The crane stood still. Nobody knew why."
)
LAMP = Entry("The lamp", None, None, "https://a.example/lamp", "The lamp was replaced on Tuesday.")
MARKET = Entry("The market", None, None, None, "Fish was cheap, and bread was dear, as every year in autumn.")
NEWS = Entry("News", None, None, "https://a.example/news", "Something new happened at last in this town.")


def page(*entries: Entry) -> Text:
    said = "\n\n".join(part for entry in entries for part in (entry.title, entry.text) if part)
    return Text("All", None, None, "en", said, entries, "x 1")


def counts(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> str:
    found = steps(old, new).counts
    return " ".join(f"{what} {number}" for what, number in found.items() if number)


def test_an_entry_at_the_top_is_one_added_entry_and_nothing_else() -> None:
    old, new = (HARBOUR, LAMP, MARKET), (NEWS, HARBOUR, LAMP, MARKET)
    assert counts(old, new) == "added 1"
    compared = diff.compare(page(*old), page(*new))
    assert [b.new for b in compared.blocks if b.op is not Op.EQUAL] == [
        "News\n\n",
        "Something new happened at last in this town.\n\n",
    ]
    assert (compared.added, compared.removed, compared.changed, compared.moved) == (9, 0, 0, 0)


def test_entries_are_known_by_link_then_title_then_likeness() -> None:
    renamed = replace(HARBOUR, title="The port", text="Everything about it is new.")
    assert counts((HARBOUR, LAMP), (renamed, LAMP)) == "edited 1"
    assert counts((MARKET, LAMP), (replace(MARKET, text="Nothing was sold."), LAMP)) == "edited 1"
    retitled = replace(MARKET, title="At the market", text=MARKET.text.replace("cheap", "free"))
    assert counts((MARKET, LAMP), (LAMP, retitled)) == "edited 1 reordered 1"
    column = replace(LAMP, link="https://a.example/week-2", text="This week was a different one.")
    assert counts((HARBOUR, LAMP), (HARBOUR, column)) == "added 1 removed 1"
    elsewhere = replace(LAMP, link="https://a.example/other", title="Another lamp")
    assert counts((HARBOUR, LAMP), (HARBOUR, elsewhere)) == "edited 1"


def test_a_removed_and_an_edited_entry() -> None:
    edited = replace(LAMP, text="The lamp was replaced on Monday.")
    assert counts((HARBOUR, LAMP, MARKET), (edited, MARKET)) == "removed 1 edited 1"
    compared = diff.compare(page(HARBOUR, LAMP, MARKET), page(edited, MARKET))
    words = [(w.old, w.new) for b in compared.blocks for w in b.words if w.op is not Op.EQUAL]
    assert words == [("Tuesday", "Monday")]


def test_what_only_changed_places_adds_no_word() -> None:
    compared = diff.compare(page(HARBOUR, LAMP, MARKET), page(MARKET, HARBOUR, LAMP))
    assert counts((HARBOUR, LAMP, MARKET), (MARKET, HARBOUR, LAMP)) == "reordered 1"
    assert (compared.added, compared.removed, compared.changed) == (0, 0, 0)


ENTRIES = st.builds(
    Entry,
    st.sampled_from([None, "A", "B", "C"]),
    st.none(),
    st.none(),
    st.sampled_from([None, "https://a.example/1", "https://a.example/2"]),
    st.sampled_from(["", "One. Two. Three.", "One. Two. Four.", "Something else. Two."]),
)
PAGES = st.lists(ENTRIES, max_size=6).map(lambda entries: page(*entries))


@given(PAGES, PAGES)
def test_both_pages_can_be_rebuilt_and_every_entry_is_counted(old: Text, new: Text) -> None:
    compared = diff.compare(old, new)
    assert "".join(block.old for block in compared.blocks) == old.text
    assert "".join(block.new for block in compared.blocks) == new.text
    found = steps(old.entries, new.entries)
    same = len(found.still) + len(found.reordered)
    assert found.counts["added"] + same == len(new.entries)
    assert found.counts["removed"] + same == len(old.entries)
    assert not steps(old.entries, old.entries).edited


def test_two_articles_of_one_language_are_two_articles() -> None:
    one = replace(
        NEWS, link=None, title="One", text="It was in the harbour of the town that the crane stood still."
    )
    other = replace(one, title="Other", text="It was in the market of the village that the bread was sold.")
    assert counts((one,), (other,)) == "added 1 removed 1"
    assert counts((one,), (replace(other, text=one.text.replace("still", "again")),)) == "edited 1"
