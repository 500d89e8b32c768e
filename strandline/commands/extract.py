"""`strandline extract`: what the extractor makes of a page, with the reasons for each decision."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from archive import database, ingest, model
from archive import text as texts
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode
from strandline.gauge import counting
from strandline.output import json_lines, printable, say, write
from strandline.reading import archive_of
from strandline.settings import enter

LARGEST = 32 * 1024 * 1024
"""Bytes of a file; of a larger answer, too, no more is read for its text."""

NOWHERE = ("at", "version", "status", "certificate", "warc")
"""What only a page of the archive has."""


def extract(
    page: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|URL", show_default=False, help="A file, - for stdin, or a page of the archive."
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Read anew, and keep, all that an older extractor has read."),
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", show_default=False, help="The address that a file was fetched from."),
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Show what the extractor makes of a page, and why: from a file, or the bytes of a page's last version.

    Nothing is fetched, and nothing is kept. With --all, the present extractor reads what older ones have read
    and keeps its texts beside theirs, as is wise after an upgrade; no change comes from that.
    """
    if everything is (page is not None):
        raise Complaint("Name one page, a file or an address, or say --all for the whole archive.")
    if page is None:
        _renew(home, json)
        return
    if "://" in page and not Path(page).is_file():
        with archive_of(home) as archive:
            known: dict[str, Any] = {**archive.show(page)}
            payload, kind = archive.body(known["warc"]["record_id"])
    else:
        payload, kind = _read(page), None
        known = {"url": url or _address(page), **dict.fromkeys(NOWHERE)}
    text = _extracted(payload, url or known["url"], kind)
    if json:
        json_lines([{**known, **_said(text)}])
    else:
        write(printable("\n".join(_shown(known["url"], text)), lines=True))


def _renew(option: Path | None, json: bool) -> None:
    """Read all anew that an older extractor has read."""
    home, settings = enter(option)
    try:
        engine = database.open_index(home)
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error
    try:
        with texts.Extractors(settings.workers) as pool, counting("read anew", unit="answers") as watch:
            done = ingest.renew(home, engine, pool, watch)
    finally:
        engine.dispose()
    if json:
        json_lines([{**asdict(done), "extractor": texts.EXTRACTOR}])
    else:
        say(
            f"{done.read} answers were read anew with {texts.EXTRACTOR}. "
            f"The archive had {done.changes_before} changes and has {done.changes_after}."
        )
    if done.failed:
        raise Complaint(
            f"{done.failed} answers could not be read anew, and keep their texts. Are all WARC files there?",
            ExitCode.FAILED,
        )


def _read(name: str) -> bytes:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise Complaint(
            f"{name}: there is no such file. A page of the archive is asked for by its whole address, "
            "as in: strandline extract https://example.org/page"
        ) from error
    if len(data) > LARGEST:
        raise Complaint(f"{name} is larger than {LARGEST // 1024**2} MiB, which no page is")
    return data


def _address(name: str) -> str:
    return "file:///" if name == "-" else Path(name).absolute().as_uri()


def _extracted(payload: bytes, url: str, kind: str | None) -> model.Text:
    """The text, made in a process with the limits of a crawl."""
    with texts.Extractors(workers=1) as pool:
        try:
            return pool.submit(payload, url, kind).result()
        except texts.TextError as error:
            raise Complaint(str(error), ExitCode.FAILED) from error


def _said(text: model.Text) -> dict[str, Any]:
    return {
        **asdict(text),
        "blocks": texts.digests(text.text),
        "entries": [asdict(entry) for entry in text.entries],
    }


def _shown(url: str, text: model.Text) -> Iterable[str]:
    head = {"url": url, **{name: getattr(text, name) for name in ("title", "date", "author", "language")}}
    yield from (f"{name + ':':10}{value}" for name, value in head.items() if value is not None)
    yield ""
    if not text.entries:
        yield from (text.text, "")
    for number, entry in enumerate(text.entries, 1):
        parts = (entry.title, entry.date, entry.author, entry.link, None if entry.complete else "an excerpt")
        yield f"{number}. " + " · ".join(str(part) for part in parts if part)
        yield from (entry.text, "")
    yield f"{text.extractor} decided:"
    yield from (f"- {reason}" for reason in text.reasons)
