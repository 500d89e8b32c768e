"""A crawl that is killed again and again ends as if nothing had happened."""

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from archive import http, warc
from tests.journeys.program import Person
from tests.sites import magazine
from tests.sites.server import Server

KILLS = 10


@pytest.mark.timeout(400)
def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    calm, hunted = Person(tmp_path / "calm"), Person(tmp_path / "hunted")
    with Server(magazine.state_a()) as server:
        calm.watch(server.url)
        calm.run("crawl")
        hunted.watch(server.url)
        dice = random.Random(7)
        killed = [_killed(hunted, dice.random()) for _ in range(KILLS)]
        hunted.run("crawl")
        _then_state_b(server, calm, hunted)
    assert all(killed), "every kill met a crawl under way"
    (first, *_) = hunted.json("runs")
    assert (first["outcome"], first["resumed"]) == ("succeeded", KILLS)
    assert not list((hunted.home / "warc").rglob("*.open"))
    assert _answers(hunted) == _answers(calm)
    assert _versions(hunted, server.url) == _versions(calm, server.url)


def _killed(person: Person, after: float) -> bool:
    """Begin a crawl and kill its whole process group so many seconds after the child has begun to record.

    Returns whether it was still at work.
    """
    before = set(person.warcs)
    process = person.start("crawl")
    deadline = time.monotonic() + 30
    while set(person.warcs) <= before and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(after)
    working = process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return working


def _then_state_b(server: Server, *persons: Person) -> None:
    server.state = magazine.state_b()
    for person in persons:
        person.run("crawl")


def _answers(person: Person) -> Counter[tuple[str, int]]:
    """How often each page is there with a good answer: read from the WARC files, all records whole."""
    found: Counter[tuple[str, int]] = Counter()
    for path in person.warcs:
        for record in warc.read(path):
            if record.type == "response" and record.uri and not record.uri.endswith("/robots.txt"):
                found[record.uri, http.parse(record.block).status] += 1
    return found


def _versions(person: Person, url: str) -> dict[str, list[Any]]:
    """By page: number of captures and the digests of its versions' texts."""
    keys = ("url", "verdict", "captures", "versions", "title", "date")
    pages = [{key: page[key] for key in keys} for page in person.json("pages", "magazine")]
    changes = [(row["url"], row["kinds"], row["moved_to"]) for row in person.json("changes")]
    edited = next(path for path, kinds in magazine.EXPECTED.items() if kinds == {"body"})
    texts = [version["text_sha256"] for version in person.json("versions", url + edited)]
    return {"pages": pages, "changes": sorted(changes), "texts": texts}
