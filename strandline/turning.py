"""One run that the daemon has begun: `python -m strandline.turning`, with what to do as JSON on its stdin.

A process of its own, so that a fault, a leak or a kill costs one run. Source and settings are those that the
daemon has: a file that was broken meanwhile stops nothing.
"""

import json
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from archive import home as homes
from archive import instants
from crawler import source as watched
from schedules import due
from strandline import lookout
from strandline.crawling import Desk
from strandline.output import log_as_json, logs_json
from strandline.settings import Settings
from strandline.turns import take_turn


def start(
    home: homes.Home, settings: Settings, source: watched.Source, turn: due.Due
) -> subprocess.Popen[bytes]:
    """Begin a run in a process group of its own, whose words go where ours go."""
    order = {
        "home": str(home.root),
        "settings": settings.model_dump(mode="json"),
        "source": source.model_dump(mode="json"),
        "slot": instants.iso(turn.slot),
        "light": turn.light,
        "left": turn.left,
        "json": logs_json(),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "strandline.turning"], stdin=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None
    with process.stdin as pipe:
        pipe.write(json.dumps(order).encode())
    return process


def main() -> int:
    """Run what stdin says; the exit code is that of `crawl`."""
    order = json.loads(sys.stdin.buffer.read())
    sys.stdin.close()
    if order["json"]:
        log_as_json()
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: received.append(number))
    turn = due.Due(order["source"]["name"], _instant(order["slot"]), order["light"], order["left"])
    settings = Settings.model_validate(order["settings"])
    desk = Desk(homes.Home(Path(order["home"])), settings, quiet=True, received=received)
    heard = lookout.heard(desk)
    heard.began(turn.source)
    code, _ = take_turn(heard, watched.Source.model_validate(order["source"]), turn)
    heard.ended(turn.source, code)
    return 128 + received[0] if received else int(code)


def _instant(text: str) -> datetime:
    return instants.parse(text)


if __name__ == "__main__":
    sys.exit(main())
