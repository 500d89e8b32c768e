"""`strandline init`: a new home."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from archive import home as homes
from strandline import settings
from strandline.commands import HomeOption
from strandline.complaint import Complaint
from strandline.output import say, write

_TEXT = """\
# Settings of this Strandline home. Keys behind a # are not set: take the # away to set one.

format = {format}  # the layout of this folder; leave it alone

{contact}  # your web or e-mail address, told to every site that is crawled

# zone = "Europe/Riga"  # of schedules that name none, and of the times that are shown; else UTC

# workers = 2  # processes that extract texts; else one for each core

[baselines]
# "before the election" = 2025-05-01  # a day with which 'diff --since' and 'changes --baseline' compare

[notify]  # who is told of troubles, once when they come and once when they are over; see docs/operations.md
# digest = true  # one message for all of a look, else one at the end of each run
# by_hand = true  # also after 'crawl' by hand
# command = ["notify-send", "Strandline"]  # gets the message as JSON on its standard input
# email = {{ host = "mail.example.org", sender = "a@b.org", to = ["a@b.org"] }}
# webhook = {{ url = "https://example.org/hook", secret = "file:hook.key" }}
# ping = {{ start = "https://...", success = "https://...", fail = "https://..." }}

[alarms]
# silent = 6  # nothing new for so many times the usual gap
# errors = 0.2  # so great a share of the pages fails
# check = 100  # days without 'strandline check'
# scheduler = 24  # hours in which nobody looked what is due

[keep]
# runs = 90  # days until the folders of runs are cleared but for their reports

[web]  # who may enter the reading room from other machines; see docs/reading-room.md
# keeper = "file:keeper.password"  # may look, and change something; the file holds the password
# reader = "env:READER_PASSWORD"  # may look
# names = ["archive.example.org"]  # host names it answers to
# proxy_header = "X-Remote-User"  # in which an authenticating proxy tells who it is
# proxies = ["10.0.0.0/24"]  # the addresses of that proxy, where it is not on this machine
# keepers = ["anna"]  # of whom these may change something
# https = true  # behind a proxy that speaks TLS
# kept = "https://kept.example.org"  # where the proxy serves the archived pages, which are on the next port

[disk]
# reserve = "1 GB"  # so much of the disk stays free: a crawl stops before; else a twentieth, at most 1 GB
"""


def init(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", show_default=False, help="The folder; else this one.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            show_default=False,
            help="Your web or e-mail address, told to every site that is crawled.",
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Make a home folder: settings, and room for sources, WARC files, texts and runs.

    A contact is required before the first crawl of a public site, so that its owner can reach you; it can
    also be written to strandline.toml later.
    """
    root = directory or home or Path(os.environ.get(settings.VARIABLE) or ".")
    made = homes.Home(root.expanduser().absolute())
    if made.settings.exists():
        raise Complaint(
            f"{root} is a Strandline home already; nothing was changed. Its settings are in {made.settings}"
        )
    checked = _ask() if contact is None and sys.stdin.isatty() else _check(contact)
    _make(made, checked)
    write(f"Made a Strandline home in {made.root}")
    if checked is None:
        say(f"Before the first crawl of a public site, set 'contact' in {made.settings}")
    write(f"Next: {_next(made)}")


def _check(contact: str | None) -> str | None:
    try:
        return settings.Settings(contact=contact).contact
    except ValueError as error:
        raise Complaint(
            f"--contact {contact!r} cannot be reached by anybody. "
            "Give a web address (https://...) or an e-mail address."
        ) from error


def _ask() -> str | None:
    question = "Your web or e-mail address, told to the sites you crawl (Enter: later)"
    while True:
        try:
            answer: str = typer.prompt(question, default="", show_default=False, err=True)
            return _check(answer)
        except Complaint:
            say("That is neither a web address (https://...) nor an e-mail address.")


def _make(home: homes.Home, contact: str | None) -> None:
    """The settings last: they are what makes a folder a home."""
    for folder in (home.root, home.sources, home.warc, home.text, home.runs):
        folder.mkdir(parents=True, exist_ok=True)
    line = f'contact = "{contact}"' if contact else '# contact = "https://example.org/about-our-crawler"'
    with home.settings.open("x", encoding="utf-8") as file:
        file.write(_TEXT.format(format=homes.FORMAT, contact=line))


def _next(home: homes.Home) -> str:
    if home.root == Path.cwd() or os.environ.get(settings.VARIABLE):
        return settings.command(home, "add https://example.org/")
    return f"cd {shlex.quote(str(home.root))} && strandline add https://example.org/"
