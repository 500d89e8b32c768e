"""Shows a comparison of two versions: for a terminal, as a unified diff, as JSON; `fragment.py` as HTML.

What was archived is hostile: whatever could steer a terminal, reorder a line or open a tag is made visible
instead. `flow` decides what a reader sees and in which order; the terminal and the page only dress it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from itertools import groupby
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from archive import diff as differ
from archive import instants
from strandline.hunks import hunks

Op = differ.Op


@dataclass(frozen=True)
class Comparison:
    """A diff and what it is of. The instants are shown in the zone they carry."""

    url: str
    source_from: datetime
    source_to: datetime
    kinds: tuple[str, ...]
    diff: differ.Diff
    from_version: int | None
    to_version: int | None
    entries: dict[str, int] | None = None  # how many were added, removed, edited, reordered


def as_json(c: Comparison) -> dict[str, object]:
    """The keys of `diff --json`. `words` is empty unless a block's `op` is `replace`."""
    return {
        "url": c.url,
        "from": instants.iso(c.source_from),
        "to": instants.iso(c.source_to),
        "from_version": c.from_version,
        "to_version": c.to_version,
        "kinds": list(c.kinds),
        "added": c.diff.added,
        "removed": c.diff.removed,
        "changed": c.diff.changed,
        "moved": c.diff.moved,
        "entries": c.entries,
        "metadata": [{"field": f.field, "old": f.old, "new": f.new} for f in c.diff.metadata],
        "blocks": [_block(block) for block in c.diff.blocks],
    }


def _block(block: differ.Block) -> dict[str, object]:
    words = [{"op": word.op.value, "old": word.old, "new": word.new} for word in block.words]
    return {"op": block.op.value, "old": block.old, "new": block.new, "words": words}


# --- what a reader sees


class Look(Enum):
    """How a piece is shown. `AWAY` is what moved, at its old place; `HERE` the same at its new one."""

    SAME = auto()
    GONE = auto()
    ADDED = auto()
    AWAY = auto()
    HERE = auto()
    FOLDED = auto()


class Piece(NamedTuple):
    """A stretch of text in one look. `note` is the arrow of a move, or what stands for a fold."""

    look: Look
    text: str
    note: str = ""


_CONTEXT = 1  # equal sentences shown on each side of a change
_BREAK = "¶"  # stands for a line or paragraph break that was itself added or removed


def flow(blocks: Sequence[differ.Block], fold: bool = True) -> Iterator[Piece]:
    """The pieces of a diff in reading order; neighbours of one look are one piece. `fold`: what is the same
    is folded, but for its edges.
    """
    filled = (piece for piece in _pieces(blocks, fold) if piece.text)
    for (look, note), pieces in groupby(filled, key=lambda piece: (piece.look, piece.note)):
        yield Piece(look, "".join(piece.text for piece in pieces), note)


def _pieces(blocks: Sequence[differ.Block], fold: bool) -> Iterator[Piece]:
    moves: dict[str, str] = {}
    start = 0
    for equal, stretch in groupby(blocks, key=lambda block: block.op is Op.EQUAL):
        group = list(stretch)
        end = start + len(group)
        if equal:
            if fold:
                yield from _equal(group, before=start > 0, after=end < len(blocks))
            else:
                yield Piece(Look.SAME, _new(group))
        else:
            for block, goes_on in zip(group, _going_on(group, end < len(blocks)), strict=True):
                yield from _changed(block, goes_on, moves)
        start = end


def _equal(blocks: Sequence[differ.Block], before: bool, after: bool) -> Iterator[Piece]:
    """Only what stands beside a change is shown; a single sentence is not worth a fold."""
    head, tail = _CONTEXT * before, len(blocks) - _CONTEXT * after
    hidden = tail - head
    if hidden < 2:
        yield Piece(Look.SAME, _new(blocks))
        return
    yield Piece(Look.SAME, _new(blocks[:head]))
    yield Piece(Look.FOLDED, _new(blocks[head:tail]), f"… {hidden:,} sentences unchanged …")
    yield Piece(Look.SAME, _new(blocks[tail:]))


def _new(blocks: Iterable[differ.Block]) -> str:
    return "".join(block.new for block in blocks)


def _going_on(blocks: Sequence[differ.Block], more: bool) -> list[bool]:
    """For each block, whether the next one that is more than white space stands in both texts."""
    found: list[bool] = []
    for block in reversed(blocks):
        found.append(more)
        if (block.old + block.new).strip():
            more = block.op is Op.REPLACE
    return found[::-1]


def _changed(block: differ.Block, goes_on: bool, moves: dict[str, str]) -> Iterator[Piece]:
    """The pieces of one block; `moves` remembers which way the units went that were met so far."""
    both = block.old + block.new
    if block.op is Op.MOVE:
        arrow = moves.setdefault(both.rstrip(), "↓" if block.old else "↑")
        yield Piece(Look.AWAY if block.old else Look.HERE, both, arrow)
    elif block.op is Op.REPLACE:
        for word in block.words:
            yield from _either(word.op, word.old, word.new)
    elif both.strip():
        yield from _either(block.op, block.old, block.new)
    else:
        if goes_on and "\n" in both:
            yield Piece(Look.GONE if block.old else Look.ADDED, _BREAK)
        if block.new or not goes_on:
            yield Piece(Look.SAME, both)


def _either(op: Op, old: str, new: str) -> Iterator[Piece]:
    if op is Op.EQUAL:
        yield Piece(Look.SAME, new)
    else:
        yield Piece(Look.GONE, old)
        yield Piece(Look.ADDED, new)


