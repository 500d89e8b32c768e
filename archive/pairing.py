"""Decides which sentences of two stretches belong together, from the words they share.

`shared` is what an alignment word by word says: for each pair of sentences (place in the old text, place in
the new one) how many characters the common words have. Along an alignment neither place ever falls, and
`shared` is in the order of the alignment.
"""

from collections.abc import Sequence

from archive.anchors import Pair
from archive.sentences import weight

Span = tuple[range, range]
"""Sentences, old and new, that are compared as one: one each, or more where some were joined or parted."""

_ABSORBED = (
    0.6  # share of a sentence that must be in its neighbour's partner for it to have been joined to it
)


def spans(shared: dict[Pair, int], a: Sequence[str], b: Sequence[str]) -> list[Span]:
    """The spans, in order; a sentence in none of them has no counterpart."""
    found = [[i, i + 1, j, j + 1] for i, j in _heaviest(shared)]
    old = {span[0]: span for span in found}
    new = {span[2]: span for span in found}
    for i, j in [*shared, *reversed(shared)]:
        span = new.get(j)
        if span and i not in old and i in (span[0] - 1, span[1]) and _absorbed(shared[i, j], a[i]):
            span[:2] = min(span[0], i), max(span[1], i + 1)
            old[i] = span
        span = old.get(i)
        if span and j not in new and j in (span[2] - 1, span[3]) and _absorbed(shared[i, j], b[j]):
            span[2:] = min(span[2], j), max(span[3], j + 1)
            new[j] = span
    return [(range(i, i2), range(j, j2)) for i, i2, j, j2 in found]


def _absorbed(shared: int, sentence: str) -> bool:
    return shared >= _ABSORBED * weight(sentence)


def _heaviest(shared: dict[Pair, int]) -> list[Pair]:
    """The series of pairs with the greatest total that uses no sentence twice.

    Since no place ever falls, what is compatible with a pair is always the first few.
    """
    pairs = list(shared)
    best = [0] * (len(pairs) + 1)
    before = [0] * len(pairs)
    first = 0
    for n, (i, j) in enumerate(pairs):
        while pairs[first][0] < i and pairs[first][1] < j:
            first += 1
        before[n] = first
        best[n + 1] = max(best[n], best[first] + shared[i, j])
    series: list[Pair] = []
    n = len(pairs)
    while n:
        if best[n] == best[n - 1]:
            n -= 1
        else:
            series.append(pairs[n - 1])
            n = before[n - 1]
    return series[::-1]
