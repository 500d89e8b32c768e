"""The runs: what each came to and why, what it did not fetch, and how one stands that is under way."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from typing import Any

from flask import Blueprint, Response

from archive import access
from archive import runs as run_words
from crawler import harvest, unreached
from strandline.web import answers, show
from strandline.web.room import Room, room

area = Blueprint("runs", __name__)

LISTENERS = 4
"""So many listen at a time: each takes a thread of the server."""
LISTEN_SECONDS = 55.0
"""Then a listener is let go of; the browser comes again by itself."""
LOG_LINES = 50
_LOG_BYTES = 200_000
_listening = threading.BoundedSemaphore(LISTENERS)


@answers.page(area, "/runs", "runs.html")
def runs() -> dict[str, Any]:
    """The runs, the newest first."""
    its = room()
    source, outcome, before = answers.asked("source"), answers.asked("outcome"), answers.asked("before")
    if outcome is not None and outcome not in list(run_words.Outcome):
        answers.wrong(f"{outcome!r} is no outcome. These are: {', '.join(run_words.Outcome)}.")
    found = access.runs_page(
        its.archive, source=source, outcome=outcome,
        before=answers.instant(before) if before else None, most=answers.ROWS + 1,
    )  # fmt: skip
    more = len(found) > answers.ROWS
    return {
        "runs": found[: answers.ROWS],
        "source": source,
        "outcome": outcome,
        "outcomes": [str(one) for one in run_words.Outcome],
        "names": sorted(path.stem for path in its.home.sources.glob("*.toml")),
        "next": show.stamp(found[answers.ROWS - 1]["started"]) if more else None,
    }


@answers.page(area, "/run/<run>", "run.html")
def run(run: str) -> dict[str, Any]:
    """One run, with what it did not fetch and why."""
    its = room()
    row = access.run_of(its.archive, run)
    state, after = answers.asked("state"), answers.whole("after", 0, 2**53)
    if state is not None and state not in list(unreached.STATES):
        answers.wrong(f"{state!r} is none of: {', '.join(unreached.STATES)}.")
    left = unreached.left(its.home, run, after, state, answers.ROWS + 1)
    changes = islice(its.archive.changes(run=run), answers.ROWS)
    return {
        "run": row,
        "running": _is_running(its, row),
        "moment": _moment(its, run),
        "report": _report(its, run),
        "changes": list(changes)[::-1],
        "left": [asdict(one) for one in left[: answers.ROWS]],
        "next": left[answers.ROWS - 1].id if len(left) > answers.ROWS else None,
        "state": state,
        "states": [str(one) for one in unreached.STATES],
        "log": _log(its, run),
    }


@area.get("/run/<run>/events")
def events(run: str) -> Response:
    """How a run stands, about once a second as server-sent events, until it has ended."""
    its = room()
    access.run_of(its.archive, run)
    if not _listening.acquire(blocking=False):
        return Response("Too many listen already.\n", 503, {"Retry-After": "10"})
    return Response(_Events(its, run), content_type="text/event-stream")


class _Events:
    """The events of one listener; whoever serves them closes it, whatever happens."""

    def __init__(self, its: Room, run: str) -> None:
        self.coming = _told(its, run)
        self.lock = threading.Lock()
        self.open = True

    def __iter__(self) -> Iterator[bytes]:
        return self.coming

    def close(self) -> None:
        with self.lock:
            if self.open:
                self.open = False
                _listening.release()


def _told(its: Room, run: str) -> Iterator[bytes]:
    end = time.monotonic() + LISTEN_SECONDS
    yield b"retry: 2000\n\n"
    while time.monotonic() < end:
        row = access.run_of(its.archive, run)
        running = _is_running(its, row)
        said = {"running": running, "outcome": row["outcome"], **_moment(its, run), "run": _counts(row)}
        yield f"data: {json.dumps(said)}\n\n".encode()
        if not running:
            return
        time.sleep(1.0)


def _counts(row: access.RunRow) -> dict[str, int]:
    words = ("captures", "new", "edited", "moved", "gone", "failed")
    return {word: row[word] for word in words}  # type: ignore[literal-required]  # keys of the row


def _is_running(its: Room, row: access.RunRow) -> bool:
    return row["ended"] is None and harvest.is_running(its.home, row["source"])


def _moment(its: Room, run: str) -> dict[str, Any]:
    """Pages done and known, and what was received, as far as the frontier tells."""
    counted = unreached.count(its.home, run)
    if counted is None:
        return {"pages_done": None, "pages_known": None, "requests": None, "bytes": None, "states": {}}
    done = sum(counted.pages.get(one, 0) for one in ("done", "failed", "robots"))
    known = done + sum(counted.pages.get(one, 0) for one in ("queued", "inflight"))
    return {
        "pages_done": done, "pages_known": known, "requests": counted.requests, "bytes": counted.bytes,
        "states": counted.all,
    }  # fmt: skip


def _report(its: Room, run: str) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        found = json.loads((its.home.run(run) / "report.json").read_text("utf-8"))
        return found if isinstance(found, dict) else None
    return None


def _log(its: Room, run: str) -> list[dict[str, str]]:
    """The last lines of the run's log that are no small talk."""
    try:
        with (its.home.run(run) / "log.jsonl").open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _LOG_BYTES))
            lines = file.read(_LOG_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError):
            one = json.loads(line)
            if isinstance(one, dict) and one.get("level") not in ("debug", None):
                found.append({key: str(one.get(key, ""))[:2000] for key in ("at", "level", "message")})
    return found[-LOG_LINES:]
