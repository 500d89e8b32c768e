"""Two texts side by side: rows of paragraphs, the words that differ marked, what moved linked both ways."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from archive import diff

Op = diff.Op


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one side. `look` is `same`, `gone`, `added` or `moved`; `own` and `other` are the anchors
    of what moved, here and at its other place.
    """

    look: str
    text: str
    own: str = ""
    other: str = ""

    @property
    def core(self) -> str:
        """The text without the white space after it, which is not marked."""
        return self.text.rstrip() or self.text

    @property
    def space(self) -> str:
        """The white space after it."""
        return self.text[len(self.core) :]


@dataclass(slots=True)
class Row:
    """A paragraph, or more of them where they have become one, of each side."""

    old: list[Piece] = field(default_factory=list)
    new: list[Piece] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether nothing differs in it."""
        return all(piece.look == "same" for piece in (*self.old, *self.new))


def rows(blocks: Sequence[diff.Block]) -> list[Row]:
    """The two texts of a comparison in rows; joined, the pieces of a side are its text."""
    moves = _moves(blocks)
    found = [Row()]
    for block in blocks:
        row = found[-1]
        row.old += _side(block, old=True, moves=moves)
        row.new += _side(block, old=False, moves=moves)
        if _ends(block, row):
            found.append(Row())
    return [row for row in found if row.old or row.new]


def folded(found: Iterable[Row]) -> Iterator[tuple[bool, list[Row]]]:
    """The rows in stretches: those where something differs, and those that may be folded, of two and more."""
    stretch: list[Row] = []
    same = False
    for row in found:
        if stretch and row.same != same:
            yield same and len(stretch) > 1, stretch
            stretch = []
        same = row.same
        stretch.append(row)
    if stretch:
        yield same and len(stretch) > 1, stretch


def _moves(blocks: Iterable[diff.Block]) -> dict[str, int]:
    """A number for each text that stands elsewhere now."""
    texts = {(block.old + block.new).strip() for block in blocks if block.op is Op.MOVE}
    return {text: number for number, text in enumerate(sorted(texts), 1)}


def _side(block: diff.Block, old: bool, moves: dict[str, int]) -> list[Piece]:
    """The pieces of a block on one side."""
    if block.op is Op.REPLACE:
        pieces = [
            Piece(
                "same" if word.op is Op.EQUAL else ("gone" if old else "added"), word.old if old else word.new
            )
            for word in block.words
        ]
        return [piece for piece in pieces if piece.text]
    text = block.old if old else block.new
    if not text:
        return []
    if block.op is Op.MOVE:
        number = moves[text.strip()]
        ends = (f"from-{number}", f"to-{number}")
        return [Piece("moved", text, *(ends if old else ends[::-1]))]
    if block.op is Op.EQUAL or not text.strip():
        return [Piece("same", text)]
    return [Piece("gone" if old else "added", text)]


def _ends(block: diff.Block, row: Row) -> bool:
    """Whether a paragraph ends with a block on every side that has something in this row."""
    sides = [pieces for pieces in (row.old, row.new) if pieces]
    return bool(sides) and all("\n\n" in pieces[-1].text[len(pieces[-1].text.rstrip()) :] for pieces in sides)
