"""The WARC files within a WACZ file, checked against what that says of itself (WACZ 1.1.1, sections 5, 6)."""

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.care import foreign
from archive.care.foreign import ForeignError, Losses

MEMBERS = 100_000
"""So many files within one are looked at."""

ALTERED = "a file within is not what its digest says"
MISSING = "a file that datapackage.json names is not there"
UNREADABLE = "a file within cannot be unpacked"

_PACKAGE, _SEAL = "datapackage.json", "datapackage-digest.json"
_LONGEST = 64 * 1024 * 1024
_STEP = 1024 * 1024
_WARC = re.compile(r"archive/[^/]+\.warc(\.gz)?")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What is raised for files that are damaged, encrypted or packed in a way that is not known."""

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DIGEST = re.compile(r"(sha256|md5):([0-9a-f]+)")


def is_zip(path: Path) -> bool:
    """Whether a file begins as a ZIP file does."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def unzip(path: Path, folder: Path, losses: Losses, room: Callable[[int], None]) -> list[Path]:
    """Unpack the WARC files into a folder, in the order of their names. Files that are not what they are said
    to be, or are not there, are `losses`. `room` raises where there is none for so many bytes.

    Raises ForeignError for a ZIP file that is no WACZ file, or is packed as none of them is.
    """
    try:
        with zipfile.ZipFile(path) as file:
            inside = {info.filename: info for info in file.infolist()[:MEMBERS]}
            resources = _resources(path, file, inside, losses)
            warcs = sorted(name for name in inside if _WARC.fullmatch(name))
            if not warcs:
                raise ForeignError(
                    f"{path} is no WACZ file with archived pages: it has no archive/*.warc.gz."
                )
            size = sum(inside[name].file_size for name in warcs)
            foreign.weigh(path, size)
            room(size)
            for name in sorted(resources.keys() - inside.keys()):
                losses.add(0, f"{MISSING}: {_printable(name)}")
            return [
                made
                for number, name in enumerate(warcs)
                if (
                    made := _unpack(file, inside[name], folder / f"{number:05d}", resources.get(name), losses)
                )
            ]
    except _BROKEN as error:
        raise ForeignError(f"{path} is a ZIP file that cannot be read: {error}.") from error


def _resources(
    path: Path, file: zipfile.ZipFile, inside: dict[str, zipfile.ZipInfo], losses: Losses
) -> dict[str, str]:
    """The digests of the files within, by their names, as datapackage.json gives them."""
    if _PACKAGE not in inside:
        raise ForeignError(f"{path} is a ZIP file but no WACZ file: it has no {_PACKAGE}.")
    told = _small(file, inside[_PACKAGE])
    if _SEAL in inside:
        noted = _object(_small(file, inside[_SEAL])).get("hash")
        if noted != f"sha256:{hashlib.sha256(told).hexdigest()}":
            losses.add(0, f"{ALTERED}: {_PACKAGE}")
    package = _object(told)
    if not package:
        losses.add(0, f"{UNREADABLE}: {_PACKAGE}")
    if package.get("profile") == "multi-wacz-package":
        raise ForeignError(f"{path} is a bundle of WACZ files. Give each of them by itself.")
    listed = package.get("resources")
    return {
        one["path"]: str(one.get("hash", ""))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and isinstance(one.get("path"), str)
    }


def _unpack(
    file: zipfile.ZipFile, info: zipfile.ZipInfo, to: Path, noted: str | None, losses: Losses
) -> Path | None:
    name = _printable(info.filename)
    target = to.with_suffix(".warc.gz" if info.filename.endswith(".gz") else ".warc")
    try:
        if info.compress_type not in _PACKED:
            raise NotImplementedError
        with file.open(info) as packed, target.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, _STEP)
    except _BROKEN:
        losses.add(info.header_offset, f"{UNREADABLE}: {name}")
    else:
        match = _DIGEST.fullmatch(noted or "")
        if match and _digest(target, match[1]) != match[2]:
            losses.add(info.header_offset, f"{ALTERED}: {name}")
    return target if target.exists() and target.stat().st_size else None


def _digest(path: Path, kind: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()


def _small(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with file.open(info) as packed:
        return packed.read(_LONGEST)


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200]
