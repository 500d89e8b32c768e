"""What other programs archived becomes part of the history, as if it had been crawled when it was fetched."""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive import warc
from tests.archive.care import foreign_files as foreign
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Server, State

BEFORE = "The harbour master counted nine boats on Monday evening, and wrote it down in the large book."
AFTER = BEFORE.replace("nine", "eleven")


def story(text: str, number: int = 1) -> str:
    rest = f"In the year {1900 + number} nobody would have thought of asking him for more than that."
    return (
        f"<html><title>Story {number}</title><body><article><h1>Story {number}</h1><p>{text}</p><p>{rest}</p>"
        "</article></body></html>"
    )


def site(text: str) -> State:
    front = '<title>Stories</title><a href="/1">One</a> <a href="/2">Two</a>'
    return {"/": page(front), "/1": page(story(text)), "/2": page(story(BEFORE, 2))}


@pytest.fixture
def person(tmp_path: Path) -> Person:
    person = Person(tmp_path / "home")
    person.run_here("init", str(person.home))
    return person


def take(person: Person, *paths: Path, code: int = 0) -> list[dict[str, Any]]:
    told = person.run_here("import", *map(str, paths), "--source", "stories", "--json", code=code)
    return [json.loads(line) for line in told.splitlines()]


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("packed", [True, pytest.param(False, marks=pytest.mark.nightly)])
def test_files_of_wget(person: Person, tmp_path: Path, packed: bool) -> None:
    def fetch(server: Server, name: str) -> Path:
        options = [] if packed else ["--no-warc-compression"]
        subprocess.run(
            ["wget", "-q", "-r", "-l2", "--no-verbose", f"--warc-file={name}", *options, f"{server.url}/"],
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
        return tmp_path / f"{name}.warc{'.gz' if packed else ''}"

    with Server(site(BEFORE)) as server:
        first = fetch(server, "first")
        server.state = site(AFTER)
        time.sleep(1.1)  # wget writes whole seconds
        second = fetch(server, "second")
        url = f"{server.url}/1"
    bytes_before = first.read_bytes(), second.read_bytes()
    told = take(person, second, first)
    assert [one["outcome"] for one in told] == ["taken", "taken"]
    assert [one["copied"] for one in told] == [packed, packed]
    assert all("a resource record" in reason for one in told for reason in one["left_out"])
    assert (first.read_bytes(), second.read_bytes()) == bytes_before
    assert [row["number"] for row in person.json("versions", url)] == [1, 2]
    assert [row["kinds"] for row in person.json("changes")] == [["body"]]
    said = person.run_here("diff", url)
    assert "eleven" in said and "nine" in said
    assert take(person, first)[0]["outcome"] == "known"
    before = person.json("versions", url)
    person.run_here("rebuild")
    assert person.json("versions", url) == before
    assert person.json("check") == []


def test_a_file_like_those_of_browsertrix(person: Person, tmp_path: Path) -> None:
    """The browser has decoded what came: the fields that told how it was packed are left over."""
    headers = ("Content-Type: text/html; charset=utf-8", "Content-Encoding: br", "Transfer-Encoding: chunked")
    url = f"{foreign.SITE}/1"
    records = [
        foreign.record("warcinfo", None, 0, b"software: Browsertrix-Crawler 1.5\r\n"),
        foreign.record(
            "response", url, 0, foreign.answer(story(BEFORE), *headers),
            ("WARC-Resource-Type", "document"), form="WARC/1.1",
        ),
        foreign.record("request", url, 0, b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", form="WARC/1.1"),
        foreign.record(
            "response", f"{foreign.SITE}/api", 0, foreign.answer(story("Never shown to anybody.", 7)),
            ("WARC-Resource-Type", "xhr"), form="WARC/1.1",
        ),
        foreign.record("resource", f"urn:pageinfo:{url}", 0, b"{}", ("Content-Type", "application/json")),
        foreign.record("resource", f"urn:text:{url}", 0, b"The harbour"),
    ]  # fmt: skip
    path = foreign.members(tmp_path / "rec-20190304.warc.gz", records)
    (told,) = take(person, path)
    assert (told["outcome"], told["captures"], told["pages"]) == ("taken", 2, 1)
    assert "nine boats" in person.run_here("show", url)
    assert [row["url"] for row in person.json("pages", "stories")] == [url]
    assert person.json("check") == []


def test_a_file_that_is_cut_off(person: Person, tmp_path: Path) -> None:
    pages = [foreign.response(f"/{n}", n, story(BEFORE, n)) for n in range(5)]
    path = foreign.members(tmp_path / "cut.warc.gz", pages)
    path.write_bytes(path.read_bytes()[:-40])
    (told,) = take(person, path, code=4)
    assert (told["outcome"], told["captures"], told["copied"]) == ("taken", 4, False)
    assert list(told["damage"]) == ["cut off: the file ends within the record"]
    assert len(person.json("pages", "stories")) == 4
    said = person.run_here("import", str(tmp_path / "none.warc.gz"), "--source", "stories", code=1)
    assert "is no file" in said
    (tmp_path / "other.warc").write_bytes(b"<html>")
    (told,) = take(person, tmp_path / "other.warc", code=1)
    assert "no WARC file" in told["reason"]


def test_a_wacz_file(person: Person, tmp_path: Path) -> None:
    first = foreign.members(tmp_path / "a.warc.gz", [foreign.response("/1", 0, story(BEFORE))])
    second = foreign.plain(tmp_path / "b.warc", [foreign.response("/1", 5, story(AFTER))])
    (told,) = take(person, foreign.wacz(tmp_path / "site.wacz", [first, second]))
    assert (told["outcome"], told["captures"], told["changes"]) == ("taken", 2, 1)
    (row,) = person.json("changes")
    assert (row["kinds"], row["from"][:10], row["to"][:10]) == (["body"], "2019-03-04", "2019-03-09")
    assert person.json("check") == []
    spoilt = foreign.members(tmp_path / "c.warc.gz", [foreign.response("/2", 0, story(BEFORE, 2))])
    (told,) = take(person, foreign.wacz(tmp_path / "spoilt.wacz", [spoilt], spoil=True), code=4)
    assert list(told["damage"]) == ["a file within is not what its digest says: archive/c.warc.gz"]


def test_an_import_that_is_killed_goes_on(person: Person, tmp_path: Path) -> None:
    pages = [foreign.response(f"/{n}", n, story(BEFORE, n)) for n in range(400)]
    path = foreign.one_member(tmp_path / "large.warc.gz", pages)
    for wait in (0.9, 1.4, 2.0):
        process = person.start("import", str(path), "--source", "stories")
        time.sleep(wait)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    (told,) = take(person, path)
    assert told["outcome"] in ("taken", "known")
    assert len(person.json("pages", "stories")) == 400
    assert len(person.json("runs")) == 1
    assert person.json("check") == []
    assert not any(person.home.rglob("*.import"))


def test_a_crawl_goes_on_behind_an_import(tmp_path: Path) -> None:
    """It takes up nothing of it, and refers to what is there already."""
    first, second = Person(tmp_path / "first"), Person(tmp_path / "second")
    with Server(site(BEFORE)) as server:
        for one in (first, second):
            one.watch(server.url, "stories")
        first.run_here("crawl")
        (told,) = take(second, *first.warcs)
        assert told["outcome"] == "taken"
        assert "never run" in second.run_here("why", "stories"), "for the calendar it never was"
        assert "Captured once" in second.run_here("why", f"{server.url}/1")
        assert [row["last_run"] for row in second.json("sources")] == [None]
        server.state = site(AFTER)
        second.run_here("crawl", "--due")
        assert "never run" not in second.run_here("why", "stories")
        runs = second.json("runs")
        assert [(row["outcome"], row["imported"]) for row in runs] == [
            ("succeeded", True),
            ("succeeded", False),
        ]
        assert runs[1]["revisits"] == 2
        assert [row["kinds"] for row in second.json("changes")] == [["body"]]
        assert [row["number"] for row in second.json("versions", f"{server.url}/1")] == [1, 2]


def test_a_crawl_refers_to_what_another_program_kept(tmp_path: Path) -> None:
    """What is there whole is not kept twice; what was cut off is."""
    person = Person(tmp_path / "home")
    state = {path: replace(page, gzip=False) for path, page in site(BEFORE).items()}
    with Server(state) as server:
        person.watch(server.url, "stories")

        def kept(path: str, *fields: tuple[str, str]) -> bytes:
            block = foreign.answer(story(BEFORE, int(path[1])))
            return foreign.record("response", server.url + path, 0, block, *fields)

        records = [kept("/1"), kept("/2", ("WARC-Truncated", "length"))]
        take(person, foreign.plain(tmp_path / "old.warc", records))
        person.run_here("crawl")
        runs = person.json("runs")
    assert [(row["imported"], row["revisits"]) for row in runs] == [(True, 0), (False, 1)]
    head = next(line for one in person.warcs for line in referring(one))
    assert head == f"{server.url}/1 2019-03-04T06:00:00.000000Z"
    assert person.json("changes") == []
    assert person.json("check") == []


def referring(path: Path) -> list[str]:
    """What the revisits in a file refer to."""
    return [
        f"{one.headers['WARC-Refers-To-Target-URI']} {one.headers['WARC-Refers-To-Date']}"
        for one in warc.read(path)
        if one.type == "revisit"
    ]
