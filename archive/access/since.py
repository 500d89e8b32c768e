"""How every page differs from what it was on some day: a part of `archive/access`."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from archive import diff
from archive.access.archive import Archive
from archive.access.capture import capture_at
from archive.access.rows import ChangeRow, PageRow
from archive.model import Kind, Openness, Verdict
from archive.sentences import count

_SAID = frozenset({Kind.BODY, Kind.TITLE, Kind.AUTHOR})


def since(archive: Archive, source: str, day: datetime, url: str | None = None) -> Iterator[ChangeRow]:
    """A row for each page that is not what it was at the instant `day`: `from` is the last capture up to
    then, `to` the first of what stands now. There is no run. `url`, canonical, asks for one page.

    Pages that were first seen later are new only where the source was crawled before.
    """
    begun = any(row["started"] <= day and row["outcome"] for row in archive.runs(source))
    if not begun:
        return
    for page in archive.pages(source):
        if page["versions"] and url in (None, page["url"]) and (row := _since(archive, source, page, day)):
            yield row


def _since(archive: Archive, source: str, page: PageRow, day: datetime) -> ChangeRow | None:
    url = page["url"]
    now, new = archive.version(url, page["versions"])
    gone = page["verdict"] in (Verdict.GONE, Verdict.MOVED)
    if page["first"] > day:
        row = _row(source, page, None, None, now["first"], now["number"])
        return None if gone else {**row, "kinds": [Kind.NEW.value], "added": count(new.text)}
    if now["first"] <= day and not gone:
        return None
    before = archive.version_at(url, day) if archive.versions(url)[0]["first"] <= day else None
    if before is None:
        return None
    _, old = archive.version(url, before)
    _, seen = capture_at(archive, url, day)
    if gone:
        last = [one for one in archive.changes(url=url) if one["to_version"] is None][-1:]
        if not last or last[0]["to"] <= day:
            return None
        row = _row(source, page, seen, before, last[0]["to"], None)
        return {
            **row,
            "kinds": last[0]["kinds"],
            "moved_to": last[0]["moved_to"],
            "moved_by": last[0]["moved_by"],
            "removed": last[0]["removed"],
        }
    if old.extractor != new.extractor or not (kinds := diff.kinds(old, new)):
        return None
    compared = diff.compare(old, new)
    told = _told(kinds)
    return {
        **_row(source, page, seen, before, now["first"], now["number"]),
        "kinds": [kind.value for kind in kinds],
        "announced": None if told is None else told is Openness.ANNOUNCED,
        "openness": told,
        "added": compared.added,
        "removed": compared.removed,
        "changed": compared.changed,
    }


def _told(kinds: Sequence[Kind]) -> Openness | None:
    """As far as the page's own date tells: over a long time, notes come and go."""
    said, dated = not _SAID.isdisjoint(kinds), Kind.DATE in kinds
    if said:
        return Openness.ANNOUNCED if dated else Openness.SILENT
    return Openness.REDATED if dated else None


def _row(
    source: str, page: PageRow, seen: datetime | None, before: int | None, to: datetime, after: int | None
) -> ChangeRow:
    return {
        "source": source, "url": page["url"], "kinds": [], "announced": None, "openness": None,
        "announced_by": None, "share": 0.0, "from": seen,
        "to": to, "from_version": before, "to_version": after, "added": 0, "removed": 0, "changed": 0,
        "run": "", "moved_to": None, "moved_by": None, "back_to": None, "title": page["title"],
    }  # fmt: skip
