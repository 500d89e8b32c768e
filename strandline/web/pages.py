"""A page through time: its captures, versions and changes, what it said on a date, and where that is kept."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from math import log
from typing import Any, TypeVar

from flask import Blueprint

from archive import access, urls
from crawler import why as reasons
from schedules import sources as source_files
from strandline import citations
from strandline.complaint import Complaint
from strandline.reading import notes_on
from strandline.settings import source as source_of
from strandline.web import answers, show
from strandline.web.room import room

area = Blueprint("pages", __name__)
T = TypeVar("T")

VERSIONS, CAPTURES = 50, 50
"""So many are told one by one on a page."""
SENTENCES = 2_000
BACK = 50
"""So many versions are looked at for their sentences, if no more are asked for: each takes milliseconds."""
LONGEST = 200_000
"""Characters of a text that are shown; its twin has all of them."""
WIDTH, LANE, BAR = 1000, 46, 4


@answers.page(area, "/page/<path:url>", "page.html")
def page(url: str) -> dict[str, Any]:
    """What is known of a page, and what it said at an instant, `at`, as people write times; else at last."""
    its = room()
    seen = access.head(its.archive, url)
    moment = answers.moment("at")
    before = answers.asked("before")
    versions = its.archive.versions(url) if seen["versions"] else []
    changes = list(its.archive.changes(url=url))
    captured = access.captures_of(its.archive, url, answers.instant(before) if before else None, CAPTURES + 1)
    shown = _shown(url, versions, moment.end if moment else None)
    return {
        "page": seen,
        "at": moment.end if moment else None,
        "shown": shown,
        **_turned(versions, changes, answers.whole("upto", 0, 1_000_000)),
        "captures": captured[:CAPTURES],
        "more": show.stamp(captured[CAPTURES - 1]["at"]) if len(captured) > CAPTURES else None,
        "around": _around(changes, shown["version"]["number"]) if shown else None,
        "citation": citation(url, None, shown["version"]["number"]) if shown else None,
        "notes": notes_on(its.archive, seen["url"]),
        "origin": _origin(seen),
        "drawing": _drawing(seen, access.marks(its.archive, seen), versions, changes),
    }


@answers.page(area, "/capture/<path:url>/<at>", "capture.html")
def capture(url: str, at: str) -> dict[str, Any]:
    """One capture: what was answered, what that means for the page, and where its bytes are."""
    its, url = room(), meant(url)
    row, before, after = access.capture_of(its.archive, url, answers.instant(at))
    seen = access.head(its.archive, url)
    return {
        "page": seen,
        "capture": row,
        "previous": before,
        "next": after,
        "head": access.answer_head(its.archive, row),
        "notes": [one for one in notes_on(its.archive, seen["url"]) if one["at"] == row["at"]],
    }


@answers.page(area, "/sentences/<path:url>", "sentences.html")
def sentences(url: str) -> dict[str, Any]:
    """Since when each sentence of a page stands, and until when those stood that are gone."""
    its = room()
    back = max(answers.whole("versions", BACK), 2)
    found = access.origins(its.archive, url, back)
    standing, removed = found["sentences"][:SENTENCES], found["removed"][:SENTENCES]
    return {
        "page": access.head(its.archive, url),
        "title": its.archive.version(url, found["to_version"])[0]["title"],
        "from_version": found["from_version"],
        "to_version": found["to_version"],
        "sentences": standing,
        "removed": removed,
        "cut": len(standing) < len(found["sentences"]) or len(removed) < len(found["removed"]),
        "further": min(10 * back, 1000) if found["from_version"] > 1 and back < 1000 else None,
        "stretches": [] if answers.is_twin() else _stretches(standing),
    }


def _stretches(found: list[access.SentenceRow]) -> list[list[access.SentenceRow]]:
    """Sentences that follow each other and came with the same version."""
    return [list(some) for _, some in groupby(found, key=lambda one: one["version"])]


@answers.page(area, "/why/<path:url>", "why.html")
def why(url: str) -> dict[str, Any]:
    """What became of a URL and why, also of one that was never met."""
    its = room()
    loaded, _ = source_files.load_all(its.home)
    try:
        told = [asdict(one) for one in reasons.why(its.home, its.archive, loaded, url)]
    except ValueError as error:
        answers.wrong(f"{error}. Give the whole address of a page.")
    return {"url": url, "answers": told}


def meant(url: str) -> str:
    """A URL in the middle of an address: there the slash at its end is easily left out."""
    archive = room().archive
    if url.endswith("/") or archive.sources_of(_canonical(url)):
        return url
    return f"{url}/" if archive.sources_of(_canonical(f"{url}/")) else url


def _canonical(url: str) -> str:
    try:
        return urls.canonical(url)
    except ValueError:
        return url


def _shown(url: str, versions: list[access.VersionRow], at: datetime | None) -> dict[str, Any] | None:
    """The version that stood at an instant, with its text; None where there is none."""
    standing = [one for one in versions if at is None or one["first"] <= at]
    if not standing:
        return None
    version, text = room().archive.version(url, standing[-1]["number"])
    return {
        "version": version,
        "title": text.title,
        "date": version["date"],
        "author": text.author,
        "language": text.language,
        "published": text.published,
        "modified": text.modified,
        "canonical": text.canonical,
        "shape": str(text.shape),
        "extractor": text.extractor,
        "evidence": [asdict(one) for one in text.evidence],
        "entries": len(text.entries),
        "text": text.text if answers.is_twin() else text.text[:LONGEST],
        "cut": len(text.text) > LONGEST,
    }


def _origin(seen: access.HeadRow) -> dict[str, Any]:
    """How the page was met first."""
    its = room()
    try:
        source = source_of(its.home, seen["source"])
    except Complaint:
        source = None
    return asdict(reasons.met(its.home, its.archive, seen["source"], source, seen["url"]))


def _turned(versions: list[access.VersionRow], changes: list[access.ChangeRow], upto: int) -> dict[str, Any]:
    """Versions up to a number, and the changes up to then, the newest first; 0 stands for the last."""
    told = [one for one in versions if not upto or one["number"] <= upto]
    shown, older = told[-VERSIONS:], told[:-VERSIONS]
    begin = older[-1]["first"] if older else None
    end = told[-1]["first"] if upto and told else None
    within = [one for one in changes if (not begin or one["to"] > begin) and (not end or one["to"] <= end)]
    return {
        "versions": shown[::-1],
        "changes": within[::-1][: 2 * VERSIONS],
        "left_out": max(len(within) - 2 * VERSIONS, 0),
        "older": older[-1]["number"] if older else None,
        "upto": upto or None,
    }


def _around(changes: list[access.ChangeRow], number: int) -> dict[str, access.ChangeRow | None]:
    """The changes that brought a version and that ended it."""
    return {
        "brought": next((one for one in changes if one["to_version"] == number), None),
        "ended": next((one for one in changes if one["from_version"] == number), None),
    }


def citation(url: str, first: int | None, last: int) -> dict[str, Any]:
    """The citation of a version, or of the change from one to another, in each form."""
    its = room()
    after = access.cited(its.archive, url, last)
    before = access.cited(its.archive, url, first) if first is not None else None
    try:
        about = source_of(its.home, after["source"]).about.model_dump()
    except Complaint:
        about = {}
    made = citations.Citation(after, before, {key: value for key, value in about.items() if value})
    return {
        "text": citations.as_text(made),
        "bibtex": citations.as_bibtex(made),
        "csl": citations.as_csl(made),
    }


def _drawing(
    seen: access.HeadRow,
    marks: list[access.MarkRow],
    versions: list[access.VersionRow],
    changes: list[access.ChangeRow],
) -> dict[str, Any]:
    """The timeline: captures as ticks, versions as bands, changes as bars as high as they are large."""
    span = max((seen["last"] - seen["first"]).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        return round(8 + (WIDTH - 16) * min(max((at - seen["first"]).total_seconds() / span, 0), 1), 1)

    most = max((one["captures"] for one in marks), default=1)
    return {
        "ticks": [
            {
                "x": x(one["at"]), "captures": one["captures"], "at": one["at"],
                "heat": 1 + min(3, int(4 * one["captures"] / (most + 1))),
                "bad": bool({"failed", "blocked", "gone"} & one["verdicts"].keys()),
            }
            for one in marks
        ],
        "bands": [
            {"x": x(one["first"]), "width": round(max(x(one["last"]) - x(one["first"]), 3), 1),
             "number": one["number"], "first": one["first"], "last": one["last"]}
            for one in _apart(versions, lambda one: x(one["first"]), lambda one: one["captures"])
        ],
        "bars": [
            {"x": x(one["to"]), "height": round(min(LANE, 8 + 6 * log(1 + one["added"] + one["removed"])), 1),
             "row": one}
            for one in _apart(changes, lambda one: x(one["to"]), lambda one: one["added"] + one["removed"])
        ],
        "years": _years(seen["first"], seen["last"], x),
        "changes": len(changes),
        "days": seen["first"].date() != seen["last"].date(),
    }  # fmt: skip


def _apart(rows: list[T], place: Callable[[T], float], size: Callable[[T], float]) -> list[T]:
    """Those that do not hide each other where they are drawn: of those at one place the largest."""
    found: dict[int, T] = {}
    for one in rows:
        at = int(place(one) / BAR)
        found[at] = max(found.get(at, one), one, key=size)
    return list(found.values())


def _years(first: datetime, last: datetime, x: Any) -> list[dict[str, Any]]:
    """Where years begin, at most a dozen of them."""
    every = max(1, (last.year - first.year) // 12 + 1)
    start = first.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    found = range(first.year + 1, last.year + 1, every)
    return [{"x": x(start.replace(year=year)), "year": year} for year in found]
