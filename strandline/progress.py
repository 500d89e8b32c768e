"""How a crawl is followed: a live bar on a terminal, a line a minute elsewhere, and one summary a source."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from archive import runs, space
from crawler import harvest
from strandline.output import printable, say

LINE_SECONDS = 60


class Watch(Protocol):
    """Is told how a run stands, several times a second."""

    def __call__(self, moment: harvest.Moment) -> None: ...


@contextmanager
def watching(source: str) -> Iterator[Watch]:
    """What fits the place where stderr goes: a bar, or lines."""
    if sys.stderr.isatty():
        with _bar(source) as watch:
            yield watch
    else:
        yield _lines(source)


@contextmanager
def _bar(source: str) -> Iterator[Watch]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total} pages"),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True, highlight=False), transient=True) as progress:
        task = progress.add_task(source, total=None, told="")

        def watch(moment: harvest.Moment) -> None:
            progress.update(
                task,
                completed=moment.progress.pages_done,
                total=moment.progress.pages_known,
                told=_told(moment),
            )

        yield watch


def _lines(source: str) -> Watch:
    last = time.monotonic()

    def watch(moment: harvest.Moment) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            done, known = moment.progress.pages_done, moment.progress.pages_known
            say(f"{source}: {done} of {known} pages, {_told(moment)}")

    return watch


def _told(moment: harvest.Moment) -> str:
    rate = moment.pages / moment.seconds if moment.seconds else 0
    counts = moment.counts
    return (
        f"{rate:.1f}/s · {counts.get('new', 0)} new · {counts.get('edited', 0)} edited · "
        f"{counts.get('gone', 0)} gone · {moment.progress.pages_failed} failed"
    )


def summary(report: harvest.Report) -> str:
    """The one line that a run leaves behind; and what failed first, bad certificates, feeds that moved."""
    counts = report.counts
    pages = sum(counts.get(verdict, 0) for verdict in ("new", "same", "edited", "restyled", "back"))
    parts = [f"{pages} pages"]
    parts += [
        f"{counts[word]} {word}" for word in ("new", "edited", "moved", "gone", "back") if counts.get(word)
    ]
    parts.append(f"{counts.get('changes', 0)} changes" if counts.get("changes") else "no change")
    parts.append(_effort(report))
    reason = f" ({report.reason})" if report.reason and report.outcome is not runs.Outcome.SUCCEEDED else ""
    name = f"{report.source} (light)" if report.light else report.source
    lines = [f"{name}: {report.outcome}{reason}: {', '.join(parts)}"]
    lines += [f"  failed: {url}: {why}" for url, why in report.failures]
    lines += [f"  certificate of {host}: {problem}" for host, problem in report.certificates.items()]
    lines += [f"  {told}" for told in report.feeds]
    return printable("\n".join(lines), lines=True)


def _effort(report: harvest.Report) -> str:
    """Where a run was taken up again, the seconds are those of its last part, all else is of the whole."""
    got = f"{report.requests} requests, {space.amount(report.bytes)}"
    took = _duration(report.seconds)
    if not report.resumed:
        return f"{got} in {took}"
    times = "once" if report.resumed == 1 else f"{report.resumed} times"
    return f"{got} in the whole run, which was taken up again {times}; the last part took {took}"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@contextmanager
def asking(what: str = "asking for") -> Iterator[Callable[[str], None]]:
    """Shows on a terminal which address is being asked for, or what else is done; says nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _url: None
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True, highlight=False),
        transient=True,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda url: bar.update(task, description=printable(f"{what} {url}")[:100])