def side(instant: datetime, version: int | None) -> str:
    text = instant.strftime("%Y-%m-%d %H:%M:%S %Z").rstrip()
    return text if version is None else f"{text} (version {version})"


def summary(c: Comparison) -> str:
    """For example `body, title: 3 words added, 1 sentence changed`. What is nought is left out."""
    counts = (
        (c.diff.added, "word", "added"),
        (c.diff.removed, "word", "removed"),
        (c.diff.changed, "sentence", "changed"),
        (c.diff.moved, "sentence", "moved"),
    )
    nothing = "no difference" if c.diff.empty else "no word differs"
    listed = [f"{n:,} {'entry' if n == 1 else 'entries'} {how}" for how, n in (c.entries or {}).items() if n]
    words = [f"{n:,} {what}{'' if n == 1 else 's'} {how}" for n, what, how in counts if n]
    return ": ".join(part for part in (", ".join(c.kinds), ", ".join([*listed, *words])) if part) or nothing


_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Control characters (but tab and line feed) and overrides of direction become visible signs."""
    return _STEERING.sub(lambda found: _sign(ord(found[0])), text)


def _sign(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def _one_line(value: str | None) -> str:
    return "none" if value is None else plain(" ".join(value.split()))


# --- terminal

_STYLES = {
    Look.SAME: "",
    Look.GONE: "red strike",
    Look.ADDED: "green",
    Look.AWAY: "dim blue",
    Look.HERE: "blue",
    Look.FOLDED: "dim",
}
_MARKS = {
    Look.GONE: ("[-", "-]"),
    Look.ADDED: ("{+", "+}"),
    Look.AWAY: ("[", "]"),
    Look.HERE: ("{", "}"),
}
_STUB = 60  # characters of a moved text that are shown at its old place


class Terminal:
    """A comparison as rich prints it: in colours, or with marks where the console has none.

    Print it with `soft_wrap=True` where the output is no terminal, or rich breaks the lines at 80 columns.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        colour = console.color_system is not None and not console.no_color
        parts = list(_heading(self.comparison))
        if any(block.op is not Op.EQUAL for block in self.comparison.diff.blocks):
            parts.append(("\n", ""))
            for piece in flow(self.comparison.diff.blocks):
                _dress(parts, piece, colour)
        text = Text.assemble(*((part, style if colour else "") for part, style in parts))
        text.rstrip()
        yield text


def as_text(c: Comparison) -> Terminal:
    """For a terminal; see `Terminal`."""
    return Terminal(c)


def _heading(c: Comparison) -> Iterator[tuple[str, str]]:
    yield plain(c.url), "bold"
    yield f"\n{side(c.source_from, c.from_version)} → {side(c.source_to, c.to_version)}", ""
    yield f"\n{plain(summary(c))}\n", ""
    for field in c.diff.metadata:
        yield f"{plain(field.field)}: ", ""
        yield _one_line(field.old), _STYLES[Look.GONE]
        yield " → ", ""
        yield _one_line(field.new), _STYLES[Look.ADDED]
        yield "\n", ""


def _dress(parts: list[tuple[str, str]], piece: Piece, colour: bool) -> None:
    """Append a piece. White space after it stays outside its marks; a fold has an empty line around."""
    core = piece.text.rstrip()
    space = piece.text[len(core) :]
    if piece.look is Look.FOLDED:
        while not parts[-1][0].strip():
            parts.pop()
        parts.append(("\n\n", ""))
        core, space = piece.note, "\n\n"
    elif piece.look is Look.AWAY:
        core = f"{piece.note} {_stub(core)}"
    elif piece.look is Look.HERE:
        core = f"{piece.note} {core}"
    before, after = ("", "") if colour or not core else _MARKS.get(piece.look, ("", ""))
    parts += [(f"{before}{plain(core)}{after}", _STYLES[piece.look]), (plain(space), "")]


def _stub(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _STUB else line[:_STUB].rstrip() + "…"


# --- unified


def as_unified(c: Comparison) -> str:
    """Unified diff of the two texts with a sentence a line; changed metadata leads, as `title: …` lines.

    Empty when nothing differs, as diff(1) is.
    """
    lines = [line for block in c.diff.blocks for line in _both_sides(block)]
    fields = [(mark, f"{f.field}: {_one_line(v)}") for f in c.diff.metadata for mark, v in _values(f)]
    body = list(hunks([*fields, *lines]))
    if not body:
        return ""
    url = _one_line(c.url)
    head = (f"--- {url}\t{instants.iso(c.source_from)}", f"+++ {url}\t{instants.iso(c.source_to)}")
    return "".join(f"{line}\n" for line in (*head, *body))


def _values(field: differ.Field) -> Iterator[tuple[str, str]]:
    for mark, value in (("-", field.old), ("+", field.new)):
        if value is not None:
            yield mark, value


def _both_sides(block: differ.Block) -> Iterator[tuple[str, str]]:
    """The marked lines of a block. Empty lines that end both sides are context."""
    old, new = _lines(block.old), _lines(block.new)
    shared = len(old) if block.op is Op.EQUAL else 0
    while 0 < len(old) > shared and len(new) > shared and old[-1 - shared] == new[-1 - shared] == "":
        shared += 1
    yield from (("-", line) for line in old[: len(old) - shared])
    yield from (("+", line) for line in new[: len(new) - shared])
    yield from ((" ", line) for line in new[len(new) - shared :])


def _lines(text: str) -> list[str]:
    """A line for each sentence, and an empty one where a paragraph ends."""
    lines: list[str] = []
    for unit in differ.units(text):
        core = unit.rstrip()
        lines += [plain(line) for line in core.split("\n")] if core else []
        lines += [""] if unit.count("\n", len(core)) > 1 else []
    return lines
