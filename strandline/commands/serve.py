"""`strandline serve`: crawl what is due, and show the archive in the reading room, from now on."""

import fcntl
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, NoReturn

import typer

from archive import home as homes
from crawler import source as watched
from schedules import due, service
from strandline import lookout, notice, settings, turning, turns
from strandline.commands import HomeOption, LogFormat, LogOption
from strandline.complaint import Complaint, ExitCode
from strandline.output import log_as_json, say
from strandline.web import server

FOLLOW_SECONDS = 300.0
"""So often it is told what has changed with the home, and old folders go."""

STUCK_SECONDS = 120.0
"""A look that takes longer is stuck: then the watchdog is fed no more, and systemd starts the daemon anew."""


def serve(
    jobs: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="So many runs at a time.")] = 4,
    every: Annotated[
        float, typer.Option(min=0.2, max=60, metavar="SECONDS", help="How often to look what is due.")
    ] = service.LOOK_SECONDS,
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Where the reading room is reached.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="Its port.")] = 8320,
    no_scheduler: Annotated[bool, typer.Option("--no-scheduler", help="Crawl nothing: show only.")] = False,
    no_web: Annotated[bool, typer.Option("--no-web", help="Without the reading room.")] = False,
    log_format: LogOption = LogFormat.TEXT,
    home: HomeOption = None,
) -> None:
    """Stay: crawl what is due by its schedule, and show the archive in the browser.

    Each source is crawled in a process of its own, the oldest overdue first.

    Sources at one site take turns. Edits of source files count at the next look; of a broken one its last
    good state does. SIGTERM and Ctrl-C end all runs cleanly within ten seconds. 'strandline cron serve'
    prints a systemd unit.
    """
    if no_scheduler and no_web:
        raise Complaint("Without the scheduler and without the reading room there is nothing to serve.")
    if log_format is LogFormat.JSON:
        log_as_json()
    found, _ = settings.enter(home)
    if no_scheduler:
        _show(found, host, port)
    with ExitStack() as open_, _alone(found), _signals() as (stop, received):
        started = _Started(found)
        daemon = service.Service(found, started, jobs, started.tell, started.zone)

        def look() -> None:
            turns.note_look(found)
            daemon.look()
            notice.status(_told(daemon))

        def follow() -> None:
            lookout.follow(found, started.settings)

        clock = service.clock({look: every, follow: FOLLOW_SECONDS})
        if not no_web:
            web = open_.enter_context(server.serving(found, host, port, daemon, alone=True))
            say(f"The reading room is at {web.url}/")
        clock.start()
        say(f"Serving {found.root}: at most {jobs} runs at a time, a look every {every:g} s. Ctrl-C ends it.")
        notice.ready()
        began = time.monotonic()
        while not stop.wait(1.0):
            if time.monotonic() - (daemon.looked or began) < STUCK_SECONDS:
                notice.alive()
        notice.stopping()
        clock.shutdown(wait=False)
        daemon.stop()
    raise typer.Exit(128 + received[0])


def _show(found: homes.Home, host: str, port: int) -> NoReturn:
    """The reading room alone; another process may crawl."""
    with _signals() as (stop, received), server.serving(found, host, port, alone=True) as web:
        say(f"The reading room is at {web.url}/ Nothing is crawled here. Ctrl-C ends it.")
        notice.ready()
        while not stop.wait(1.0):
            notice.alive()
        notice.stopping()
    raise typer.Exit(128 + received[0])


class _Started:
    """Begins runs with the settings as they are; of a broken strandline.toml, as they were."""

    def __init__(self, home: homes.Home) -> None:
        self.home = home
        self.settings = settings.load(home)
        self.said = ""

    def __call__(self, source: watched.Source, turn: due.Due) -> subprocess.Popen[bytes]:
        self._read()
        return turning.start(self.home, self.settings, source, turn)

    def zone(self) -> str:
        """The zone of cadences that name none, as the settings have it at this moment."""
        self._read()
        return self.settings.zone

    def _read(self) -> None:
        try:
            self.settings, self.said = settings.load(self.home), ""
        except Complaint as complaint:
            if str(complaint) != self.said:
                self.said = str(complaint)
                self.tell(f"{complaint} Until then all goes on as it was.")

    @staticmethod
    def tell(text: str) -> None:
        """Say what a person should know."""
        say(f"strandline: {text}")


def _told(daemon: service.Service) -> str:
    names = ", ".join(sorted(daemon.running))
    return f"{len(daemon.good)} sources; {f'crawling {names}' if names else 'nothing is due'}"


@contextmanager
def _alone(home: homes.Home) -> Iterator[None]:
    """One daemon a home: two would do no harm, and help nobody."""
    home.runs.mkdir(parents=True, exist_ok=True)
    with (home.runs / ".serve.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Complaint(f"{home.root} is being served by another process.", ExitCode.RUNNING) from error
        yield


@contextmanager
def _signals() -> Iterator[tuple[threading.Event, list[int]]]:
    """What is set when an end is asked for, and by which signals. SIGHUP asks for nothing: edits are seen."""
    stop, received = threading.Event(), list[int]()

    def note(number: int, _frame: object) -> None:
        received.append(number)
        stop.set()

    signal.signal(signal.SIGHUP, lambda *_: None)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, note)
    yield stop, received
