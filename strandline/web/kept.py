"""Our frame around an archived page: of when it is, how far in time what it shows is, and what is missing."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint

from archive import access
from archive import text as texts
from strandline.web import answers, pages, passes, rewriting
from strandline.web.room import room

area = Blueprint("kept", __name__)

REQUISITES = 300
"""So many requisites of a page are looked for one by one."""


@answers.page(area, "/view/<path:url>/<at>", "view.html")
def view(url: str, at: str) -> dict[str, Any]:
    """An archived page, in a sandbox on its own origin."""
    its, url = room(), pages.meant(url)
    row, before, after = access.capture_of(its.archive, url, answers.instant(at))
    head = access.head(its.archive, url)
    changes = list(its.archive.changes(url=url))
    base = passes.kept_base(its)
    return {
        "page": head,
        "capture": row,
        "previous": before,
        "next": after,
        "previous_change": max((one["to"] for one in changes if one["to"] < row["at"]), default=None),
        "next_change": min((one["to"] for one in changes if one["to"] > row["at"]), default=None),
        "frame": frame(head["url"], row["at"]) if base else None,
        "requisites": _requisites(row, head["url"]),
    }


def frame(url: str, at: datetime, beside: datetime | None = None) -> str:
    """The address of an archived page on its origin; with what differs from another instant marked, and
    that is where it begins to be read.
    """
    its = room()
    path = passes.path(passes.grant(its), at, url, beside)
    return f"{passes.kept_base(its)}{path}{'#first-mark' if beside else ''}"


def _requisites(row: access.SeenRow, url: str) -> dict[str, Any] | None:
    """What the page shows besides: how much of it is kept, what is missing, and the longest way in time."""
    its = room()
    if "html" not in (row["content_type"] or "") or not row["payload"]:
        return None
    body = access.payload_of(its.archive, row["payload"])
    if body is None:
        return None
    text, charset, _ = texts.decoded(body, row["content_type"])
    wanted = rewriting.page(text, url, charset, lambda link: link, "").requisites[:REQUISITES]
    kept = access.kept_among(its.archive, wanted)
    farthest = timedelta(0)
    for one in wanted:
        if one in kept and (near := access.nearest(its.archive, one, row["at"])):
            farthest = max(farthest, abs(near["at"] - row["at"]))
    return {
        "wanted": len(wanted),
        "kept": len(kept),
        "missing": [one for one in wanted if one not in kept],
        "farthest_seconds": farthest.total_seconds(),
    }
