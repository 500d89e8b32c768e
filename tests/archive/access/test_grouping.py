"""The same edit on many pages is one row, found by the index alone."""

from pathlib import Path

from archive import access
from archive.home import Home
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Server, State

WORDS = "The harbour master counted {boats} boats on Monday evening, and wrote it down in the book."
FOOTNOTE = "<p>Prices were raised on the first of May, as the council of the harbour had decided it.</p>"


def site(footnote: str, pages: int = 5) -> State:
    names = [f"/{n}" for n in range(pages)]
    links = "".join(f'<a href="{name}">{name}</a> ' for name in names)
    story = "<title>Story {n}</title><article><h1>Story {n}</h1><p>{text}</p>{note}</article>"
    stories = {
        name: page(story.format(n=n, text=WORDS.format(boats=n + 10), note=footnote))
        for n, name in enumerate(names)
    }
    return {"/": page(f"<title>Stories</title>{links}"), **stories}


def test_one_edit_on_many_pages_is_one_row(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server(site("")) as server:
        person.watch(server.url)
        person.run_here("crawl")
        server.state = site(FOOTNOTE)
        person.run_here("crawl")
    with access.Archive(Home(person.home)) as archive:
        every, _ = access.changes_page(archive, {"kind": "body"})
        assert len(every) == 5
        rows, _ = access.changes_page(archive, {"kind": "body"}, grouped=True)
        assert [row["pages"] for row in rows] == [5]
        assert [row["pages"] for row in access.grouped(archive, archive.changes(kind="body"))] == [5]
