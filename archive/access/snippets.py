"""The piece of a text that is shown of it when it was found, with what was searched for marked. Pure."""

from collections.abc import Iterator, Sequence

from archive.search import Pattern
from archive.tokens import is_letter, letter_spans, letters, spans, tokens

AROUND = 90
"""Characters before the first place that is marked; behind it twice as many."""
_WINDOW, _OVERLAP = 600, 300
"""A long text is looked through by so many characters at a time, of which some are looked at twice."""

Pieces = list[tuple[str, bool]]
"""Pieces of text, each with whether it is marked."""


def snippet(text: str, patterns: Sequence[Pattern]) -> Pieces:
    """A piece of a text around the first place that has one of the patterns, with all of
    them marked; the beginning of the text where it has none.
    """
    for start in range(0, max(len(text), 1), _WINDOW - _OVERLAP):
        part = text[start : start + _WINDOW]
        words = tokens(part)
        if any(_letter(pattern) in letters(words) or _places(words, pattern) for pattern in patterns):
            end = start + _WINDOW + 3 * AROUND
            return _marked(text[start:end], patterns, start > 0, end < len(text))
    return [(text[: 2 * AROUND] + ("…" if len(text) > 2 * AROUND else ""), False)] if text else []


def _marked(text: str, patterns: Sequence[Pattern], before: bool, behind: bool) -> Pieces:
    marks = sorted(_marks(text, patterns))
    if not marks:  # what was found goes over the end of the part
        return [(text[: 2 * AROUND], False)]
    start = max(0, marks[0][0] - AROUND)
    start = max(text.rfind(" ", max(0, start - AROUND), start) + 1, start - AROUND) if start else 0
    end = max(marks[0][1], marks[0][0] + 2 * AROUND)
    end = _whole(text, marks[0][1], end)
    found: Pieces = [("…", False)] if start or before else []
    at = start
    for first, last in marks:
        if last > end:
            break
        if last <= at:
            continue
        found += [(text[at : max(first, at)], False), (text[max(first, at) : last], True)]
        at = last
    found.append((text[at:end] + ("…" if end < len(text) or behind else ""), False))
    return [piece for piece in _joined(found) if piece[0]]


def _whole(text: str, least: int, end: int) -> int:
    """An end between words, where one is near."""
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", max(least, end - AROUND // 2), end)
    return end if space < 0 else space


def _joined(pieces: Pieces) -> Iterator[tuple[str, bool]]:
    """Marks that touch each other, as pairs of letters do, in one."""
    held: tuple[str, bool] | None = None
    for text, is_marked in pieces:
        if not text:
            continue
        if held and held[1] == is_marked:
            held = held[0] + text, is_marked
        else:
            if held:
                yield held
            held = text, is_marked
    if held:
        yield held


def _marks(text: str, patterns: Sequence[Pattern]) -> Iterator[tuple[int, int]]:
    cut = list(spans(text))
    words = [token for token, _, _ in cut]
    for pattern in patterns:
        if letter := _letter(pattern):
            yield from ((start, end) for one, start, end in letter_spans(text) if one == letter)
            continue
        for place in _places(words, pattern):
            yield cut[place][1], cut[place + len(pattern[0]) - 1][2]


def _letter(pattern: Pattern) -> str | None:
    """The letter of a script without spaces that is looked for by itself."""
    return pattern[0][0] if len(pattern[0]) == 1 and is_letter(pattern[0][0]) else None


def _places(words: Sequence[str], pattern: Pattern) -> list[int]:
    """Where a pattern stands among the words."""
    series, begins = pattern
    first, length = series[0], len(series)
    if length == 1:
        return [
            place for place, word in enumerate(words) if word == first or (begins and word.startswith(first))
        ]
    found = []
    for place, word in enumerate(words):
        if word != first:
            continue
        there = list(words[place : place + length])
        if there == series or (begins and there[:-1] == series[:-1] and there[-1].startswith(series[-1])):
            found.append(place)
    return found
