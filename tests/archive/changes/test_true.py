"""Edits of an article, each on several pages whose surroundings all move: found, and with the right kinds."""
# ruff: noqa: E501  (a table reads best unbroken)

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from archive.model import Kind, Openness
from tests.archive.changes.articles import Answer, Article, articles, page, told

BASES = articles(8)
Edit = Callable[[Article], Article]


def _first(article: Article, change: Callable[[str], str], place: int = 1) -> Article:
    """The article with the first sentence of a paragraph changed."""
    return article.with_sentence(place, 0, change(article.paragraphs[place][0]))


def _word(sentence: str, change: Callable[[str], str]) -> str:
    """The sentence with its longest word changed."""
    return sentence.replace(longest := max(re.findall(r"\w+", sentence), key=len), change(longest), 1)


NEGATION = {"en": "not", "de": "nicht", "ru": "не", "el": "δεν", "es": "no"}
CORRECTION = {
    "en": "Correction: what this article said was wrong.",
    "de": "Korrektur: Was in diesem Artikel stand, war falsch.",
    "ru": "Исправление: сказанное в этой статье было неверно.",
    "el": "Διόρθωση: όσα έλεγε αυτό το άρθρο ήταν λάθος.",
    "es": "Corrección: lo que decía este artículo era falso.",
}
BODY: dict[str, Edit] = {
    "a word": lambda a: _first(a, lambda s: _word(s, lambda _: "Oxbury")),
    "a word in the last sentence": lambda a: a.with_sentence(
        -1, -1 % len(a.paragraphs[-1]), _word(a.paragraphs[-1][-1], lambda _: "Oxbury")
    ),
    "a letter": lambda a: _first(a, lambda s: _word(s, lambda word: word[:-1])),
    "a capital": lambda a: _first(a, lambda s: _word(s, str.upper)),
    "an accent": lambda a: _first(a, lambda s: _word(s, lambda word: word[0] + "\u0301" + word[1:])),
    "a number": lambda a: replace(a, notes=(a.notes[0].replace("1893", "1894"), *a.notes[1:])),
    "a name": lambda a: replace(a, caption=a.caption.replace("Ann Reed", "Ann Read")),
    "a negation": lambda a: _first(a, lambda s: s.replace(" ", f" {NEGATION[a.language]} ", 1)),
    "a full stop": lambda a: _first(a, lambda s: s[:-1] + "!"),
    "a comma": lambda a: _first(a, lambda s: s.replace(" ", ", ", 1)),
    "a dash": lambda a: _first(a, lambda s: s.replace(" ", " \u2013 ", 1)),
    "quotation marks": lambda a: _first(a, lambda s: _word(s, lambda word: f"«{word}»")),
    "a sentence added": lambda a: _first(a, lambda s: s + " Oxbury knew nothing of that."),
    "a sentence withdrawn": lambda a: a.with_sentence(1, 0, None),
    "a paragraph withdrawn": lambda a: replace(a, paragraphs=a.paragraphs[:1] + a.paragraphs[2:]),
    "the last paragraph withdrawn": lambda a: replace(a, paragraphs=a.paragraphs[:-1]),
    "a paragraph added": lambda a: replace(a, paragraphs=(*a.paragraphs, ("It was raining in Oxbury all day.",))),
    "paragraphs swapped": lambda a: replace(a, paragraphs=a.paragraphs[1::-1] + a.paragraphs[2:]),
    "a paragraph split": lambda a: replace(
        a, paragraphs=(*a.paragraphs[:1], a.paragraphs[1][:1], a.paragraphs[1][1:], *a.paragraphs[2:])
    ),
    "a line of a list withdrawn": lambda a: replace(a, notes=a.notes[:-1]),
    "everything rewritten": lambda a: replace(a, paragraphs=articles(40)[30 + len(a.paragraphs)].paragraphs),
    "shortened to its first paragraph": lambda a: replace(a, paragraphs=a.paragraphs[:1], notes=(), caption=""),
    "shortened to a correction": lambda a: replace(
        a, paragraphs=((CORRECTION[a.language],),), notes=(), caption=""
    ),
}  # fmt: skip
ELSE: dict[str, tuple[Edit, set[Kind]]] = {
    "the title": (lambda a: replace(a, title=_word(a.title, lambda _: "Oxbury")), {Kind.TITLE}),
    "a letter of the title": (lambda a: replace(a, title=_word(a.title, lambda w: w[:-1])), {Kind.TITLE}),
    "the date": (lambda a: replace(a, day=a.day + timedelta(days=1)), {Kind.DATE}),
    "the author": (lambda a: replace(a, author="Rosalind Pike"), {Kind.AUTHOR}),
    "title and text": (
        lambda a: replace(BODY["a word"](a), title="A mill in Oxbury"),
        {Kind.TITLE, Kind.BODY},
    ),
    "date and text": (
        lambda a: replace(BODY["a number"](a), day=a.day + timedelta(days=1)),
        {Kind.DATE, Kind.BODY},
    ),
}
ALL: dict[str, tuple[Edit, set[Kind]]] = {name: (edit, {Kind.BODY}) for name, edit in BODY.items()} | ELSE


def missed(name: str) -> list[str]:
    """On which pages an edit was not found as what it is."""
    edit, kinds = ALL[name]
    wrong = []
    for number, article in enumerate(BASES):
        found = [
            set(change.kinds)
            for change in told(page(article, number), page(edit(article), 99 - number)).changes
        ]
        if found != [kinds]:
            wrong.append(f"{name}, {article.layout} {article.language} ({number}): {found}")
    return wrong


@pytest.mark.parametrize("name", ALL)
def test_an_edit_is_found_with_its_kinds(name: str) -> None:
    assert missed(name) == []


def test_there_are_at_least_150_of_them() -> None:
    assert len(ALL) * len(BASES) >= 150
    unchanged = [
        name for name, (edit, _) in ALL.items() if any(edit(article) == article for article in BASES)
    ]
    assert unchanged == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_went_and_came_back(status: int) -> None:
    for number, article in enumerate(BASES):
        lost = Answer(b"Not here.", status)
        found = told(page(article, number), lost, lost, page(article, number + 50)).changes
        assert [change.kinds for change in found] == [(Kind.GONE,), (Kind.BACK,)], article


def test_an_edit_that_was_taken_back_is_two_changes() -> None:
    for number, article in enumerate(BASES):
        shown = [page(one, number + n) for n, one in enumerate((article, BODY["a word"](article), article))]
        found = told(*shown)
        assert (len(found.versions), [change.back_to for change in found.changes]) == (3, [None, 1]), article


def test_a_date_that_moved_with_the_text_announces_the_edit_and_alone_it_is_redated() -> None:
    for name, openness in (
        ("date and text", Openness.ANNOUNCED),
        ("the date", Openness.REDATED),
        ("a word", Openness.SILENT),
    ):
        for number, article in enumerate(BASES):
            (change,) = told(page(article, number), page(ALL[name][0](article), number + 9)).changes
            assert change.openness is openness, (name, article)
