"""Bad input gets a message that says what, where and what to do, the right exit code, and no traceback."""

import sqlite3
import subprocess
import textwrap
from pathlib import Path

import pytest

from tests.journeys.program import PROGRAM, Person
from tests.sites.server import Page, Server


@pytest.fixture
def person(tmp_path: Path) -> Person:
    made = Person(tmp_path / "home")
    made.run_here("init", str(made.home))
    return made


def complaint(person: Person, *words: str, code: int = 2) -> str:
    """What `strandline WORDS` says on stderr when it ends with the exit code; nothing may be on stdout."""
    done = subprocess.run(
        [PROGRAM, *words], env=person.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return done.stderr


def source(person: Person, text: str, name: str = "site") -> None:
    (person.home / "sources" / f"{name}.toml").write_text(textwrap.dedent(text))


def test_an_unknown_source(person: Person) -> None:
    source(person, 'seeds = ["http://127.0.0.1:9/"]', "gazette")
    said = complaint(person, "crawl", "gazete")
    assert "gazete" in said
    assert "gazette" in said
    assert "strandline sources" in said


def test_an_address_without_a_scheme(person: Person) -> None:
    assert "https://example.org" in complaint(person, "add", "example.org")


def test_a_host_that_does_not_resolve(person: Person) -> None:
    assert "nowhere.invalid" in complaint(person, "add", "https://nowhere.invalid/")


def test_a_host_that_does_not_resolve_when_it_is_crawled(person: Person) -> None:
    source(person, 'seeds = ["https://nowhere.invalid/"]\n[manners]\ndelay = 0\n')
    done = subprocess.run(
        [PROGRAM, "crawl"], env=person.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "site: failed (no page could be fetched: https://nowhere.invalid/" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_refused_connection(person: Person) -> None:
    said = complaint(person, "add", "http://127.0.0.1:9/", "--allow-private")
    assert "refused the connection" in said
    assert "--no-probe" in said


def test_a_private_address(person: Person) -> None:
    said = complaint(person, "add", "http://127.0.0.1:9/")
    assert "127.0.0.1" in said
    assert "--allow-private" in said


def test_a_typo_in_a_source_file(person: Person) -> None:
    source(
        person,
        """\
        seeds = ["http://127.0.0.1:9/"]
        [manners]
        dealy = 2
        """,
    )
    said = complaint(person, "crawl", "site")
    assert "sources/site.toml:3: manners.dealy" in said
    assert "delay" in said.replace("dealy", "")


def test_a_source_file_that_is_no_toml(person: Person) -> None:
    source(person, 'seeds = ["http://127.0.0.1:9/"\n[manners]\n')
    assert "sources/site.toml:" in complaint(person, "crawl", "site")


def test_a_folder_that_is_no_home(person: Person, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    said = complaint(person, "pages", "site", "--home", str(tmp_path / "elsewhere"))
    assert "is not a Strandline home" in said
    assert "strandline init" in said


def test_a_home_from_a_newer_version(person: Person) -> None:
    (person.home / "strandline.toml").write_text("format = 99\n")
    assert "newer version of Strandline" in complaint(person, "sources")


def test_an_index_from_a_newer_version(person: Person) -> None:
    person.run("runs")
    with sqlite3.connect(person.home / "archive.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer Strandline" in complaint(person, "changes")


def test_a_folder_that_cannot_be_written(person: Person) -> None:
    said = complaint(person, "init", "/proc/archive")
    assert "/proc/archive" in said


def test_a_page_that_was_never_captured(person: Person) -> None:
    said = complaint(person, "diff", "https://example.org/letter")
    assert "https://example.org/letter was never captured" in said
    assert "strandline sources" in said


def test_a_date_that_is_not_understood(person: Person) -> None:
    with Server({"/": Page(body=b"<h1>News</h1><p>The ferry runs again from Monday on.</p>")}) as server:
        person.run("add", server.url, "--name", "site", "--no-probe", "--allow-private", "--delay", "0")
        person.run("crawl")
        said = complaint(person, "show", server.url, "--at", "the day before the flood")
        assert "'the day before the flood' is not a date" in said
        assert "2025-01-27" in said
        assert "was not captured yet" in complaint(person, "show", server.url, "--at", "1999")
        assert "has no version 7" in complaint(person, "diff", server.url, "1", "7")
        assert "is no kind of change" in complaint(person, "changes", "--kind", "rewording")


def test_a_public_site_without_a_contact(person: Person) -> None:
    source(person, 'seeds = ["https://9.9.9.9/"]\n', "public")
    said = complaint(person, "crawl", "public")
    assert "no contact is set" in said
    assert "strandline.toml" in said


def test_a_source_that_is_being_crawled(person: Person) -> None:
    with Server({"*": Page(body=b"<p>Slow.</p>")}, latency=3) as server:
        person.run("add", server.url, "--name", "site", "--no-probe", "--allow-private")
        first = person.start("crawl")
        try:
            while not list((person.home / "warc").rglob("*.open")):
                assert first.poll() is None
            assert "is being crawled by another process" in complaint(person, "crawl", code=3)
        finally:
            first.kill()
            first.wait()


def test_names_that_nobody_knows_are_slips_and_not_empty_answers(person: Person) -> None:
    assert "strandline sources" in complaint(person, "changes", "nope")
    assert "strandline sources" in complaint(person, "runs", "nope")
    assert "There is no run 'zzz'" in complaint(person, "changes", "--run", "zzz")


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ({"/robots.txt": Page(200, (), b"User-agent: *\nDisallow: /"), "*": Page(404)}, "Disallow: /"),
        ({"*": Page(403)}, "status 403"),
    ],
)
def test_a_run_that_got_nothing_says_why(person: Person, state: dict[str, Page], why: str) -> None:
    with Server(state) as server:
        person.run("add", server.url, "--name", "site", "--no-probe", "--allow-private", "--delay", "0")
        assert why in person.run("crawl", code=1)
    assert why in person.json("runs")[0]["reason"]
