"""A year of captures and changes as a heat map: a column a week, a row a weekday."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from archive import access

CELL, GAP, LEFT, TOP = 12, 3, 30, 18
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def year(days: access.Days, source: str | None, number: int) -> dict[str, Any]:
    """The days of a year with what happened on them, and the marks of the picture."""
    number = min(max(number, 1990), 9998)
    found = {one["day"]: one for one in days.year(source, number)}
    first, last = date(number, 1, 1), date(number, 12, 31)
    most = max((one["captures"] for one in found.values()), default=0)
    cells = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(offset)
        one = found.get(day)
        captures, changes = (one["captures"], one["changes"]) if one else (0, 0)
        cells.append(
            {
                "day": day, "captures": captures, "changes": changes,
                "x": LEFT + _week(day) * (CELL + GAP), "y": TOP + day.weekday() * (CELL + GAP),
                "heat": _heat(captures, most),
            }
        )  # fmt: skip
    return {
        "year": number,
        "source": source,
        "captures": sum(one["captures"] for one in found.values()),
        "changes": sum(one["changes"] for one in found.values()),
        "days": [one for one in cells if one["captures"] or one["changes"]],
        "cells": cells,
        "months": [
            {"name": name, "x": LEFT + _week(date(number, month, 1)) * (CELL + GAP)}
            for month, name in enumerate(_MONTHS, 1)
        ],
    }  # fmt: skip


_DAY = (
    '<a href="{address}" tabindex="-1"><title>{day}: {captures:,} captures, {changes:,} changes</title>'
    '<rect class="heat-{heat}" x="{x}" y="{y}" width="12" height="12" rx="2"/>{spot}</a>'
)
_NOTHING = '<rect class="heat-0" x="{x}" y="{y}" width="12" height="12" rx="2"/>'
_SPOT = '<circle class="spot" cx="{x}" cy="{y}" r="3"/>'


def drawn(calendar: dict[str, Any]) -> Markup:
    """The days of a year as they are drawn."""
    return _drawn(calendar["source"], tuple(tuple(cell.values()) for cell in calendar["cells"]))


@lru_cache(maxsize=32)  # each has 0.2 MB
def _drawn(source: str | None, cells: tuple[tuple[Any, ...], ...]) -> Markup:
    parts = []
    for day, captures, changes, x, y, heat in cells:
        if not (captures or changes):
            parts.append(_NOTHING.format(x=x, y=y))
            continue
        address = escape(url_for("changes.changes", since=day, until=day, source=source))
        spot = _SPOT.format(x=x + 6, y=y + 6) if changes else ""
        parts.append(
            _DAY.format(
                address=address, day=day, captures=captures, changes=changes, heat=heat, x=x, y=y, spot=spot
            )
        )
    return Markup("".join(parts))  # noqa: S704 - numbers, and an address that is escaped


def _week(day: date) -> int:
    """The column of a day: weeks begin on Monday."""
    return (day.timetuple().tm_yday - 1 + date(day.year, 1, 1).weekday()) // 7


def _heat(captures: int, most: int) -> int:
    """From 0 to 4: each step is another quarter of the way to the most, on a scale of roots."""
    return 0 if not captures else min(4, 1 + int(3.999 * (captures / most) ** 0.5))
