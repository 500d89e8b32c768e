"""Makes a readable word diff of an alignment: as few changes as tell the truth, with clean borders."""

from collections.abc import Iterable, Iterator, Sequence

from archive.anchors import Run, ends
from archive.sentences import count, letters

Part = tuple[str, str]
"""A stretch of a sentence, old and new: equal or changed."""


def parts(a: Sequence[str], b: Sequence[str], runs: Iterable[Run]) -> list[Part]:
    """The stretches of two sentences, equal and changed in turn, from their equal words."""
    return _merged(_trimmed(_tidied(_merged(_raw(a, b, runs)))))


def _raw(a: Sequence[str], b: Sequence[str], runs: Iterable[Run]) -> Iterator[Part]:
    """As aligned. The white space after an equal word may differ."""
    i = j = 0
    for i2, j2, length in [*runs, (len(a), len(b), 0)]:
        yield "".join(a[i:i2]), "".join(b[j:j2])
        i, j = i2 + length, j2 + length
        here, there = a[i2:i], b[j2:j]
        if here == there:
            yield "".join(here), "".join(there)
            continue
        for x, y in zip(here, there, strict=True):
            core = x if x == y else x.rstrip()
            yield core, core
            yield x[len(core) :], y[len(core) :]


def _merged(parts: Iterable[Part]) -> list[Part]:
    """Without the empty ones; neighbours of the same sort become one."""
    return _joined((old == new, (old, new)) for old, new in parts if old or new)


def _tidied(parts: Sequence[Part]) -> list[Part]:
    """A short word that survived by chance between two changes becomes part of one change."""
    around = zip([("", ""), *parts], parts, [*parts[1:], ("", "")], strict=False)
    return _joined(
        (now[0] == now[1] and not _by_chance(before, now, after), now) for before, now, after in around
    )


def _joined(flagged: Iterable[tuple[bool, Part]]) -> list[Part]:
    groups: list[tuple[list[str], list[str]]] = []
    last: bool | None = None
    for flag, (old, new) in flagged:
        if flag is not last:
            groups.append(([], []))
            last = flag
        groups[-1][0].append(old)
        groups[-1][1].append(new)
    return [("".join(olds), "".join(news)) for olds, news in groups]


def _by_chance(before: Part, part: Part, after: Part) -> bool:
    """Between two insertions, or two deletions, a word is no accident: the other side reads on through it."""
    core = part[0].strip()
    short = len(core) <= 5 and len(core.split()) <= 1 and not letters(core)
    two_sided = (before[0] or after[0]) and (before[1] or after[1])
    return bool(short and two_sided and count("".join(before)) and count("".join(after)))


def _trimmed(parts: Iterable[Part]) -> Iterator[Part]:
    """White space that both sides share at the end of a change is not part of the change."""
    for old, new in parts:
        if old == new:
            yield old, new
            continue
        space_old, space_new = old[len(old.rstrip()) :], new[len(new.rstrip()) :]
        shared, _ = ends(space_old[::-1], space_new[::-1])
        yield old[: len(old) - shared], new[: len(new) - shared]
        yield old[len(old) - shared :], new[len(new) - shared :]
