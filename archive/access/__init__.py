"""Everything that readers ask of the archive, and nothing else is asked.

The rows are the objects that `--json` prints; their keys are the ones documented in `docs/cli.md`.
"""

from archive.access.archive import Archive, NotInArchive
from archive.access.citing import CitedRow, cited
from archive.access.origins import OriginsRow, SentenceRow, origins
from archive.access.rows import (
    CaptureRow,
    ChangeRow,
    KnownRow,
    OriginalRow,
    PageRow,
    PastRow,
    PolledRow,
    RunRow,
    Shown,
    VersionRow,
    VisitedRow,
    Warc,
)

__all__ = [
    "Archive",
    "CaptureRow",
    "ChangeRow",
    "CitedRow",
    "KnownRow",
    "NotInArchive",
    "OriginalRow",
    "OriginsRow",
    "PageRow",
    "PastRow",
    "PolledRow",
    "RunRow",
    "SentenceRow",
    "Shown",
    "VersionRow",
    "VisitedRow",
    "Warc",
    "cited",
    "origins",
]
