"""One change: any two versions of a page, inline or side by side, their texts or all that the page showed."""

import re
from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint
from markupsafe import Markup

from archive import access
from strandline.comparing import compare, compare_links, compare_rendered, rendered
from strandline.complaint import Complaint
from strandline.differences import Comparison, as_json, summary
from strandline.fragment import as_paragraphs
from strandline.reading import notes_on
from strandline.web import answers, beside, bounded, kept, pages, passes, show
from strandline.web.room import room

area = Blueprint("changes_shown", __name__)

LOOKS = ("inline", "side", "page", "archived")
LONGEST = 600_000
"""Characters of both texts up to which they are shown marked; longer ones as their changed parts alone."""
LINKS = 500
LARGEST = 3_000_000
"""Bytes of a page up to which all that it showed is compared: more take seconds."""
ASIDE = 1_000_000
"""Bytes of a page up to which its links are compared beside its text."""


@answers.page(area, "/change/<path:url>/<step>", "change.html")
def change(url: str, step: str) -> dict[str, Any]:
    """What differs between two versions, named by number or by instant, as in `1..2`."""
    its = room()
    look = answers.asked("look") or "inline"
    if look not in LOOKS:
        answers.wrong(f"{look!r} is no way to look at a change. These are: {', '.join(LOOKS)}.")
    whole = bool(answers.whole("whole", 0, 1))
    url = pages.meant(url)
    first, last = _numbers(url, step)
    compared, links, unread = _compared(url, first, last, look)
    seen = access.head(its.archive, url)
    changes = list(its.archive.changes(url=url))
    place = next(
        (n for n, one in enumerate(changes) if (one["from_version"], one["to_version"]) == (first, last)),
        None,
    )
    (old, _), (new, _) = its.archive.version(url, first), its.archive.version(url, last)
    notes = [one for one in notes_on(its.archive, seen["url"]) if one["at"] in (old["first"], new["first"])]
    found = {
        "page": seen,
        "step": step,
        "change": changes[place] if place is not None else None,
        "previous": _neighbour(changes[:place][::-1]) if place is not None else None,
        "next": _neighbour(changes[place + 1 :]) if place is not None else None,
        "old": old,
        "new": new,
        "links": links,
        "links_unread": unread,
        "citation": pages.citation(url, first, last),
        "stable": f"{show.stamp(old['first'])}..{show.stamp(new['first'])}",
        "notes": notes,
    }
    if answers.is_twin():
        return {**found, **as_json(compared)}
    frames = _frames(old, new) if look == "archived" else None
    return {**found, **_marked(compared, look, whole), "look": look, "whole": whole, "frames": frames}


def _numbers(url: str, step: str) -> tuple[int, int]:
    parts = step.split("..")
    if len(parts) != 2:
        answers.wrong(f"{step[:60]!r} is no step from one version to another: write it as in 1..2.")
    first, last = (_number(url, part) for part in parts)
    if first >= last:
        answers.wrong(
            f"A change leads from an earlier version to a later one, and these are {first} and {last}."
        )
    return first, last


def _number(url: str, part: str) -> int:
    if re.fullmatch(r"\d{1,6}", part, re.ASCII):
        return int(part)
    return room().archive.version_at(url, answers.instant(part))


def _neighbour(changes: list[access.ChangeRow]) -> access.ChangeRow | None:
    """The next one that can be shown: it has a version on either side."""
    return next((one for one in changes if one["from_version"] and one["to_version"]), None)


def _compared(
    url: str, first: int, last: int, look: str
) -> tuple[Comparison, list[dict[str, str]], str | None]:
    """The comparison, the links of the pages that came and went, and why these were not compared."""
    archive, most = room().archive, LARGEST if look == "page" else ASIDE
    try:
        before, after = (rendered(archive, url, number, most) for number in (first, last))
    except (access.NotInArchive, Complaint) as error:
        if look == "page":
            raise
        return compare(archive, url, first, last), [], str(error)
    compared = compare_rendered(before, after) if look == "page" else compare(archive, url, first, last)
    found = compare_links(before[1].links, after[1].links)[:LINKS]
    return compared, [{"op": op, "link": link, "text": text} for op, link, text in found], None


def _frames(old: access.VersionRow, new: access.VersionRow) -> tuple[str, str] | None:
    """The addresses of the archived pages as they were last before a change and first after it, in each of
    them marked what the other lacks.
    """
    if passes.kept_base(room()) is None:
        return None
    before, after = old["last"], new["first"]
    return kept.frame(old["url"], before, after), kept.frame(new["url"], after, before)


def _marked(compared: Comparison, look: str, whole: bool) -> dict[str, Any]:
    """What the template shows of a comparison."""
    size = sum(len(block.old) + len(block.new) for block in compared.diff.blocks)
    whole = whole and size <= LONGEST
    blocks, cut = compared.diff.blocks, False
    if size > LONGEST:
        blocks, cut = bounded.blocks(blocks, LONGEST)
    found: dict[str, Any] = {
        "summary": summary(replace(compared, kinds=())),  # those are told beside it
        "metadata": [asdict(one) for one in compared.diff.metadata],
        "nothing": compared.diff.empty,
        "cut": cut,
    }
    if look == "side":
        rows = beside.rows(blocks)
        found["stretches"] = [(False, rows)] if whole else list(beside.folded(rows))
    elif look != "archived":
        html = as_paragraphs(replace(compared.diff, blocks=blocks), not whole)
        found["inline"] = Markup(html)  # noqa: S704 - everything in it is escaped
    return found
