"""`crawl --due` from cron: what it says and the exit code it ends with, in every case that there is.

Each case is a home of its own. It is looked at with nothing in the environment, and by Debian's cron, which
gets folders of its own: nothing of the machine is changed.
"""

import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.program import PROGRAM, Person
from tests.sites.server import Page, Server, State

PLAIN = 'schedule = "daily"\n[manners]\ndelay = 0\nallow_private = true\n'
DOWN = "http://127.0.0.1:1/"
SITE: State = {
    "/": Page(body=b'<html><body><p>The harbour opens.</p><a href="/a">a</a></body></html>'),
    "/a": Page(body=b"<html><body><p>About the ships.</p></body></html>"),
    "*": Page(404),
}


@dataclass(frozen=True)
class Case:
    """What the home is like before, the exit code, and what is said: nothing, or a line with these words."""

    before: Callable[[Person, str, ExitStack], None]
    code: int
    said: str = ""


def add(person: Person, url: str, name: str = "gazette") -> None:
    (person.home / "sources" / f"{name}.toml").write_text(f'seeds = ["{url}"]\n{PLAIN}')


def well(person: Person, url: str, _: ExitStack) -> None:
    add(person, url)


def one_fails(person: Person, url: str, _: ExitStack) -> None:
    add(person, url)
    add(person, DOWN, "down")


def typo(person: Person, url: str, _: ExitStack) -> None:
    add(person, url)
    (person.home / "sources" / "typo.toml").write_text(f'seeds = ["{url}"]\nschedule = "dayly"\n')


def broken(person: Person, url: str, _: ExitStack) -> None:
    add(person, url)
    (person.home / "strandline.toml").write_text("contact = me\n")


def running(person: Person, url: str, stack: ExitStack) -> None:
    add(person, url)
    lock = stack.enter_context((person.home / "runs" / "gazette.lock").open("a"))
    fcntl.flock(lock, fcntl.LOCK_EX)


def guarded(person: Person, url: str, _: ExitStack) -> None:
    add(person, url)
    (person.home / "strandline.toml").write_text('[disk]\nreserve = "1000 TB"\n')


def damaged(person: Person, url: str, _: ExitStack) -> None:
    """A crawl was stopped at its limit a day ago; meanwhile something wrote into its file."""
    add(person, url)
    person.run("crawl", "--max-pages", "1")
    person.later(1)
    with person.warcs[0].open("ab") as file:
        file.write(b"no WARC record")


CASES = {
    "well": Case(well, 0),
    "one fails": Case(one_fails, 1, "down: failed (no page could be fetched"),
    "typo": Case(typo, 1, "sources/typo.toml:2: schedule: 'dayly' is not understood"),
    "broken": Case(broken, 2, "strandline.toml:1"),
    "running": Case(running, 0),
    "damaged": Case(damaged, 4, "damaged at offset"),
    "guarded": Case(guarded, 5, "are to stay free"),
}


@contextmanager
def homes(folder: Path, *names: str) -> Iterator[dict[str, Person]]:
    """A home for each case, in folders whose names are hard on a crontab."""
    with Server(SITE) as server, ExitStack() as stack:
        people = {}
        for number, name in enumerate(names):
            people[name] = Person(folder / f"B\u00fccher 100% {number}")
            people[name].run("init", str(people[name].home))
            CASES[name].before(people[name], server.url, stack)
        yield people


def judge(name: str, code: int, said: str) -> None:
    """Quiet is quiet; else the first line names what is wrong."""
    case = CASES[name]
    assert (code, bool(said)) == (case.code, bool(case.said)), f"{name}: exit {code}\n{said}"
    assert case.said in said.partition("\n")[0], f"{name}: {said}"


@pytest.mark.parametrize("name", CASES)
def test_with_nothing_in_the_environment(tmp_path: Path, name: str) -> None:
    tree = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
    with homes(tmp_path, name) as people:
        done = subprocess.run(
            [PROGRAM, "--home", people[name].home, "crawl", "--due"],
            env={"PATH": "", **tree}, cwd="/", stdin=subprocess.DEVNULL, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
        )  # fmt: skip
    judge(name, done.returncode, done.stdout)


# In a mount namespace of its own cron sees one crontab, and its other files are not those of the machine.
CRON = """
set -eu
mount -t tmpfs none /var/spool/cron
mkdir /var/spool/cron/crontabs
install -m 600 "$1/crontab" /var/spool/cron/crontabs/root
mkdir "$1/empty"
mount --bind "$1/empty" /etc/cron.d
mount --bind /dev/null /etc/crontab
mount -t tmpfs none /run
exec cron -f
"""


@pytest.mark.nightly
@pytest.mark.timeout(400)
def test_from_the_cron_of_debian(tmp_path: Path) -> None:
    if os.geteuid() or not shutil.which("cron"):
        pytest.skip("needs root, and Debian's package cron")
    with homes(tmp_path, *CASES) as people:
        tab = [f"PYTHONPATH={os.environ['PYTHONPATH']}"] if "PYTHONPATH" in os.environ else []
        printed = people["well"].run("cron", "crontab", "--every", "1").splitlines()[-1]
        when, command = printed[:9], printed[9:].strip()
        assert when == "* * * * *" and command.count("100\\% 0") == 1
        for number in range(len(people)):
            line = command.replace("100\\% 0", f"100\\% {number}")
            said, code = (shlex.quote(f"{tmp_path}/{number}.{end}") for end in ("said", "code"))
            once = f"{{ {line} >{said} 2>&1; echo $? >{code}.new; mv {code}.new {code}; }}"
            tab.append(f"{when} test -e {said} || {once}")
        (tmp_path / "crontab").write_text("\n".join(tab) + "\n")
        cron = subprocess.Popen(["unshare", "-m", "sh", "-c", CRON, "sh", tmp_path], start_new_session=True)
        try:
            until = time.monotonic() + 300
            codes = [tmp_path / f"{number}.code" for number in range(len(people))]
            while not all(code.exists() for code in codes):
                assert cron.poll() is None, "cron does not run here"
                assert time.monotonic() < until, [code.name for code in codes if not code.exists()]
                time.sleep(0.5)
        finally:
            cron.send_signal(signal.SIGTERM)
            cron.wait(10)
        for number, name in enumerate(people):
            said = (tmp_path / f"{number}.said").read_text()
            judge(name, int((tmp_path / f"{number}.code").read_text()), said)
