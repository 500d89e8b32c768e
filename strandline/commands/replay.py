"""`strandline replay`: all that was archived, replayed by pywb, a program of its own."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from archive import home as homes
from archive import warc
from strandline import settings
from strandline.commands import HomeOption
from strandline.complaint import Complaint, ExitCode
from strandline.output import say

COLLECTION = "strandline"
PROGRAM = "wayback"


def replay(
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="PORT", help="Where it is reached.")] = 8322,
    home: HomeOption = None,
) -> None:
    """Replay the archive in the browser with pywb, scripts and all; Ctrl-C ends it.

    pywb is installed apart from this program, as with 'pipx install pywb'. It gets an index of its own, in a
    passing folder, and reads the WARC files where they are. What it replays runs: use a browser profile
    for it in which you are signed in nowhere.
    """
    found, _ = settings.enter(home)
    program = shutil.which(PROGRAM)
    if program is None:
        raise Complaint(
            f"{PROGRAM!r}, the program of pywb, is not on the PATH. Install it apart from this one, as with: "
            "pipx install pywb\nUntil then 'strandline serve' shows archived pages, without their scripts."
        )
    with tempfile.TemporaryDirectory(prefix="strandline-replay-") as folder:
        number = _collection(found, Path(folder) / "collections" / COLLECTION)
        if not number:
            raise Complaint("Nothing is archived yet that could be replayed: no WARC file is complete.")
        say(f"{number:,} WARC files are replayed at http://127.0.0.1:{port}/{COLLECTION}/ — Ctrl-C ends it.")
        command = [program, "-b", "127.0.0.1", "-p", str(port), "-d", folder]
        process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": ""})  # noqa: S603 - no shell
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait(10)
            return
    if code:
        say(f"strandline: pywb ended with exit code {code}.")
        raise typer.Exit(ExitCode.FAILED)


def _collection(home: homes.Home, folder: Path) -> int:
    """Make pywb's collection: links to the WARC files, and their indexes in one, sorted by bytes."""
    (folder / "archive").mkdir(parents=True)
    (folder / "indexes").mkdir()
    lines: list[str] = []
    files = sorted(home.warc.glob("*/*/*.warc.gz"))
    for file in files:
        (folder / "archive" / file.name).symlink_to(file.resolve())
        index = file.with_name(file.name.removesuffix(".warc.gz") + ".cdxj")
        if not index.exists():
            warc.index(file)
        lines += index.read_text("ascii").splitlines(keepends=True)
    (folder / "indexes" / "index.cdxj").write_text("".join(sorted(lines)), "ascii")
    return len(files)
