"""The daemon through hard times: real sources on loopback, servers that hang and fail and recover, and
`kill -9` of the daemon and of what it has begun. What must hold is counted in `Found`.
"""

import json
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from archive import access
from archive.home import Home
from crawler import harvest
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Page, Server, State

LOOK = 0.5
ZOMBIE_SECONDS = 5.0
"""A process that has ended is a zombie until the next look of its parent; after so long it is left one."""


@dataclass
class Found:
    """What came of it. `missed`: slots that no run stands for, `made_up`: those that a newer one stands for;
    `never`: sources of which no run has ended, `unwell`: those whose last run failed; `told`: troubles and
    recoveries that were told, `untrue`: those that were not so, or were told already; `memory`: bytes of the
    last daemon a minute after it began (in shorter trials: at first), and at the end.
    """

    runs: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    slots: int = 0
    made_up: int = 0
    missed: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    unwell: list[str] = field(default_factory=list)
    overlaps: set[str] = field(default_factory=set)
    told: int = 0
    untrue: list[str] = field(default_factory=list)
    zombies: set[int] = field(default_factory=set)
    left_over: list[str] = field(default_factory=list)
    kills: int = 0
    stopped_in: float = 0.0
    memory: tuple[int, int] = (0, 0)


def site(pages: int) -> State:
    links = "".join(f'<a href="/{n}">{n}</a>' for n in range(pages))
    text = "The harbour master counted nine boats on Monday evening, and wrote it down in the large book."
    stories = {
        f"/{n}": page(f"<title>Story {n}</title><article><h1>Story {n}</h1><p>{text}</p></article>")
        for n in range(pages)
    }
    return {"/": page(f"<title>Stories</title>{links}"), **stories, "*": Page(404)}


def hanging() -> State:
    def body(_: object) -> bytes:
        time.sleep(20)
        return b""

    return {"*": Page(body=body)}


