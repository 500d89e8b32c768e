"""`strandline add` at real servers on this machine."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.home import Home
from schedules.sources import load
from strandline.cli import main
from tests.sites.server import Page, Server

FRONT = Page(
    body=b"<html lang=en><title>The Gazette</title>"
    b"<link rel=alternate type=application/rss+xml href=/feed.xml><p>Hello"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("STRANDLINE_HOME", str(tmp_path))
    assert main(["init", "--contact", "me@example.org"]) == 0
    return Home(tmp_path)


@pytest.fixture
def site() -> Iterator[Server]:
    with Server({"/": FRONT}) as server:
        yield server


def add(*words: str) -> int:
    return main(["add", *words, "--allow-private", "--delay", "0"])


def test_a_site_becomes_a_commented_source(
    home: Home, site: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(site.url, "--name", "gazette", "--schedule", "daily", "--max-pages", "7") == 0
    source = load(home, "gazette")
    assert source.seeds == (f"{site.url}/",)
    assert (source.schedule, source.limits.pages) == ("daily", 7)
    assert (source.manners.delay, source.manners.allow_private) == (0, True)
    assert (source.about.title, source.about.language) == ("The Gazette", "en")
    assert source.feeds == (f"{site.url}/feed.xml",)
    text = home.source("gazette").read_text()
    assert "# depth = 20" in text
    assert "proposal" not in text, "the schedule is one's own"
    captured = capsys.readouterr()
    assert re.search(r"^title +The Gazette$", captured.out, re.MULTILINE)
    assert re.search(r"^robots +no robots.txt \(404\)$", captured.out, re.MULTILINE)
    assert captured.out.endswith("Next: strandline crawl gazette\n")
    assert len(re.findall(r"^ +\w{3} \d{4}-\d\d-\d\d 00:00 UTC$", captured.out, re.MULTILINE)) == 5
    assert re.search(r"^preset +generic$", captured.out, re.MULTILINE)
    assert captured.err == ""
    assert b"User-Agent: Strandline/0.1.0 (+me@example.org)\r\n" in site.exchanges[0].request


def test_a_schedule_that_is_none_is_refused_before_anything_is_asked(
    home: Home, site: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert add(site.url, "--schedule", "daily at 6am") == 2
    assert "--schedule: '6am' is not a time here; did you mean 06:00?" in capsys.readouterr().err
    assert site.exchanges == []


def test_the_name_comes_from_the_host(home: Home, site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert add(site.url, "--json") == 0
    [row] = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["name"] == f"127-0-0-1-{site.port}"
    assert row["file"] == f"sources/{row['name']}.toml"
    assert row["status"] == 200
    assert row["certificate"] is None
    assert len(row["upcoming"]) == len(row["upcoming_light"]) == 5
    assert load(home, row["name"])
    assert "\n# The schedule is a proposal: feeds or sitemaps tell" in home.source(row["name"]).read_text()


def test_a_site_that_moved_to_another_host_is_watched_there(home: Home, site: Server) -> None:
    site.state = {"/": Page(301, (("Location", f"{site.other_url}/new/"),)), "//other/new/": FRONT}
    assert add(site.url, "--name", "moved") == 0
    assert load(home, "moved").seeds == (f"{site.other_url}/new/",)
    site.state = {"/": Page(302, (("Location", "/en/"),)), "/en/": FRONT}
    assert add(site.url, "--name", "inside") == 0
    assert load(home, "inside").seeds == (f"{site.url}/",)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["example.org"], "'example.org' has no scheme. Write: strandline add https://example.org"),
        (["ftp://example.org/"], "is not a web address: only http:// and https:// can be archived."),
        (["http://"], "has no host"),
        (["https://no-such-host.invalid/"], "does not resolve.*to add it all the same, use --no-probe."),
        (["http://127.0.0.1/"], "127.0.0.1 is at 127.0.0.1, which is not a public.*add --allow-private."),
        (["http://127.0.0.1/", "--no-probe"], "which is not a public address.*add --allow-private."),
        (["http://example.org/", "--name", "Räksts"], "cannot be the name of a source"),
    ],
)
def test_bad_input_is_explained_and_leaves_nothing(
    home: Home, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    capsys.readouterr()
    assert main(["add", *words]) == 2
    captured = capsys.readouterr()
    assert re.match(f"strandline: .*{said}", captured.err)
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert list(home.sources.iterdir()) == []


def test_a_refused_connection_is_explained(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    capsys.readouterr()
    assert add(url) == 2
    assert re.search(r"refused the connection\. Check the address .*--no-probe\.", capsys.readouterr().err)
    assert add(url, "--no-probe", "--name", "later") == 0
    assert load(home, "later").seeds == (url,)


def test_an_existing_name_is_refused_before_the_site_is_asked(
    home: Home, site: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    home.source("gazette").write_text("mine")
    assert add(site.url, "--name", "gazette") == 2
    assert "There is a source 'gazette' already" in capsys.readouterr().err
    assert home.source("gazette").read_text() == "mine"
    assert site.paths == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"/": Page(404)}, "Warning: .* answered 404; is the address right"),
        (
            {"/robots.txt": Page(200, (), b"User-agent: *\nDisallow: /"), "/": FRONT},
            r"Warning: the site does not want .* to be crawled \(robots\.txt disallows it: .*Disallow: /\)",
        ),
    ],
)
def test_what_will_not_work_is_said(
    home: Home, site: Server, capsys: pytest.CaptureFixture[str], state: dict[str, Page], said: str
) -> None:
    site.state = state
    assert add(site.url, "--name", "x") == 0
    assert re.search(said, capsys.readouterr().err)


def test_a_hostile_title_steers_neither_terminal_nor_file(
    home: Home, site: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    site.state = {"/": Page(body=b'<title>\x1b[2J"]\nseeds = []\x9b</title>')}
    assert add(site.url, "--name", "x") == 0
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert load(home, "x").seeds == (f"{site.url}/",)


def test_without_a_contact_it_reminds(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.settings.write_text("")
    assert main(["add", "http://192.0.2.1/", "--no-probe", "--allow-private"]) == 0
    assert "contact" not in capsys.readouterr().err
    assert main(["add", "http://no-such-host.invalid/", "--no-probe"]) == 0
    assert "set 'contact' in strandline.toml" in capsys.readouterr().err


HEARING = (
    "import signal, sys; from strandline.cli import main; "
    "signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(main())"
)
"""The program in a process that hears Ctrl-C: what a script begins in the background is deaf to it."""


def test_ctrl_c_while_the_site_does_not_answer_is_said_in_one_line(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        process = subprocess.Popen(
            [sys.executable, "-c", HEARING, "add", url, "--allow-private"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        connection, _ = silent.accept()
        with connection:
            connection.recv(1)  # it was asked, so all of the program is there
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=30)
    assert (said, process.returncode) == (("", "strandline: Interrupted; no source was added.\n"), 130)
    assert not any(home.sources.iterdir())


BLOG = Page(body=b"<!doctype html><title>Blog</title><meta name=generator content=blogger><p>Hello")


@pytest.mark.parametrize(
    ("page", "words", "preset"),
    [
        (BLOG, [], "blogger"),
        (FRONT, [], "generic"),
        (Page(404), [], "auto"),
        (BLOG, ["--preset", "wordpress"], "wordpress"),
        (BLOG, ["--preset", "auto"], "auto"),
        (BLOG, ["--no-probe"], "auto"),
    ],
)
def test_the_preset_is_found_out_and_written_down(
    home: Home, site: Server, capsys: pytest.CaptureFixture[str], page: Page, words: list[str], preset: str
) -> None:
    site.state = {"/": page}
    capsys.readouterr()
    assert add(f"{site.url}/?utm_source=mail", "--name", "x", "--json", *words) == 0
    [row] = map(json.loads, capsys.readouterr().out.splitlines())
    source = load(home, "x")
    assert row["preset"] == source.preset == preset
    assert source.seeds == (f"{site.url}/",)
    line = next(line for line in home.source("x").read_text().splitlines() if "preset = " in line)
    assert line.startswith("# preset" if preset == "auto" else f'preset = "{preset}"')
    assert "rules for the site's software: auto, blogger, " in line


def test_an_unknown_preset_is_refused(home: Home, site: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert add(site.url, "--preset", "wordpres") == 2
    assert "unknown preset 'wordpres'; did you mean 'wordpress'? known are auto, " in capsys.readouterr().err
    assert site.paths == []
