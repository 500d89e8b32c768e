"""The archive is what its WARC files say: it can be made anew from them, and damage is found and named."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from archive import access, care, instants
from archive.home import Home
from tests.journeys.program import Person
from tests.sites.posts import moved, page
from tests.sites.prose import ENGLISH
from tests.sites.server import Page, Server, State

DAY = datetime(2026, 1, 5, tzinfo=UTC)
HIDDEN = Page(404, (("Content-Type", "text/plain"),), b"There is nothing here.\n")


def letter(number: int, edited: str = "") -> Page:
    random = Random(number)
    title = ENGLISH.title(random)
    paragraphs = "".join(f"<p>{' '.join(islice(ENGLISH.sentences(random), 4))}</p>" for _ in range(4))
    body = f"<h1>{title}</h1><p>{DAY.replace(day=number + 1):%d %B %Y}</p>{paragraphs}<p>{edited}</p>"
    return page(f"<html><title>{title}</title><body><article>{body}</article></body></html>", when=DAY)


def site(*numbers: int, edited: str = "") -> dict[str, Page]:
    """Letters with a front page that names them and a feed; the first of them is edited."""
    links = "".join(f'<p><a href="/{number}/">Letter {number}</a></p>' for number in numbers)
    items = "".join(
        f"<item><title>Letter {number}</title><link>\0url\0/{number}/</link><guid>{number}</guid>"
        f"<pubDate>Mon, {number + 1:02d} Jan 2026 08:00:00 GMT</pubDate></item>"
        for number in numbers
    )
    feed = f'<rss version="2.0"><channel><title>Letters</title>{items}</channel></rss>'
    letters = {f"/{number}/": letter(number, edited if number == numbers[0] else "") for number in numbers}
    return {
        "/": page(f"<html><head><title>Letters</title></head><body>{links}</body></html>"),
        "/feed": page(feed, "application/rss+xml"),
        **letters,
    }


STATES: list[State] = [
    site(1, 2, 3, 4, 5, 6, 7, 8),
    site(1, 2, 3, 4, 5, 6, 7, 8),
    {**site(1, 3, 4, 5, 6, 7, 8, 9, edited="Added in haste."), "/2/": HIDDEN},
    {**site(1, 3, 4, 5, 6, 8, 9, 17, edited="Added in haste."), "/2/": HIDDEN, "/7/": moved("/17/")},
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Four states of a site, a light run, a run that reached its limit, one that was killed and taken up, a
    note, and a verdict of a person.
    """
    person = Person(tmp_path_factory.mktemp("kept") / "home")
    states = [{**state, "/17/": letter(7)} if number == 3 else state for number, state in enumerate(STATES)]
    with Server(states[0]) as server:
        person.watch(server.url, "letters")
        watched = person.home / "sources" / "letters.toml"
        watched.write_text(watched.read_text().replace("# feeds = []", f'feeds = ["{server.url}/feed"] #'))
        for server.state in states:
            person.run_here("crawl")
        server.state = {**states[3], **site(10, 1, 3, 4, 5, 6, 8, 9, 17), "/10/": letter(10)}
        person.run_here("crawl", "--light")
        person.run_here("crawl", "--max-pages", "3")
        killed(person)
        person.run_here("note", f"{server.url}/3/", "Looked at by hand.")
        person.run_here("note", f"{server.url}/4/", "1", "An accident.", "--verdict", "failed")
        yield person


def killed(person: Person) -> None:
    """Kill a crawl in the middle, parent and child, and let the next one go on."""
    process = person.start("crawl")
    folder = person.home / "warc"
    before = len(list(folder.rglob("*.warc.gz*")))
    end = time.monotonic() + 20
    while len(list(folder.rglob("*.warc.gz*"))) == before and time.monotonic() < end:
        time.sleep(0.01)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    person.run_here("crawl")


CAPTURES = """
SELECT url, name, offset, record, at, status, content_type, payload, size, revisit, redirect,
    captures.verdict, reason, version, captures.unread, captures.run
FROM captures JOIN pages ON pages.id = page JOIN warcs ON warcs.id = warc ORDER BY name, offset"""


def answers(person: Person) -> dict[str, Any]:
    """All that the reading commands say, and the texts on the disk."""
    with access.Archive(Home(person.home)) as archive:
        pages = list(archive.pages("letters", everything=True))
        told: dict[str, Any] = {"runs": archive.runs(), "pages": pages}
        told["changes"] = list(archive.changes())
        told["originals"] = list(archive.originals("letters"))
        told["slots"] = access.slots_of(archive.engine, ["letters"], instants.now())
        for one in pages:
            if one["versions"]:
                told[f"versions {one['url']}"] = archive.versions(one["url"])
                told[f"show {one['url']}"] = archive.show(one["url"])
    with closing(sqlite3.connect(person.home / "archive.db")) as db:
        told["captures"] = db.execute(CAPTURES).fetchall()
        told["noise"] = db.execute("SELECT * FROM noise ORDER BY source, id").fetchall()
    for path in sorted((person.home / "text").rglob("*")):
        if path.is_file():
            told[str(path.relative_to(person.home))] = path.read_bytes()
    return told


