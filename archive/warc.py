"""WARC 1.1 files: written so that no crash leaves half a record in the middle, read while they grow.

A file is a row of gzip members, one record each (WARC 1.1, annex D). Offsets and lengths are in bytes of the
compressed file. While a file is written its name ends in `.open`. A record may have gigabytes: one that is
written may have its block in another file, and of one that is read only the start is in memory.
"""

from archive.cdxj import write as index
from archive.facts import ended
from archive.members import RECORD_LIMIT, WarcError
from archive.records import Fields, Record, at, first, pieces, read
from archive.repairs import following, repair
from archive.writer import Draft, Placed, Stored, Writer, digest, file_name, new_id

__all__ = [
    "RECORD_LIMIT",
    "Draft",
    "Fields",
    "Placed",
    "Record",
    "Stored",
    "WarcError",
    "Writer",
    "at",
    "digest",
    "ended",
    "file_name",
    "first",
    "following",
    "index",
    "new_id",
    "pieces",
    "read",
    "repair",
]
