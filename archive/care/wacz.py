"""A WACZ file of a home's sources (WACZ 1.1.1): its WARC files as they are, an index, and a list of pages.

The index is in blocks that are compressed one by one (`index.cdx.gz`), their first lines in `index.idx`: a
reader finds a page in a large file by few requests. Nothing in the ZIP file is compressed once more.
"""

import gzip
import hashlib
import heapq
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from archive import access, instants, warc
from archive.access import GivenRow

VERSION = "1.1.1"
BLOCK_LINES = 300
"""Lines of the index that are compressed together."""

Watch = Callable[[int, int], object]
"""Is told how many bytes of how many were written."""

_STEP = 1024 * 1024
_DATED = (1980, 1, 1, 0, 0, 0)
"""What a ZIP file says of its files' times: always the same, so that the same home gives the same file."""


def write(
    archive: access.Archive,
    path: Path,
    sources: tuple[str, ...],
    software: str,
    watch: Watch,
) -> int:
    """Write the file; returns how many WARC files are in it. Raises OSError, warc.WarcError."""
    files = access.files(archive, sources)
    total = sum(one.stat().st_size for one in files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        made = _Package(target)
        done = 0
        for one in files:
            with one.open("rb") as file:
                made.add(f"archive/{one.name}", file, partial(_watched, watch, done, total))
            done += one.stat().st_size
        with TemporaryFile(dir=path.parent) as index, TemporaryFile(dir=path.parent) as blocks:
            _index(files, index, blocks)
            made.add("indexes/index.cdx.gz", index)
            made.add("indexes/index.idx", blocks)
        with TemporaryFile(dir=path.parent) as pages:
            last = _pages(access.given(archive, sources, None, None), pages)
            made.add("pages/pages.jsonl", pages)
        made.close(", ".join(sources), software, last)
    return len(files)


def _watched(watch: Watch, before: int, total: int, size: int) -> None:
    watch(before + size, total)


@dataclass
class _Package:
    """The ZIP file, and what datapackage.json will say of the files in it."""

    target: zipfile.ZipFile
    resources: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, file: BinaryIO, watch: Callable[[int], object] | None = None) -> None:
        """Add what is in a file. Its size is told first: with the wider fields that the ZIP format keeps free
        for it otherwise, ReplayWeb.page does not find where the file begins.
        """
        info = zipfile.ZipInfo(name, _DATED)
        info.file_size = file.seek(0, os.SEEK_END)
        file.seek(0)
        digest = hashlib.sha256()
        with self.target.open(info, "w") as target:
            while piece := file.read(_STEP):
                digest.update(piece)
                target.write(piece)
                if watch:
                    watch(file.tell())
        told = {"name": name.rsplit("/", 1)[-1].lower(), "path": name}
        self.resources.append({**told, "hash": f"sha256:{digest.hexdigest()}", "bytes": info.file_size})

    def close(self, title: str, software: str, created: str) -> None:
        """Write datapackage.json, and what it must be."""
        told = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": title,
            "created": created,
            "software": software,
            "resources": self.resources,
        }
        package = json.dumps(told, indent=2).encode()
        seal = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
        for name, text in (
            ("datapackage.json", package),
            ("datapackage-digest.json", json.dumps(seal).encode()),
        ):
            self.target.writestr(zipfile.ZipInfo(name, _DATED), text)


def _index(files: Iterable[Path], index: BinaryIO, blocks: BinaryIO) -> None:
    """Write the index, and the index of its blocks."""
    meta = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    blocks.write(f"!meta 0 {json.dumps(meta)}\n".encode("ascii"))
    with ExitStack() as stack:
        lines = heapq.merge(*(_lines(stack, one) for one in files))
        while block := list(islice(lines, BLOCK_LINES)):
            packed = gzip.compress("".join(block).encode("ascii"), mtime=0)
            key, at, _ = block[0].split(" ", 2)
            told = {"offset": index.tell(), "length": len(packed), "filename": "index.cdx.gz"}
            told["digest"] = f"sha256:{hashlib.sha256(packed).hexdigest()}"
            blocks.write(f"{key} {at} {json.dumps(told)}\n".encode("ascii"))
            index.write(packed)


def _lines(stack: ExitStack, path: Path) -> Iterator[str]:
    """The index of one WARC file, from the file beside it where that is there."""
    index = path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj")
    if not index.exists():
        warc.index(path)
    return iter(stack.enter_context(index.open(encoding="ascii", newline="\n")))


def _pages(rows: Iterable[GivenRow], pages: BinaryIO) -> str:
    """Write the list of pages, a line for each version; returns when the last was seen."""
    last = ""
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All versions of all pages", "hasText": False}
    pages.write(json.dumps(head).encode() + b"\n")
    for row in rows:
        told = {
            "id": row["warc_record"].strip("<>").removeprefix("urn:uuid:"),
            "url": row["url"],
            "ts": f"{row['first']:%Y-%m-%dT%H:%M:%S}.{row['first'].microsecond // 1000:03}Z",
            "title": row["title"] or row["url"],
        }
        pages.write(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        last = max(last, instants.iso(row["last"]))
    return last or "1970-01-01T00:00:00Z"
