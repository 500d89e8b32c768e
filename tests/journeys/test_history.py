"""What became of pages, as a person reads it: texts that came back, silent edits, dates, new addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

import pytest

from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.prose import ENGLISH
from tests.sites.server import Page, Server, State

GONE = Page(404, (("Content-Type", "text/plain"),), b"There is nothing here.\n")


def told(seed: str, *, edited: str = "", day: str = "2026-01-05", own: str = "") -> Page:
    """An article of its own for each seed, with an address that it calls its own."""
    random = Random(seed)
    title = ENGLISH.title(random)
    text = "".join(f"<p>{' '.join(islice(ENGLISH.sentences(random), 4))}</p>" for _ in range(4))
    link = f'<link rel="canonical" href="\0url\0{own}">' if own else ""
    byline = f'<p class="byline"><time datetime="{day}">{day}</time></p>'
    body = f"<article><h1>{title}</h1>{byline}{text}<p>{edited}</p></article>"
    return page(f"<html><head><title>{title}</title>{link}</head><body>{body}</body></html>")


def site(**articles: Page) -> dict[str, Page]:
    """Articles under `/NAME/`, with a front page that links to those that are there."""
    there = {f"/{name.replace('_', '/')}/": answer for name, answer in articles.items()}
    links = "".join(f'<p><a href="{path}">{path}</a></p>' for path, one in there.items() if one is not GONE)
    return {"/": page(f"<html><head><title>Letters</title></head><body>{links}</body></html>"), **there}


REST = {f"calm{number}": told(f"calm {number}") for number in range(12)}
"""So that two pages that are missing do not make the site look ill."""
STATES: list[State] = [
    site(**REST, quay=told("quay"), fish=told("fish"), old_mill=told("mill"), rat=told("rat")),
    site(
        **REST,
        quay=told("quay", edited="It was never so."),
        fish=told("fish", day="2026-01-09"),
        old_mill=GONE,
        news_mill=told("mill"),
        rat=told("rat", own="/news/rat/"),
        news_rat=told("rat", own="/news/rat/"),
    ),
    site(
        **REST,
        quay=told("quay"),
        fish=told("fish", day="2026-01-09"),
        old_mill=GONE,
        news_mill=told("mill", edited="And more is to come."),
        rat=told("rat", own="/news/rat/"),
        news_rat=told("rat", own="/news/rat/"),
    ),
]


@dataclass(frozen=True)
class Letters:
    """A home with a crawl of each state of the site, which is at `url`."""

    person: Person
    url: str

    def changes(self, path: str, *more: str) -> list[dict[str, object]]:
        """The changes of a page, the oldest first."""
        rows = self.person.json("changes", *more)
        return [row for row in rows if row["url"] == self.url + path]


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letters]:
    person = Person(tmp_path_factory.mktemp("letters") / "home")
    with Server(STATES[0]) as server:
        person.watch(server.url, "letters")
        for server.state in STATES:
            person.run_here("crawl")
        yield Letters(person, server.url)


def test_there_and_back_are_three_versions_and_two_changes(letters: Letters) -> None:
    versions = letters.person.json("versions", f"{letters.url}/quay/")
    assert [row["number"] for row in versions] == [1, 2, 3]
    assert versions[0]["text_sha256"] == versions[2]["text_sha256"] != versions[1]["text_sha256"]
    assert [row["back_to"] for row in letters.changes("/quay/")] == [None, 1]
    assert "back to version 1" in letters.person.run_here("changes")


def test_both_silent_forms_have_a_name_and_a_filter(letters: Letters) -> None:
    silent, redated = (letters.person.json("changes", f"--{form}") for form in ("silent", "redated"))
    edited = {letters.url + path for path in ("/quay/", "/news/mill/")}
    assert {row["url"] for row in silent} == edited, "texts that changed under the same date"
    assert {row["url"] for row in redated} == {f"{letters.url}/fish/"}, (
        "a date that changed over the same text"
    )


def test_a_page_that_moved_keeps_one_history(letters: Letters) -> None:
    (moved,) = letters.changes("/old/mill/")
    assert (moved["kinds"], moved["moved_to"]) == (["moved"], f"{letters.url}/news/mill/")
    assert moved["moved_by"] == "the same text (100%)"
    assert [row["kinds"] for row in letters.changes("/news/mill/")] == [["body"]], "not new, and edited once"
    (renamed,) = letters.changes("/rat/")
    assert (renamed["moved_to"], renamed["moved_by"]) == (f"{letters.url}/news/rat/", "its canonical link")
    assert letters.changes("/news/rat/") == []


def test_why_tells_by_what_a_move_is_known(letters: Letters) -> None:
    said = letters.person.run_here("why", f"{letters.url}/old/mill/")
    assert f"moved to {letters.url}/news/mill/, by the same text (100%)" in " ".join(said.split())


def test_a_rebuild_gives_the_same_and_a_person_takes_a_move_back(letters: Letters) -> None:
    before = letters.person.json("changes")
    letters.person.run_here("rebuild")
    assert letters.person.json("changes") == before
    assert letters.person.json("check") == []
    (moved,) = letters.changes("/old/mill/")
    noted = ("note", f"{letters.url}/old/mill/", str(moved["to"]), "Another mill.", "--verdict", "gone")
    (note,) = letters.person.json(*noted)
    assert [row["kinds"] for row in letters.changes("/old/mill/")] == [["gone"]]
    assert [row["kinds"] for row in letters.changes("/news/mill/")] == [["new"], ["body"]]
    letters.person.run_here("note", "--delete", note["id"])
    assert letters.person.json("changes") == before
