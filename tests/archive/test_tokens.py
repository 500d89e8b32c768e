"""What a text is searched by: the same words whatever their case, accents and spelling, in any script."""

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
