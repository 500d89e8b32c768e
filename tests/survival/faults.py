"""Runs the program with `faults.c` preloaded, which makes one of its writes fail."""

import errno
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.program import PROGRAM, Person
from tests.oracles.replayed import missing


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A kind of call that writes: in which process, which call, at paths with `file` in them."""

    who: str
    call: str
    file: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The `at`th write of a site fails; with `stays` all that need room after it, in all processes."""

    site: Site
    at: int
    errno: int
    stays: bool = False

    def __str__(self) -> str:
        told = f"{errno.errorcode[self.errno]}{' from then on' if self.stays else ''}"
        return f"{self.site.who} {self.site.call} {self.site.file} {self.at}: {told}"


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    said: str


class Shim:
    """`faults.c`, compiled into `folder`."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            missing("no C compiler to make writes fail with (on Debian: apt install gcc libc6-dev)")
        self._folder = folder
        self._library = folder / "faults.so"
        source = Path(__file__).with_name("faults.c")
        command = [
            compiler,
            "-shared",
            "-fPIC",
            "-O1",
            "-Wall",
            "-Werror",
            source,
            "-o",
            self._library,
            "-ldl",
        ]
        subprocess.run(command, check=True)

    def sites(self, person: Person) -> dict[Site, int]:
        """Crawl undisturbed, and count what is written."""
        log = self._folder / "sites.log"
        log.unlink(missing_ok=True)
        ended = self._crawl(person, {"FAULT_LOG": str(log)})
        assert ended.code == 0, ended.said
        calls = [line.split(" ", 2) for line in log.read_text("utf-8").splitlines()]
        sites = {Site(who, call, _sort(path)) for who, call, path in calls}
        return {
            site: sum((who, call) == (site.who, site.call) and site.file in path for who, call, path in calls)
            for site in sites
        }

    def crawl(self, person: Person, fault: Fault) -> Ended:
        """Crawl with a fault."""
        flag = self._folder / "full"
        flag.unlink(missing_ok=True)
        return self._crawl(person, {
            "FAULT_WHO": fault.site.who,
            "FAULT_CALL": fault.site.call,
            "FAULT_PATH": fault.site.file,
            "FAULT_AT": str(fault.at),
            "FAULT_ERRNO": str(fault.errno),
            "FAULT_FLAG": str(flag) if fault.stays else "",
        })  # fmt: skip

    def _crawl(self, person: Person, more: dict[str, str]) -> Ended:
        environment = {
            **person.environment, "LD_PRELOAD": str(self._library), "FAULT_PREFIX": str(person.home), **more
        }  # fmt: skip
        done = subprocess.run(
            [PROGRAM, "crawl"], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Ended(done.returncode, done.stdout + done.stderr)


def _sort(path: str) -> str:
    """What paths of this sort have in them in every run."""
    for part in ("/strandline/", " (deleted)", ".tail", ".warc.gz.open", ".warc.gz", ".cdxj", ".md", "Z.tmp"):
        if part in path:
            name = path.rsplit("/", 1)[-1]
            return f"{part}{name}" if part == "/strandline/" else part
    name = path.rsplit("/", 1)[-1]
    return f"/{name}" if "." in name else f"/{path.split('/')[1]}/" if path.count("/") > 1 else ""
