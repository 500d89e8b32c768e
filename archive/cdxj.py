"""The CDXJ index of a sealed WARC file: one line a capture, so that replay tools find it without reading all.

A line is `KEY TIMESTAMP JSON`; lines are sorted by their bytes, so that several indexes can be merged and
searched by halving. The key is that of `archive/keys.py`, the timestamp has milliseconds, and the JSON's keys
and values, all strings, are those of pywb's cdxj.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from archive import http, keys, members, records
from archive.writer import sync_folder

_HEAD_LIMIT = 1024 * 1024
_MIME_LIMIT = 255
_ENDING = ".warc.gz"
_TYPES = ("response", "revisit")
_OTHERS = (b"warcinfo", b"request", b"metadata", b"resource", b"conversion", b"continuation")
"""Types of WARC 1.1 that are no captures: of such a record no more is read than this."""


def lines(path: Path) -> list[str]:
    """The index of a WARC file, sorted, without line ends, ASCII only.

    One line for each response or revisit record of an http(s) URL of at most `urls.MOST` characters. `mime`
    is `unk` where the answer does not name one and `warc/revisit` for a revisit; `status` and `digest` are
    left out where the record does not say. `url` is the record's own.

    Raises WarcError for a file that is damaged or torn: its index would hide what is missing.
    """
    end = 0
    found: list[str] = []
    for member in members.walk(path, 0):
        end = member.offset + member.length
        if records.kind(member) not in _OTHERS:
            found += _line(records.record(path, member), path.name)
    if end != path.stat().st_size:
        raise members.WarcError(f"{path}: torn at offset {end}, so it was not indexed. Repair it first.")
    return sorted(found)


def write(path: Path) -> Path:
    """Write the index beside the WARC file, NAME.cdxj for NAME.warc.gz, and return its path.

    An earlier index is replaced, at once and as a whole. Raises as `lines`, and OSError.
    """
    if not path.name.endswith(_ENDING):
        raise members.WarcError(
            f"{path} is no sealed WARC file (NAME{_ENDING}). Seal it before it is indexed."
        )
    index = path.with_name(path.name.removesuffix(_ENDING) + ".cdxj")
    unfinished = index.with_name(f"{index.name}.{os.getpid()}.new")
    text = "".join(f"{line}\n" for line in lines(path))
    try:
        with unfinished.open("w", encoding="ascii", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(index)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_folder(index.parent)
    return index


def _line(record: records.Record, name: str) -> Iterator[str]:
    if record.type in _TYPES and record.uri:
        # What has no canonical URL (`dns:`, a user name) cannot be asked for either.
        with suppress(ValueError):
            key = keys.key(record.uri)
            yield f"{key} {_timestamp(record.at)} {json.dumps(_fields(record, record.uri, name))}"


def _timestamp(at: datetime) -> str:
    """17 digits: by whole seconds, ReplayWeb.page does not find the original that a revisit dates exactly,
    and shows the next one that is not a revisit, which may be another version.
    """
    return f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}"


def _fields(record: records.Record, uri: str, name: str) -> dict[str, str]:
    message = http.parse(record.block[:_HEAD_LIMIT])
    revisit = record.type == "revisit"
    fields = {
        "url": uri,
        "mime": "warc/revisit" if revisit else _mime(message),
        "status": f"{message.status:03d}" if message.status else None,
        "digest": record.headers.get("WARC-Payload-Digest"),
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": name,
        "truncated": record.headers.get("WARC-Truncated"),
    }
    return {key: value for key, value in fields.items() if value}


def _mime(message: http.Message) -> str:
    return (message.get("Content-Type") or "").partition(";")[0].strip()[:_MIME_LIMIT] or "unk"
