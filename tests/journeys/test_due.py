"""`strandline crawl --due` as cron and timers call it, and what is told of schedules."""

import json
import os
import signal
import subprocess
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.program import PROGRAM, Person
from tests.sites.server import Page, Server, State

SITE: State = {
    "/": Page(
        body=b'<html><body><p>The harbour opens.</p><a href="/a">a</a> <a href="/b">b</a></body></html>'
    ),
    "/a": Page(body=b"<html><body><p>About the ships.</p></body></html>"),
    "/b": Page(body=b"<html><body><p>About the tides.</p></body></html>"),
    "*": Page(404),
}


def scheduled(person: Person, url: str, name: str, schedule: str = "daily", more: str = "") -> None:
    """A source of a site on this machine, with a schedule and without light runs."""
    person.home.joinpath("sources", f"{name}.toml").write_text(
        f'seeds = ["{url}"]\nschedule = "{schedule}"\n{more}\n[manners]\ndelay = 0\nallow_private = true\n'
    )


@pytest.fixture
def person(tmp_path: Path) -> Person:
    made = Person(tmp_path / "home")
    made.run_here("init", str(made.home))
    return made


def from_cron(person: Person) -> tuple[int, str]:
    """Exit code and all that was said, in an environment with nothing in it."""
    tree = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
    done = subprocess.run(
        [PROGRAM, "--home", str(person.home), "crawl", "--due"],
        env={"PATH": "", **tree}, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def slots(person: Person) -> list[tuple[str, str, bool]]:
    return [(row["source"], row["slot"][11:], row["light"]) for row in person.json("runs")]


def test_from_cron_it_runs_what_is_due_once_and_says_nothing(person: Person) -> None:
    if (left := 1200 - time.time() % 1200) < 30:
        time.sleep(left)  # the next light slot is not to come between two calls
    with Server(SITE) as server:
        scheduled(person, server.url, "gazette", more='light = "every 20 minutes"')
        assert from_cron(person) == (0, "")
        assert from_cron(person) == (0, "")
        assert slots(person) == [("gazette", "00:00:00Z", False)]
        person.later(40)
        assert from_cron(person) == (0, "")
        person.later(1 / 24)
        assert from_cron(person) == (0, "")
    full = [light for _, _, light in slots(person)]
    assert full in ([False, False, True], [False, False, False]), "the second only where a day has just begun"
    (told,) = person.json("why", "gazette")
    assert (told["due"], told["last_outcome"]) == (None, "succeeded")
    assert told["looked"] is not None


def test_one_broken_source_never_stops_another(person: Person) -> None:
    with Server(SITE) as server:
        scheduled(person, server.url, "good")
        scheduled(person, "https://1.1.1.1/", "public", "weekly")
        person.home.joinpath("sources", "typo.toml").write_text('seeds = ["http://x/"]\nschedule = "dayly"')
        code, said = from_cron(person)
        assert code == 2
        assert "sources/typo.toml:2: schedule: 'dayly' is not understood; did you mean 'daily'?" in said
        assert "public is a public site, and no contact is set" in said
        assert said.count("strandline: ") == len(said.splitlines()) == 2
        assert [row["outcome"] for row in person.json("runs", "good")] == ["succeeded"]
        server.state = {"*": Page(500)}
        person.later(1)
        person.home.joinpath("sources", "typo.toml").unlink()
        person.home.joinpath("sources", "public.toml").unlink()
        code, said = from_cron(person)
    assert code == 1
    assert said.startswith("good: failed (no page could be fetched")


def test_two_at_once_crawl_a_slot_once(person: Person) -> None:
    with Server(SITE) as server:
        for number in range(3):
            scheduled(person, server.url, f"source-{number}")
        both = [person.start("crawl", "--due") for _ in range(2)]
        assert [one.wait(60) for one in both] == [0, 0]
    assert sorted(slots(person)) == [(f"source-{number}", "00:00:00Z", False) for number in range(3)]


def test_a_run_that_was_killed_is_taken_up_by_the_next_one(person: Person) -> None:
    pages = {f"/{number}": Page(body=f"<p>Page {number}.</p>".encode()) for number in range(20)}
    front = "".join(f'<a href="{path}">x</a>' for path in pages)
    with Server({"/": Page(body=f"<html>{front}</html>".encode()), **pages, "*": Page(404)}) as server:
        scheduled(person, server.url, "gazette")
        source = person.home / "sources" / "gazette.toml"
        source.write_text(source.read_text().replace("delay = 0", "delay = 0.1"))
        process = person.start("crawl", "--due")
        while len(server.exchanges) < 6:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        end = time.monotonic() + 10  # the process that fetches sees by itself that it is alone
        while "being crawled" in (told := person.json("why", "gazette")[0])["reasons"][0]:
            assert time.monotonic() < end
        assert "was left behind: its process was killed" in told["reasons"][0]
        assert from_cron(person) == (0, "")
    (run,) = person.json("runs")
    assert (run["outcome"], run["resumed"]) == ("succeeded", 1)


def test_why_a_source_did_not_run(person: Person) -> None:
    scheduled(person, "http://127.0.0.1:1/", "resting", more="paused = true")
    scheduled(person, "http://127.0.0.1:1/", "byhand", schedule="manual")
    scheduled(person, "http://127.0.0.1:1/", "new")
    reasons = {name: person.json("why", name)[0]["reasons"] for name in ("resting", "byhand", "new")}
    assert reasons["resting"][0] == "It rests: paused = true stands in sources/resting.toml."
    assert reasons["byhand"][0].startswith("It has no schedule in sources/byhand.toml: it is crawled only by")
    assert reasons["new"][0] == "It has never run, so it is due at once."
    assert "must call 'crawl --due'; what to give them is printed by: strandline cron" in reasons["new"][1]
    assert from_cron(person)[0] == 1
    assert "Its last run failed" in person.run("why", "new")


def test_the_zone_of_the_settings_is_that_of_schedules_and_of_what_is_shown(person: Person) -> None:
    with Server(SITE) as server:
        scheduled(person, server.url, "gazette", schedule="daily at 06:00")
        scheduled(person, server.url, "london", schedule="daily at 06:00 Europe/London")
        with person.home.joinpath("strandline.toml").open("r+") as file:
            text = file.read()
            file.seek(0)
            file.write('zone = "Asia/Kathmandu"\n' + text)
        assert from_cron(person) == (0, "")
    assert sorted(slots(person))[0] == ("gazette", "00:15:00Z", False), "06:00 there; programs read UTC"
    assert sorted(slots(person))[1][1] in ("05:00:00Z", "06:00:00Z"), "its own zone goes before"
    (run,) = person.json("runs", "gazette")
    begun = datetime.fromisoformat(run["started"]).astimezone(ZoneInfo("Asia/Kathmandu"))
    shown = f"{begun:%Y-%m-%d %H:%M:%S} +0545"
    for words in (("runs", "gazette"), ("sources",)):
        assert shown in person.run_here(*words)
    told = person.run_here("why", "gazette")
    assert "06:00:00 +0545" in told
    assert "UTC" not in told


def test_due_goes_with_no_names(person: Person) -> None:
    person.run("crawl", "--due", "gazette", code=2)
    assert json.loads(person.run("crawl", "--due", "--json") or "null") is None


def test_sigterm_ends_it_within_ten_seconds_and_the_next_one_goes_on(person: Person) -> None:
    pages = {f"/{number}": Page(body=f"<p>Page {number}.</p>".encode()) for number in range(12)}
    front = "".join(f'<a href="{path}">x</a>' for path in pages)
    with Server({"/": Page(body=f"<html>{front}</html>".encode()), **pages, "*": Page(404)}) as server:
        scheduled(person, server.url, "gazette")
        source = person.home / "sources" / "gazette.toml"
        source.write_text(source.read_text().replace("delay = 0", "delay = 0.1"))
        process = person.start("crawl", "--due")
        while len(server.exchanges) < 5:
            time.sleep(0.05)
        process.terminate()
        assert process.wait(10) == 143
        (run,) = person.json("runs")
        assert (run["outcome"], run["reason"]) == ("stopped", "stopped by request")
        assert from_cron(person) == (0, "")
        assert from_cron(person) == (0, "")
    (run,) = person.json("runs")
    assert (run["outcome"], run["resumed"], run["slot"][11:]) == ("succeeded", 1, "00:00:00Z")
    assert len(set(server.paths)) == len(server.paths), "nothing was asked for twice"


def test_a_run_that_stopped_at_its_limit_waits_for_the_next_slot(person: Person) -> None:
    with Server(SITE) as server:
        scheduled(person, server.url, "gazette")
        with (person.home / "sources" / "gazette.toml").open("a") as file:
            file.write("[limits]\npages = 2\n")
        assert from_cron(person) == (0, "")
        asked = len(server.exchanges)
        assert from_cron(person) == (0, "")
        assert len(server.exchanges) == asked
        (run,) = person.json("runs")
        assert (run["outcome"], run["slot"][11:]) == ("stopped", "00:00:00Z")
        person.later(1)
        assert from_cron(person) == (0, "")
        (again,) = person.json("runs")
    assert (again["run"], again["outcome"], again["resumed"]) == (run["run"], "succeeded", 1)
    assert again["slot"] == run["slot"], "of this day, though it began a day earlier"
    assert again["started"] < run["started"]
