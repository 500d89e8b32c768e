"""WARC files to give away: all of them as they are, or one with the records of a span of time."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from archive import access, facts, warc
from archive.care import pack
from archive.care.tables import Span

Watch = Callable[[int, int], object]


def copies(archive: access.Archive, folder: Path, span: Span, watch: Watch) -> int:
    """Copy the sealed WARC files with their replay indexes into a new folder; returns how many."""
    files = access.files(archive, span.sources)
    total, done = sum(one.stat().st_size for one in files), 0
    folder.mkdir()
    for one in files:
        shutil.copyfile(one, folder / one.name)
        index = one.with_name(one.name.removesuffix(".warc.gz") + ".cdxj")
        if index.exists():
            shutil.copyfile(index, folder / index.name)
        done += one.stat().st_size
        watch(done, total)
    return len(files)


def excerpt(archive: access.Archive, path: Path, span: Span, software: str, watch: Watch) -> int:
    """Write one WARC file with the captures of a span, each record as it was: what was sent and told with
    them, and the answers that revisits among them repeat. Of a run that is in it as a whole, also how it
    ended, so that an import elsewhere knows. Returns the number of captures.
    """
    files = access.files(archive, span.sources)
    total, done, captures = sum(one.stat().st_size for one in files), 0, 0
    writer = warc.Writer(path, {"software": software, "description": _described(span)})
    parted: set[str] = set()
    try:
        for one in files:
            chosen = access.records_of(archive, one.name, span.sources, span.since, span.until)
            captures += _carry(one, chosen, writer, parted)
            done += one.stat().st_size
            watch(done, total)
        writer.seal()
    except BaseException:
        writer.close()
        raise
    return captures


def _described(span: Span) -> str:
    return (
        f"{', '.join(span.sources)}, {_day(span.since) or 'the beginning'} to {_day(span.until) or 'the end'}"
    )


def _day(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _carry(path: Path, chosen: set[str], writer: warc.Writer, parted: set[str]) -> int:
    """Carry the chosen answers of a file, with the records that belong to them, in their order. `parted` are
    the runs of which something was left out.
    """
    begun, captures = facts.beginning(path, None), 0
    for record in warc.read(path):
        answer = record.type in ("response", "revisit")
        if answer and begun and record.record_id not in chosen:
            parted.add(begun.run)
        ending = begun is not None and record.uri == facts.RUN_URI + begun.run and begun.run not in parted
        belongs = {record.record_id, *record.headers.get_all("WARC-Concurrent-To")}
        if ending or (chosen and record.type == "warcinfo") or not belongs.isdisjoint(chosen):
            writer.carry(pack.pieces(path, record.offset, record.offset + record.length), packed=True)
            captures += answer
    return captures
