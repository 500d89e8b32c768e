"""What WARC files tell of the run that they come from, so that the index can be made anew from them alone:
how it began is in each file's warcinfo, how it ended in a last record of the last file.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import instants
from archive.records import Record
from archive.writer import Draft

PRODUCT = "Strandline"
RUN_URI = "urn:strandline:run:"
"""With the run behind it, the address of the record that tells how the run ended."""

_NAME = re.compile(r"(.+)-(\d{8}T\d{6}Z)-([0-9a-z]{8})-\d{5}\.warc\.gz(?:\.open)?$")
_RUN = re.compile(r"[0-9a-z]{1,32}")
_LONGEST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Beginning:
    """A run as its WARC files know it; `slot`, `light` and `resumed` as in `archive.runs.Run`."""

    run: str
    source: str
    started: datetime
    slot: datetime
    light: bool
    resumed: int
    settings: dict[str, Any]
    software: str


def beginning(path: Path, warcinfo: Record | None) -> Beginning | None:
    """How the run of a file began, by its first record; what that does not say follows from the file's name.

    None where the name is not one of ours. The record of a file that was taken in may tell of another run.
    """
    name = _NAME.fullmatch(path.name)
    if name is None:
        return None
    own = by_itself(warcinfo) if warcinfo is not None else None
    if own is not None and own.run == name[3]:
        return replace(own, source=name[1])
    started = instants.parse(name[2])
    return Beginning(name[3], name[1], started, started, False, 0, {}, "")


def by_itself(record: Record) -> Beginning | None:
    """What a warcinfo record of ours says, wherever it stands; None for any other record."""
    told = fields(record) if record.type == "warcinfo" else {}
    started = instant(told.get("started"))
    ours = told.get("software", "").startswith(f"{PRODUCT}/")
    if not ours or started is None or not _RUN.fullmatch(told.get("run", "")):
        return None
    resumed = told.get("resumed", "")
    return Beginning(
        run=told["run"],
        source=told.get("isPartOf", ""),
        started=started,
        slot=instant(told.get("slot")) or started,
        light=told.get("light") == "yes",
        resumed=int(resumed) if resumed.isascii() and resumed.isdigit() else 0,
        settings=_object(told.get("settings")),
        software=told["software"],
    )


def told(begun: Beginning) -> dict[str, str]:
    """The fields of a warcinfo record that say how a run began."""
    return {
        "software": begun.software,
        "isPartOf": begun.source,
        "run": begun.run,
        "started": instants.iso(begun.started),
        "slot": instants.iso(begun.slot),
        "light": "yes" if begun.light else "no",
        "resumed": str(begun.resumed),
        "settings": json.dumps(begun.settings),
    }


def ended(run: str, ending: Mapping[str, str]) -> Draft:
    """The record that says how a run ended."""
    lines = [f"{name}: {' '.join(value.split())}\r\n" for name, value in {"run": run, **ending}.items()]
    block = "".join(lines).encode()
    return Draft("metadata", RUN_URI + run, instants.now(), block, "application/warc-fields")


def ending(records: Iterable[Record], run: str) -> dict[str, str]:
    """What records tell of the end of a run; the last one counts."""
    mine = [one for one in records if one.type == "metadata" and one.uri == RUN_URI + run]
    return fields(mine[-1]) if mine else {}


def fields(record: Record) -> dict[str, str]:
    """The fields of a block of `application/warc-fields`, of its first 256 KiB; of a name the first."""
    found: dict[str, str] = {}
    for line in record.block[:_LONGEST].decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip(), value.strip())
    return found


def instant(text: str | None) -> datetime | None:
    """An instant as `archive.instants.iso` writes it, if it is one."""
    try:
        return instants.parse(text) if text else None
    except ValueError:
        return None


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
