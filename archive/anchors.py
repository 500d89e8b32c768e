"""Finds the items of two sequences that stand still: the frame between which the rest is compared.

The middle part of the patience diff (Bram Cohen): what occurs once on both sides is told apart from
everything else without trying, so it holds the comparison together at little cost.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

Pair = tuple[int, int]
"""Places in the old and in the new sequence that belong together."""

Run = tuple[int, int, int]
"""A stretch of equal items: its place in the old sequence, its place in the new one, its length."""


def ends(a: Sequence[str], b: Sequence[str]) -> Pair:
    """How many items are equal at the beginning, and how many of the rest at the end."""
    short = min(len(a), len(b))
    head = next((n for n in range(short) if a[n] != b[n]), short)
    return head, next((n for n in range(short - head) if a[-1 - n] != b[-1 - n]), short - head)


def standing(a: Sequence[str], b: Sequence[str]) -> tuple[list[Pair], list[Pair]]:
    """Of the items that occur once in each: the longest series in the same order, and those that cross it."""
    once = _once(b)
    pairs = [(i, once[item]) for item, i in _once(a).items() if item in once]
    rising = set(_rising([j for _, j in pairs]))
    still = [pair for n, pair in enumerate(pairs) if n in rising]
    return still, [pair for n, pair in enumerate(pairs) if n not in rising]


def _rising(numbers: Sequence[int]) -> Iterator[int]:
    """The places of a longest rising series, last one first (patience sorting)."""
    lowest: list[int] = []  # the lowest number that a series of each length can end with
    place: list[int] = []  # where that number is
    before: list[int] = []  # for each number, where the best series up to it has the one before
    for n, number in enumerate(numbers):
        length = bisect_left(lowest, number)
        before.append(place[length - 1] if length else -1)
        lowest[length : length + 1] = [number]
        place[length : length + 1] = [n]
    n = place[-1] if place else -1
    while n >= 0:
        yield n
        n = before[n]


def _once(items: Iterable[str]) -> dict[str, int]:
    """The place of each item that occurs once, in order."""
    places: dict[str, int] = {}
    for n, item in enumerate(items):
        places[item] = -1 if item in places else n
    return {item: n for item, n in places.items() if n >= 0}


def gaps(pairs: Iterable[Pair], end_a: int, end_b: int) -> Iterator[tuple[range, range, Pair | None]]:
    """The places before each pair, with the pair; and those after the last, with None."""
    i = j = 0
    for pair in pairs:
        yield range(i, pair[0]), range(j, pair[1]), pair
        i, j = pair[0] + 1, pair[1] + 1
    yield range(i, end_a), range(j, end_b), None
