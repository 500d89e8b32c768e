"""A WACZ file of a home's sources (WACZ 1.1.1): its WARC files as they are, an index, and a list of pages.

The index is in blocks that are compressed one by one (`index.cdx.gz`), their first lines in `index.idx`: a
reader finds a page in a large file by few requests. Nothing in the ZIP file is compressed once more.
"""

import gzip
import hashlib
import heapq
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from archive import access, instants, warc
from archive.access import GivenRow

VERSION = "1.1.1"
BLOCK_LINES = 300
"""Lines of the index that are compressed together."""

_STEP = 1024 * 1024
_DATED = (1980, 1, 1, 0, 0, 0)
"""What a ZIP file says of its files' times: always the same, so that the same home gives the same file."""


def write(
    archive: access.Archive,
    path: Path,
    sources: tuple[str, ...],
    software: str,
    watch: Callable[[int, int], object],
) -> int:
    """Write the file; returns how many WARC files are in it. Raises OSError, warc.WarcError."""
    files = access.files(archive, sources)
    total = sum(one.stat().st_size for one in files)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        made = _Package(target)
        done = 0
        for one in files:
            with one.open("rb") as file, made.adding(f"archive/{one.name}") as write:
                while piece := file.read(_STEP):
                    write(piece)
                    done += len(piece)
                    watch(done, total)
        blocks = list(_index(made, files))
        with made.adding("indexes/index.idx") as write:
            write(f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': 'index.cdx.gz'})}\n".encode())
            for line in blocks:
                write(line)
        last = _pages(made, access.given(archive, sources, None, None))
        made.close(", ".join(sources), software, last)
    return len(files)


@dataclass
class _Package:
    """The ZIP file, and what datapackage.json will say of the files in it."""

    target: zipfile.ZipFile
    resources: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def adding(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """A file within, written in pieces."""
        digest, size = hashlib.sha256(), 0
        with self.target.open(zipfile.ZipInfo(name, _DATED), "w", force_zip64=True) as file:

            def write(piece: bytes) -> None:
                nonlocal size
                digest.update(piece)
                size += len(piece)
                file.write(piece)

            yield write
        self.resources.append(
            {
                "name": name.rsplit("/", 1)[-1].lower(),
                "path": name,
                "hash": f"sha256:{digest.hexdigest()}",
                "bytes": size,
            }
        )

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


def _index(made: _Package, files: Iterable[Path]) -> Iterator[bytes]:
    """Write the index; the lines of its index."""
    with ExitStack() as stack, made.adding("indexes/index.cdx.gz") as write:
        lines = heapq.merge(*(_lines(stack, one) for one in files))
        offset = 0
        while block := list(islice(lines, BLOCK_LINES)):
            packed = gzip.compress("".join(block).encode("ascii"), mtime=0)
            write(packed)
            key, at, _ = block[0].split(" ", 2)
            told = {"offset": offset, "length": len(packed), "filename": "index.cdx.gz"}
            told["digest"] = f"sha256:{hashlib.sha256(packed).hexdigest()}"
            yield f"{key} {at} {json.dumps(told)}\n".encode("ascii")
            offset += len(packed)


def _lines(stack: ExitStack, path: Path) -> Iterator[str]:
    """The index of one WARC file, from the file beside it where that is there."""
    index = path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj")
    if not index.exists():
        warc.index(path)
    return iter(stack.enter_context(index.open(encoding="ascii", newline="\n")))


def _pages(made: _Package, rows: Iterable[GivenRow]) -> str:
    """Write the list of pages, a line for each version; returns when the last was seen."""
    last = ""
    with made.adding("pages/pages.jsonl") as write:
        head = {
            "format": "json-pages-1.0",
            "id": "pages",
            "title": "All versions of all pages",
            "hasText": False,
        }
        write(json.dumps(head).encode() + b"\n")
        for row in rows:
            told = {
                "id": row["warc_record"].strip("<>").removeprefix("urn:uuid:"),
                "url": row["url"],
                "ts": f"{row['first']:%Y-%m-%dT%H:%M:%S}.{row['first'].microsecond // 1000:03}Z",
                "title": row["title"] or row["url"],
            }
            write(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            last = max(last, instants.iso(row["last"]))
    return last or "1970-01-01T00:00:00Z"
