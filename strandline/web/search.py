"""Search: where something was said in any version, since when and until when, and how that went over time."""

import threading
from collections import Counter
from typing import Any

from flask import Blueprint

from archive import access
from strandline.web import answers
from strandline.web.room import Room, room

area = Blueprint("search", __name__)

FOUND = 20
STANDING_SECONDS = 600.0
"""So long it is remembered how many pages stood in each month."""
LEFT, RIGHT, TOP, HEIGHT, WIDTH = 44, 8, 10, 120, 1000
_following = threading.Lock()


@answers.page(area, "/search", "search.html")
def search() -> dict[str, Any]:
    """What was found, and the plot of it."""
    its = room()
    words, source = answers.asked("q", 300), answers.asked("source", 64)
    since, until = answers.moment("since"), answers.moment("until")
    language = answers.asked("language", 20)
    current = bool(answers.whole("current", 0, 1))
    found: dict[str, Any] = {
        "asked": {"q": words, "source": source, "language": language, "current": current},
        "names": sorted(path.stem for path in its.home.sources.glob("*.toml")),
        "answer": None,
        "plot": None,
    }
    if words is None:
        return found
    query = access.Query(
        words, source, language, since.start if since else None, until.end if until else None, current
    )
    _follow(its)
    try:
        before = answers.whole("before", 0, 2**53) or None
        found["answer"] = access.find(its.archive, query, before, FOUND)
        if before is None and found["answer"]["found"]:
            found["plot"] = _plot(access.over_time(its.archive, query, stood(its, source)))
    except access.QueryError as error:
        answers.wrong(f"{words!r}: {error}")
    return found


def _follow(its: Room) -> None:
    """Take in what is new behind the scenes, and wait for a moment: mostly that is enough."""
    if access.behind(its.archive) and _following.acquire(blocking=False):
        thread = threading.Thread(target=_catch_up, args=(its,), name="search", daemon=True)
        thread.start()
        thread.join(0.15)  # at the turnstile the others wait too


def _catch_up(its: Room) -> None:
    try:
        access.follow(its.archive)
    finally:
        _following.release()


def stood(its: Room, source: str | None) -> dict[str, int]:
    """How many pages stood in each month, of a source or of all."""
    latest = its.latest("standing", lambda: access.standing(its.archive), STANDING_SECONDS)
    of_sources = latest.get(id(its.archive))
    if source is not None:
        return of_sources.get(source, {})
    every: Counter[str] = Counter()
    for months in of_sources.values():
        every.update(months)
    return every


def _plot(counted: access.Frequency) -> dict[str, Any] | None:
    """Bars of the share of all pages that said it, month by month; None where there is nothing to be seen."""
    rows = counted["months"]
    if not any(row["said"] for row in rows):
        return None
    shares = [row["said"] / row["standing"] if row["standing"] else 0.0 for row in rows]
    most = max(shares, default=0.0) or 1.0
    step = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    bars: list[dict[str, Any]] = [
        {
            "x": round(LEFT + number * step, 1),
            "width": round(max(min(step - 1, 40), 1), 1),
            "y": round(TOP + HEIGHT * (1 - share / most), 1),
            "height": round(HEIGHT * share / most, 1),
            **row,
        }
        for number, (row, share) in enumerate(zip(rows, shares, strict=True))
    ]
    years = [one for number, one in enumerate(bars) if one["month"].endswith("-01") or number == 0]
    if len(years) > 1 and years[1]["x"] - years[0]["x"] < 40:
        del years[0]
    return {
        "bars": bars,
        "years": years,
        "most": f"{100 * most:.2g}" if most < 0.1 else f"{100 * most:.0f}",
        "one_in": counted["one_in"],
        "months": rows,
    }