def copied(person: Person, to: Path) -> Person:
    shutil.copytree(person.home, to)
    return Person(to)


def test_what_was_kept_is_worth_rebuilding(kept: Person) -> None:
    told = answers(kept)
    outcomes = [(row["outcome"], row["resumed"]) for row in told["runs"]]
    assert {"succeeded", "stopped"} <= {outcome for outcome, _ in outcomes} | {"stopped"}
    assert any(resumed for _, resumed in outcomes)
    kinds = {kind for row in told["changes"] for kind in row["kinds"]}
    assert {"new", "body", "gone", "moved"} <= kinds
    assert sum(row["revisits"] for row in told["runs"]) > 8


@pytest.mark.parametrize(
    "also",
    [pytest.param((), marks=pytest.mark.nightly), ("runs",)],
    ids=["", "with the folders of the runs lost"],
)
def test_the_index_and_the_texts_come_out_equal(kept: Person, tmp_path: Path, also: tuple[str, ...]) -> None:
    again = copied(kept, tmp_path / "home")
    before = answers(again)
    for path in again.home.glob("archive.db*"):
        path.unlink()
    for name in ("text", *also):
        shutil.rmtree(again.home / name)
    for path in again.home.rglob("*.cdxj"):
        path.unlink()
    again.run_here("rebuild")
    after = answers(again)
    for name, told in before.items():
        assert after.get(name) == told, name
    assert after.keys() == before.keys()
    again.run_here("check")


def of_captures(person: Person) -> dict[str, Any]:
    """What follows from captures, whichever run and file they are in."""
    told = {name: rows for name, rows in answers(person).items() if name not in ("runs", "slots", "captures")}
    for name, value in told.items():
        if name.startswith("show "):
            value.pop("warc")
        elif name.startswith("text/"):
            told[name] = [line for line in value.split(b"\n") if not line.startswith(b"warc")]
    for rows in (told["changes"], told["originals"]):
        for row in rows:
            for key in ("run", "warc", "file", "offset"):
                row.pop(key, None)
    return told


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(1, 5))]
)
def test_imported_in_any_order_they_give_the_same(kept: Person, tmp_path: Path, seed: int) -> None:
    again = Person(tmp_path / "home")
    again.run_here("init", str(again.home))
    shutil.copy(kept.home / "notes.jsonl", again.home)
    paths = kept.warcs
    Random(seed).shuffle(paths)
    half = Random(seed).randrange(len(paths))
    for batch in (paths[:half], paths[half:]):
        if batch:
            again.run_here("import", *map(str, batch), "--source", "letters")
    assert of_captures(again) == of_captures(kept)
    again.run_here("rebuild")
    assert of_captures(again) == of_captures(kept)
    assert found_wrong(again) == []


def test_a_whole_home_is_found_whole(kept: Person, tmp_path: Path) -> None:
    again = copied(kept, tmp_path / "home")
    assert again.json("check") == []
    noted = json.loads((again.home / "runs" / "check.json").read_text())
    assert noted["damage"] == 0
    assert datetime.now(UTC) >= datetime.fromisoformat(noted["at"])
    assert again.json("check", "letters") == []
    again.run_here("check", "leters", code=2)


def damaged(again: Person, code: int = 4) -> list[dict[str, Any]]:
    told = again.run_here("check", "--json", code=code)
    return [json.loads(line) for line in told.splitlines()]


def found_wrong(person: Person) -> list[care.Finding]:
    """What the command tells, without a process of its own."""
    found: list[care.Finding] = []
    home = Home(person.home)
    care.check(home, care.sources(home), found.append)
    return [one for one in found if one.damage]


def flip(path: Path, offset: int, bit: int = 4) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1 << bit
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["*.warc.gz", "*.md", "*.cdxj", "archive.db"])
def test_any_flipped_byte_is_found(kept: Person, tmp_path: Path, kind: str) -> None:
    again = copied(kept, tmp_path / "home")
    random = Random(kind)
    paths = sorted(path for path in again.home.rglob(kind) if path.stat().st_size)
    for _ in range(5):
        path = random.choices(paths, [path.stat().st_size for path in paths])[0]
        offset, bit = random.randrange(path.stat().st_size), random.randrange(8)
        flip(path, offset, bit)
        name = path.relative_to(again.home).as_posix()
        assert name in {one.file for one in found_wrong(again)}, f"bit {bit} of byte {offset} of {name}"
        flip(path, offset, bit)
    assert found_wrong(again) == []


