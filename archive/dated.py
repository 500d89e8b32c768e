"""The dated archive: one Markdown file a version, front matter and text.

HOME/text/NAME/YYYY/MM/DD/SLUG/YYYYMMDDThhmmssZ.md: the folder's date is the article's own, else that of the
version's first capture; the file's name is the instant of that capture.
"""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archive import instants
from archive.model import Text

SLUG_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a version's text came from: enough to find the bytes again with any WARC tool."""

    url: str
    source: str
    version: int
    captured: datetime
    warc: str
    offset: int
    record: str
    payload: str


def file_name(origin: Origin, text: Text) -> str:
    """The version's path below HOME/text, with forward slashes.

    The end of the folder's name is a digest of the URL: two pages never share a folder, whatever their
    addresses look like once they are made fit for every file system.
    """
    day = text.date or origin.captured.date()
    digest = hashlib.sha256(origin.url.encode()).hexdigest()[:8]
    folder = f"{origin.source}/{day.year:04d}/{day.month:02d}/{day.day:02d}/{slug(origin.url)}-{digest}"
    return f"{folder}/{instants.stamp(origin.captured)}.md"


def slug(url: str) -> str:
    """A readable name from the end of the URL's path: lower-case ASCII letters, digits and hyphens."""
    path = unquote(urlsplit(url).path).lower()
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"\.(html?|php|aspx?)$", "", path)).strip("-")
    return words[-SLUG_LENGTH:].strip("-") or "index"


def write(folder: Path, name: str, origin: Origin, text: Text) -> None:
    """Write the file unless it is there and says the same. A crash leaves a whole file or none.

    It says something else where the page was read anew, or an earlier version was found and moved its number.
    """
    path = folder / name
    said = render(origin, text)
    if path.exists() and path.read_text("utf-8") == said:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_suffix(".tmp")
    with passing.open("w", encoding="utf-8", newline="\n") as file:
        file.write(said)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)


def remove(folder: Path, name: str) -> None:
    """Delete a file that no version has any more, and the folders that it leaves empty."""
    path = folder / name
    path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            return
        parent.rmdir()


def render(origin: Origin, text: Text) -> str:
    """The file's content: YAML front matter (every value a JSON string, which is YAML), then the text."""
    facts = {
        "url": origin.url,
        "source": origin.source,
        "version": origin.version,
        "captured": instants.iso(origin.captured),
        "title": text.title,
        "date": text.date.isoformat() if text.date else None,
        "published": text.published,
        "modified": text.modified,
        "canonical": text.canonical,
        "author": text.author,
        "language": text.language,
        "text_sha256": sha256(text.text),
        "extractor": text.extractor,
        "warc": origin.warc,
        "warc_offset": origin.offset,
        "warc_record": origin.record,
        "payload": origin.payload,
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
    return "\n".join(["---", *lines, "---", "", text.text, ""])


def sha256(text: str) -> str:
    """The digest by which texts are known, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
