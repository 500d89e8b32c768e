"""Crawling again is cheap, and every visit can be replayed."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from archive import http, warc
from tests.journeys.program import Person
from tests.sites.server import Page, Server

STORY = "The seal was seen off the north quay on Monday morning, and nobody knew what to make of it. " * 5


def page(title: str, tag: str | None, *, said: str = STORY) -> Page:
    links = "".join(f'<li><a href="/{n}">{n}</a></li>' for n in range(8))
    body = f'<html><head><link rel="stylesheet" href="/style.css"></head><body><nav><ul>{links}</ul></nav>'
    headers = (("Content-Type", "text/html; charset=utf-8"), *((("ETag", tag),) if tag else ()))
    return Page(
        headers=headers, body=f"{body}<h1>{title}</h1><p>{said}</p></body></html>".encode(), gzip=True
    )


def site(tag: bool) -> dict[str, Page]:
    pages = {f"/{n}": page(f"Story {n}", f'W/"{n}"' if tag else None) for n in range(8)}
    style = Page(headers=(("Content-Type", "text/css"),), body=b"body { color: navy } " * 40)
    return {"/": page("Stories", '"front"' if tag else None), **pages, "/style.css": style, "*": Page(404)}


def records(person: Person, run: int) -> list[warc.Record]:
    return list(warc.read(person.warcs[run]))


@pytest.mark.parametrize("validators", [True, False])
def test_an_unchanged_site_is_kept_as_revisits(tmp_path: Path, validators: bool) -> None:
    person = Person(tmp_path / "home")
    with Server(site(validators), conditional=True) as server:
        person.watch(server.url, "stories")
        person.run_here("crawl")
        first = len(server.exchanges)
        person.run_here("crawl")
        statuses = Counter(one.status for one in server.exchanges[first:])
        asked = [one.request for one in server.exchanges[first:]]
    assert statuses[304] == (9 if validators else 0)
    assert (b'\r\nIf-None-Match: W/"3"\r\n' in b"".join(asked)) is validators
    revisits = [one for one in records(person, 1) if one.type == "revisit"]
    assert len(revisits) == 10
    originals = {one.uri: one for one in records(person, 0) if one.type == "response"}
    for one in revisits:
        original = originals[one.uri]
        assert one.headers["WARC-Refers-To-Target-URI"] == one.uri
        assert one.headers["WARC-Refers-To-Date"] == original.headers["WARC-Date"]
        assert one.headers["WARC-Payload-Digest"] == original.headers["WARC-Payload-Digest"]
        if one.headers["WARC-Profile"].endswith("server-not-modified"):
            assert one.block == b""
        else:
            assert one.headers["WARC-Truncated"] == "length"
            assert http.parse(one.block).body == b""
    (before, after) = person.json("runs")
    assert (before["revisits"], after["revisits"]) == (0, 10)
    assert person.json("changes") == []
    assert {row["versions"] for row in person.json("pages", "stories")} == {1}
    assert {row["captures"] for row in person.json("pages", "stories")} == {2}


def test_every_nth_visit_and_other_headers_ask_for_everything(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    file = person.home / "sources" / "stories.toml"
    with Server({"/": page("Stories", '"front"'), "*": Page(404)}, conditional=True) as server:
        person.watch(server.url, "stories")
        plain = (
            f'seeds = ["{server.url}/"]\nmanners = {{ delay = 0, allow_private = true }}\n'
            "[fetch]\nrevisit_every = 3\n"
        )
        file.write_text(plain)
        for _ in range(4):
            person.run_here("crawl")
        asked = [b"If-None-Match" in one.request for one in server.exchanges if one.path == "/"]
        assert asked == [False, True, True, False]
        file.write_text(plain + 'headers = { "X-Reader" = "us" }\n')
        person.run_here("crawl")
        assert b"If-None-Match" not in [one for one in server.exchanges if one.path == "/"][-1].request


def test_a_killed_second_crawl_goes_on_among_its_revisits(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server(site(True), conditional=True) as server:
        person.watch(server.url, "stories")
        person.run_here("crawl")
        person.run_here("crawl", "--max-pages", "3")
        server.state = {**server.state, "/": replace(server.state["/"], headers=())}
        person.run_here("crawl")
    assert person.json("runs")[-1]["outcome"] == "succeeded"
    second = [
        one for file in person.warcs[1:] for one in warc.read(file) if one.type in ("response", "revisit")
    ]
    pages = [one.uri for one in second if one.uri and not one.uri.endswith(("robots.txt", ".xml"))]
    assert sorted(pages) == sorted(set(pages))
    assert len(pages) == 10
