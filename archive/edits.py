"""What a comparison consists of: blocks, words, fields."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from archive.model import Kind
from archive.sentences import count


class Op(StrEnum):
    """What happened to a block or a word. `move` occurs only in blocks."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"
    REPLACE = "replace"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of a reworded sentence. `old` is empty for an insertion, `new` for a deletion."""

    op: Op
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Block:
    """One unit: a sentence with the white space after it, or such white space alone where only it differs.

    A moved unit is two blocks: at its old place with an empty `new`, at its new place with an empty `old`.
    `words` is filled for a replacement only; their `old` and `new` joined are the block's. Sentences that
    were joined, or one that was parted, are one replacement.
    """

    op: Op
    old: str
    new: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A piece of metadata that differs. Dates are written `YYYY-MM-DD`."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Diff:
    """The comparison of two texts. The blocks' `old` joined is the old text, their `new` the new one.

    Words are counted as a reader would: a Han, Kana or Thai character counts as one; what moved is
    neither added nor removed.
    """

    metadata: tuple[Field, ...]
    blocks: tuple[Block, ...]

    @property
    def added(self) -> int:
        """Words that are only in the new text."""
        return sum(count(part.new) for part in self._parts() if part.op in (Op.INSERT, Op.REPLACE))

    @property
    def removed(self) -> int:
        """Words that are only in the old text."""
        return sum(count(part.old) for part in self._parts() if part.op in (Op.DELETE, Op.REPLACE))

    @property
    def changed(self) -> int:
        """Sentences that were reworded."""
        return sum(block.op is Op.REPLACE for block in self.blocks)

    @property
    def moved(self) -> int:
        """Sentences that stand elsewhere, unchanged."""
        return sum(block.op is Op.MOVE and block.old != "" for block in self.blocks)

    @property
    def empty(self) -> bool:
        """Whether nothing differs, not even metadata or a line break."""
        return not self.metadata and all(block.op is Op.EQUAL for block in self.blocks)

    def _parts(self) -> Iterator[Block | Word]:
        for block in self.blocks:
            if block.op is Op.REPLACE:
                yield from block.words
            else:
                yield block


def sides(compared: Diff) -> tuple[list[str], list[str]]:
    """The stretches that came and that went; neighbouring ones are one."""
    came, went = [""], [""]
    for block in compared.blocks:
        for part in block.words or (block,):
            for parts, text in ((came, part.new), (went, part.old)):
                if part.op in (Op.EQUAL, Op.MOVE):
                    parts += [""] if parts[-1] else []
                else:
                    parts[-1] += text
    came += [field.new or "" for field in compared.metadata]
    went += [field.old or "" for field in compared.metadata]
    return [part for part in came if part.strip()], [part for part in went if part.strip()]


def digest(kinds: Iterable[Kind | str], compared: Diff | None) -> str | None:
    """Equal for the same edit on several pages. None for what is new, gone, moved or back, which are events
    of their own pages, and where no word tells what was done.
    """
    own = {Kind.NEW, Kind.GONE, Kind.MOVED, Kind.BACK}
    if compared is None or not own.isdisjoint(kinds):
        return None
    came, went = sides(compared)
    said = [" ".join(part.split()) for part in (*came, *went)]
    if not said:
        return None
    whole = "\0".join([*kinds, str(len(came)), *said])
    return sha256(whole.encode("utf-8", "replace")).hexdigest()
