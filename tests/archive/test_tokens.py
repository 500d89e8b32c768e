"""What a text is searched by: the same words whatever their case, accents and spelling, in any script."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.tokens import folded, spans, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zażółć GĘŚLĄ jaźń", ["zazolc", "gesla", "jazn"]),
        ("naïve Straße Ærø", ["naive", "strasse", "aero"]),
        ("ЁЛКА й", ["елка", "и"]),
        ("שָׁלוֹם", ["שלום"]),
        ("कानून की भाषा", ["कानून", "की", "भाषा"]),
        ("東京都知事", ["東京", "京都", "都知", "知事"]),
        ("海", ["海"]),
        ("가격이 올랐다", ["가격이", "올랐다"]),
        ("ｆｕｌｌ ﬁsh", ["full", "fish"]),
        ("2,500 boats; don't", ["2", "500", "boats", "don", "t"]),
        ("กรุงเทพ", ["กรุ", "รุง", "งเ", "เท", "ทพ"]),
        ("ภาษา ลาว", ["ภา", "าษ", "ษา", "ลา", "าว"]),
        ("ພາສາ", ["ພາ", "າສ", "ສາ"]),
        ("ភាសា", ["ភាសា"]),
        ("မြန်မာ", ["မြန်", "န်မာ"]),
        ("ガギ カ", ["ガギ", "カ"]),
        ("東京へ行く", ["東京", "京へ", "へ行", "行く"]),
        ("iPhone東京", ["iphone", "東京"]),
        ("... — !", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.text(st.characters(exclude_categories=["Mn", "Mc", "Cs"])))
def test_each_token_is_where_it_is_said_to_be(text: str) -> None:
    for token, start, end in spans(text):
        assert 0 <= start < end <= len(text)
        assert token[:1] in folded(text[start:end])


@given(st.text())
def test_any_text_is_cut(text: str) -> None:
    found = tokens(text)
    assert all(token and not token.isspace() and '"' not in token for token in found)
    assert tokens(" ".join(found)) is not None


@given(st.text(), st.text())
def test_no_token_goes_over_white_space(first: str, second: str) -> None:
    assert tokens(f"{first} {second}") == tokens(first) + tokens(second)


@given(st.text(st.characters(categories=["Ll", "Lu", "Lo", "Nd"], exclude_characters="\u0e33\u0eb3")))
def test_a_text_and_its_other_spellings_meet(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert tokens(unicodedata.normalize(form, text)) == tokens(unicodedata.normalize("NFKC", text))
