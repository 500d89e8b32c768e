"""Dates as people write them: found in text, in many languages. No date rather than a wrong one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from archive.text import months

_SIGN = r"[^\s\d,/()|·•:–—-]"
_WORD = rf"(?P<{{}}>{_SIGN}{{{{2,24}}}})"
_FORMS = (
    r"(?<!\d)(?P<y1>[12]\d{3})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)",
    r"(?<!\d)(?P<d2>\d{1,2})(?:st|nd|rd|th|d|er|º|ª|η|-го|a|ais)?\.?\s*(?:de\s+|d['’]|of\s+|di\s+|-)?\s*"
    + _WORD.format("m2")
    + r"(?:\s+(?:de|del|of|พ\.ศ\.|ค\.ศ\.))?[\s,./-]*(?P<y2>[12]\d{3})(?!\d)",
    r"(?<!\w)" + _WORD.format("m3") + r"\s+(?P<d3>\d{1,2})(?:st|nd|rd|th|d)?,?\s+(?P<y3>[12]\d{3})(?!\d)",
    r"(?<![\d.,])(?P<d4>\d{1,2})(?P<sep>[./-])(?P<m4>\d{1,2})(?P=sep)(?P<y4>[12]\d{3})(?!\d)",
    r"(?<!\d)(?P<y5>[12]\d{3})\s?[年년]\s?(?P<m5>\d{1,2})\s?[月월]\s?(?P<d5>\d{1,2})\s?[日일]",
    r"(?<!\d)(?P<y7>[12]\d{3})\.?\s+gada\s+(?P<d7>\d{1,2})\.?\s*" + _WORD.format("m7"),
    r"(?<!\d)(?P<y6>[12]\d{3})\.?,?\s*(?:m\.\s*)?" + _WORD.format("m6") + r"\s+(?P<d6>\d{1,2})(?!\d)",
    r"(?<![\d.])(?P<d8>\d{1,2})\.\s(?P<m8>\d{1,2})\.\s(?P<y8>[12]\d{3})(?!\d)",
    r"(?<!\d)(?P<y9>[12]\d{3})\.\s(?P<m9>\d{1,2})\.\s(?P<d9>\d{1,2})\.",
    r"(?<!\d)(?P<d0>\d{1,2})\s+(?:tháng|thg)\s+(?P<m0>\d{1,2})\s*,?\s*(?:năm\s+)?(?P<y0>[12]\d{3})(?!\d)",
)
_DAY = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|d|er|º|ª|η|-го)?\.?\s+(?:de\s+|d['’]|of\s+|di\s+)?(?P<after>{_SIGN}{{2,24}})"
    rf"|(?<!\w)(?P<before>{_SIGN}{{3,24}})\s+(?P<n>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.])"
)
_DATE = re.compile("|".join(_FORMS), re.I)
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([/.-])(\d{1,2})\2[12]\d{3}(?!\d)")
_SHORT = re.compile(r"([12]\d{3})(\d{2})(\d{2})(?=\d{6}(?!\d)|(?!\d))")
_CLOCK = re.compile(
    r"(?:T|[\s,|·•–—@-]{1,4}(?:(?:at|um|a las|à|alle|às|в|о|στις|kl\.?|klo|godz\.?|o|ore)\s+)?)"
    r"(?P<h>\d{1,2})(?::|h|(?<=T\d\d)|\.)(?P<m>\d{2})(?::?(?P<s>[0-5]\d)(?:\.\d+)?)?"
    r"(?:\s?(?P<half>[ap]\.?m\.?))?(?:\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})(?!\d))?(?!\d)",
    re.I,
)
_LETTERS = re.compile("[\u0370-\u04ff]")
_HINT = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_DIGITS = {
    zero + digit: str(digit)
    for zero in (
        0x0660,
        0x06F0,
        0x0966,
        0x09E6,
        0x0E50,
        0xFF10,
    )  # Arabic, Persian, Hindi, Bengali, Thai, wide
    for digit in range(10)
}
_FOREIGN = re.compile("[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\uff10-\uff19]")
_BUDDHIST = range(2400, 2600)
"""Years as Thailand counts them, 543 more than elsewhere."""
_IN_URL = re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Found:
    """A date at [start, end) of a text. `day` is None where 05/09/2023 may be May or September."""

    start: int
    end: int
    day: date | None


def find(text: str, language: str | None = None) -> Iterator[Found]:
    """The dates written out in full in a text, in order; impossible ones are passed over."""
    text = text.translate(_DIGITS) if _FOREIGN.search(text) else text
    if not _HINT.search(text):
        return
    place = 0
    while match := _DATE.search(text, place):
        try:
            found = Found(match.start(), match.end(), _day(match, (language or "").lower()))
        except ValueError:
            place = match.start() + 1
            continue
        place = match.end()
        yield found


def first(text: str | None, language: str | None = None) -> date | None:
    """The first unambiguous date of a text."""
    return next((found.day for found in find(text or "", language) if found.day), None)


def is_one(text: str) -> bool:
    """True for a line that is little more than a date: of place and day, or the day alone."""
    found = next(find(text), None)
    return (
        found is not None and len(text) - (found.end - found.start) <= 40 and "." not in text[: found.start]
    )


def leads(text: str) -> bool:
    """True for a line that begins with a date and its time."""
    found = next(find(text), None)
    return found is not None and found.start <= 2 and clock(text[found.end :]) != ""


def days(text: str, language: str | None) -> Iterator[str]:
    """The days of a month that a text names, without a year: "23 July", "July 23"."""
    for match in _DAY.finditer(text):
        word = match["after"] or match["before"]
        if months.month(word, language):
            yield f"{match['d'] or match['n']} {word}"


def instant(value: str | None, language: str | None = None) -> str | None:
    """What a machine-readable field says: `YYYY-MM-DD`, with `Thh:mm[:ss]` and the zone where it has them.

    Reads ISO 8601 in its long and its short form, and the dates of RFC 5322.
    """
    value = (value or "").strip()[:100]
    if match := _SHORT.match(value):
        rest = value[match.end() :]
        value = "-".join(match.groups()) + (f"T{rest}" if rest[:1].isdigit() else rest)
    found = next((found for found in find(value, language) if found.day), None)
    if found is None or found.day is None:
        return None
    return found.day.isoformat() + clock(value[found.end :])


def clock(after: str) -> str:
    """The time of day that stands right after a date, as ISO 8601 writes it; "" where none does."""
    match = _CLOCK.match(after)
    if not match:
        return ""
    hour, minute = int(match["h"]), int(match["m"])
    if half := (match["half"] or "").lower():
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59:
        return ""
    second = match["s"] or ""
    zone = (match["zone"] or "").upper()
    zone = (
        "Z" if zone in ("Z", "UTC", "GMT") else zone if not zone or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    )
    return f"T{hour:02d}:{minute:02d}{second and f':{second}'}{zone}"


def habit(text: str, language: str | None) -> str | None:
    """The language to read 05/09/2023 in: the page's, made sure by its other dates or by its script.

    30/12/2018 elsewhere on the page says that the day comes first.
    """
    if (language and not language.startswith("en")) or language == "en-US":
        return language
    pairs = [(int(match[1]), int(match[3])) for match in _NUMERIC.finditer(text)]
    if any(left > 12 for left, _ in pairs) != any(right > 12 for _, right in pairs):
        return "en-GB" if any(left > 12 for left, _ in pairs) else "en-US"
    if language:
        return language
    letters = _LETTERS.findall(text[:5000])
    return "ru" if len(letters) > 200 else None


def from_url(url: str) -> date | None:
    """The day in an address like `/2024/05/31/title`."""
    match = _IN_URL.search(url)
    return _build(int(match[1]), int(match[2]), int(match[3])) if match else None


def _day(match: re.Match[str], language: str) -> date | None:
    number = next((one for one in "123567890" if match[f"y{one}"]), None)
    if number:
        year, name, day = int(match[f"y{number}"]), match[f"m{number}"], int(match[f"d{number}"])
        if year in _BUDDHIST and (language.startswith("th") or "\u0e00" < name[0] < "\u0e7f"):
            year -= 543
        return _checked(year, int(name) if name.isdigit() else _month(name, language), day)
    left, right, year = int(match["d4"]), int(match["m4"]), int(match["y4"])
    if match["sep"] == "." or right > 12 or left > 12 or left == right:
        return _checked(year, left, right) if right > 12 else _checked(year, right, left)
    if language.startswith("en-us"):
        return _checked(year, left, right)
    if language and language != "en":
        return _checked(year, right, left)
    return None


def _month(name: str, language: str) -> int:
    number = months.month(name, language)
    if number is None:
        raise ValueError("not the name of a month")
    return number


def _checked(year: int, month: int, day: int) -> date:
    if not 1400 <= year <= 2100:
        raise ValueError("not the year of a publication")
    return date(year, month, day)


def _build(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
