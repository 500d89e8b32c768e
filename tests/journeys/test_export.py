"""What is given away says the same as the home: to git, to replay tools, to spreadsheets, to another home."""

import csv
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from archive import warc
from tests import oracles
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Page, Server, State

FIRST = "The harbour master counted nine boats on Monday evening, and wrote it down in the large book."
EDITED = FIRST.replace("nine", "eleven")
SECOND = (
    "Nobody on the quay would have thought of asking him for the names of the boats, though he knew them."
)
LAST = "The book was sold in the year after the storm, and is kept in the library of the town since then."


def story(title: str, *paragraphs: str) -> Page:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    return page(f"<html><title>{title}</title><body><article><h1>{title}</h1>{body}</article></body></html>")


def site(**pages: Page) -> State:
    links = "".join(f'<a href="/{name}/">{name}</a>' for name in pages)
    return {"/": page(f"<title>Stories</title>{links}"), **{f"/{name}/": one for name, one in pages.items()}}


STORM = story("=The storm", LAST, SECOND)
STATES = [
    site(boats=story("Boats", FIRST, SECOND), storm=STORM, old=story("Old", LAST)),
    site(boats=story("Boats", EDITED, SECOND), storm=STORM, old=Page(404)),
    site(boats=story("Boats", EDITED, SECOND, LAST), storm=STORM, old=Page(404)),
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Person, str]]:
    """A home after three runs, and the site's address."""
    person = Person(tmp_path_factory.mktemp("export") / "home")
    with Server(STATES[0]) as server:
        person.watch(server.url, "stories")
        for server.state in STATES:
            person.run_here("crawl")
        yield person, server.url


