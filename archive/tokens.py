"""Cuts a text into what it is searched by: words without case and accents, or pairs of letters where a script
has no spaces.

Pure. A text and a query that are cut the same way meet, whatever the spelling of their characters.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

_JOINED = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u1000-\u102a\u103f-\u109f"
    "\u1780-\u17b3\u3005-\u3007\u3041-\u3096\u309d-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    "\U00020000-\U0003fffd"
)
"""Letters of scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han."""
_ACCENTS = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u06d6-\u06dc]")  # fmt: skip  # noqa: E501 - one class of characters
"""Accents of European scripts, points of Hebrew, short vowels of Arabic: what people leave out."""
_MARKS = r"\u0900-\u0903\u093a-\u094f\u0962\u0963\u0980-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3\u3099\u309a"  # noqa: E501 - one class of characters
_RUN = re.compile(rf"(?P<joined>(?:[{_JOINED}][{_MARKS}]*)+)|(?:[^\W_{_JOINED}]|[{_MARKS}])+")
_LETTER = re.compile(rf"[{_JOINED}][{_MARKS}]*")
_OTHERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe"})
"""Letters with a stroke, and pairs, which Unicode does not take apart."""
_LONGEST = 60
"""Characters of a token; a longer word is cut off there."""

Span = tuple[str, int, int]
"""A piece with where it begins and ends."""


def folded(text: str) -> str:
    """Without case, accents, and ways to write the same character."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_OTHERS)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))


def tokens(text: str) -> list[str]:
    """The tokens of a text, in its order."""
    found: list[str] = []
    for piece in text.split():  # words repeat, and no token goes from one piece to the next
        found += _known_piece(piece) if len(piece) <= _LONGEST else _piece(piece)
    return found


def _piece(piece: str) -> tuple[str, ...]:
    return tuple(token for token, _, _ in _cut(folded(piece)))


_known_piece = lru_cache(maxsize=20_000)(_piece)


def is_letter(token: str) -> bool:
    """Whether it is one letter of a script without spaces."""
    return _LETTER.fullmatch(token) is not None


def letters(some: Iterable[str]) -> set[str]:
    """The letters of scripts without spaces that are in some tokens."""
    return {letter for token in set(some) if not token.isascii() for letter in _LETTER.findall(token)}


def spans(text: str) -> Iterator[Span]:
    """The tokens with where each begins and ends in the text itself."""
    return _in_text(text, _cut)


def letter_spans(text: str) -> Iterator[Span]:
    """The letters of scripts without spaces with where each begins and ends in the text itself."""
    return _in_text(text, lambda plain: ((one[0], one.start(), one.end()) for one in _LETTER.finditer(plain)))


def _in_text(text: str, cut: Callable[[str], Iterable[Span]]) -> Iterator[Span]:
    parts = [_folded_letter(letter) for letter in text]
    origin = [place for place, part in enumerate(parts) for _ in part]
    for token, start, end in cut("".join(parts)):
        yield token, origin[start], origin[end - 1] + 1


@lru_cache(maxsize=10_000)
def _folded_letter(letter: str) -> str:
    return folded(letter)


def _cut(text: str) -> Iterator[Span]:
    for run in _RUN.finditer(text):
        if run["joined"] is None:
            yield run[0][:_LONGEST], run.start(), run.end()
            continue
        letters = list(_LETTER.finditer(text, run.start(), run.end()))
        if len(letters) == 1:
            yield letters[0][0], letters[0].start(), letters[0].end()
        for first, second in pairwise(letters):
            yield first[0] + second[0], first.start(), second.end()
