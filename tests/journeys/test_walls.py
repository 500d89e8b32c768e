"""A site that answers with walls and errors under status 200: a person sees the edits and nothing else."""

from pathlib import Path

import pytest

from tests.journeys.program import Person
from tests.sites.records import article
from tests.sites.server import Page, Server, State
from tests.sites.walls import CHALLENGES, MISSING

TALE = (
    "The mill on the north bank was sold to the council on Friday, after eleven years of debate about it.",
    "Nobody had expected it to be sold before the winter, and least of all the miller himself.",
)
BOX = "Boots and oilskins at half the price, this week only, at the shop on the quay."
PATHS = ("/mill", "/ferry", "/crane")


def state(**bodies: str) -> State:
    """The site: a front page and three articles, of which some say something else."""
    links = "".join(f'<li><a href="{path}">{path[1:]}</a></li>' for path in PATHS)
    front = f"<html><head><title>The Gazette</title></head><body><ul>{links}</ul></body></html>"
    said = {path: article(path[1:].title(), *TALE) for path in PATHS}
    said |= {f"/{name}": body for name, body in bodies.items()}
    html = (("Content-Type", "text/html; charset=utf-8"),)
    pages = {path: Page(headers=html, body=body.encode()) for path, body in {**said, "/": front}.items()}
    return {**pages, "*": Page(404)}


def test_walls_are_told_apart_from_edits(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    edited = article("Ferry", TALE[0].replace("Friday", "Monday"), TALE[1])
    with Server(state()) as server:
        person.watch(server.url + "/")
        person.run_here("crawl")
        server.state = state(mill=CHALLENGES["cloudflare block"], crane=MISSING["wordpress"], ferry=edited)
        person.run_here("crawl")
        (change,) = person.json("changes")
        assert (change["url"], change["kinds"]) == (f"{server.url}/ferry", ["body"])
        reasons = {path: person.json("why", server.url + path)[0] for path in ("/mill", "/crane")}
        assert "a block page or CAPTCHA" in str(reasons["/mill"])
        assert "a soft 404" in str(reasons["/crane"])
        assert person.json("show", server.url + "/mill")[0]["text"].split("\n\n") == list(TALE)
        server.state = state(ferry=edited)
        person.run_here("crawl")
        assert len(person.json("changes")) == 1


@pytest.mark.nightly
def test_a_box_that_comes_and_goes_is_listed_as_noise(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server(state()) as server:
        person.watch(server.url + "/")
        for day in range(4):
            server.state = state(mill=article("Mill", *TALE, *([BOX] if day % 2 else [])))
            person.run_here("crawl")
    assert person.json("changes") == []
    (row,) = person.json("noise", "magazine")
    assert (row["block"], row["left_out"], row["example"]) == (BOX, True, server.url + "/mill")
    assert BOX[:40] in person.run_here("noise", "magazine")
    person.run_here("noise", "magazine", "--keep", "nothing", code=2)
    (row,) = person.json("noise", "magazine", "--keep", row["id"])
    assert row["left_out"] is False
