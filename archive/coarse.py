"""Compares texts that are too long to be cut into sentences: by lines, and finely only where these differ.

What a hostile page can cost is bounded here: lines by number, what is compared finely by characters.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from archive.anchors import Pair, gaps, standing
from archive.edits import Block, Op, Word

_LINES = 12_000  # of one text that are told apart
_LONG = 2_000  # characters that a line of prose does not have on the average
_SURVIVES = 0.3  # share of two long stretches below which they count as rewritten
_STEP = 1 << 16  # characters that are compared at once

Moves = Callable[[Sequence[str], Sequence[str], Iterable[Pair], Iterable[Pair]], dict[int, int]]


def compare(
    old: str, new: str, finely: Callable[[str, str], Iterable[Block]], moves: Moves, most: int
) -> Iterator[Block]:
    """The blocks of two long texts. `finely` compares up to `most` characters of them, old and new."""
    head, tail = _ends(old, new, "\n")
    a, b = (_lines(text[head : len(text) - tail]) for text in (old, new))
    cores = [line.rstrip() for line in a], [line.rstrip() for line in b]
    still, crossing = standing(*cores)
    moved = moves(*cores, still, crossing)
    arrived = set(moved.values())
    yield from _equal(old[:head], old[:head].rstrip("\n").rfind("\n") + 1)
    for here, there, anchor in gaps(still, len(a), len(b)):
        left, right = _inner(here, moved.keys()), _inner(there, arrived)
        before, after = "".join(a[left.start : left.stop]), "".join(b[right.start : right.stop])
        yield from (Block(Op.MOVE, a[n], "") for n in range(here.start, left.start))
        yield from (Block(Op.MOVE, "", b[n]) for n in range(there.start, right.start))
        size = len(before) + len(after)
        if not (moved.keys().isdisjoint(left) and arrived.isdisjoint(right)):
            yield from (Block(Op.MOVE if n in moved else Op.DELETE, a[n], "") for n in left)
            yield from (Block(Op.MOVE if n in arrived else Op.INSERT, "", b[n]) for n in right)
        elif size <= most:
            most -= size
            yield from finely(before, after)
        else:
            yield from replaced(before, after)
        yield from (Block(Op.MOVE, a[n], "") for n in range(left.stop, here.stop))
        yield from (Block(Op.MOVE, "", b[n]) for n in range(right.stop, there.stop))
        if anchor:
            yield from _anchored(a[anchor[0]], b[anchor[1]])
    rest = old[len(old) - tail :]
    yield from _equal(rest, rest.find("\n") + 1)


def _inner(places: range, moved: Collection[int]) -> range:
    """From the first to the last line that did not move."""
    start = next((n for n in places if n not in moved), places.stop)
    return range(start, next((n + 1 for n in reversed(places) if n not in moved), start))


def wording(old: str, new: str) -> tuple[Word, ...]:
    """What two long sentences share at both ends; empty when that is too little."""
    head, tail = _ends(old, new, " ")
    if 2 * (head + tail) < _SURVIVES * (len(old) + len(new)):
        return ()
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    op = Op.INSERT if not before else Op.DELETE if not after else Op.REPLACE
    rest = old[len(old) - tail :]
    parts = Word(Op.EQUAL, old[:head], old[:head]), Word(op, before, after), Word(Op.EQUAL, rest, rest)
    return tuple(part for part in parts if part.old or part.new)


def replaced(old: str, new: str) -> Iterator[Block]:
    """One text for the other, with no more said than what they share at both ends."""
    changes = wording(old, new) if old and new else ()
    if changes:
        yield Block(Op.REPLACE, old, new, changes)
        return
    if old:
        yield Block(Op.DELETE, old, "")
    if new:
        yield Block(Op.INSERT, "", new)


def _anchored(old: str, new: str) -> Iterator[Block]:
    """Two lines that are the same but for the white space behind them."""
    core = old if old == new else old.rstrip()
    if core:
        yield Block(Op.EQUAL, core, core)
    if len(old) > len(core):
        yield Block(Op.DELETE, old[len(core) :], "")
    if len(new) > len(core):
        yield Block(Op.INSERT, "", new[len(core) :])


def _equal(text: str, at: int) -> Iterator[Block]:
    """In two parts: the line that stands beside a change is a block of its own."""
    yield from (Block(Op.EQUAL, part, part) for part in (text[:at], text[at:]) if part)


def _lines(text: str) -> list[str]:
    """The lines with what ends them, very long ones cut after full stops; one where there are too many."""
    border = "\n" if text.count("\n") * _LONG > len(text) else ". "
    if text.count(border) > _LINES:
        return [text]
    *pieces, last = text.split(border)
    lines: list[str] = []
    for line in pieces:
        if line or not lines:
            lines.append(line + border)
        else:
            lines[-1] += border
    return [*lines, last] if last else lines


def _ends(old: str, new: str, border: str) -> Pair:
    """How many characters are the same at the beginning, and of the rest at the end, up to a border."""
    short = min(len(old), len(new))
    head = old.rfind(border, 0, _shared(old, new, short)) + 1
    tail = _shared(old[::-1], new[::-1], short - head)
    cut = old.find(border, len(old) - tail) + 1
    return head, len(old) - cut if cut else 0


def _shared(old: str, new: str, most: int) -> int:
    """How many characters are the same at the beginning, at most `most`."""
    same, step = 0, _STEP
    while step:
        end = min(same + step, most)
        if same < end and old[same:end] == new[same:end]:
            same = end
        else:
            step //= 2
    return same
