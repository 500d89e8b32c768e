"""Records as other programs write them, byte by byte, and the ways in which they pack them."""

import gzip
import hashlib
import json
import zipfile
from base64 import b32encode
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

SITE = "https://gazette.example"
MONDAY = datetime(2019, 3, 4, 6, 0, 0, tzinfo=UTC)
AGNOSTIC = "http://netpreserve.org/warc/1.0/revisit/uri-agnostic-identical-payload-digest"
OLD_PROFILE = "http://netpreserve.org/warc/0.18/revisit/identical-payload-digest"


def record(
    type: str, uri: str | None, day: float, block: bytes, *fields: tuple[str, str], form: str = "WARC/1.0"
) -> bytes:
    """A record of a day after MONDAY; a field given here replaces what it would have had."""
    at = f"{MONDAY + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}"
    named = {
        "WARC-Type": type,
        "WARC-Record-ID": f"<{uuid5(NAMESPACE_URL, f'{type} {uri} {day} {len(block)}').urn}>",
        "WARC-Date": at,
        **({"WARC-Target-URI": uri} if uri else {}),
        "Content-Type": {"warcinfo": "application/warc-fields", "resource": "text/plain"}.get(
            type, f"application/http; msgtype={'request' if type == 'request' else 'response'}"
        ),
        "Content-Length": str(len(block)),
        **dict(fields),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"{form}\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def answer(body: str | bytes, *headers: str, status: int = 200) -> bytes:
    """The block of a response."""
    payload = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever", *(headers or ("Content-Type: text/html; charset=utf-8",))]
    return "\r\n".join([*lines, "", ""]).encode() + payload


def response(path: str, day: float, body: str, *fields: tuple[str, str], status: int = 200) -> bytes:
    """A response with a page of the site."""
    return record("response", SITE + path, day, answer(body, status=status), *fields)


def sha1(body: str) -> tuple[str, str]:
    """The field with the payload's digest as nearly all programs give it."""
    return "WARC-Payload-Digest", f"sha1:{b32encode(hashlib.sha1(body.encode()).digest()).decode()}"


def members(path: Path, records: Iterable[bytes]) -> Path:
    """One gzip member a record."""
    path.write_bytes(b"".join(map(gzip.compress, records)))
    return path


def one_member(path: Path, records: Iterable[bytes]) -> Path:
    """One gzip member for the whole file."""
    path.write_bytes(gzip.compress(b"".join(records)))
    return path


def plain(path: Path, records: Iterable[bytes]) -> Path:
    """Not compressed."""
    path.write_bytes(b"".join(records))
    return path


def wacz(path: Path, warcs: Iterable[Path], *, named: Iterable[str] = (), spoil: bool = False) -> Path:
    """A WACZ file as its specification has it. One that is spoilt says another digest of its files; `named`
    are further files that it says it has.
    """
    resources = [{"name": name, "path": name, "hash": f"sha256:{'0' * 64}"} for name in named]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for one in warcs:
            file.write(one, f"archive/{one.name}")
            digest = hashlib.sha256(one.read_bytes() + (b"!" if spoil else b"")).hexdigest()
            resources.append({"name": one.name, "path": f"archive/{one.name}", "hash": f"sha256:{digest}"})
        told = {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
        package = json.dumps(told).encode()
        file.writestr("datapackage.json", package)
        seal = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
        file.writestr("datapackage-digest.json", json.dumps(seal))
    return path
