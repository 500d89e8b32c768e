"""A headless Chromium that a test tells what to do, over the pipe of the DevTools protocol."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from tests.oracles.replayed import missing

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
    *("--window-size=900,700", "--remote-debugging-pipe", "about:blank"),
)
_PATIENCE = 120.0
"""Seconds for one command; then the browser is killed."""


class Chromium:
    """One tab. Commands and answers are JSON, each with a zero byte behind it."""

    def __init__(self, into: int, out: int, kill: Callable[[], None]) -> None:
        self._into, self._out = into, out
        self._kill = kill
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        tab = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        self.call("Page.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the protocol, and its result."""
        self._number += 1
        told = {"id": self._number, "method": method, "params": parameters}
        data = json.dumps({**told, "sessionId": self._session} if self._session else told).encode() + b"\0"
        while data:
            data = data[os.write(self._into, data) :]
        return dict(self._await("id", self._number).get("result", {}))

    def open(self, url: str) -> None:
        """Show a page, and wait until it and what belongs to it has been loaded."""
        self.call("Page.navigate", url=url)
        self._await("method", "Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """What the tab shows, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def _await(self, key: str, value: object) -> dict[str, Any]:
        """The next message with this value; others are events that nobody waits for."""
        guard = threading.Timer(_PATIENCE, self._kill)
        guard.start()
        try:
            while (message := self._read()).get(key) != value:
                pass
        finally:
            guard.cancel()
        assert "error" not in message, message["error"]
        return message

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = os.read(self._out, 1 << 20)
            assert data, "Chromium has ended, or took too long"
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(line))


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A browser with a fresh profile. Skips the test where there is none."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        missing("no Chromium on the PATH (on Debian: apt install chromium)")
    (theirs, into), (out, ours) = os.pipe(), os.pipe()
    # The protocol is spoken on descriptors 3 and 4.
    start = f'exec "$@" 3</dev/fd/{theirs} 4>/dev/fd/{ours}'
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = ["sh", "-c", start, "sh", program, f"--user-data-dir={profile}", *_OPTIONS]
        with (Path(profile) / "talk.txt").open("wb") as talk:
            browser = subprocess.Popen(
                command,
                pass_fds=(theirs, ours),
                stdin=subprocess.DEVNULL,
                stdout=talk,
                stderr=talk,
                start_new_session=True,
            )
        os.close(theirs)
        os.close(ours)
        try:
            yield Chromium(into, out, partial(_kill, browser))
        finally:
            _kill(browser)
            browser.wait()
            os.close(into)
            os.close(out)


def _kill(browser: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(browser.pid, signal.SIGKILL)
