"""Paths for pages in what is given away: of any two URLs different, and fit for every file system."""

import hashlib
import re
from urllib.parse import urlsplit

LONGEST, DEEPEST = 80, 8
"""Characters of a part of a path, and folders below the host's."""

_PLAIN = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9_-])?")
_OTHERS = re.compile(r"[^a-z0-9._-]+")
_TAKEN = re.compile(r"index|.*\.(md|lock|git)|(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*(~\d+)?")


def path_of(source: str, url: str) -> str:
    """SOURCE/HOST/PATH.md for a page; `index.md` in a folder for an address that ends with a slash. The
    folder of a host is called HOST~PORT where there is a port, and HOST~http where pages are not fetched by
    HTTPS.

    What is not plain, such as capitals, other letters or a query, is left out, and a digest of the URL stands
    for it behind a `~`, which no plain name has. Nothing of an address leads out of the folder.
    """
    parts = urlsplit(url)
    host = parts.netloc.replace(":", "~")
    *folders, last = parts.path.removeprefix("/").split("/")
    plain = (
        "?" not in url
        and _HOST.fullmatch(host) is not None
        and len(folders) <= DEEPEST
        and all(_is_plain(one) for one in [*folders, last or "a"])
    )
    name = _fit(last) or "index"
    if not plain:
        name = f"{name}~{hashlib.sha256(url.encode()).hexdigest()[:10]}"
    if parts.scheme != "https":
        host = f"{host}~http"
    kept = [fit for one in folders[:DEEPEST] if (fit := _fit(one))]
    return "/".join((source, re.sub(r"[^a-z0-9.~-]", "_", host.lower()), *kept, f"{name}.md"))


def _is_plain(part: str) -> bool:
    return bool(_PLAIN.fullmatch(part)) and _fit(part) == part


def _fit(part: str) -> str:
    fit = _OTHERS.sub("-", part.lower()).strip("-.")[:LONGEST].rstrip("-.")
    return f"{fit}_" if _TAKEN.fullmatch(fit) else fit
