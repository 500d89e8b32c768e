"""Compares pages of several entries by what these are, not by place: added, removed, edited, reordered.

An entry is known by its link, else by its title, else by what it says. What has the same name on one side
more than once is told apart by its order.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.anchors import Pair, gaps, standing
from archive.edits import Block, Op
from archive.model import Entry, Text
from archive.sentences import words

_LIKE = 0.25  # share of common pairs of words (Jaccard index) from which two entries are the same one
_MOST = 60  # entries on each side that are compared by likeness
_CHARACTERS = 10_000  # of an entry that likeness looks at
_ENTRIES = 1_000  # on each side; pages of more are compared as one text


@dataclass(frozen=True, slots=True)
class Steps:
    """The places of entries that are the same, old and new: those in their order, and those out of it.

    Both rise with the old place. `edited` are those of them that say something else.
    """

    still: tuple[Pair, ...]
    reordered: tuple[Pair, ...]
    edited: frozenset[Pair]
    old: int
    new: int

    @property
    def counts(self) -> dict[str, int]:
        """How many entries were added, removed, edited, reordered."""
        same = len(self.still) + len(self.reordered)
        return {
            "added": self.new - same,
            "removed": self.old - same,
            "edited": len(self.edited),
            "reordered": len(self.reordered),
        }


def steps(old: Sequence[Entry], new: Sequence[Entry]) -> Steps:
    """What became of each entry of a page."""
    pairs: dict[int, int] = {}
    for name in (_link, _title, _content):
        _name_sakes(old, new, name, pairs)
    _alike(old, new, pairs)
    order = sorted(pairs.items())
    still, crossing = standing([str(i) for i, _ in order], [str(i) for i, _ in sorted(order, key=_goal)])
    kept = {order[n] for n, _ in still}
    return Steps(
        still=tuple(pair for pair in order if pair in kept),
        reordered=tuple(order[n] for n, _ in crossing),
        edited=frozenset((i, j) for i, j in order if old[i] != new[j]),
        old=len(old),
        new=len(new),
    )


def _goal(pair: Pair) -> int:
    return pair[1]


def _link(entry: Entry) -> Hashable:
    return entry.link


def _title(entry: Entry) -> Hashable:
    return entry.title


def _content(entry: Entry) -> Hashable:
    return entry.text or None


def _name_sakes(
    old: Sequence[Entry], new: Sequence[Entry], name: Callable[[Entry], Hashable], pairs: dict[int, int]
) -> None:
    """Pair what is not paired yet and has the same name, the first with the first."""
    taken = set(pairs.values())
    waiting: dict[Hashable, list[int]] = {}
    for j in reversed(range(len(new))):
        if j not in taken and name(new[j]) is not None:
            waiting.setdefault(name(new[j]), []).append(j)
    for i, entry in enumerate(old):
        places = waiting.get(name(entry)) if i not in pairs else None
        if places and not (name is _title and _two_links(entry, new[places[-1]])):
            pairs[i] = places.pop()


def _alike(old: Sequence[Entry], new: Sequence[Entry], pairs: dict[int, int]) -> None:
    """Pair what shares many words; the most alike first. Entries with two links are two entries."""
    taken = set(pairs.values())
    left = [i for i in range(len(old)) if i not in pairs][:_MOST]
    right = [j for j in range(len(new)) if j not in taken][:_MOST]
    bags = {j: _pairs_of_words(new[j].text) for j in right}
    found = []
    for i in left:
        own = _pairs_of_words(old[i].text)
        for j in right:
            if _two_links(old[i], new[j]):
                continue
            shared = len(own & bags[j])
            if shared and shared >= _LIKE * (len(own) + len(bags[j]) - shared):
                found.append((shared / (len(own) + len(bags[j]) - shared), -i, -j))
    for _, i, j in sorted(found, reverse=True):
        if -i not in pairs and -j not in taken:
            pairs[-i] = -j
            taken.add(-j)


def _pairs_of_words(text: str) -> frozenset[tuple[str, str]]:
    """Single words would not do: any two articles of a language share a third of them."""
    said = [word.rstrip() for word in words(text[:_CHARACTERS])]
    return frozenset(pairwise(said))


def _two_links(one: Entry, other: Entry) -> bool:
    """Whether they lead to two places: a column has the same title every week."""
    return bool(one.link and other.link and one.link != other.link)


def blocks(old: Text, new: Text, compare: Callable[[str, str], Iterable[Block]]) -> tuple[Block, ...] | None:
    """The comparison of two pages entry by entry; None where their texts do not consist of their entries."""
    if max(len(old.entries), len(new.entries)) > _ENTRIES:
        return None
    a, b = _slices(old), _slices(new)
    if a is None or b is None:
        return None
    known = steps(old.entries, new.entries)
    away: dict[int, list[Block]] = {}
    here: dict[int, list[Block]] = {}
    for i, j in known.reordered:
        parts = list(compare(a[i], b[j]))
        away[i] = [_side(part, old=True) for part in parts if part.old]
        here[j] = [_side(part, old=False) for part in parts if part.new]
    found: list[Block] = []
    for left, right, anchor in gaps(known.still, len(a), len(b)):
        for i in left:
            found += away[i] if i in away else compare(a[i], "")
        for j in right:
            found += here[j] if j in here else compare("", b[j])
        found += compare(a[anchor[0]], b[anchor[1]]) if anchor else ()
    return tuple(found)


def _side(block: Block, old: bool) -> Block:
    """One side of what stands elsewhere now."""
    moved = block.op in (Op.EQUAL, Op.MOVE)
    if old:
        return Block(Op.MOVE if moved else Op.DELETE, block.old, "")
    return Block(Op.MOVE if moved else Op.INSERT, "", block.new)


def _slices(text: Text) -> list[str] | None:
    """The parts of the text that are its entries, each with the white space behind it."""
    parts = [_said(entry) for entry in text.entries]
    last = max((n for n, part in enumerate(parts) if part), default=0)
    slices = [part + "\n\n" if part and n < last else part for n, part in enumerate(parts)]
    return slices if "".join(slices) == text.text else None


def _said(entry: Entry) -> str:
    return "\n\n".join(part for part in (entry.title, entry.text) if part)
