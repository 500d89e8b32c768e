"""A reader of WARC files that forgives nothing, written from the grammar of WARC 1.1 and of nothing of ours.

It knows gzip and SHA-256 from the standard library, takes the framing of HTTP/1.1 apart itself, and fails
with an AssertionError at the first byte that is not as the standards have it.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_VERSION = b"WARC/1.1\r\n"
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[^\x00-\x1f\x7f]|\t)*)")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_ID = re.compile(r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>")
_REPEATED = {"WARC-Concurrent-To", "WARC-Protocol"}
_TYPES = {"warcinfo", "request", "response", "metadata", "revisit"}


@dataclass(frozen=True)
class Strict:
    """One record. Of fields that come several times `fields` has the last."""

    fields: dict[str, str]
    block: bytes

    @property
    def type(self) -> str:
        return self.fields["WARC-Type"]

    @property
    def uri(self) -> str:
        return self.fields["WARC-Target-URI"]


def records(path: Path) -> Iterator[Strict]:
    """The records of a compressed file (annex D: each in a gzip member of its own), all verified."""
    data, seen = path.read_bytes(), set()
    while data:
        member = zlib.decompressobj(31)
        whole = member.decompress(data)
        assert member.eof, "torn"
        data = member.unused_data
        record = _record(whole)
        assert record.fields["WARC-Record-ID"] not in seen
        seen.add(record.fields["WARC-Record-ID"])
        yield record


def _record(whole: bytes) -> Strict:
    assert whole.startswith(_VERSION)
    head, _, rest = whole[len(_VERSION) :].partition(b"\r\n\r\n")
    fields: dict[str, str] = {}
    for line in head.split(b"\r\n"):
        found = _FIELD.fullmatch(line)
        assert found, line
        name, value = found[1].decode(), found[2].decode("utf-8")
        assert value and (name not in fields or name in _REPEATED), line
        fields[name] = value
    size = int(fields["Content-Length"])
    block = rest[:size]
    assert len(block) == size and rest[size:] == b"\r\n\r\n"
    assert _ID.fullmatch(fields["WARC-Record-ID"]) and _DATE.fullmatch(fields["WARC-Date"])
    assert fields["WARC-Type"] in _TYPES and ("WARC-Target-URI" in fields) == (
        fields["WARC-Type"] != "warcinfo"
    )
    assert fields["WARC-Block-Digest"] == sha256(block)
    if fields["WARC-Type"] == "response":
        assert fields["WARC-Payload-Digest"] == sha256(payload(block)), fields["WARC-Target-URI"]
    return Strict(fields, block)


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def payload(answer: bytes) -> bytes:
    """The body of an HTTP answer without its transfer-coding, still content-coded (WARC 1.1, section 5.9)."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not re.search(rb"(?im)^transfer-encoding:[ \t]*chunked[ \t]*\r?$", head + b"\r\n"):
        return body
    whole = b""
    while True:
        line, _, body = body.partition(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        if not size:
            return whole
        whole += body[:size]
        assert body[size : size + 2] == b"\r\n"
        body = body[size + 2 :]
