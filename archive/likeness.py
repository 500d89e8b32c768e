"""Tells whether two texts are one article at two addresses, and by what numbers such texts are found.

Pure. Wrongly taking two articles for one is worse than missing a move: series have pages that share a frame,
so nearly everything must be equal, and each number. Short texts and lists are never compared.
"""

import re
from heapq import nsmallest
from zlib import crc32

from archive.gate import quadruples
from archive.model import Shape, Text

NEAR = 0.9
"""Share of common word quadruples from which two texts are the same but for a few words (Jaccard index)."""
LEAST = 50
"""Different quadruples that a text must have, and two must share: fewer say too little."""
SKETCH = 6
"""Numbers by which a text is found. Two that share a share of their quadruples share as many of these."""
SHARED = 3
"""So many of them in common make two texts worth a closer look."""
SAME_NUMBERS = 0.9
"""Share of the numbers in the text that must be the same: a series tells its pages apart by numbers."""

_NUMBERS = re.compile(r"\d+")
_PARTS = re.compile(r"\s+[|–—:·»«/-]+\s+|\s*[|·»]\s*")


def sketch(text: Text, source: str) -> frozenset[int]:
    """The numbers of a text at a source (min-hash: the smallest of the digests of its quadruples); none of a
    text that is too short, or a list.
    """
    if not _tells(text):
        return frozenset()
    seed = crc32(source.encode())
    found = quadruples(text.text)
    if len(found) < LEAST:
        return frozenset()
    digests = {crc32(" ".join(one).encode("utf-8", "surrogatepass"), seed) for one in found}
    return frozenset(nsmallest(SKETCH, digests))


def near(old: Text, new: Text) -> float | None:
    """How much of two texts is the same (0 to 1) where they are one article as one extractor read it, give or
    take a few words; None where they are not.
    """
    if old.extractor != new.extractor or not (_tells(old) and _tells(new)):
        return None
    if _differ(old.date, new.date) or _differ(old.author, new.author) or _differ(old.language, new.language):
        return None
    if not _same_title(old.title or "", new.title or "") or not _same_numbers(old.text, new.text):
        return None
    first, second = quadruples(old.text), quadruples(new.text)
    share = len(first & second) / len(first | second)
    return share if share >= NEAR and len(first & second) >= LEAST else None


def _tells(text: Text) -> bool:
    return text.shape is Shape.ARTICLE and not text.entries


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _same_title(old: str, new: str) -> bool:
    """Equal, but for the name of the site behind it."""
    old, new = " ".join(old.casefold().split()), " ".join(new.casefold().split())
    if _numbers(old) != _numbers(new):
        return False
    return old == new or old in _PARTS.split(new) or new in _PARTS.split(old)


def _same_numbers(old: str, new: str) -> bool:
    first, second = set(_numbers(old)), set(_numbers(new))
    return len(first & second) >= SAME_NUMBERS * len(first | second)


def _numbers(text: str) -> list[str]:
    return _NUMBERS.findall(text)
