"""Runs that are begun from a page: in processes of their own, as `crawl NAME` by hand begins them.

Such a run goes on when the reading room ends; one that is in the way of nothing ends by itself.
"""

import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from archive import home as homes
from crawler import harvest
from schedules import service
from strandline.complaint import Complaint

WAIT_SECONDS = 20.0
"""So long it is waited for a run to begin: by then most of what can be in its way was said."""
AT_ONCE = 4
"""So many runs are begun from pages at a time."""
_LONGEST = 4000


@dataclass
class Begun:
    """The runs that one reading room has begun, by source."""

    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, home: homes.Home, name: str, light: bool = False) -> None:
        """Crawl a source now. Raises Complaint with what is in its way."""
        with self.lock:
            self.processes = {one: its for one, its in self.processes.items() if its.poll() is None}
            if name in self.processes or harvest.is_running(home, name):
                raise Complaint(f"{name} is being crawled already.")
            if len(self.processes) >= AT_ONCE:
                raise Complaint(f"{AT_ONCE} runs that were begun here are under way. Wait for one to end.")
            words = ["--home", str(home.root), "crawl", name, *(["--light"] if light else [])]
            said = tempfile.TemporaryFile()  # noqa: SIM115 - the process writes to it; it has no name
            process = subprocess.Popen(  # noqa: S603 - no shell, and `name` is that of a source file
                [sys.executable, "-m", "strandline", *words],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
            )  # fmt: skip
            self.processes[name] = process
        threading.Thread(target=process.wait, daemon=True).start()  # or it would stay as a zombie
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end and process.poll() is None and not harvest.is_running(home, name):
            time.sleep(0.05)
        if process.poll():
            said.seek(0)
            words_said = said.read(_LONGEST).decode("utf-8", "replace").replace("strandline: ", "")
            raise Complaint(
                words_said.strip() or f"The run ended at once, with exit code {process.returncode}."
            )

    def stop(self, name: str, daemon: service.Service | None) -> None:
        """End the run of a source cleanly; the next one goes on with it. Raises Complaint for a run that was
        begun elsewhere.
        """
        process = self.processes.get(name)
        if (process is None or process.poll() is not None) and daemon is not None:
            process = daemon.running.get(name, (None, None))[0]
        if process is None or process.poll() is not None:
            raise Complaint(
                f"{name} is not being crawled by this server. A run that was begun elsewhere is ended there."
            )
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
