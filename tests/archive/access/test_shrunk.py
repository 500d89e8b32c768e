"""Pages that lost most of their text in a run are counted, and those that got it back."""

from pathlib import Path

from archive import access
from archive.home import Home
from schedules import sources
from strandline import lookout, settings
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Server, State

LONG = "".join(
    f"<p>The harbour master counted {n} boats on Monday evening, and wrote it down.</p>" for n in range(9)
)


def site(text: str, pages: int = 7) -> State:
    links = "".join(f'<a href="/{n}">{n}</a> ' for n in range(pages))
    story = (
        "<title>Story {n}</title><article><h1>Story {n}</h1><p>Boat {n} came in at noon.</p>{text}</article>"
    )
    stories = {f"/{n}": page(story.format(n=n, text=text)) for n in range(pages)}
    return {"/": page(f"<title>Stories</title>{links}"), **stories}


def alarms(person: Person) -> list[str]:
    home = Home(person.home)
    seen = lookout.view(home, settings.load(home), sources.load_all(home)[0])
    return [alarm.kind for stand in seen.sources for alarm in stand.alarms]


def test_a_template_that_loses_the_text_is_an_alarm_until_it_is_back(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server(site(LONG)) as server:
        person.watch(server.url)
        person.run_here("crawl")
        assert alarms(person) == []
        server.state = site("")
        person.run_here("crawl")
        assert alarms(person) == ["shrinking"]
        server.state = site(LONG)
        person.run_here("crawl")
    assert alarms(person) == []
    with access.Archive(Home(person.home)) as archive:
        rows = access.shrunk(archive.engine, [run["run"] for run in archive.runs()])
    assert [(row["shrank"], row["grew"]) for row in rows] == [(0, 0), (7, 0), (0, 7)]
