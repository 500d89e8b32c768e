"""Cuts a text of any language into sentences and words. Nothing is lost: the pieces joined are the text.

There is no dictionary behind it: a wrong cut does no harm to a comparison as long as it falls at the
same place in both texts. Every expression reads a text once, whatever is in it.
"""

import re

# Letters of scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, Han. Each is a word.
_SINGLE = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9d\U00020000-\U0003fffd"
)
# Marks that belong to the letter before them, which `\w` leaves out: accents, points of Hebrew and
# Arabic, vowel signs of India and South-East Asia, joiners, variation selectors.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1"
    "\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff"
    "\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef"
)
_SPACED = rf"(?:(?:[^\W{_SINGLE}]|[{_MARKS}])++(?:['’](?=[^\W{_SINGLE}])|(?<=\d)[.,:](?=\d))?)++"
_ALONE = re.compile(f"[{_SINGLE}]")
_COUNTED = re.compile(rf"{_SPACED}|[{_SINGLE}][{_MARKS}]*")
_WORD = re.compile(rf"{_SPACED}\s*|[{_SINGLE}][{_MARKS}]*|\s+|[^\w\s]\s*")

_CLOSING = "\"'”’»)\\]}›」』）】》〉"
# Stops that need no space after them: CJK, Arabic, Urdu, Devanagari, Armenian, Ethiopic, Burmese, Khmer.
_FULL_STOPS = "。！？｡؟۔।॥։።။។"
# The look-behind makes a long run of dots be looked at once, not once for every dot in it.
_END = re.compile(rf"(?<![.!?…])(?P<stop>[.!?…]++)[{_CLOSING}]*+\s+|[{_FULL_STOPS}]++[{_CLOSING}]*+\s*|\n\s*")
_ABBREVIATED = re.compile(r"(?<!\w)(?:[^\W\d_]|Dr|Mrs?|Ms|Prof|St|Nr|No|vs|Hr|Fr)$")


def count(text: str) -> int:
    """How many words a reader would count; white space, punctuation and signs are none."""
    return sum(1 for _ in _COUNTED.finditer(text))


def units(text: str) -> list[str]:
    """Cut after each sentence and each line end. Joined, the units are the text."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if not _goes_on(text, end):
            found.append(text[start : end.end()])
            start = end.end()
    return [*found, text[start:]] if start < len(text) else found


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether a sentence goes on after a stop: before a small letter, after an initial or an abbreviation."""
    if end["stop"] is None or "\n" in end[0]:
        return False
    if text[end.end() : end.end() + 1].islower():
        return True
    return end["stop"] == "." and _ABBREVIATED.search(text[max(0, end.start() - 8) : end.start()]) is not None


def words(text: str) -> list[str]:
    """Cut into words, numbers and punctuation marks, each with the white space after it.

    A letter of a script without spaces is a word of its own; white space that follows one is, too.
    """
    return _WORD.findall(text)


def letters(text: str) -> int:
    """How many letters of scripts without spaces there are."""
    return len(_ALONE.findall(text))


def weight(text: str) -> int:
    """How many characters there are besides white space."""
    return len("".join(text.split()))
