"""An archive in Python, for notebooks: `strandline.open_archive(HOME)`. It reads, and never writes.

Rows are dictionaries in lists, as `--json` prints them but with instants as values: `pandas.DataFrame(rows)`
takes them as they are. Times may be given as people write them.
"""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive import access, instants
from strandline import when
from strandline.comparing import compare
from strandline.differences import as_json
from strandline.settings import home_at

Row = dict[str, Any]


def open_archive(home: str | Path) -> "Notebook":
    """Open the archive of a home folder. Raises Complaint where that is none."""
    return Notebook(access.Archive(home_at(Path(home))))


class Notebook:
    """An archive that is open. Use it as a context manager, or close it."""

    def __init__(self, archive: access.Archive) -> None:
        self.archive = archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index."""
        self.archive.close()

    def sources(self) -> list[Row]:
        """The sources that ever ran: name, last run, its outcome, number of pages."""
        found = self.archive.source_summary().items()
        return [
            {"source": name, "last_run": started, "last_outcome": outcome, "pages": pages}
            for name, (started, outcome, pages) in sorted(found)
        ]

    def runs(self, source: str | None = None) -> list[Row]:
        """All runs, or one source's, oldest first."""
        return [dict(row) for row in self.archive.runs(source)]

    def pages(self, source: str) -> list[Row]:
        """The pages of a source, by URL."""
        return [dict(row) for row in self.archive.pages(source)]

    def captures(self, url: str, most: int = 100_000) -> list[Row]:
        """The captures of a page, oldest first; of more than `most` the newest."""
        return [dict(row) for row in access.captures_of(self.archive, url, None, most)][::-1]

    def versions(self, url: str) -> list[Row]:
        """The versions of a page, oldest first."""
        return [dict(row) for row in self.archive.versions(url)]

    def changes(
        self,
        source: str | None = None,
        *,
        url: str | None = None,
        kind: str | None = None,
        since: str | datetime | None = None,
        until: str | datetime | None = None,
        silent: bool = False,
    ) -> list[Row]:
        """What changed, oldest first; `silent`: only what nothing told readers of."""
        rows = self.archive.changes(
            source=source, url=url, kind=kind,
            since=_moment(since).start if since is not None else None,
            until=_moment(until).end if until is not None else None,
        )  # fmt: skip
        return [dict(row) for row in access.sought(self.archive, rows, access.Sought(silent=silent))]

    def search(self, words: str, *, source: str | None = None, most: int = 100) -> list[Row]:
        """The pages that say it or said it, and when it appeared and vanished; as `strandline search`."""
        access.follow(self.archive)
        found = access.find(self.archive, access.Query(words, source), most=most)
        return [dict(row) for row in found["found"]]

    def text(self, url: str, at: str | datetime | None = None) -> Row:
        """What a page said at a time, without one at last: title, date, author, text, where it is kept."""
        return dict(self.archive.show(url, _moment(at).end if at is not None else None))

    def diff(self, url: str, first: int | None = None, last: int | None = None) -> Row:
        """What differs between two versions, by number; without, between the last two."""
        newest = len(self.archive.versions(url))
        last = last or newest
        return as_json(compare(self.archive, url, first or last - 1, last))

    def days(self, year: int, source: str | None = None) -> list[Row]:
        """How many captures and changes there were on each day of a year."""
        return [dict(row) for row in islice(access.Days(self.archive).year(source, year), 366)]


def _moment(text: str | datetime) -> when.Moment:
    """A time as a person wrote it, or an instant; one without a zone is in UTC."""
    if isinstance(text, datetime):
        at = text if text.tzinfo else text.replace(tzinfo=UTC)
        return when.Moment(at, at)
    return when.parse(text, instants.now(), UTC)
