"""Cutting texts of any language into sentences and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sentences import count, units, words


@pytest.mark.parametrize(
    "sentences",
    [
        ["One. ", "Two! ", "Three? ", "Four"],
        ["It cost 5.7 million. ", "See example.org for more."],
        ["Dr. Smith met J. Doe, e.g. in town. ", "They spoke."],
        ["“Stop!” he cried. ", "Nobody did."],
        ["He asked: “Why?” ", "Nobody knew."],
        ["Wait… what? ", "Yes."],
        ["First line\n", "second line\n\n", "New paragraph. ", "End.\n"],
        ["我在北京工作。", "天气很好！", "他说：“你好。”", "再见"],
        ["मैं जाता हूँ। ", "तुम आओ।"],
        ["هل أنت هنا؟ ", "نعم."],
        ["Я живу в г. Риге. "[:9] + "г. Риге. "[3:], "Да."],
        ["\n", "After an empty line."],
    ],
)
def test_a_text_is_cut_after_each_sentence_and_line(sentences: list[str]) -> None:
    assert units("".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat’s 5.7, ok?", ["The ", "cat’s ", "5.7", ", ", "ok", "?"]),
        ("在家 work", ["在", "家", " ", "work"]),
        ("น้ำใจ", ["น้", "ำ", "ใ", "จ"]),
        ("cafe\u0301 हिन्दी", ["cafe\u0301 ", "हिन्दी"]),
        ("at 10:42, 1,000", ["at ", "10:42", ", ", "1,000"]),
        ("a\u200db", ["a\u200db"]),
    ],
)
def test_a_word_keeps_its_marks_and_the_space_after_it(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("— … !", 0),
        ("Don't pay 5.7 million!", 4),
        ("我在北京。", 4),
        ("日本 rocks", 3),
        ("ไทย", 3),
        ("слово за слово", 3),
    ],
)
def test_words_are_counted(text: str, number: int) -> None:
    assert count(text) == number


@given(st.text(alphabet=st.one_of(st.sampled_from(list(" \n.!?。'1aé\u0301ไ汐”)")), st.characters())))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(units(text)) == text
    assert "".join(words(text)) == text
    assert all(units(text))
    assert all("\n" not in unit.strip() for unit in units(text))
