"""What a child process is told to do: `runs/RUN/order.json`."""

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive import home as homes
from archive import instants
from crawler.source import Source


@dataclass(frozen=True, slots=True)
class Order:
    """One run of a source. `contact` is the operator's address; `software` goes into each WARC file.

    `warc_number` is where the numbers of the WARC files begin, unless the run has left files already.
    `backfill`: feeds are followed to their oldest entries, not only as far as there is something new.
    `reserve` is how many bytes of the disk are to stay free; None for the default of `archive.space`.
    `light`: only what is new or due is asked for; `trust`, from 0 to 1, is how far it believes the dates of
    sitemaps (`crawler/lastmod.py`). `slot` is the one that the run is for; by itself it is `started`. It was
    taken up again so many times (`resumed`).
    """

    run: str
    source: Source
    started: datetime
    contact: str | None
    warc_number: int
    software: str
    reserve: int | None = None
    backfill: bool = False
    light: bool = False
    trust: float = 1.0
    slot: datetime | None = None
    resumed: int = 0


def settings(source: Source) -> dict[str, Any]:
    """The settings as WARC files keep them: of headers the names only, since their values may be secrets; and
    a digest only of none, since from that of a weak secret it could be guessed.
    """
    kept = source.model_dump(mode="json")
    kept["fetch"]["headers"] = sorted(source.fetch.headers)
    if not source.fetch.headers:
        kept["fetch"]["headers_sha256"] = headers_digest(source)
    return kept


def headers_digest(source: Source) -> str:
    """By this it is known that a later run asks with the same headers; the values stay out of the index."""
    return hashlib.sha256(json.dumps(sorted(source.fetch.headers.items())).encode()).hexdigest()


def store(home: homes.Home, order: Order) -> None:
    """Write the order into the run's folder, which is made if need be; an earlier one is replaced."""
    folder = home.run(order.run)
    folder.mkdir(parents=True, exist_ok=True)
    text = {
        "run": order.run,
        "source": order.source.model_dump(mode="json"),
        "started": instants.iso(order.started),
        "contact": order.contact,
        "warc_number": order.warc_number,
        "software": order.software,
        "reserve": order.reserve,
        "backfill": order.backfill,
        "light": order.light,
        "trust": order.trust,
        "slot": instants.iso(order.slot or order.started),
        "resumed": order.resumed,
    }
    passing = folder / "order.tmp"
    # For its owner only: configured headers may be keys.
    with open(passing, "w", encoding="utf-8", opener=_private) as file:
        json.dump(text, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(folder / "order.json")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def load(home: homes.Home, run: str) -> Order:
    """Read what `store` wrote. Raises OSError and ValueError."""
    text = json.loads((home.run(run) / "order.json").read_text(encoding="utf-8"))
    return Order(
        text["run"],
        Source.model_validate(text["source"]),
        instants.parse(text["started"]),
        text["contact"],
        text["warc_number"],
        text["software"],
        text.get("reserve"),
        backfill=text.get("backfill", False),
        light=text.get("light", False),
        trust=text.get("trust", 1.0),
        slot=instants.parse(text.get("slot", text["started"])),
        resumed=text.get("resumed", 0),
    )
