"""The process that crawls: `python -m crawler.child HOME RUN`.

It does what `runs/RUN/order.json` says and tells how it ended by its exit code (`crawler/ending.py`) and in
`runs/RUN/end.json`. When its standard input ends, or on SIGTERM or SIGINT, it stops cleanly: so it ends with
the process that started it and holds the other end of a pipe, however that ends.
"""

import asyncio
import gc
import json
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from archive import home as homes
from archive import instants, space
from crawler import lastmod, log
from crawler.ending import CRASHED, STALLED, STOPPED, Ending
from crawler.frontier import Frontier
from crawler.held import Held
from crawler.ledger import Ledger
from crawler.manners import PRODUCT
from crawler.order import Order, load, settings
from crawler.originals import Originals
from crawler.outlinks import Outlinks
from crawler.recorder import Recorder
from crawler.resume import place, recover
from crawler.rows import State, UrlKind
from crawler.shared import Shared
from crawler.spider import Harvester, secrets
from crawler.turns import Turns

_FURTHER = 32
"""So many requests may be under way besides those that the source's host may be asked at a time: to other
hosts, or answered and being written. Each may hold a body in memory.
"""


def main(home: homes.Home, run: str) -> int:
    """Crawl until nothing is left or the end is asked for; returns the exit code."""
    note = home.run(run) / "end.json"
    ending = Ending()
    try:
        log.open_log(home.run(run) / "log.jsonl")
        note.unlink(missing_ok=True)
        _run(home, load(home, run), ending)
    except Exception as error:
        trouble = space.trouble(error, home.root)
        if trouble is None:
            raise
        ending.lose(trouble)
    # Where even this cannot be written the exit code has to do.
    with suppress(OSError):
        told = {"reason": ending.reason, "complete": not ending.asked}
        note.write_text(json.dumps(told), encoding="utf-8")
    return ending.code


def _run(home: homes.Home, order: Order, ending: Ending) -> None:
    path = home.run(order.run) / "frontier.db"
    frontier = Frontier(path)
    originals = Originals(home.run(order.run) / "originals.db", home.warc / order.source.name)
    shared = Shared(home)
    outlinks = Outlinks(home.run(order.run))
    held = Held(home.run(order.run) / "held.db") if order.light else None
    most, due = order.source.limits.light_pages, frontier.total("known")
    room = lastmod.room(most, due, order.trust) - len(lastmod.dated(path)) if order.light else 0
    ledger = Ledger(order.source, frontier, originals, shared, outlinks, order.backfill, held, room)
    number = recover(home, order, frontier, ledger, originals)
    recorder = Recorder(
        lambda number: place(home, order, number), number, warcinfo(order), order.run, secrets(order)
    )
    turns = Turns(order.source, frontier, ledger, shared)
    guard = space.Guard(home, order.reserve)
    told = None
    try:
        crawl(order, frontier, turns, recorder, ending, originals, guard)
        _look_back(order, frontier, turns, ending)
        told = _told(frontier, ending)
    finally:
        recorder.close(told)
    for what, many in ledger.left().items():
        logging.getLogger(__name__).info("%s: %d left out, for others led to nothing new", what, many)
    if ending.limit:
        frontier.rebase()
    frontier.close()
    originals.close()
    shared.close()
    outlinks.close()
    if held:
        held.close()


def _look_back(order: Order, frontier: Frontier, turns: Turns, ending: Ending) -> None:
    """Say why the run ends where not everything was asked."""
    left = frontier.count(State.QUEUED) + frontier.count(State.INFLIGHT)
    limits = order.source.limits
    if left and turns.requests_left <= 0:
        ending.ask(f"the limit of {limits.requests} requests; {left} addresses are left", limit=True)
    elif left and turns.pages_left > 0:
        ending.ask(f"a fault: {left} addresses were left over", CRASHED)
    elif left:
        ending.ask(f"the limit of {limits.pages} pages; {left} addresses are left", limit=True)


def _told(frontier: Frontier, ending: Ending) -> dict[str, str]:
    """What the run's last record says, of the whole run so far."""
    told = {
        "ended": instants.iso(instants.now()),
        "exhausted": "no" if ending.asked else "yes",
        **({"stalled": "yes"} if ending.code == STALLED else {}),
        "requests": str(frontier.total("requests")),
        "bytes": str(frontier.total("bytes")),
        "pagesFailed": str(frontier.count(State.FAILED, UrlKind.PAGE)),
    }
    return {**told, "reason": ending.reason} if ending.reason else told


def crawl(
    order: Order,
    frontier: Frontier,
    turns: Turns,
    recorder: Recorder,
    ending: Ending,
    originals: Originals,
    guard: space.Guard,
) -> None:
    """Run Scrapy until the spider is closed."""
    settings = get_project_settings()
    settings.set("ALLOW_PRIVATE", order.source.manners.allow_private)
    # How many requests a host gets at a time is up to the turns. Scrapy counts those too that are being
    # written: with the source's number as its limit, each request would wait for the disk.
    most = order.source.manners.concurrency + _FURTHER
    settings.set("CONCURRENT_REQUESTS", most)
    settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", most)
    process = AsyncCrawlerProcess(settings)
    log.quieten()
    process.crawl(
        Harvester,
        order=order,
        frontier=frontier,
        turns=turns,
        recorder=recorder,
        ending=ending,
        user_agent=user_agent(order),
        originals=originals,
        guard=guard,
    )
    _listen(asyncio.get_event_loop(), ending)
    process.start(install_signal_handlers=False)


def user_agent(order: Order) -> str:
    """Product, version, and how to reach the operator, if that is known."""
    product = f"{PRODUCT}/{version('strandline')}"
    contact = " ".join((order.contact or "").split())
    return f"{product} (+{contact})" if contact else product


def warcinfo(order: Order) -> dict[str, str]:
    """The fields of the record that begins each file; never the value of a header that was set."""
    fields = {
        "software": order.software,
        "isPartOf": order.source.name,
        "run": order.run,
        "started": instants.iso(order.started),
        "slot": instants.iso(order.slot or order.started),
        "light": "yes" if order.light else "no",
        "resumed": str(order.resumed),
        "robots": order.source.manners.robots,
        "http-header-user-agent": user_agent(order),
    }
    if order.contact:
        fields["operator"] = order.contact
    about = order.source.about
    fields.update({key: value for key, value in about.model_dump().items() if value})
    told = {name: " ".join(value.split()) for name, value in fields.items()}
    return {**told, "settings": json.dumps(settings(order.source))}


def _listen(loop: asyncio.AbstractEventLoop, ending: Ending) -> None:
    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(ending.ask, "stopped by request", STOPPED)

    def wait() -> None:
        while os.read(0, 4096):
            pass
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.Thread(target=wait, name="standard input", daemon=True).start()


if __name__ == "__main__":
    # What the imports left is there for good: not looked through again, a request costs a tenth less.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    sys.exit(main(homes.Home(Path(sys.argv[1])), sys.argv[2]))
