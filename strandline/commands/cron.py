"""`strandline cron`: what cron or systemd is to be given, so that the sources run by themselves."""

import os
import shlex
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from strandline import settings
from strandline.commands import HomeOption
from strandline.complaint import Complaint
from strandline.output import write


class Form(StrEnum):
    CRONTAB = "crontab"
    SERVICE = "service"
    TIMER = "timer"
    SERVE = "serve"


def cron(
    form: Annotated[
        Form | None,
        typer.Argument(
            metavar="[crontab|service|timer|serve]",
            show_default=False,
            help="Only this; else the first three.",
        ),
    ] = None,
    every: Annotated[
        int, typer.Option(metavar="MINUTES", min=1, max=60, help="How often to look what is due.")
    ] = 5,
    home: HomeOption = None,
) -> None:
    """Print a crontab line, and a systemd service and timer: each looks every few minutes what is due.

    With 'serve' the systemd unit of the daemon, which looks by itself. Nothing is installed. One of the three
    is enough; together they do no harm.
    """
    found, _ = settings.enter(home)
    words = [_program(), "--home", str(found.root.resolve()), "crawl", "--due"]
    if any(not word.isprintable() for word in words):
        raise Complaint(
            f"Neither cron nor systemd can be given the path {str(found.root)!r}: rename the folder."
        )
    if form is Form.SERVE:
        write(_service([*words[:-2], "serve"], found.root.resolve(), stays=True))
        return
    texts = {
        Form.CRONTAB: _crontab(words, every),
        Form.SERVICE: _service(words, found.root.resolve()),
        Form.TIMER: _timer(every),
    }
    write("\n\n".join(texts.values() if form is None else [texts[form]]))


def _program() -> str:
    """The program that is running now, by its whole path: cron has no PATH to speak of."""
    called = os.environ.get(settings.CALLED) or sys.argv[0]
    found = shutil.which(called) or str(Path(sys.executable).with_name("strandline"))
    return str(Path(found).absolute())


def _crontab(words: list[str], every: int) -> str:
    """In a crontab a `%` is the end of the line (crontab(5))."""
    line = " ".join(map(shlex.quote, words)).replace("%", "\\%")
    when = "*" if every == 1 else f"*/{every}" if every < 60 else "0"
    return (
        f"# For cron: put this line into what 'crontab -e' shows.\n"
        f"# It says something, and cron mails it, only when something went wrong.\n"
        f"{when} * * * * {line}"
    )


_DAEMON = """
WatchdogSec=300
Restart=on-failure
RestartSec=30"""
"""systemd is told that it is ready, and that it is not stuck (sd_notify(3))."""

_INSTALL = """

[Install]
WantedBy=default.target
# Now: systemctl --user enable --now strandline.service, and loginctl enable-linger"""


def _service(words: list[str], home: Path, *, stays: bool = False) -> str:
    """SIGTERM goes to the program alone, which ends its crawls cleanly."""
    command = " ".join(map(_quoted, words))
    return f"""\
# For systemd: ~/.config/systemd/user/strandline.service, or /etc/systemd/system/strandline.service with User=
[Unit]
Description=Strandline: crawl what is due in {str(home).replace("%", "%%")}
Wants=network-online.target
After=network-online.target

[Service]
Type={"notify" if stays else "oneshot"}
ExecStart={command}
KillMode=mixed
TimeoutStopSec=60{_DAEMON if stays else ""}
SuccessExitStatus=143
Nice=10{_INSTALL if stays else ""}"""


def _quoted(word: str) -> str:
    """A word of a command line as systemd reads it (systemd.service(5), systemd.syntax(7))."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{word}"'


def _timer(every: int) -> str:
    when = "*:0/" + str(every) if every < 60 else "hourly"
    return f"""\
# For systemd: strandline.timer beside the service; then: systemctl --user enable --now strandline.timer
# So that it runs while you are not logged in: loginctl enable-linger
[Unit]
Description=Strandline: look what is due

[Timer]
OnCalendar={when}
AccuracySec=10s

[Install]
WantedBy=timers.target"""