def test_a_flipped_byte_is_named_with_what_it_spoils(kept: Person, tmp_path: Path) -> None:
    again = copied(kept, tmp_path / "home")
    with closing(sqlite3.connect(again.home / "archive.db")) as db:
        name, offset, url = db.execute(
            """SELECT name, offset, url FROM captures JOIN warcs ON warcs.id = warc
            JOIN pages ON pages.id = page WHERE url LIKE '%/5/' AND revisit IS NULL"""
        ).fetchone()
    path = next(again.home.rglob(name))
    flip(path, offset + 200)
    found = damaged(again)
    assert {one["file"] for one in found} == {path.relative_to(again.home).as_posix()}
    assert [(one["offset"], one["url"]) for one in found if one["url"]] == [(offset, url)]
    assert again.json("show", url)[0]["text"], "the text stands"
    told = again.run_here("rebuild", code=4)
    assert told == ""
    left = {one["url"] for one in again.json("pages", "letters") if one["captures"]}
    assert url.replace("/5/", "/6/") in left, "all around it was taken"


def test_a_flipped_byte_in_a_text_or_the_replay_index_is_named(kept: Person, tmp_path: Path) -> None:
    again = copied(kept, tmp_path / "home")
    text = next((again.home / "text").rglob("*.md"))
    index = max((again.home / "warc").rglob("*.cdxj"), key=lambda path: path.stat().st_size)
    flip(text, text.stat().st_size // 2)
    flip(index, 100)
    found = damaged(again)
    assert {one["file"] for one in found} == {
        path.relative_to(again.home).as_posix() for path in (text, index)
    }
    again.run_here("rebuild")
    assert again.json("check") == []


def test_a_file_that_is_not_there_or_not_known_is_named(kept: Person, tmp_path: Path) -> None:
    again = copied(kept, tmp_path / "home")
    first, second, *_ = again.warcs
    first.rename(again.home / "first")
    shutil.copy(second, second.with_name(second.name.replace("00000", "00007")))
    text = next((again.home / "text").rglob("*.md"))
    shutil.copy(text, text.with_name("20200101T000000Z.md"))
    text.unlink()
    said = {(Path(one["file"]).name, one["what"]) for one in damaged(again)}
    assert (first.name, "the file is not there") in said
    assert any("00007" in name and "does not know" in what for name, what in said)
    assert (text.name, "the text is not there") in said
    assert ("20200101T000000Z.md", "no version has this text any more") in said


WRONG = {
    "a verdict": "UPDATE captures SET verdict = 'same' WHERE verdict = 'gone'",
    "an instant": "UPDATE captures SET at = replace(at, '20', '19') WHERE id = 5",
    "a count": "UPDATE runs SET requests = requests + 1 WHERE resumed = 0",
    "an outcome": "UPDATE runs SET outcome = 'failed' WHERE resumed = 0",
    "a title": "UPDATE texts SET title = 'Another' WHERE id = 2",
    "a text": "UPDATE texts SET text = text || '!' WHERE id = 2",
    "a change": "DELETE FROM changes WHERE id = (SELECT min(id) FROM changes)",
    "a version": "UPDATE versions SET captures = captures + 1 WHERE number = 1",
    "a page": "UPDATE pages SET article = NOT article WHERE id = 3",
    "a feed's word": "DELETE FROM fed WHERE url LIKE '%/3/'",
    "a digest": "UPDATE warcs SET sha256 = replace(sha256, 'a', 'b') WHERE id = 1",
    "a capture": "DELETE FROM captures WHERE id = (SELECT max(id) FROM captures WHERE revisit IS NOT NULL)",
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_what_does_not_follow_from_the_warc_files_is_found(kept: Person, tmp_path: Path, change: str) -> None:
    again = copied(kept, tmp_path / "home")
    with closing(sqlite3.connect(again.home / "archive.db")) as db, db:
        assert db.execute(change).rowcount
    (again.home / "archive.db.sha256").unlink(missing_ok=True)
    assert found_wrong(again)


def test_a_rebuild_that_is_killed_leaves_the_home_as_it_was(kept: Person, tmp_path: Path) -> None:
    again = copied(kept, tmp_path / "home")
    before = answers(again)
    for wait in (0.8, 1.2):
        process = again.start("rebuild")
        time.sleep(wait)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert answers(again) == before
    again.run_here("rebuild")
    assert answers(again) == before
    assert not (again.home / "rebuild").exists()


def test_nothing_is_rebuilt_while_a_source_is_crawled(kept: Person, tmp_path: Path) -> None:
    again = copied(kept, tmp_path / "home")
    before = hashlib.sha256((again.home / "archive.db").read_bytes()).hexdigest()
    with (again.home / "runs" / "letters.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        again.run_here("rebuild", code=3)
        assert again.json("check") == [], "a check does not mind"
    assert hashlib.sha256((again.home / "archive.db").read_bytes()).hexdigest() == before
