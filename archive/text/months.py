"""The names of the months in the languages of the sources, from dateparser's tables (of CLDR's making)."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import import_module

ENGLISH = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
COMMON = ("en", "es", "fr", "de", "it", "pt", "ru", "el")
"""Their short forms are known on pages of any language."""
LANGUAGES = (
    *COMMON,
    *(
        "ar",
        "az",
        "be",
        "bg",
        "bn",
        "bs",
        "ca",
        "cs",
        "cy",
        "da",
        "et",
        "eu",
        "fa",
        "fi",
        "ga",
        "gl",
        "he",
        "hi",
    ),
    *(
        "hr",
        "hu",
        "hy",
        "id",
        "is",
        "ka",
        "kk",
        "lb",
        "lt",
        "lv",
        "mk",
        "ms",
        "mt",
        "nb",
        "nl",
        "pl",
        "ro",
        "sk",
    ),
    *("sl", "sq", "sr", "sv", "sw", "ta", "th", "tr", "uk", "vi"),
)
MORE = {
    "gen": 1, "fev": 2, "mrz": 3, "maerz": 3, "mars": 3, "marco": 3, "aout": 8, "sept": 9, "sep": 9, "set": 9,
    "out": 10, "μαι": 5, "αυγ": 8, "фев": 2, "сен": 9, "ноя": 11,
}  # fmt: skip
"""Spellings that the tables lack."""


def month(word: str, language: str | None) -> int | None:
    """The number of a month by its name as a page of this language writes it; None if it is none.

    Names of the page's own language come first. Of the other languages only those of four letters and more
    are known, and only where all languages that have the name mean the same month: "listopad" is October in
    Croatian and November in Polish.
    """
    folded = fold(word)
    own = _names((language or "").partition("-")[0].lower())
    return own.get(folded) or _shared().get(folded) or _inflected(folded, own)


def fold(word: str) -> str:
    """A name as it is compared: no case, no dots, no accents of Latin, Greek and Cyrillic letters."""
    apart = unicodedata.normalize("NFD", word.casefold().replace(".", ""))
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f"))


def is_weekday(word: str, language: str | None) -> bool:
    """Whether a word names a day of the week in the page's language."""
    return fold(word) in _weekdays((language or "").partition("-")[0].lower())


@cache
def _weekdays(language: str) -> frozenset[str]:
    table = _table(language)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return frozenset(fold(name) for day in days for name in table.get(day, ()))


def _inflected(word: str, names: Mapping[str, int]) -> int | None:
    """The month whose name differs in its last letters only: "janvārī", in January, for "janvāris"."""
    alike = {
        number
        for name, number in names.items()
        if len(name) > 4
        and abs(len(name) - len(word)) <= 2
        and word.startswith(name[: max(4, len(name) - 2)])
    }
    return alike.pop() if len(alike) == 1 else None


@cache
def _names(language: str) -> Mapping[str, int]:
    table = _table(language)
    names = {fold(name): number for number, key in enumerate(ENGLISH, 1) for name in table.get(key, ())}
    return {name: number for name, number in names.items() if len(name) > 1}


def _table(language: str) -> Mapping[str, list[str]]:
    language = "nb" if language in ("no", "nn") else language
    if language not in LANGUAGES:
        return {}
    table: Mapping[str, list[str]] = import_module(f"dateparser.data.date_translation_data.{language}").info
    return table


@cache
def _shared() -> Mapping[str, int]:
    meanings: dict[str, set[int]] = defaultdict(set)
    for language in LANGUAGES:
        for name, number in _names(language).items():
            if len(name) > 3 or language in COMMON:
                meanings[name].add(number)
    return {name: min(numbers) for name, numbers in meanings.items() if len(numbers) == 1} | MORE
