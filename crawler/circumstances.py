"""What the record tells of a capture beside its answer: the metadata record that was written with it."""

from dataclasses import dataclass

from archive import access, warc
from archive import home as homes

_FARTHEST = 64 * 1024 * 1024
"""Bytes of a WARC file that are read for it."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`error` is why the answer is not whole, `certificate` what was wrong with the server's certificate."""

    kind: str | None = None
    via: str | None = None
    error: str | None = None
    certificate: tuple[str, ...] = ()


def circumstances(home: homes.Home, source: str, capture: access.CaptureRow) -> Circumstances:
    """Of one capture; without anything where its WARC file is not there or cannot be read."""
    path = next((home.warc / source).glob(f"*/{capture['file']}*"), None)
    if path is None or capture["offset"] - capture["behind"] > _FARTHEST:
        return Circumstances()
    try:
        # The metadata record stands between the answer before and this one.
        for record in warc.read(path, capture["behind"]):
            of = record.headers.get("WARC-Concurrent-To")
            if record.type == "metadata" and of == capture["record"]:
                return _parse(record.block)
            if record.offset >= capture["offset"]:
                break
    except (OSError, warc.WarcError):
        pass
    return Circumstances()


def _parse(block: bytes) -> Circumstances:
    """The fields of application/warc-fields, one a line."""
    pairs = [line.partition(": ") for line in block.decode("utf-8", "replace").splitlines()]
    fields = {name: value for name, _, value in reversed(pairs)}
    problems = tuple(value for name, _, value in pairs if name == "certificateProblem")
    return Circumstances(fields.get("kind"), fields.get("via"), fields.get("error"), problems)
