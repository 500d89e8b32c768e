"""A comparison of very long texts, cut to what a browser can show: what differs, and a little around it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
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
        for block in map(_nearer, stretch):
            if most <= 0:
                return tuple(shown), True
            size = len(block.old) + len(block.new)
            shown += [block] if size <= most else _begun(block, most // 2)
            most -= size
    return tuple(shown), most < 0


def _less(stretch: Sequence[diff.Block]) -> list[diff.Block]:
    """What is the same, with its middle left out."""
    whole = "".join(block.old for block in stretch)
    text = _ends(whole, "\n\n")
    return list(stretch) if text == whole else [diff.Block(diff.Op.EQUAL, text, text)]


def _nearer(block: diff.Block) -> diff.Block:
    """A very long sentence with less of the words that are the same in it."""
    words = tuple(
        replace(word, old=_ends(word.old, " "), new=_ends(word.new, " "))
        if word.op is diff.Op.EQUAL
        else word
        for word in block.words
    )
    if not words:
        return block
    old, new = "".join(word.old for word in words), "".join(word.new for word in words)
    return replace(block, old=old, new=new, words=words)


def _ends(text: str, border: str) -> str:
    """The beginning and the end of a long text."""
    out = len(text) - 2 * AROUND
    if out <= AROUND:
        return text
    return f"{text[:AROUND]}{border}[… {out:,} characters are the same …]{border}{text[-AROUND:]}"


def _begun(block: diff.Block, most: int) -> list[diff.Block]:
    """The beginning of what was replaced, as something that went and something that came."""
    sides = ((diff.Op.DELETE, block.old[:most], ""), (diff.Op.INSERT, "", block.new[:most]))
    return [diff.Block(op, old, new) for op, old, new in sides if old or new]