@dataclass
class Trial:
    """So many `sources`, every fifth at the server of the one before, each due every so many of `minutes`."""

    person: Person
    sources: int
    minutes: tuple[int, ...]
    jobs: int = 4
    pages: int = 4
    found: Found = field(default_factory=Found)
    servers: list[Server] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    every: dict[str, int] = field(default_factory=dict)
    seen: dict[int, psutil.Process] = field(default_factory=dict)
    ended: dict[int, float] = field(default_factory=dict)

    def run(self, seconds: float, kills: int, chance: random.Random) -> Found:
        """Let it run for so long, with the kills in the first half, and until every source had its turn."""
        with ExitStack() as stack:
            self._set_up(stack)
            began = datetime.now(UTC)
            times = sorted(chance.uniform(0.1, 0.5) * seconds for _ in range(kills))
            daemon, since, first = self._daemon(), time.monotonic(), 0
            start = since
            while (passed := time.monotonic() - start) < seconds or (
                passed < seconds + 60 and self._late(began)
            ):
                if times and times[0] <= passed:
                    times.pop(0)
                    if self._kill(daemon, chance):
                        daemon.wait()
                        daemon, since, first = self._daemon(), time.monotonic(), 0
                self._sicken(passed / seconds, times or passed < seconds * 0.6)
                self._look(daemon)
                if not first or time.monotonic() - since < min(60.0, seconds / 4):
                    first = psutil.Process(daemon.pid).memory_info().rss
                time.sleep(LOOK)
            self.found.memory = first, psutil.Process(daemon.pid).memory_info().rss
            until = datetime.now(UTC)
            self._stop(daemon)
        self._count(began, until)
        return self.found

    def _set_up(self, stack: ExitStack) -> None:
        if not (self.person.home / "strandline.toml").exists():
            self.person.run_here("init", str(self.person.home))
        settings = self.person.home / "strandline.toml"
        command = json.dumps(["/bin/sh", "-c", 'cat >> "$0"', str(self._told)])
        settings.write_text(settings.read_text().replace("[notify]", f"[notify]\ncommand = {command}", 1))
        for number in range(self.sources):
            name = f"source{number:02}"
            if number % 5 != 4 or not self.servers:
                self.servers.append(stack.enter_context(Server(site(self.pages), record=False)))
            server, every = self.servers[-1], self.minutes[number % len(self.minutes)]
            self.groups[server.url].append(name)
            self.every[name] = every
            path = "/" if len(self.groups[server.url]) == 1 else "/1"
            (self.person.home / "sources" / f"{name}.toml").write_text(
                f'seeds = ["{server.url}{path}"]\nschedule = "every {every} minutes"\n'
                "[manners]\ndelay = 0.05\nallow_private = true\n[limits]\nstall = 0.1\nminutes = 1\n"
            )

    @property
    def _told(self) -> Path:
        return self.person.home.with_name("told.json")

    def _daemon(self) -> "subprocess.Popen[bytes]":
        with (self.person.home.with_name("serve.log")).open("ab") as log:
            return subprocess.Popen(
                [*self.person.program, "serve", "--port", "0", "--every", "1", "--jobs", str(self.jobs)],
                env=self.person.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _kill(self, daemon: "subprocess.Popen[bytes]", chance: random.Random) -> bool:
        """Kill the daemon, or anything it has begun; whether it was the daemon."""
        children = _family(daemon.pid)
        self.found.kills += 1
        if not children or chance.random() < 0.4:
            daemon.kill()
            return True
        with suppress(psutil.NoSuchProcess):
            chance.choice(children).kill()
        return False

    def _sicken(self, part: float, trouble: object) -> None:
        """Every third server hangs, then fails, then is well again; each at its own time."""
        for number, server in enumerate(self.servers):
            if number % 3 == 0:
                phase = int(part * 10 + number) % 4 if trouble else 3
                kind = "hangs" if phase == 0 else "fails" if phase == 1 else "well"
                if getattr(server, "kind", "well") != kind:
                    server.kind = kind  # type: ignore[attr-defined]  # a mark of ours
                    server.state = {"hangs": hanging(), "fails": {"*": Page(500)}}.get(kind, site(self.pages))

    def _look(self, daemon: "subprocess.Popen[bytes]") -> None:
        home, now = Home(self.person.home), time.monotonic()
        for names in self.groups.values():
            busy = [name for name in names if harvest.is_running(home, name)]
            # What ended between two questions was no overlap.
            if len(busy) > 1 and all(harvest.is_running(home, name) for name in busy):
                self.found.overlaps.add(" and ".join(busy))
        for process in _family(daemon.pid):
            self.seen.setdefault(process.pid, process)
            with suppress(psutil.NoSuchProcess):
                if process.status() != psutil.STATUS_ZOMBIE:
                    self.ended.pop(process.pid, None)
                elif now - self.ended.setdefault(process.pid, now) > ZOMBIE_SECONDS:
                    self.found.zombies.add(process.pid)

    def _stop(self, daemon: "subprocess.Popen[bytes]") -> None:
        began = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 143
        self.found.stopped_in = time.monotonic() - began
        _, alive = psutil.wait_procs(list(self.seen.values()), timeout=5)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                self.found.left_over.append(" ".join(process.cmdline())[:100])

    def _late(self, began: datetime) -> bool:
        with _runs(self.person) as runs:
            return {row["source"] for row in runs if row["outcome"]} != set(self.every)

    def _count(self, began: datetime, until: datetime) -> None:
        """Which slots had their run. The last two periods before the end may still have been on their way."""
        with _runs(self.person) as runs:
            slots = defaultdict(list)
            for row in runs:
                self.found.runs += 1
                self.found.outcomes[row["outcome"] or "left behind"] += 1
                slots[row["source"]].append(row["slot"])
            last = {row["source"]: row["outcome"] for row in runs if row["outcome"]}
            self._check_told({row["run"]: row for row in runs})
        self.found.never = sorted(set(self.every) - set(last))
        self.found.unwell = sorted(name for name, how in last.items() if how not in ("succeeded", "partly"))
        for name, minutes in self.every.items():
            period = timedelta(minutes=minutes)
            slot = datetime.fromtimestamp((began.timestamp() // (minutes * 60) + 1) * minutes * 60, UTC)
            while slot < until - max(period, timedelta(seconds=60)):
                self.found.slots += 1
                if slot not in slots[name]:
                    newer = any(one > slot for one in slots[name])
                    self.found.made_up += newer
                    self.found.missed += [] if newer else [f"{name} {slot:%H:%M}"]
                slot += period

    def _check_told(self, runs: dict[str, access.RunRow]) -> None:
        """A trouble is told once and is that of its run; a recovery follows a trouble. A message comes twice
        only where a process was killed, with the same id.
        """
        lasting: dict[str, str] = {}
        for message in {one["id"]: one for one in _messages(self._told)}.values():
            for event in message["events"]:
                self.found.told += 1
                key, kind = event["key"], event["kind"]
                was = lasting.pop(key, None)
                if event["event"] == "trouble":
                    lasting[key] = kind
                    is_true = was != kind and (
                        not key.endswith("/run") or _ended_so(runs[event["run"]], kind)
                    )
                else:
                    is_true = was is not None
                self.found.untrue += [] if is_true else [f"{event['event']} {key} {kind} after {was}"]


def _ended_so(run: access.RunRow, kind: str) -> bool:
    """Whether a run ended so, or has been taken up since; for want of a robots.txt it fails."""
    return kind == run["outcome"] or (kind == "robots" and run["outcome"] == "failed") or run["resumed"] > 0


def _messages(path: Path) -> Iterator[dict[str, Any]]:
    """The messages that were written one behind the other."""
    rest = path.read_text("utf-8") if path.exists() else ""
    while rest:
        message, end = json.JSONDecoder().raw_decode(rest)
        rest = rest[end:].lstrip()
        yield message


@contextmanager
def _runs(person: Person) -> Iterator[list[access.RunRow]]:
    """The runs of the home; none before there is an index."""
    if not (person.home / "archive.db").exists():
        yield []
        return
    with access.Archive(Home(person.home)) as archive:
        yield list(archive.runs())


def _family(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return list(psutil.Process(pid).children(recursive=True))
    return []
