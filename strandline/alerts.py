"""Telling of troubles: once when they come, once when they are over, though processes die in between.

What was told is in HOME/runs/told.json. A change is first written there, with the messages that it makes;
then they are sent, and each goes from the file when its channel has it. Who is killed between the two leaves
the message to the next look. It can come twice only where a process is killed between the answer of a channel
and the note of it, and carries the same `id` then.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from archive import home as homes
from archive import instants
from strandline.alarms import Alarm
from strandline.channels import ChannelError, channels, deliver
from strandline.output import printable, say
from strandline.settings import Notify

WAITING = 100
"""So many messages wait at most for channels that do not work; the oldest go first."""

TRIES = 50
"""At so many looks a message is tried; then it goes."""

PATIENCE = 60
"""Seconds until another process must have told its own."""

LINES = 100
"""Of one message."""


def tell(
    home: homes.Home,
    settings: Notify,
    alarms: Iterable[Alarm],
    concerns: Callable[[str], bool],
    send: Callable[[Notify, str, dict[str, Any]], None] = deliver,
) -> None:
    """Tell what has changed in the troubles whose keys it `concerns`; of others nothing is known now.

    That it cannot be told is a warning on stderr, and nothing worse.
    """
    names = channels(settings)
    if not names:
        return
    try:
        with _memory(home) as memory:
            events = _changed(memory, list(alarms), concerns, instants.now())
            if events:
                memory["waiting"].append({**_message(events), "left": names, "tries": 0})
                memory["waiting"] = memory["waiting"][-WAITING:]
                _write(home, memory)
            _send(home, settings, memory, names, send)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"strandline: warning: nobody could be told of troubles: {error}")


def _changed(
    memory: dict[str, Any], alarms: list[Alarm], concerns: Callable[[str], bool], now: datetime
) -> list[dict[str, Any]]:
    states: dict[str, dict[str, Any]] = memory["states"]
    events = []
    for one in alarms:
        was = states.get(one.key)
        if concerns(one.key) and (was is None or was["kind"] != one.kind):
            state = {"kind": one.kind, "source": one.source, "since": instants.iso(now)}
            states[one.key] = state
            events.append({"event": "trouble", "key": one.key, **state, "text": one.text, "run": one.run})
    lasting = {one.key for one in alarms}
    for key in [key for key in states if key not in lasting and concerns(key)]:
        was = states.pop(key)
        events.append({"event": "recovered", "key": key, **was, "text": "all is well again", "run": None})
    return events


def _message(events: list[dict[str, Any]]) -> dict[str, Any]:
    lines = [
        f"{event['source'] or 'home'}: {'' if event['event'] == 'trouble' else 'no longer '}"
        f"{event['kind']}: {event['text']}"
        for event in events[:LINES]
    ]
    more = len(events) - len(lines)
    subject = lines[0] if len(events) == 1 else f"{len(events)} news of sources"
    return {
        "id": secrets.token_hex(8),
        "at": instants.iso(instants.now()),
        "subject": printable(f"Strandline: {subject}")[:200],
        "text": printable("\n".join([*lines, *([f"and {more} more"] if more else [])]), lines=True) + "\n",
        "events": events[:LINES],
    }


def try_out(settings: Notify) -> Iterator[tuple[str, str | None]]:
    """Send a message that says it is a test by every channel: its name, and what went wrong."""
    event = {"event": "test", "key": "home/test", "kind": "test", "source": None, "since": None, "run": None}
    message = _message([{**event, "text": "this is a test"}])
    message["subject"], message["text"] = "Strandline: a test", "This is a test message of Strandline.\n"
    for name in channels(settings):
        try:
            deliver(settings, name, message)
            yield name, None
        except ChannelError as error:
            yield name, str(error)


def _send(
    home: homes.Home,
    settings: Notify,
    memory: dict[str, Any],
    names: list[str],
    send: Callable[[Notify, str, dict[str, Any]], None],
) -> None:
    """Send what waits, in its order. A channel that fails once is left alone until the next look."""
    broken: set[str] = set()
    for entry in list(memory["waiting"]):
        message = {key: value for key, value in entry.items() if key not in ("left", "tries")}
        for name in [name for name in entry["left"] if name in names and name not in broken]:
            try:
                send(settings, name, message)
            except ChannelError as error:
                broken.add(name)
                say(f"strandline: warning: {name}: a message was not delivered: {error}. It is tried again.")
                continue
            entry["left"].remove(name)
            _write(home, memory)
        entry["left"] = [name for name in entry["left"] if name in names]
        entry["tries"] += 1
        if not entry["left"] or entry["tries"] >= TRIES:
            memory["waiting"].remove(entry)
    _write(home, memory)


@contextmanager
def _memory(home: homes.Home) -> Iterator[dict[str, Any]]:
    """What was told, for one process at a time. A file that cannot be read is begun anew: then some things
    are told once more.
    """
    home.runs.mkdir(parents=True, exist_ok=True)
    with (home.runs / ".told.lock").open("a") as lock:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise OSError("another process is still telling") from None
                time.sleep(0.1)
        memory: dict[str, Any] = {"states": {}, "waiting": []}
        try:
            found = json.loads((home.runs / "told.json").read_text("utf-8"))
            memory = {"states": dict(found["states"]), "waiting": list(found["waiting"])}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        yield memory


def _write(home: homes.Home, memory: dict[str, Any]) -> None:
    path = home.runs / "told.json"
    passing = path.with_suffix(".tmp")
    with passing.open("w", encoding="utf-8") as file:
        json.dump(memory, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
