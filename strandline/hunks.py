"""Writes marked lines as the hunks of a unified diff (POSIX.1-2017, diff, "Diff -u Output Format")."""

from collections.abc import Iterator, Sequence

_LINES = 3  # of context, as diff(1) does


def hunks(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The lines of a unified diff below its header, from all lines of both files, each with its mark."""
    old, new, done = 1, 1, 0
    for start, end in _stretches(lines):
        old += start - done
        new += start - done
        hunk = lines[start:end]
        size_old, size_new = (sum(mark != other for mark, _ in hunk) for other in "+-")
        yield f"@@ -{_range(old, size_old)} +{_range(new, size_new)} @@"
        yield from (mark + line for mark, line in hunk)
        old, new, done = old + size_old, new + size_new, end


def _stretches(lines: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
    """Where the changed lines are, with their context; stretches that would touch are one."""
    found: list[tuple[int, int]] = []
    for n, (mark, _) in enumerate(lines):
        if mark == " ":
            continue
        start, end = max(0, n - _LINES), min(len(lines), n + _LINES + 1)
        if found and found[-1][1] >= start:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _range(start: int, size: int) -> str:
    """An empty range names the line before it."""
    return str(start) if size == 1 else f"{start if size else start - 1},{size}"
