"""Tells of each sentence of a page which version brought it, and of those that are gone which one took it.

Pure: texts in order in, sentences out. A sentence that moved is still the same; one that was reworded is a
new one, since nobody can say from when on it "is" the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from archive import diff
from archive.diff import Block, Op
from archive.model import Text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the last text, or one that was removed.

    `brought` is the version in which it first appeared. `returned`: the version that brought it back, if it
    was away since then. `removed` is the version that no longer has it, None for a sentence that stands.
    """

    text: str
    brought: int
    returned: int | None = None
    removed: int | None = None


def blame(versions: Iterable[tuple[int, Text]]) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences of the last version, in its order, and all that were removed, in the order of removal.

    Versions come with their numbers, the oldest first, all read by one extractor.
    """
    standing: list[Sentence] = []
    removed: list[Sentence] = []
    first: dict[str, int] = {}
    before: Text | None = None
    for number, text in versions:
        blocks = diff.compare(before, text).blocks if before else (Block(Op.INSERT, "", text.text),)
        standing = list(_next(standing, blocks, number, first, removed))
        before = text
    back = {one.text for one in standing}
    return standing, [one for one in removed if one.text not in back]


def _next(
    standing: list[Sentence],
    blocks: Iterable[Block],
    number: int,
    first: dict[str, int],
    removed: list[Sentence],
) -> Iterable[Sentence]:
    """The sentences of the next version, from those of the one before."""
    old = [(_cores(block.old), block) for block in blocks]
    places = iter(standing)
    kept: dict[str, list[Sentence]] = {}
    for cores, block in old:
        for core in cores:
            one = next(places)
            if block.op in (Op.EQUAL, Op.MOVE):
                kept.setdefault(core, []).append(one)
            else:
                removed.append(Sentence(one.text, one.brought, one.returned, number))
    for _, block in old:
        for core in _cores(block.new):
            waiting = kept.get(core) if block.op in (Op.EQUAL, Op.MOVE) else None
            if waiting:
                yield waiting.pop(0)
            elif core in first:
                yield Sentence(core, first[core], returned=number)
            else:
                first[core] = number
                yield Sentence(core, number)


def _cores(text: str) -> list[str]:
    return [core for unit in diff.units(text) if (core := unit.rstrip())]