def git(path: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", path, *words], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def edits(path: Path, commit: str) -> list[str]:
    """The lines that a commit took away and added."""
    lines = git(path, "show", "--format=", "--unified=0", commit).splitlines()
    return [
        line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---") and line[1:].strip()
    ]


def test_git_log_shows_exactly_the_edits(kept: tuple[Person, str], tmp_path: Path) -> None:
    person, _ = kept
    person.run_here("export", "git", "-o", str(tmp_path / "history"))
    third, second, first = git(tmp_path / "history", "log", "--format=%H").split()
    assert len([line for line in edits(tmp_path / "history", first) if line == f"+{LAST}"]) == 2
    gone = ["---", f'-url: "{kept[1]}/old/"', '-title: "Old"', "---", f"-{LAST}"]
    told = edits(tmp_path / "history", second)
    assert [line for line in told if line not in gone] == [f"-{FIRST}", f"+{EDITED}"]
    assert edits(tmp_path / "history", third) == [f"+{LAST}"]
    message = git(tmp_path / "history", "log", "-1", "--format=%B", second)
    assert f"+ {kept[1]}/boats/" in message and f"- {kept[1]}/old/" in message
    assert not git(tmp_path / "history", "status", "--porcelain")
    git(tmp_path / "history", "fsck", "--strict")


def test_the_same_home_gives_the_same_commits_and_a_later_run_adds_one(
    kept: tuple[Person, str], tmp_path: Path
) -> None:
    person = Person(tmp_path / "home")
    shutil.copytree(kept[0].home, person.home)
    history, second = tmp_path / "history", tmp_path / "second"
    for path in (history, second, history):
        person.run_here("export", "git", "-o", str(path))
    assert git(history, "rev-parse", "HEAD") == git(second, "rev-parse", "HEAD")
    person.run_here("crawl")  # nobody is at home there any more: a run in which nothing could be fetched
    told = person.run_here("export", "git", "-o", str(history), "--json")
    assert json.loads(told) == {"commits": 4, "new": 1}
    person.run_here("note", f"{kept[1]}/boats/", "2", "An accident.", "--verdict", "failed")
    person.run_here("export", "git", "-o", str(history), code=2)
    person.run_here("export", "git", "-o", str(history), "--force")
    (history / "mine.txt").write_text("mine")
    person.run_here("export", "git", "-o", str(history), "--force", code=2)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine")
    person.run_here("export", "git", "-o", str(tmp_path / "folder"), "--force", code=2)


def test_a_wacz_file_is_what_others_read(kept: tuple[Person, str], tmp_path: Path) -> None:
    person, url = kept
    path, again = tmp_path / "stories.wacz", tmp_path / "again.wacz"
    person.run_here("export", "wacz", "-o", str(path))
    person.run_here("export", "wacz", "-o", str(path), code=2)
    person.run_here("export", "wacz", "-o", str(again))
    assert path.read_bytes() == again.read_bytes()
    pages = oracles.strict_wacz(path)
    front, *stories = pages
    assert front["url"] == f"{url}/"
    assert [one["url"] for one in stories] == [f"{url}/boats/"] * 3 + [f"{url}/old/", f"{url}/storm/"]
    assert "Validation succeeded" in oracles.py_wacz(path)
    with oracles.replayweb_replay([path]) as replay:
        for one, words in zip(stories[:3], (FIRST, EDITED, LAST), strict=True):
            (found,) = replay.fetch([(one["url"], datetime.fromisoformat(one["ts"]))], follow=True)
            assert found.status == 200 and words.encode() in found.body


def test_tables(kept: tuple[Person, str], tmp_path: Path) -> None:
    person, url = kept
    person.run_here("export", "jsonl", "-o", str(tmp_path / "json"))
    rows = [json.loads(line) for line in (tmp_path / "json" / "versions.jsonl").read_text().splitlines()]
    assert [(row["url"], row["number"]) for row in rows][1:4] == [(f"{url}/boats/", n) for n in (1, 2, 3)]
    assert EDITED in rows[2]["text"]
    changes = [json.loads(line) for line in (tmp_path / "json" / "changes.jsonl").read_text().splitlines()]
    said = person.json("changes")
    assert changes == [{name: row[name] for name in changes[0]} for row in said]
    person.run_here("export", "csv", "stories", "-o", str(tmp_path / "csv"))
    with (tmp_path / "csv" / "versions.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert [row["text"] for row in told] == [row["text"] for row in rows]
    assert told[-1]["title"] == "'=The storm", "no formula for a spreadsheet"
    person.run_here("export", "markdown", "-o", str(tmp_path / "pages"))
    files = sorted(path.name for path in (tmp_path / "pages").rglob("*.md"))
    assert files == ["index.md"] * 4
    said = next((tmp_path / "pages").rglob("boats/index.md")).read_text()
    assert said.index("## Version 3") < said.index("## Version 1") and "Changed: body (silent)" in said
    parquet = person.run_here("export", "jsonl", "nothing", "-o", str(tmp_path / "x"), code=2)
    assert parquet == "" and not (tmp_path / "x").exists()


def test_parquet(kept: tuple[Person, str], tmp_path: Path) -> None:
    parquet: Any = pytest.importorskip("pyarrow.parquet", reason="pyarrow is an extra")
    kept[0].run("export", "parquet", "-o", str(tmp_path / "tables"))
    rows = parquet.read_table(tmp_path / "tables" / "versions.parquet").to_pylist()
    assert [row["number"] for row in rows] == [1, 1, 2, 3, 1, 1] and EDITED in rows[2]["text"]


def test_without_the_library_parquet_says_what_to_install(kept: tuple[Person, str], tmp_path: Path) -> None:
    try:
        import pyarrow  # noqa: F401 - whether it is there
    except ImportError:
        kept[0].run("export", "parquet", "-o", str(tmp_path / "tables"), code=2)
        assert not (tmp_path / "tables").exists()


def test_another_home_takes_in_what_was_given(kept: tuple[Person, str], tmp_path: Path) -> None:
    person, url = kept
    person.run_here("export", "warc", "-o", str(tmp_path / "warcs"))
    assert {one.name for one in (tmp_path / "warcs").glob("*.warc.gz")} == {one.name for one in person.warcs}
    last = person.json("runs")[-1]["started"]
    person.run_here("export", "warc", "--since", last, "-o", str(tmp_path / "part.warc.gz"))
    kinds = [record.type for record in warc.read(tmp_path / "part.warc.gz")]
    # The revisit of the third run comes with the answer of the first.
    assert kinds.count("revisit") >= 1 and kinds.count("response") > kinds.count("revisit")
    other = Person(tmp_path / "other")
    other.run_here("init", str(other.home))
    other.run_here("import", str(tmp_path / "part.warc.gz"), "--source", "stories")
    assert other.json("check") == []
    assert len(other.json("versions", f"{url}/storm/")) == 1
    other.run_here("import", *map(str, sorted((tmp_path / "warcs").glob("*.warc.gz"))), "--source", "stories")
    for name in ("boats", "storm", "old"):
        there, here = (one.json("versions", f"{url}/{name}/") for one in (other, person))
        assert [row["text_sha256"] for row in there] == [row["text_sha256"] for row in here]
    assert [(row["url"], row["kinds"], row["to"]) for row in other.json("changes")] == [
        (row["url"], row["kinds"], row["to"]) for row in person.json("changes")
    ]
