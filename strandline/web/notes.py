"""Notes on captures, written from a page: kept beside the archive, as `strandline note` keeps them."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from archive import access, ingest
from strandline.web import answers, guard, pages, show
from strandline.web.room import room

area = Blueprint("notes", __name__)


@answers.page(area, "/notes", "notes.html")
def notes() -> dict[str, Any]:
    """All notes that stand, the newest first."""
    found = access.notes.read(room().home)[::-1]
    first = answers.whole("page", 1)
    start = max(first - 1, 0) * answers.ROWS
    return {
        "notes": [access.note_row(one) for one in found[start : start + answers.ROWS]],
        "number": first,
        "more": len(found) > start + answers.ROWS,
    }


@area.post("/note/<path:url>/<at>")
@guard.may_change
def add(url: str, at: str) -> Any:
    """Write a note on a capture, with a verdict or without."""
    its, url = room(), pages.meant(url)
    row, _, _ = access.capture_of(its.archive, url, answers.instant(at))
    page = access.head(its.archive, url)["url"]
    text, verdict = request.form.get("text", "").strip(), request.form.get("verdict") or None
    if verdict is not None and verdict not in access.notes.VERDICTS:
        answers.wrong(f"{verdict[:40]!r} is none of: {', '.join(access.notes.VERDICTS)}.")
    if not text and verdict is None:
        answers.wrong("The note says nothing: write something, or choose a verdict.")
    try:
        made = access.notes.add(its.home, page, row["at"], text.replace("\r\n", "\n"), verdict)
    except ValueError as error:
        answers.wrong(f"{error}.")
    if verdict is not None:
        ingest.overrule(its.home, its.archive.engine, page)
    flash("The note was written down.")
    return redirect(url_for("pages.capture", url=page, at=show.stamp(row["at"])) + f"#note-{made.id}")


@area.post("/notes/withdraw/<id>")
@guard.may_change
def withdraw(id: str) -> Any:
    """Let a note no longer stand; it stays in the file."""
    its = room()
    found = next((one for one in access.notes.read(its.home) if one.id == id), None)
    if found is None or not access.notes.delete(its.home, id):
        answers.absent("There is no such note; perhaps it was withdrawn already.")
    if found.verdict is not None:
        ingest.overrule(its.home, its.archive.engine, found.url)
    flash("The note no longer stands.")
    return redirect(url_for("pages.capture", url=found.url, at=show.stamp(found.at)))
