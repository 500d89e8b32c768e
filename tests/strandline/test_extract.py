"""`strandline extract`: a file, stdin or a page of the archive, and the reasons for what was made of it."""
# ruff: noqa: E501  (a page reads best unbroken)

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from strandline.cli import main
from tests.journeys.program import Person
from tests.sites.server import Page, Server

PAGE = (
    "<html><head><meta charset=windows-1251><title>Маяк</title></head><body><article><h1>Маяк</h1>"
    "<p>Лампу в башне заменили во вторник, после сорока лет службы, и все в посёлке об этом знали.</p></article>"
    "<div class=sidebar><p>Сейчас на сайте: 12</p></div></body></html>"
).encode("cp1251")


def test_a_file_is_read_with_the_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lamp.html"
    file.write_bytes(PAGE)
    assert main(["extract", str(file), "--url", "https://lamp.example/a"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("url:      https://lamp.example/a\ntitle:    Маяк\n")
    assert "\nЛампу в башне заменили во вторник" in printed
    assert "\n- charset windows-1251: the page's head\n- read as one article\n- cut .sidebar\n" in printed
    assert "\n- title: from a heading and the head (sure)\n" in printed


def test_stdin_and_the_keys_of_json() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "strandline", "extract", "-", "--json"],
        input=PAGE,
        capture_output=True,
        check=True,
    )
    (row,) = map(json.loads, done.stdout.splitlines())
    assert {
        "url",
        "at",
        "version",
        "status",
        "title",
        "date",
        "author",
        "language",
        "text",
        "entries",
    } <= row.keys()
    assert {"extractor", "warc", "charset", "reasons"} <= row.keys()
    assert (row["title"], row["charset"], row["at"], row["warc"]) == ("Маяк", "windows-1251", None, None)
    assert len(row["blocks"]) == 1


def test_what_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract", str(tmp_path / "none.html")]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_a_page_of_the_archive_is_read_from_its_warc_and_not_from_the_network(tmp_path: Path) -> None:
    person = Person(tmp_path / "archive")
    with Server({"/": Page(body=PAGE, headers=(("Content-Type", "text/html"),))}) as server:
        url = server.url + "/"
        person.run_here("init", str(person.home))
        person.run_here("add", url, "--name", "lamp", "--allow-private", "--delay", "0")
        person.run_here("crawl")
        asked = len(server.exchanges)
        (row,) = person.json("extract", url)
        assert len(server.exchanges) == asked
    (shown,) = person.json("show", url)
    assert shown.pop("notes") == []
    assert {key: row[key] for key in shown} == shown
    assert row["charset"] == "windows-1251"


def test_the_whole_archive_is_read_anew_after_an_upgrade(tmp_path: Path) -> None:
    person = Person(tmp_path / "archive")
    with Server({"/": Page(body=PAGE, headers=(("Content-Type", "text/html"),))}) as server:
        person.watch(server.url + "/")
        person.run_here("crawl")
    with sqlite3.connect(person.home / "archive.db") as index:
        index.execute("UPDATE texts SET extractor = 'an older one', text = text || ' Сейчас на сайте: 12'")
    index.close()
    (done,) = person.json("extract", "--all")
    assert (done["read"], done["failed"], done["changes_before"], done["changes_after"]) == (1, 0, 0, 0)
    (shown,) = person.json("show", server.url + "/")
    assert shown["extractor"] == done["extractor"]
    assert "Сейчас" not in shown["text"]
    assert person.json("changes") == []


def test_either_one_page_is_named_or_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["extract"]) == 2
    assert main(["extract", "--all", str(tmp_path)]) == 2
    assert "--all for the whole archive" in capsys.readouterr().err
