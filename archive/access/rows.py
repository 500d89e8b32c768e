"""The rows that the archive answers with: the objects that `--json` prints (`docs/cli.md`)."""

from datetime import date, datetime
from typing import Any, TypedDict

from archive.notes import Note


class RunRow(TypedDict):
    run: str
    source: str
    slot: datetime
    started: datetime
    ended: datetime | None
    outcome: str | None
    reason: str | None
    requests: int
    captures: int
    revisits: int
    new: int
    edited: int
    moved: int
    gone: int
    failed: int
    bytes: int
    resumed: int
    light: bool
    imported: bool


class KnownRow(TypedDict):
    """An article; `depth` counts the links from a seed (0 where not known), `changed` is its last change."""

    url: str
    depth: int
    changed: datetime | None


class VisitedRow(TypedDict):
    """An article as far as it tells when to ask it again. `asked` is its last capture, `born` the first where
    it was new on the site then, `visits` are good captures, each with whether it showed another text than the
    one before; of those in a row that show the same there may be no more than the first and the last.
    """

    url: str
    depth: int
    asked: datetime
    born: datetime | None
    visits: list[tuple[datetime, bool]]


class PolledRow(TypedDict):
    """What was seen of a feed. `asked` is its last capture, with its `status` and where it leads; `appeared`
    when it was first seen with other bytes than before; `file` and `offset` are the place of its last whole
    answer, None where there is none.
    """

    asked: datetime
    status: int
    redirect: str | None
    appeared: list[datetime]
    file: str | None
    offset: int


class OriginalRow(TypedDict):
    """A whole answer that a revisit may refer to; `captures` counts the captures of its page, `met` is the
    last one that tells how it is: also that it is as it was, or gone.
    """

    url: str
    at: datetime
    met: datetime
    payload: str
    etag: str | None
    modified: str | None
    captures: int
    headers_sha256: str | None
    file: str
    offset: int


class CaptureRow(TypedDict):
    """One capture of a URL; `file` and `offset` are the place of its answer, `record` its id, and `behind` is
    where the answer before it in that file begins.
    """

    run: str
    at: datetime
    status: int
    verdict: str | None
    reason: str | None
    size: int
    truncated: bool
    unread: str | None
    redirect: str | None
    revisit: str | None
    file: str
    offset: int
    record: str
    behind: int


class PastRow(TypedDict):
    """All that was seen of a URL of a source. `runs` is in how many runs, `newest` the last captures;
    `unchanged_since` is the first capture of what the last good one shows.
    """

    url: str
    source: str
    article: bool
    depth: int | None
    verdict: str | None
    captures: int
    runs: int
    first: datetime
    first_run: str
    last_good: datetime | None
    unchanged_since: datetime | None
    versions: int
    moved_to: str | None
    newest: list[CaptureRow]


class PageRow(TypedDict):
    url: str
    verdict: str | None
    captures: int
    versions: int
    first: datetime
    last: datetime
    title: str | None
    date: date | None  # fmt: skip


class VersionRow(TypedDict):
    url: str
    number: int
    first: datetime
    last: datetime
    captures: int
    title: str | None
    date: date | None
    author: str | None
    text_sha256: str
    file: str  # fmt: skip


ChangeRow = TypedDict(
    "ChangeRow",
    {
        "source": str, "url": str, "kinds": list[str], "announced": bool | None,
        "openness": str | None, "announced_by": str | None, "share": float, "from": datetime | None,
        "to": datetime, "from_version": int | None, "to_version": int | None, "added": int,
        "removed": int, "changed": int, "run": str, "moved_to": str | None, "moved_by": str | None,
        "back_to": int | None, "title": str | None,
    },
)  # fmt: skip


class Warc(TypedDict):
    file: str
    offset: int
    record_id: str


class NoteRow(TypedDict):
    id: str
    url: str
    at: datetime
    written: datetime
    text: str
    verdict: str | None  # fmt: skip


class Shown(TypedDict):
    url: str
    at: datetime
    version: int
    status: int
    title: str | None
    date: date | None
    author: str | None
    language: str | None
    published: str | None
    modified: str | None
    canonical: str | None
    shape: str
    evidence: list[dict[str, Any]]
    text: str
    entries: list[dict[str, Any]]
    extractor: str
    certificate: str | None
    warc: Warc  # fmt: skip


def day(stated: date | None, fed: datetime | None) -> date | None:
    """A page's day: its own, else the one that a feed gives it."""
    return stated or (fed.date() if fed else None)


def note_row(note: Note) -> NoteRow:
    """A note as it is printed."""
    return NoteRow(
        id=note.id, url=note.url, at=note.at, written=note.written, text=note.text, verdict=note.verdict
    )  # fmt: skip


def run_row(row: Any) -> RunRow:
    """A run from its row of the index."""
    counts = row.counts
    return RunRow(
        run=row.id, source=row.source, slot=row.slot, started=row.started, ended=row.ended,
        outcome=row.outcome, reason=row.reason, requests=row.requests,
        captures=counts.get("captures", 0), revisits=counts.get("revisits", 0), new=counts.get("new", 0),
        edited=counts.get("edited", 0), moved=counts.get("moved", 0), gone=counts.get("gone", 0),
        failed=counts.get("failed", 0), bytes=row.bytes, resumed=row.resumed,
        light=row.light, imported=row.imported,
    )  # fmt: skip


def change_row(row: Any) -> ChangeRow:
    """A change from its row of the index, with its page's."""
    return {
        "source": row.source, "url": row.url, "kinds": row.kinds, "announced": row.announced,
        "openness": row.openness, "announced_by": row.announced_by, "share": row.share,
        "from": row.from_at, "to": row.to_at, "from_version": row.from_version,
        "to_version": row.to_version, "added": row.added, "removed": row.removed,
        "changed": row.changed, "run": row.run, "moved_to": row.moved_to, "moved_by": row.moved_by,
        "back_to": row.back_to, "title": row.title,
    }  # fmt: skip
