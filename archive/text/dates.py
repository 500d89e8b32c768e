"""Dates as people write them: found in text, in many languages. No date rather than a wrong one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTHS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "january jan enero ene janvier januar jänner gennaio gen janeiro января январь янв "
        "ιανουαρίου ιανουάριος ιαν",
        "february feb febrero février fevrier februar febbraio fevereiro fev февраля февраль фев φεβρουαρίου "
        "φεβρουάριος φεβ",
        "march mar marzo mars märz maerz março marco марта март мар μαρτίου μάρτιος μαρ",
        "april apr abril abr avril aprile апреля апрель апр απριλίου απρίλιος απρ",
        "may mayo mai maggio mag maio мая май μαΐου μαίου μάιος μαϊ μαι",
        "june jun junio juin juni giugno giu junho июня июнь июн ιουνίου ιούνιος ιουν",
        "july jul julio juillet juli luglio lug julho июля июль июл ιουλίου ιούλιος ιουλ",
        "august aug agosto ago août aout августа август авг αυγούστου αύγουστος αυγ",
        "september sep sept septiembre setiembre septembre settembre set setembro сентября сентябрь сен сент "
        "σεπτεμβρίου σεπτέμβριος σεπ σεπτ",
        "october oct octubre octobre oktober okt ottobre ott outubro out октября октябрь окт "
        "οκτωβρίου οκτώβριος οκτ",
        "november nov noviembre novembre novembro ноября ноябрь ноя нояб νοεμβρίου νοέμβριος νοε",
        "december dec diciembre dic décembre dezember dez dicembre dezembro декабря декабрь дек δεκεμβρίου "
        "δεκέμβριος δεκ",
    ),
    1,
):
    for _name in _names.split():
        MONTHS.setdefault(_name, _number)

_MONTH = "(?P<{}>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_FORMS = (
    r"(?<!\d)(?P<y1>[12]\d{3})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)",
    r"(?<!\d)(?P<d2>\d{1,2})(?:st|nd|rd|th|er|º|ª|η)?\.?\s*(?:de\s+|of\s+|-)?\s*"
    + _MONTH.format("m2")
    + r"(?:\s+(?:de|del|of)\b)?[\s,./-]*(?P<y2>[12]\d{3})(?!\d)",
    r"\b" + _MONTH.format("m3") + r"\s+(?P<d3>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y3>[12]\d{3})(?!\d)",
    r"(?<![\d.,])(?P<d4>\d{1,2})(?P<sep>[./-])(?P<m4>\d{1,2})(?P=sep)(?P<y4>[12]\d{3})(?!\d)",
    r"(?<!\d)(?P<y5>[12]\d{3})\s?[年년]\s?(?P<m5>\d{1,2})\s?[月월]\s?(?P<d5>\d{1,2})\s?[日일]",
)
_DATE = re.compile("|".join(_FORMS), re.I)
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([/.-])(\d{1,2})\2[12]\d{3}(?!\d)")
_LETTERS = re.compile("[\u0370-\u04ff]")
_HINT = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_IN_URL = re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?:/|$)")


@dataclass(frozen=True, slots=True)
class Found:
    """A date at [start, end) of a text. `day` is None where 05/09/2023 may be May or September."""

    start: int
    end: int
    day: date | None


def find(text: str, language: str | None = None) -> Iterator[Found]:
    """The dates written out in full in a text, in order; impossible ones are passed over."""
    if not _HINT.search(text):
        return
    for match in _DATE.finditer(text):
        try:
            day = _day(match, (language or "").lower())
        except ValueError:
            continue
        yield Found(match.start(), match.end(), day)


def first(text: str | None, language: str | None = None) -> date | None:
    """The first unambiguous date of a text."""
    return next((found.day for found in find(text or "", language) if found.day), None)


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
    for number in "1235":
        if match[f"y{number}"]:
            year, month, day = match[f"y{number}"], match[f"m{number}"], match[f"d{number}"]
            return _checked(int(year), MONTHS.get(month.lower()) or int(month), int(day))
    left, right, year = int(match["d4"]), int(match["m4"]), int(match["y4"])
    if match["sep"] == "." or right > 12 or left > 12 or left == right:
        return _checked(year, left, right) if right > 12 else _checked(year, right, left)
    if language.startswith("en-us"):
        return _checked(year, left, right)
    if language and language != "en":
        return _checked(year, right, left)
    return None


def _checked(year: int, month: int, day: int) -> date:
    if not 1400 <= year <= 2100:
        raise ValueError("not the year of a publication")
    return date(year, month, day)


def _build(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
