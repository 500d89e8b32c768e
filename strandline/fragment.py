"""Shows a comparison of two versions as HTML: a page of its own, or a part of another page or of a feed.

All that was archived is text in it: nothing of it can open a tag.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape

from archive import diff as differ
from strandline.differences import Comparison, Look, Piece, flow, plain, side, summary
from strandline.sheet import sheet


def as_html(c: Comparison) -> str:
    """One page that loads nothing and runs nothing. Folded sentences can be opened, moves be followed."""
    sides = side(c.source_from, c.from_version), side(c.source_to, c.to_version)
    head = f"<header>\n<h1>{_safe(c.url)}</h1>\n<p>{_safe(' → '.join(sides))}</p>\n"
    body = f"{head}<p>{_safe(summary(c))}</p>\n</header>\n{as_fragment(c.diff)}"
    return sheet(f"What changed: {plain(c.url)}", body)


def as_fragment(diff: differ.Diff) -> str:
    """What differs, as HTML in which all that was archived is text: a part of a page, or of a feed."""
    fields = "".join(f"<dt>{_safe(f.field)}</dt><dd>{_step(f)}</dd>\n" for f in diff.metadata)
    return f"{fields and f'<dl>{fields}</dl>'}\n<main>\n{as_paragraphs(diff)}</main>"


def as_paragraphs(diff: differ.Diff, fold: bool = True) -> str:
    """The text alone, as HTML; `fold` as for `flow`."""
    return "".join(_paragraphs(list(flow(diff.blocks, fold))))


def _safe(text: str) -> str:
    return escape(plain(text))


def _step(field: differ.Field) -> str:
    old, new = (value and _safe(value) for value in (field.old, field.new))
    return " → ".join(part for part in (old and f"<del>{old}</del>", new and f"<ins>{new}</ins>") if part)


def _paragraphs(pieces: Sequence[Piece]) -> Iterator[str]:
    """Paragraphs end at empty lines, whichever of the two texts they are in."""
    sides = (
        {piece.text.strip() for piece in pieces if piece.look is look} for look in (Look.AWAY, Look.HERE)
    )
    moves = {text: n for n, text in enumerate(sorted(set.intersection(*sides)), 1)}
    line: list[str] = []
    for piece in pieces:
        if piece.look is Look.FOLDED:
            yield from _closed(line)
            inner = "".join(_paragraphs([Piece(Look.SAME, piece.text)]))
            yield f"<details><summary>{_safe(piece.note)}</summary>\n{inner}</details>\n"
            continue
        lead = _arrow(piece, moves.get(piece.text.strip()))
        for core, space in _ROW.findall(piece.text):
            line.append(_tag(piece.look, core, lead))
            lead = "" if core else lead
            if len(space) > 1:
                yield from _closed(line)
            elif space:
                line.append("<br>\n")
    yield from _closed(line)


_ROW = re.compile(r"([^\n]*)(\n*)")


def _closed(line: list[str]) -> Iterator[str]:
    if "".join(line).strip():
        yield f"<p>{''.join(line)}</p>\n"
    line.clear()


def _arrow(piece: Piece, number: int | None) -> str:
    """The arrow of a move leads to the other place."""
    if not piece.note or number is None:
        return piece.note
    own, other = ("from", "to") if piece.look is Look.AWAY else ("to", "from")
    return f'<a id="{own}-{number}" href="#{other}-{number}" title="moved">{piece.note}</a>'


def _tag(look: Look, text: str, lead: str) -> str:
    core = text.strip()
    if look is Look.SAME or not core:
        return _safe(text)
    name = "del" if look in (Look.GONE, Look.AWAY) else "ins"
    kind = ' class="moved"' if look in (Look.AWAY, Look.HERE) else ""
    before, after = text.split(core, 1)
    return f"{_safe(before)}<{name}{kind}>{lead}{_safe(core)}</{name}>{_safe(after)}"
