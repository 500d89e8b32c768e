"""Everything that readers ask of the archive, and nothing else is asked.

The rows are the objects that `--json` prints; their keys are the ones documented in `docs/cli.md`.
"""

from archive.access.archive import Archive, NotInArchive
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
from archive.access.slots import LeftRow, SlotsRow, slots_of

__all__ = [
    "Archive",
    "CaptureRow",
    "ChangeRow",
    "KnownRow",
    "LeftRow",
    "NotInArchive",
    "OriginalRow",
    "PageRow",
    "PastRow",
    "PolledRow",
    "RunRow",
    "Shown",
    "SlotsRow",
    "VersionRow",
    "VisitedRow",
    "Warc",
    "slots_of",
]
