"""A small disk: a crawl stops before it is full, and goes on when there is room."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from archive import space
from tests.journeys.program import PROGRAM, Person
from tests.sites.server import Page, Server, State
from tests.survival import island, judge

FILES = 12


class Disk:
    """A file system in memory, so large that it is soon full."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def size(self, bytes_: int) -> None:
        """Make it so large; what is on it stays."""
        subprocess.run(["mount", "-o", f"remount,size={bytes_}", self.folder], check=True)


@contextmanager
def _disk(folder: Path, size: int) -> Iterator[Disk]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no file system may be mounted here: {made.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _site(size: int) -> State:
    """A page with many files of noise, which does not get smaller by compressing it."""
    noise = Random(1)
    files = {
        f"/file/{n}": Page(headers=(("Content-Type", "text/plain"),), body=noise.randbytes(size))
        for n in range(FILES)
    }
    links = "".join(f'<li><a href="{path}">{path}</a></li>' for path in files)
    return {"/": Page(body=f"<ul>{links}</ul>".encode()), **files}


def _crawl(person: Person) -> tuple[int, str]:
    done = subprocess.run(
        [PROGRAM, "crawl"], env=person.environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_crawl_stops_before_the_disk_is_full_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with _disk(tmp_path / "disk", 14_000_000) as disk, Server(_site(1_000_000), latency=0.2) as server:
        person = Person(disk.folder / "home")
        person.watch(server.url, "island")
        with (person.home / "strandline.toml").open("a") as file:
            file.write('reserve = "7 MB"\n')  # the file ends in [disk]
        code, said = _crawl(person)
        assert code == 5
        assert "island: stopped (" in said and f"free on the disk of {person.home}" in said
        assert "7.0 MB are to stay free" in said and "Make room on that disk" in said
        # What stays free is for what is written within a second, and for how it ended.
        assert space.look(disk.folder).free > 3_000_000
        assert not list(disk.folder.rglob("*.open"))
        seen = space.look(disk.folder)
        disk.size(seen.total - seen.free + 3_000_000)
        code, said = _crawl(person)
        assert code == 5
        assert said.startswith("strandline: island: ") and len(said.splitlines()) == 1
        disk.size(60_000_000)
        server.latency = 0
        assert _crawl(person)[0] == 0
        (run,) = person.json("runs")
        assert (run["outcome"], run["resumed"]) == ("succeeded", 1)
        judge.check(person, server.exchanges, in_flight=FILES)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_disk_that_is_full_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    """Without a reserve: whatever is written last does not fit."""
    site = island.state(0, 40)
    with Server(site, conditional=True) as server:
        calm = Person(tmp_path / "calm")
        calm.watch(server.url, "island")
        shutil.copytree(calm.home, tmp_path / "before")
        calm.run("crawl")
        needed = sum(path.stat().st_size for path in calm.home.rglob("*") if path.is_file())
        ended: list[int] = []
        for step in range(1, 20):
            with _disk(tmp_path / f"disk {step}", 4096 * (needed * step // 20 // 4096 + 1)) as disk:
                person = Person(disk.folder / "home")
                shutil.copytree(tmp_path / "before", person.home)
                with (person.home / "strandline.toml").open("a") as file:
                    file.write("reserve = 0\n")
                code, said = _crawl(person)
                assert "Traceback" not in said and "fault in Strandline" not in said, said
                assert code in (0, 5), said
                ended.append(code)
                disk.size(1_000_000_000)
                if code:
                    person.run("crawl")
                judge.compare(judge.history(person, server.url), judge.history(calm, server.url))
                judge.check(person)
        assert ended.count(5) > 10
