"""Between two full crawls: a light run finds new posts and edits with few requests, and no removals."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.journeys.program import Person
from tests.sites.prose import ENGLISH
from tests.sites.server import Page, Server, State
from tests.sites.theme import png

POSTS = 60
AIDS = ("/robots.txt", "/sitemap.xml")


def blog(posts: Mapping[int, int], missing: tuple[int, ...] = ()) -> State:
    """A blog in a dated state: its posts with their numbers of edits; the front page names the last ten, each
    post the ten before it. `missing` are still linked, and not there any more.
    """
    state = {f"/{number}/": _post(number, edits) for number, edits in posts.items() if number not in missing}
    state |= {f"/{number}.png": Page(200, (("Content-Type", "image/png"),), png(number)) for number in posts}
    newest = sorted(posts, reverse=True)[:10]
    listed = "".join(
        f'<li><a href="/{number}/">{ENGLISH.title(Random(number))}</a></li>' for number in newest
    )
    return {**state, "/": _page("The Oxley Gazette", f"<ul>{listed}</ul>"), "*": Page(404)}


def _post(number: int, edits: int) -> Page:
    sentences = list(islice(ENGLISH.sentences(Random(f"{number} {edits}")), 12))
    near = "".join(f'<a href="/{beside}/">{beside}</a> ' for beside in range(max(0, number - 10), number))
    paragraphs = f"<p>{' '.join(sentences[:6])}</p><p>{' '.join(sentences[6:])}</p>"
    title = ENGLISH.title(Random(number))
    return _page(title, f"<article><h1>{title}</h1>{paragraphs}</article><nav>{near}</nav>", number)


def _page(title: str, body: str, picture: int = 0) -> Page:
    head = f"<head><title>{title}</title></head>"
    return Page(body=f'<html lang="en">{head}<body>{body}<img src="/{picture}.png"></body></html>'.encode())


BEFORE = dict.fromkeys(range(POSTS), 0)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(blog(BEFORE)) as running:
        yield running


@pytest.fixture
def person(tmp_path: Path, server: Server) -> Person:
    made = Person(tmp_path / "home")
    made.watch(server.url, "gazette")
    return made


def asked(server: Server, *words: str, person: Person) -> list[str]:
    """What a crawl asks for, but robots.txt and sitemaps."""
    before = len(server.exchanges)
    person.run("crawl", *words)
    return [path for path in server.paths[before:] if path not in AIDS]


def told(person: Person, server: Server, run: int) -> dict[str, list[str]]:
    """The changes that a run has found, by path."""
    name = person.json("runs")[run]["run"]
    return {
        row["url"].removeprefix(server.url): row["kinds"] for row in person.json("changes", "--run", name)
    }


def test_new_and_edited_at_once_and_withdrawn_at_the_next_full_run(person: Person, server: Server) -> None:
    person.run("crawl")
    person.later(1)
    server.state = blog({**BEFORE, 27: 1})
    person.run("crawl")
    person.later(1)
    posts = {**BEFORE, 27: 2, POSTS: 0}
    server.state = blog(posts, missing=(33,))
    before = len(server.exchanges)
    assert sorted(asked(server, "--light", person=person)) == ["/", "/27/", "/60.png", "/60/"]
    assert len(server.exchanges) - before < 10
    found = told(person, server, -1)
    assert found.pop("/") == ["entries"]
    assert found == {"/60/": ["new"], "/27/": ["body"]}
    assert len(asked(server, person=person)) > POSTS
    assert told(person, server, -1) == {"/33/": ["gone"]}
    assert [(row["light"], row["requests"] < 10) for row in person.json("runs")] == [
        (False, False), (False, False), (True, True), (False, False)
    ]  # fmt: skip


def test_an_unchanged_site_costs_few_requests_and_what_was_left_alone_is_explained(
    person: Person, server: Server
) -> None:
    assert person.json("crawl", "--light")[0]["light"] is False, "before all was seen once it is a full run"
    assert asked(server, "--light", person=person) == ["/"]
    (row,) = person.json("why", f"{server.url}/33/")
    assert "One light run since then did not ask for it: they ask for what is new or due." in row["reasons"]
    assert person.json("changes") == []
    assert person.run("runs").splitlines()[-1].split()[2] == "yes"


def test_a_light_run_that_was_stopped_goes_on_as_one_and_a_full_one_walks_everything(
    person: Person, server: Server
) -> None:
    person.run("crawl")
    server.state = blog({**BEFORE, **dict.fromkeys(range(POSTS, POSTS + 5), 0)})
    assert asked(server, "--light", "--max-pages", "2", person=person) == ["/", "/64/", "/64.png"]
    assert len(asked(server, "--light", person=person)) == 2 * 4
    _, second = person.json("runs")
    assert (second["light"], second["outcome"], second["resumed"]) == (True, "succeeded", 1)
    server.state = blog({**BEFORE, **dict.fromkeys(range(POSTS, POSTS + 9), 0)})
    person.run("crawl", "--light", "--max-pages", "2")
    reports = person.json("crawl")
    assert [(report["light"], report["outcome"]) for report in reports] == [
        (True, "succeeded"), (False, "succeeded")
    ]  # fmt: skip
    assert reports[1]["counts"]["same"] == POSTS + 10
