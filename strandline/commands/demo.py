"""`strandline demo`: the main job on a small bundled site, from an empty folder to a diff."""

import shlex
from pathlib import Path

import typer

from strandline import cli
from strandline.commands import HomeOption
from strandline.complaint import Complaint
from strandline.demo import gazette, site
from strandline.output import write
from strandline.settings import command, home_at

FOLDER = "demo-home"
WORTH_A_LOOK = "breakwater"
HAPPENED = {
    1: "The Gazette as it was at first.",
    2: "Some days later: a decision was softened, a date was moved back, an article came.",
    3: "Some weeks later: a sentence was taken out of a letter, an article vanished, a page moved.",
}


def demo(home: HomeOption = None) -> None:
    """Crawl a small bundled site three times, in three states, and show what changed.

    The site is served on this machine only. Everything is kept in a new home, ./demo-home unless --home
    says otherwise, in which the commands shown at the end go on working.
    """
    root = (home or Path(FOLDER)).expanduser()
    if root.exists() and any(root.iterdir()):
        raise Complaint(
            f"{root} is there already. Remove it, or name another folder: strandline demo --home DIR"
        )
    with site.serve() as served:
        _do(root, "init", str(root))
        _do(
            root,
            "add",
            served.url,
            "--name",
            "gazette",
            "--allow-private",
            "--delay",
            "0",
            "--max-pages",
            "500",
        )
        for state in gazette.STATES:
            served.state = state
            write(f"\n# {HAPPENED[state]}")
            _do(root, "crawl", "gazette")
        page = served.url + next(one.path for one in gazette.articles(1) if one.name == WORTH_A_LOOK)
        _do(root, "changes")
        _do(root, "diff", page)
    write("\nThe home is yours to explore (the site is no longer served):")
    for words in (
        "changes --json",
        f"versions {page}",
        f"show {page} --at today",
        f"diff {page} --format html",
    ):
        write(f"  {command(home_at(root), words)}")


def _do(root: Path, *words: str) -> None:
    """Show a command and run it, just as it would run on its own. Ends the demo when it fails."""
    write(f"\n$ strandline {shlex.join(words)}")
    code = cli.main(["--home", str(root), *words])
    if code:
        raise typer.Exit(code)
