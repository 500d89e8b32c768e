"""Compares two texts: sentences first, then the words inside a reworded sentence.

Pure, deterministic, and bounded for any input: where an exact alignment would cost too much, the
answer gets coarser instead of late. The steps:

1. Both texts are cut into units: sentences, each with the white space after it, and never across a line end.
2. Units that occur once on both sides are anchors: the longest series in the same order stands still
   (patience diff); what is outside it and longer than a phrase has moved.
3. Between two anchors, sentences that share words are paired; one that was joined to its neighbour, or parted
   in two, makes one pair with it.
4. A pair is aligned word by word. When too little of it survives, it is shown as a deletion and an insertion.

Very long texts are compared line by line first (`archive/coarse.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from rapidfuzz.distance import Levenshtein

from archive import coarse, entrywise, wording
from archive.anchors import Pair, Run, ends, gaps, standing
from archive.edits import Block as Block  # what a comparison consists of belongs to its answer
from archive.edits import Diff as Diff
from archive.edits import Field as Field
from archive.edits import Op as Op
from archive.edits import Word as Word
from archive.model import Entry, Kind, Text
from archive.pairing import Span, spans
from archive.sentences import letters, weight, words
from archive.sentences import units as units  # readers show a block sentence by sentence

_CELLS = 400_000_000  # of one alignment table: about 0.1 s, since 64 cells are worked on at once
_EFFORT = 4_000_000_000  # texts of a million characters get smaller tables, for they can have many
_FINE = 300_000  # characters, old and new, that are cut into sentences: two texts of 22,000 words
_UNITS = 24_000  # sentences, and
_WORDS = 70_000  # words and signs, old and new, that are aligned at once
_SURVIVES = 0.3  # share of the characters of a sentence pair below which it counts as rewritten
_MOVABLE = 40  # characters that must be exceeded to tell a move from a phrase that merely recurs


def compare(old: Text, new: Text) -> Diff:
    """Compare two texts and what is known about them (title, date, author).

    Entries are compared with what they were before, wherever they stood: one more at the top shifts nothing.
    """
    fields = (
        Field("title", old.title, new.title),
        Field("date", _iso(old.date), _iso(new.date)),
        Field("author", old.author, new.author),
    )
    blocks = None
    if old.entries and new.entries and len(old.text) + len(new.text) <= _FINE:
        blocks = entrywise.blocks(old, new, compare_strings)
    return Diff(tuple(f for f in fields if f.old != f.new), blocks or compare_strings(old.text, new.text))


def entry_counts(old: Text, new: Text) -> dict[str, int] | None:
    """How many entries were added, removed, edited, reordered; None where a page has none."""
    return entrywise.steps(old.entries, new.entries).counts if old.entries and new.entries else None


def kinds(old: Text, new: Text) -> tuple[Kind, ...]:
    """The kinds of change between two texts; empty when they say the same.

    The language is left out: it is the extractor's guess more often than the author's word.
    """
    found = []
    if old.entries and new.entries:
        if said(old.entries) != said(new.entries):
            found.append(Kind.ENTRIES)
        elif old.text != new.text:  # what stands above them
            found.append(Kind.BODY)
    elif old.text != new.text:
        found.append(Kind.BODY)
    if not found and old.links and new.links and old.links != new.links:  # the same words lead elsewhere
        found.append(Kind.LINKS)
    if old.title != new.title:
        found.append(Kind.TITLE)
    if old.date != new.date:
        found.append(Kind.DATE)
    if old.author != new.author:
        found.append(Kind.AUTHOR)
    return tuple(found)


def said(entries: tuple[Entry, ...]) -> tuple[tuple[object, ...], ...]:
    """What is compared of entries."""
    return tuple((e.title, e.date, e.author, e.link, e.text) for e in entries)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def compare_strings(old: str, new: str) -> tuple[Block, ...]:
    """Compare two strings unit by unit. Any string will do; canonical text (`Text.text`) compares best.

    Of very long texts a unit is a line, or all that did not change before the first or after the last edit.
    """
    if len(old) + len(new) <= _FINE:
        return _finely(old, new)
    return tuple(coarse.compare(old, new, _finely, moves, _FINE))


def common(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """The runs of items that two sequences have in common, in their order: where each begins in the one and
    in the other, and its length. Bounded for any input.
    """
    return _align(old, new, _CELLS)


def _finely(old: str, new: str) -> tuple[Block, ...]:
    cells = min(_CELLS, (_EFFORT // max(len(old), len(new), 1)) ** 2)
    a, b = units(old), units(new)
    if len(a) + len(b) > _UNITS:
        return tuple(coarse.compare(old, new, coarse.replaced, moves, _FINE))
    cores_a, cores_b = [unit.rstrip() for unit in a], [unit.rstrip() for unit in b]
    still, crossing = standing(cores_a, cores_b)
    moved = moves(cores_a, cores_b, still, crossing)
    arrived = set(moved.values())
    blocks: list[Block] = []
    i = j = 0
    for here, there in [*_spans(cores_a, cores_b, still, moved, cells), _nothing(len(a), len(b))]:
        matched = _matched("".join(a[here.start : here.stop]), "".join(b[there.start : there.stop]), cells)
        if here and not matched:
            continue  # rewritten: both sides are shown with what else is only old or only new
        blocks += [Block(Op.MOVE if n in moved else Op.DELETE, a[n], "") for n in range(i, here.start)]
        blocks += [Block(Op.MOVE if n in arrived else Op.INSERT, "", b[n]) for n in range(j, there.start)]
        blocks += matched
        i, j = here.stop, there.stop
    return tuple(blocks)


def _nothing(i: int, j: int) -> Span:
    return range(i, i), range(j, j)


def _single(i: int, j: int) -> Span:
    return range(i, i + 1), range(j, j + 1)


def moves(
    a: Sequence[str], b: Sequence[str], still: Iterable[Pair], crossing: Iterable[Pair]
) -> dict[int, int]:
    """Old to new places of moved units. Short ones count with their equal neighbours: a stanza can move."""
    taken_a, taken_b = {i for i, _ in still}, {j for _, j in still}
    moved: dict[int, int] = {}
    for start, goal in crossing:
        run: dict[int, int] = {}
        for step, i, j in ((1, start, goal), (-1, start - 1, goal - 1)):
            while 0 <= i < len(a) and 0 <= j < len(b) and a[i] == b[j] and not (i in taken_a or j in taken_b):
                run[i] = j
                i, j = i + step, j + step
        if sum(len(a[i]) + 2 * letters(a[i]) for i in run) > _MOVABLE:
            moved |= run
            taken_a.update(run)
            taken_b.update(run.values())
    return moved


def _spans(
    a: Sequence[str], b: Sequence[str], still: Iterable[Pair], moved: Mapping[int, int], cells: int
) -> Iterator[Span]:
    """The units that belong together, equal or reworded, in order."""
    arrived = set(moved.values())
    for here, there, anchor in gaps(still, len(a), len(b)):
        left = [n for n in here if n not in moved]
        right = [n for n in there if n not in arrived]
        yield from _paired(left, right, a, b, cells)
        if anchor:
            yield _single(*anchor)


def _paired(
    left: list[int], right: list[int], a: Sequence[str], b: Sequence[str], cells: int
) -> Iterator[Span]:
    """The same for the places between two anchors: equal units frame the stretches of reworded ones."""
    olds, news = [a[n] for n in left], [b[n] for n in right]
    large = sum(map(len, olds)) * sum(map(len, news)) > cells
    i = j = 0
    for i2, j2, length in [*_align(olds, news, cells if large else 0), (len(left), len(right), 0)]:
        yield from _reworded(left[i:i2], right[j:j2], a, b, cells)
        i, j = i2 + length, j2 + length
        yield from map(_single, left[i2:i], right[j2:j])


def _reworded(
    left: list[int], right: list[int], a: Sequence[str], b: Sequence[str], cells: int
) -> list[Span]:
    """The same for a stretch without equal units: what shares words belongs together."""
    if len(left) <= 1 and len(right) <= 1:
        return [_single(*pair) for pair in zip(left, right, strict=False)]
    words_a = [(word.rstrip(), n) for n in left for word in words(a[n])]
    words_b = [(word.rstrip(), n) for n in right for word in words(b[n])]
    shared: dict[Pair, int] = {}
    if len(words_a) + len(words_b) > _WORDS:
        return []
    for i, j, length in _align([word for word, _ in words_a], [word for word, _ in words_b], cells):
        for (word, n), (_, m) in zip(words_a[i : i + length], words_b[j : j + length], strict=True):
            shared[n, m] = shared.get((n, m), 0) + len(word)
    return spans(shared, a, b)


def _matched(old: str, new: str, cells: int) -> tuple[Block, ...]:
    """The blocks of a span; none when it turns out to be rewritten."""
    if old == new:
        return (Block(Op.EQUAL, old, new),) if old else ()
    if old.rstrip() == new.rstrip():
        core = old.rstrip()
        blocks = (
            Block(Op.EQUAL, core, core),
            Block(Op.DELETE, old[len(core) :], ""),
            Block(Op.INSERT, "", new[len(core) :]),
        )
        return tuple(block for block in blocks if block.old or block.new)
    changes = _wording(old, new, cells)
    return (Block(Op.REPLACE, old, new, changes),) if changes else ()


def _wording(old: str, new: str, cells: int) -> tuple[Word, ...]:
    """The word diff of two sentences; empty when too little survives to call it the same sentence."""
    a, b = words(old), words(new)
    if len(a) + len(b) > _WORDS:
        return coarse.wording(old, new)
    parts = wording.parts(a, b, _align([word.rstrip() for word in a], [word.rstrip() for word in b], cells))
    survivors = sum(weight(old) for old, new in parts if old == new)
    changes = [part for part in parts if part[0] != part[1]]
    extended = survivors > 0 and len(changes) == 1 and "" in changes[0]
    if extended or 2 * survivors >= _SURVIVES * (weight(old) + weight(new)) > 0:
        return tuple(Word(_op(*part), *part) for part in parts)
    return ()


def _op(old: str, new: str) -> Op:
    if old == new:
        return Op.EQUAL
    return Op.INSERT if not old else Op.DELETE if not new else Op.REPLACE


def _align(a: Sequence[str], b: Sequence[str], cells: int) -> list[Run]:
    """The equal runs of two sequences, rising on both sides.

    A stretch whose table would have more than `cells` cells is cut at the items that occur once in each;
    what is still too large then has no runs.
    """
    head, tail = ends(a, b)
    a_end, b_end = len(a) - tail, len(b) - tail
    inner_a, inner_b = a[head:a_end], b[head:b_end]
    anchors = [] if len(inner_a) * len(inner_b) <= cells else standing(inner_a, inner_b)[0]
    runs = [(0, 0, head)]
    for here, there, anchor in gaps(anchors, len(inner_a), len(inner_b)):
        if len(here) * len(there) <= cells:
            found = _exactly(inner_a[here.start : here.stop], inner_b[there.start : there.stop])
            runs += [(head + here.start + i, head + there.start + j, length) for i, j, length in found]
        if anchor:
            runs.append((head + anchor[0], head + anchor[1], 1))
    return [*runs, (a_end, b_end, tail)]


def _exactly(a: Sequence[str], b: Sequence[str]) -> list[Run]:
    """The equal runs of a shortest edit script. Numbers stand for the strings: their hashes never vary."""
    numbers: dict[str, int] = {}
    ids_a, ids_b = ([numbers.setdefault(item, len(numbers)) for item in items] for items in (a, b))
    steps = Levenshtein.opcodes(ids_a, ids_b)
    return [(s.src_start, s.dest_start, s.src_end - s.src_start) for s in steps if s.tag == "equal"]
