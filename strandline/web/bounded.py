"""A comparison of very long texts, cut to what a browser can show: what differs, and a little around it."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from archive import diff

AROUND = 1_000
"""Characters that are shown before and after what differs, of a long stretch that is the same."""


def blocks(found: Iterable[diff.Block], most: int) -> tuple[tuple[diff.Block, ...], bool]:
    """The blocks with so many characters that differ, and whether there would be more of them."""
    shown: list[diff.Block] = []
    for same, stretch in groupby(found, lambda block: block.op is diff.Op.EQUAL):
        if same:
            shown += _less(list(stretch))
            continue
        for block in stretch:
            if most <= 0:
                return tuple(shown), True
            size = len(block.old) + len(block.new)
            shown += [block] if size <= most else _begun(block, most // 2)
            most -= size
    return tuple(shown), most < 0


def _less(stretch: Sequence[diff.Block]) -> list[diff.Block]:
    """What is the same, with its middle left out."""
    whole = "".join(block.old for block in stretch)
    out = len(whole) - 2 * AROUND
    if out <= AROUND:
        return list(stretch)
    text = f"{whole[:AROUND]}\n\n[… {out:,} characters are the same …]\n\n{whole[-AROUND:]}"
    return [diff.Block(diff.Op.EQUAL, text, text)]


def _begun(block: diff.Block, most: int) -> list[diff.Block]:
    """The beginning of what was replaced, as something that went and something that came."""
    sides = ((diff.Op.DELETE, block.old[:most], ""), (diff.Op.INSERT, "", block.new[:most]))
    return [diff.Block(op, old, new) for op, old, new in sides if old or new]
