"""The history as a git repository: a commit for each run, a file for each page, for `git log -p`.

The same home gives the same commits: dates are those of the runs, and nothing else goes in. A later export
adds the runs since. Where the past is told otherwise by now (something was imported or overruled), the
branch would have to be made anew, which only `force` does.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import access, instants
from archive.access import RunRow, TurnRow
from archive.care.aside import InTheWay
from archive.care.naming import path_of

BRANCH = "main"
LISTED = 100
"""So many pages are named in the message of a commit."""

_NEW = "refs/strandline/new"
_WHO = b"Strandline <strandline@archive.invalid>"


class NoGit(Exception):
    """There is no git program, or it said no."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a repository has now: `commits` in all, `added` of them by this export."""

    commits: int
    added: int


def repository(
    archive: access.Archive,
    sources: Iterable[str],
    path: Path,
    *,
    force: bool,
    watch: Callable[[int, int], object],
) -> Told:
    """Bring a repository up to date with the home, or make it. Raises NoGit, and InTheWay."""
    git = _Git(path)
    fresh = not path.exists() or not any(path.iterdir())
    if not fresh and not (path / ".git").is_dir():
        raise InTheWay(f"{path} is there and no git repository. Give another name.")
    if fresh:
        path.mkdir(parents=True, exist_ok=True)
        git.run("init", "--quiet", f"--initial-branch={BRANCH}")
    elif git.run("status", "--porcelain").strip():
        raise InTheWay(f"{path} has changes of yours that are not committed. Commit or remove them first.")
    git.take(_stream(archive, tuple(sources), watch))
    before = git.commits(BRANCH)
    now = git.commits(_NEW)
    if now[: len(before)] != before:
        if not force:
            raise InTheWay(
                f"{path}: the past is told otherwise by now, since something was imported or overruled, or "
                "the branch has commits of yours. With --force it is made anew."
            )
        before = []
    if now:
        git.run("update-ref", f"refs/heads/{BRANCH}", _NEW)
        git.run("symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
        git.run("reset", "--quiet", "--hard")
        git.run("update-ref", "-d", _NEW)
    return Told(len(now), len(now) - len(before))


class _Git:
    """The git program at work on one repository; no settings of the user's or the machine's count."""

    def __init__(self, path: Path) -> None:
        program = shutil.which("git")
        if program is None:
            raise NoGit("There is no git program. Install it (on Debian or Ubuntu: apt install git).")
        settings = ("core.hooksPath=/dev/null", "core.autocrlf=false", "core.quotePath=true", "gc.auto=0")
        self.command = [program, *(part for one in settings for part in ("-c", one)), "-C", str(path)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environment = {
            **kept, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }  # fmt: skip

    def run(self, *words: str) -> str:
        """Run a git command and return what it printed."""
        command = [*self.command, *words]
        done = subprocess.run(  # noqa: S603 - git, as it was found on the PATH; the words are ours
            command, env=self.environment, capture_output=True, check=False
        )
        if done.returncode:
            raise NoGit(f"git {words[0]} failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode(errors="replace")

    def commits(self, ref: str) -> list[str]:
        """The commits of a branch, the oldest first."""
        try:
            return self.run("rev-list", "--reverse", "--first-parent", ref, "--").split()
        except NoGit:
            return []

    def take(self, stream: Iterable[bytes]) -> None:
        """Feed `git fast-import`."""
        command = [*self.command, "fast-import", "--quiet", "--force", "--done"]
        with subprocess.Popen(  # noqa: S603 - as above
            command, env=self.environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdin and process.stderr
            try:
                for piece in stream:
                    process.stdin.write(piece)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it has ended, and says why
            except BaseException:
                process.kill()
                raise
            said = process.stderr.read().decode(errors="replace").strip()
        if process.returncode:
            raise NoGit(f"git fast-import failed: {said}")


def _stream(
    archive: access.Archive, sources: tuple[str, ...], watch: Callable[[int, int], object]
) -> Iterator[bytes]:
    """What fast-import reads (git-fast-import, "Input format")."""
    found = access.ended_runs(archive, sources)
    yield f"reset {_NEW}\n\n".encode()
    for done, run in enumerate(found, 1):
        turns = access.turns(archive, run["run"])
        at = run["ended"] or run["started"]
        yield f"commit {_NEW}\n".encode()
        for role in (b"author", b"committer"):
            yield role + b" " + _WHO + f" {int(at.timestamp())} +0000\n".encode()
        yield _data(_message(run, turns))
        for turn in turns:
            path = path_of(run["source"], turn["url"]).encode()
            if turn["text"] is None:
                yield b"D " + path + b"\n"
            else:
                yield b"M 100644 inline " + path + b"\n" + _data(_page(turn))
        yield b"\n"
        watch(done, len(found))
    yield b"done\n"


def _data(text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return b"data %d\n%s\n" % (len(raw), raw)


def _page(turn: TurnRow) -> str:
    """Only what the page says: so a diff shows its edits and nothing else."""
    stated = {"url": turn["url"], "title": turn["title"], "author": turn["author"], "date": _day(turn)}
    head = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in stated.items() if value]
    return "\n".join(["---", *head, "---", "", turn["text"] or "", ""])


def _day(turn: TurnRow) -> str | None:
    return turn["date"].isoformat() if turn["date"] else None


def _message(run: RunRow, turns: list[TurnRow]) -> str:
    there = [turn["url"] for turn in turns if turn["text"] is not None]
    gone = [turn["url"] for turn in turns if turn["text"] is None]
    told = [
        f"{len(there)} said something new" if there else "",
        f"{len(gone)} not there any more" if gone else "",
    ]
    lines = [f"{run['source']}: {', '.join(filter(None, told)) or 'nothing changed'}", ""]
    named = [f"+ {url}" for url in there] + [f"- {url}" for url in gone]
    lines += named[:LISTED]
    if len(named) > LISTED:
        lines.append(f"and {len(named) - LISTED} more")
    lines += [""] if named else []
    lines += [f"Run: {run['run']}", f"Outcome: {run['outcome']}", f"Started: {_iso(run['started'])}"]
    return "\n".join([*lines, ""])


def _iso(at: datetime) -> str:
    return instants.iso(at)
