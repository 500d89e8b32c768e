"""How long work on files is followed: a bar in bytes on a terminal, a line a minute elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from strandline.output import printable, say
from strandline.progress import LINE_SECONDS

Watch = Callable[[str, int, int], None]
"""Is told what is being done, and how much of how much is."""


@contextmanager
def gauging(*, unit: str = "bytes") -> Iterator[Watch]:
    """What fits the place where stderr goes; `unit` is what is counted."""
    if not sys.stderr.isatty():
        yield _lines(unit)
        return
    amount = DownloadColumn() if unit == "bytes" else TextColumn(f"{{task.completed}}/{{task.total}} {unit}")
    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), amount)
    console = Console(stderr=True, highlight=False)
    with Progress(
        *columns, TextColumn("left"), TimeRemainingColumn(), console=console, transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        doing = ""

        def watch(what: str, done: int, total: int) -> None:
            nonlocal doing
            if what != doing:
                bar.reset(task, total=total)
                doing = what
            bar.update(task, description=printable(what)[:60], completed=done, total=total)

        yield watch


@contextmanager
def counting(what: str, *, unit: str = "bytes") -> Iterator[Callable[[int, int], None]]:
    """The same for work of one kind: is told how much of how much is done."""
    with gauging(unit=unit) as watch:
        yield lambda done, total: watch(what, done, total)


def _lines(unit: str) -> Watch:
    last = time.monotonic()

    def watch(what: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            say(f"{what}: {done} of {total} {unit}")

    return watch
