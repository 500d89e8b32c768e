"""What the index knows of a run and no exchange tells: written into WARC files that are given away.

A metadata record about `urn:strandline:run:RUN`, before the records of the run. With it the rules for
versions say of the captures elsewhere what they said here.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from archive import instants, warc
from archive.access import RunRow

PREFIX = "urn:strandline:run:"
_RUN = re.compile(r"[0-9a-z]{1,32}")
_LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Facts:
    """A run as another home knew it; `scope` are the rules of its source then."""

    run: str
    source: str
    started: datetime
    ended: datetime | None
    complete: bool
    light: bool
    scope: Any


def draft(row: RunRow, *, complete: bool, light: bool, scope: object) -> warc.Draft:
    """The record of a run; always the same for the same run."""
    fields = {
        "run": row["run"],
        "source": row["source"],
        "started": instants.iso(row["started"]),
        "ended": instants.iso(row["ended"]) if row["ended"] else "",
        "outcome": row["outcome"] or "",
        "complete": json.dumps(complete),
        "light": json.dumps(light),
        "scope": json.dumps(scope, sort_keys=True),
    }
    uri = PREFIX + row["run"]
    return warc.Draft(
        type="metadata",
        uri=uri,
        at=row["ended"] or row["started"],
        block="".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode(),
        content_type="application/warc-fields",
        record_id=f"<{uuid5(NAMESPACE_URL, uri).urn}>",
    )


def read(record: warc.Record) -> Facts | None:
    """What such a record says; None for any other record, and for one that does not hold what it should."""
    if record.type != "metadata" or not (record.uri or "").startswith(PREFIX) or record.size > _LONGEST:
        return None
    told = fields(record)
    try:
        return Facts(
            run=_run(told["run"]),
            source=told["source"],
            started=instants.parse(told["started"]),
            ended=instants.parse(told["ended"]) if told["ended"] else None,
            complete=json.loads(told["complete"]) is True,
            light=json.loads(told["light"]) is True,
            scope=json.loads(told["scope"]),
        )
    except (KeyError, RecursionError, TypeError, ValueError):
        return None


def _run(text: str) -> str:
    if not _RUN.fullmatch(text):
        raise ValueError(f"{text!r} is no run")
    return text


def fields(record: warc.Record) -> dict[str, str]:
    """The fields of a block of `application/warc-fields`, of the first 64 KiB; the first of a name counts."""
    found: dict[str, str] = {}
    for line in record.block[:_LONGEST].decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def run_of(record: warc.Record) -> str | None:
    """The run that a warcinfo record of a crawl of ours names."""
    if record.type != "warcinfo":
        return None
    told = fields(record)
    ours = told.get("software", "").startswith("Strandline/")
    return told["run"] if ours and _RUN.fullmatch(told.get("run", "")) else None
