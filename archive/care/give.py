"""Gives away what was kept: `strandline export`. What is made is whole, or not there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive import access
from archive.care import excerpt, git, tables, wacz
from archive.care.aside import InTheWay, made_aside
from archive.care.tables import Span


@dataclass(frozen=True, slots=True)
class Giving:
    """What to give away, and by which program; `force`: also where there is something. `watch` is told how
    many bytes, rows or runs of how many are done.
    """

    archive: access.Archive
    span: Span
    software: str
    force: bool
    watch: Callable[[int, int], object]


def give(order: Giving, form: str, path: Path) -> dict[str, int]:
    """Make a file or folder of one of the forms git, wacz, warc, jsonl, csv, markdown, parquet; returns how
    many of what are in it.

    Raises InTheWay, git.NoGit, tables.NoParquet, warc.WarcError for a damaged file, and OSError.
    """
    span = order.span
    bounded = span.since is not None or span.until is not None
    if bounded and form in ("git", "wacz"):
        raise InTheWay(f"{form} holds all of the history: leave out --since and --until.")
    if form == "git":
        told = git.repository(order.archive, span.sources, path, force=order.force, watch=order.watch)
        return {"commits": told.commits, "new": told.added}
    with made_aside(path, force=order.force) as passing:
        if form == "wacz":
            return {
                "WARC files": wacz.write(order.archive, passing, span.sources, order.software, order.watch)
            }
        if form == "warc" and bounded:
            return {"captures": excerpt.excerpt(order.archive, passing, span, order.software, order.watch)}
        if form == "warc":
            return {"WARC files": excerpt.copies(order.archive, passing, span, order.watch)}
        if form == "markdown":
            return {"versions": tables.markdown(order.archive, passing, span, order.watch)}
        return tables.write(order.archive, form, passing, span, order.watch)
