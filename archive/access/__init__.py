"""Everything that readers ask of the archive, and nothing else is asked.

The rows are the objects that `--json` prints; their keys are the ones documented in `docs/cli.md`.
"""

from archive import notes
from archive.access.archive import Archive, NotInArchive
from archive.access.capture import capture_at
from archive.access.cdx import Asked as CdxAsked
from archive.access.cdx import CdxRow, cdx
from archive.access.citing import CitedRow, cited
from archive.access.days import DayRow, Days
from archive.access.edits import Sought, edit, entry_counts, grouped, sought
from archive.access.exported import GivenRow, TurnRow, ended_runs, files, given, records_of, turns
from archive.access.finding import FoundRow, Query, behind, find, follow
from archive.access.frequency import Frequency, MonthRow, over_time, standing
from archive.access.lately import LatelyRow, lately
from archive.access.listing import Asked, BadKey, ListedRow, changes_page
from archive.access.mementos import (
    AroundRow,
    MementoRow,
    RecordRow,
    around,
    large_payload,
    mementos,
    record_of,
)
from archive.access.nearest import NearRow, kept_among, nearest, payload_of
from archive.access.origins import OriginsRow, SentenceRow, origins
from archive.access.paged import pages_page
from archive.access.ran import run_of, runs_page
from archive.access.rows import (
    CaptureRow,
    ChangeRow,
    KnownRow,
    NoteRow,
    OriginalRow,
    PageRow,
    PastRow,
    PolledRow,
    RunRow,
    Shown,
    VersionRow,
    VisitedRow,
    Warc,
    note_row,
)
from archive.access.shrunk import ShrunkRow, shrunk
from archive.access.since import since
from archive.access.slots import LeftRow, SlotsRow, slots_of
from archive.access.stretches import SaidRow
from archive.access.timeline import (
    HeadRow,
    MarkRow,
    SeenRow,
    answer_head,
    capture_of,
    captures_of,
    first_capture,
    head,
    marks,
    warc_path,
)
from archive.search import QueryError

__all__ = [
    "Archive",
    "AroundRow",
    "Asked",
    "BadKey",
    "CaptureRow",
    "CdxAsked",
    "CdxRow",
    "ChangeRow",
    "CitedRow",
    "DayRow",
    "Days",
    "FoundRow",
    "Frequency",
    "GivenRow",
    "HeadRow",
    "KnownRow",
    "LatelyRow",
    "LeftRow",
    "ListedRow",
    "MarkRow",
    "MementoRow",
    "MonthRow",
    "NearRow",
    "NotInArchive",
    "NoteRow",
    "OriginalRow",
    "OriginsRow",
    "PageRow",
    "PastRow",
    "PolledRow",
    "Query",
    "QueryError",
    "RecordRow",
    "RunRow",
    "SaidRow",
    "SeenRow",
    "SentenceRow",
    "Shown",
    "ShrunkRow",
    "SlotsRow",
    "Sought",
    "TurnRow",
    "VersionRow",
    "VisitedRow",
    "Warc",
    "answer_head",
    "around",
    "behind",
    "capture_at",
    "capture_of",
    "captures_of",
    "cdx",
    "changes_page",
    "cited",
    "edit",
    "ended_runs",
    "entry_counts",
    "files",
    "find",
    "first_capture",
    "follow",
    "given",
    "grouped",
    "head",
    "kept_among",
    "large_payload",
    "lately",
    "marks",
    "mementos",
    "nearest",
    "note_row",
    "notes",
    "origins",
    "over_time",
    "pages_page",
    "payload_of",
    "record_of",
    "records_of",
    "run_of",
    "runs_page",
    "shrunk",
    "since",
    "slots_of",
    "sought",
    "standing",
    "turns",
    "warc_path",
]
