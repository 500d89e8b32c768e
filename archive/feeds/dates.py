"""Dates as feeds write them: RFC 822, ISO 8601, and what else programs make of these."""

import re
from datetime import UTC, datetime, timedelta, timezone

_LONGEST = 100
_FIRST, _LAST = 1600, 2200

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
            "aug august", "sep sept september", "oct october", "nov november", "dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
# Hours from UTC: RFC 822's, and those that mean one thing only (not so IST and BST).
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "jst": 9,
}  # fmt: skip

_NUMBERS = re.compile(
    r"(?P<y>\d{4})\s*(?P<sep>[-/.年]|)\s*(?P<m>\d\d?)\s*(?:(?P=sep)|月)\s*(?P<d>\d\d?)日?(?!\d)"
)
_WORDS = re.compile(
    r"(?<![\d:-])(?P<d>\d\d?)(?:st|nd|rd|th)?[\s.-]+(?P<m>[a-z]{3,9})\.?[\s,-]+(?P<y>\d{4}|\d\d)(?![\d:])",
    re.I,
)
_AMERICAN = re.compile(
    r"\b(?P<m>[a-z]{3,9})\.?\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+"
    r"(?:(?P<time>\d\d?:\d\d:\d\d)\s+(?:(?P<zone>[a-z]{2,5}|[+-]\d{4})\s+)?)?(?P<y>\d{4})(?!\d)",
    re.I,
)
_TIME = re.compile(
    r"[t\s,]*(?P<h>\d\d?):(?P<min>\d\d)(?::(?P<s>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"\s*(?:(?P<name>[a-z]{1,5})(?![a-z]))?\s*(?P<shift>[+-]\d\d:?\d\d)?",
    re.I,
)
_COMPACT = re.compile(r"(\d{8})t(\d\d)(\d\d)(\d\d)?", re.I)
_SECONDS = re.compile(r"1\d{9}")


def read(text: str) -> datetime | None:
    """The instant in UTC, as far as it is sure: None where day, month and year are not.

    A time that is missing or impossible is midnight, a zone that is missing or ambiguous is UTC: then the
    instant is right to within a day. `01/02/2024` is two days, and the first second of 1970 is no date.
    """
    text = " ".join(text[:_LONGEST].split())
    if _SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    text = _COMPACT.sub(lambda found: f"{found[1]}T{found[2]}:{found[3]}:{found[4] or '00'}", text)
    if found := _NUMBERS.match(text):
        return _instant(int(found["y"]), int(found["m"]), int(found["d"]), text[found.end() :])
    for form in (_WORDS, _AMERICAN):
        for found in form.finditer(text):
            if month := _MONTHS.get(found["m"].lower()):
                rest = text[found.end() :]
                if form is _AMERICAN and found["time"]:
                    rest = f"{found['time']} {found['zone'] or ''}"
                return _instant(_year(found["y"]), month, int(found["d"]), rest)
    return None


def _year(digits: str) -> int:
    """Two digits as RFC 2822, section 4.3, reads them."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _instant(year: int, month: int, day: int, rest: str) -> datetime | None:
    try:
        midnight = datetime(year, month, day, tzinfo=UTC)
        if not _FIRST <= year <= _LAST:
            return None
        found = _TIME.match(rest)
        instant = _at(midnight, found) if found else midnight
    except (ValueError, OverflowError):
        return None
    return instant if instant.timestamp() != 0 else None


def _at(midnight: datetime, time: re.Match[str]) -> datetime:
    hour, minute, second = int(time["h"]), int(time["min"]), int(time["s"] or 0)
    if time["half"]:
        hour = hour % 12 + (12 if time["half"][0] in "pP" else 0)
    if hour > 24 or minute > 59 or second > 60:
        return midnight
    # 24:00 and a leap second are those that follow.
    clock = midnight + timedelta(hours=hour, minutes=minute, seconds=second)
    return clock.replace(tzinfo=_zone(time)).astimezone(UTC)


def _zone(time: re.Match[str]) -> timezone:
    shift = (time["shift"] or "").replace(":", "")
    if shift:
        hours, minutes = int(shift[1:3]), int(shift[3:5])
        if hours <= 14 and minutes < 60:
            away = timedelta(hours=hours, minutes=minutes)
            return timezone(-away if shift[0] == "-" else away)
        return UTC
    return timezone(timedelta(hours=_ZONES.get((time["name"] or "").lower(), 0)))
