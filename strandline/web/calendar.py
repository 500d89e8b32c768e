"""A year of captures and changes as a heat map: a column a week, a row a weekday."""

from datetime import date, timedelta
from typing import Any

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


def _week(day: date) -> int:
    """The column of a day: weeks begin on Monday."""
    return (day.timetuple().tm_yday - 1 + date(day.year, 1, 1).weekday()) // 7


def _heat(captures: int, most: int) -> int:
    """From 0 to 4: each step is another quarter of the way to the most, on a scale of roots."""
    return 0 if not captures else min(4, 1 + int(3.999 * (captures / most) ** 0.5))
