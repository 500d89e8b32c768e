"""The record: WARC files, the index, texts, versions and differences.

The names below are this room's door: other rooms import these modules, and nothing else, from here.
Importing the room itself loads none of them, so that a command pays only for what it uses.
"""

__all__ = [
    "access",
    "care",
    "database",
    "diff",
    "feeds",
    "home",
    "http",
    "ingest",
    "instants",
    "model",
    "runs",
    "space",
    "text",
    "urls",
    "warc",
]
