"""A source that is blocked and recovers: what is told of it, and what `status` shows."""

import json
import subprocess
import sys
from pathlib import Path

from tests.journeys.program import Person
from tests.sites.server import Page, Server, State


def site(status: int) -> State:
    pages = {f"/{letter}": Page(status, body=f"<p>On {letter} and ships.</p>".encode()) for letter in "abcde"}
    links = "".join(f'<a href="{path}">x</a>' for path in pages)
    return {"/": Page(status, body=f"<html><body>{links}</body></html>".encode()), **pages, "*": Page(404)}


def test_told_when_it_is_blocked_and_when_it_is_well_again(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    person.run("init", str(person.home))
    note = tmp_path / "told"
    program = f"import sys; open({str(note)!r}, 'a').write(sys.stdin.read() + chr(10))"
    settings = person.home / "strandline.toml"
    command = f"[notify]\ncommand = {json.dumps([sys.executable, '-c', program])}\n"
    settings.write_text(settings.read_text().replace("[notify]", command, 1))
    person.run("status", "--test-notify")
    with Server(site(200)) as server:
        person.home.joinpath("sources", "gazette.toml").write_text(
            f'seeds = ["{server.url}"]\nschedule = "daily"\n[manners]\ndelay = 0\nallow_private = true\n'
        )
        outcomes = []
        for state, code in ((200, 0), (403, 1), (403, 1), (200, 0)):
            server.state = site(state)
            person.run("crawl", "--due", code=code)
            outcomes.append(person.json("runs")[-1]["outcome"])
            if state == 403:
                gazette, home = person.json("status")
                assert [one["kind"] for one in gazette["alarms"]] == ["blocked"]
                assert home["alarms"] == [] and home["looked"]
            person.later(2)
    assert outcomes == ["succeeded", "blocked", "blocked", "succeeded"]
    told = [json.loads(line)["events"][0]["event"] for line in note.read_text().splitlines()]
    assert told == ["test", "trouble", "recovered"]
    metrics = person.run("status", "--metrics")
    assert 'strandline_run_outcome{source="gazette",outcome="succeeded"} 1' in metrics
    person.run("status", "--textfile", str(tmp_path / "strandline.prom"))
    assert "strandline_disk_free_bytes" in (tmp_path / "strandline.prom").read_text()


def test_a_log_in_json_names_the_run(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server(site(200)) as server:
        person.watch(server.url, "gazette")
        done = subprocess.run(
            [*person.program, "crawl", "--log-format", "json"],
            env=person.environment, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    [ended] = [line for line in lines if "run" in line]
    assert (ended["source"], ended["outcome"]) == ("gazette", "succeeded")
    assert ended["run"] == person.json("runs")[0]["run"] and ended["at"].endswith("Z")
