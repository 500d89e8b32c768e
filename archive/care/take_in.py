"""Takes foreign WARC and WACZ files into a home: `strandline import`.

Each file becomes a run that asked nobody, or several where it tells of several runs of ours, and a part of
an earlier import where that run goes on in it. In order: the run is noted as not finished; the bytes are
copied into `warc/`, or the records one by one where the file is packed otherwise; the same ingest as after a
crawl reads them; the run is closed. Killed anywhere, the next import of the same file (known by its digest)
goes on.
"""

import copy
import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

from archive import facts, ingest, instants, runs, space, urls, warc
from archive.care import foreign, pack, portions, unzip
from archive.care.foreign import ForeignError, Losses
from archive.care.portions import Answered, Portion
from archive.database import reading, seal
from archive.facts import Beginning
from archive.home import Home
from archive.schema import captures, pages, warcs
from archive.schema import runs as run_rows
from archive.text import Extractors

NOTHING = "it holds no answer of a web server"
PATIENCE_SECONDS = 60
"""So long an index that another process keeps locked is waited for."""

Watch = Callable[[str, int, int], None]
"""Is told what is being done, and how many bytes of how many are."""


@dataclass(frozen=True, slots=True)
class Order:
    """Where to take files in, and by which program. `reserve` as in `archive.space.Guard`."""

    home: Home
    engine: Engine
    extractors: Extractors
    source: str
    software: str
    reserve: int | None = None
    watch: Watch = lambda _what, _done, _total: None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file. `outcome`: `taken`, `known` (was taken in before) or `refused`, with the reason.

    `copied`: its bytes are in the home as they were; else its records are, one by one. `records` counts them
    by type, `left_out` those that are kept and are no captures, by reason, and `damage` what could not be
    read, by reason, with the first places in `examples`. `duplicates` are captures that were there already.
    """

    file: str
    source: str
    sha256: str | None
    outcome: str
    reason: str | None = None
    runs: tuple[str, ...] = ()
    copied: bool = False
    records: dict[str, int] = field(default_factory=dict)
    captures: int = 0
    revisits: int = 0
    duplicates: int = 0
    pages: int = 0
    changes: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    damage: dict[str, int] = field(default_factory=dict)
    examples: tuple[tuple[int, str], ...] = ()


def take_in(order: Order, path: Path) -> Taken:
    """Take in one file. The caller holds the source's lock, so that nobody crawls it meanwhile.

    Raises OSError, and archive.space.DiskTrouble where there is no room; what was done is kept.
    """
    try:
        if not path.is_file():
            raise ForeignError(f"{path} is no file.")
        digest = _digest(order, path)
        before = _runs_of(order, digest)
        if before and all(_done(row, digest) for row in before):
            ids = tuple(row.id for row in before)
            said = f"it was taken in before, as run {', '.join(ids)}"
            return Taken(_name(path), order.source, digest, "known", said, runs=ids)
        with _folder(order) as folder:
            return _File(order, path, digest, folder).take(before)
    except (ForeignError, warc.WarcError) as error:
        return Taken(_name(path), order.source, None, "refused", str(error))


class _File:
    """One file on its way into the home, with a folder for what it is made of meanwhile."""

    def __init__(self, order: Order, path: Path, digest: str, folder: Path) -> None:
        self.order = order
        self.path = path
        self.name = _name(path)
        self.digest = digest
        self.folder = folder
        self.losses = Losses()
        self.copied: list[bool] = []

    def take(self, before: list[Row[Any]]) -> Taken:
        """Take it in; `before` are the runs that were noted when this was begun earlier."""
        parts = [self._like_ours(number, part) for number, part in enumerate(self._parts())]
        found = portions.scan(parts, self._known, self._watch("looking through"))
        wanted = {number: one for number, one in enumerate(found) if one.known < one.answers}
        if not before and not wanted:
            said = "all of its captures are here" if any(one.answers for one in found) else NOTHING
            ours = any(one.begun for one in found)  # a crawl that was killed at once
            return self._report(found, {}, "known" if ours or said is not NOTHING else "refused", said)
        rows = before or self._begin(wanted)
        had = {row.id: _counts(self.order.engine, row.id) for row in rows}
        for row in rows:
            if not _done(row, self.digest):
                self._take_portion(row, found[_file(row, self.digest)["portion"]], parts)
        return self._report(found, had, "taken", None)

    def _parts(self) -> list[Path]:
        if unzip.is_zip(self.path):
            return unzip.unzip(self.path, self.folder, self.losses, self._require_room)
        foreign.require_warc(self.path)
        return [self.path]

    def _like_ours(self, number: int, part: Path) -> Path:
        """The part itself, or a copy of it whose records are gzip members of their own."""
        like = foreign.is_like_ours(part, self._watch("checking"))
        self.copied.append(like)
        if like:
            return part
        self._require_room(part.stat().st_size)
        writer = warc.Writer(self.folder / f"repacked-{number}.warc.gz", {"software": self.order.software})
        losses = foreign.repack(part, writer, self._watch("repacking"))
        self.losses.counts.update(losses.counts)
        self.losses.examples.extend(losses.examples[: foreign.EXAMPLES - len(self.losses.examples)])
        return writer.seal()

    def _known(self, group: Sequence[Answered]) -> int:
        """How many of some answers the source has."""
        wanted = {}
        for uri, at, record in group:
            try:
                wanted[urls.canonical(uri), at, record] = True
            except ValueError:
                continue
        if not wanted:
            return 0
        there = (
            select(pages.c.url, captures.c.at, captures.c.record)
            .join(pages, pages.c.id == captures.c.page)
            .where(pages.c.source == self.order.source, pages.c.url.in_({url for url, _, _ in wanted}))
            .where(captures.c.at.in_({at for _, at, _ in wanted}))
        )
        with reading(self.order.engine) as connection:
            return len(wanted.keys() & {tuple(row) for row in connection.execute(there)})

    def _begin(self, wanted: dict[int, Portion]) -> list[Row[Any]]:
        """Note the runs as not finished, all at once; or that an imported run of ours goes on in the file."""
        with self.order.engine.begin() as connection:
            mine = run_rows.c.source == self.order.source
            slots = set(connection.execute(select(run_rows.c.slot).where(mine)).scalars())
            for number, portion in wanted.items():
                row = _earlier(connection, self.order.source, portion.run)
                if row is None:
                    begun = pack.begin(self.order.source, self.order.software, portion, slots)
                    slots.add(begun.slot)
                    connection.execute(run_rows.insert().values(**_columns(begun), **_UNFINISHED))
                    first = 0
                else:
                    begun = _begun(row)
                    first = 1 + max(one["last"] for one in begun.settings["import"]["files"].values())
                parts = len({one.part for one in portion.stretches})
                told = {
                    "name": self.name,
                    "portion": number,
                    "first": first,
                    "last": first + parts,
                    "done": False,
                }
                begun.settings["import"]["files"][self.digest] = told
                _note(connection, begun, **_UNFINISHED)
        return _runs_of(self.order, self.digest)

    def _take_portion(self, row: Row[Any], portion: Portion, parts: list[Path]) -> None:
        home, begun = self.order.home, _begun(row)
        told = begun.settings["import"]["files"][self.digest]
        targets: list[Path] = []
        for number, path in enumerate(parts):
            mine = [one for one in portion.stretches if one.part == number]
            if not mine:
                continue
            target = pack.place(home, begun, told["first"] + len(targets))
            if not target.exists():
                self._require_room(sum(one.end - one.start for one in mine))
                whole = self.copied[number] and mine[0].end - mine[0].start == path.stat().st_size
                if whole:
                    pack.copy(path, target)
                else:
                    pack.carry(path, mine, target, self._info(begun.run))
            targets.append(target)
        ending = _ending(row, portion)
        told["done"] = True
        whole = ending["exhausted"] == "yes" and not begun.light
        begun.settings["import"]["complete"] = whole or begun.settings["import"].get("complete", False)
        targets.append(pack.place(home, begun, told["last"]))
        if not targets[-1].exists():
            pack.note(targets[-1], begun, ending)
        intake = ingest.Ingest(home, self.order.engine, self.order.extractors, self.order.source, row.id)
        for target in targets:
            self._ingest(intake, target)
        intake.told = ending  # the note may have been read before the last import was cut short
        finish(intake, begun)

    def _info(self, run: str) -> dict[str, str]:
        return {
            "software": self.order.software,
            "isPartOf": self.order.source,
            "run": run,
            "importedFrom": self.name,
            "importedSha256": self.digest,
            "importedAs": "each record as it was, head and block; each compressed by itself",
        }

    def _ingest(self, intake: ingest.Ingest, target: Path) -> None:
        guard = space.Guard(self.order.home, self.order.reserve)
        patience = time.monotonic() + PATIENCE_SECONDS
        watch, size = self._watch("reading"), target.stat().st_size
        while not intake.is_read(target):
            if short := guard.shortage():
                raise short
            if intake.take(target, most=1):
                patience = time.monotonic() + PATIENCE_SECONDS
                watch(_read(self.order.engine, target), size)
            elif time.monotonic() > patience:
                raise ForeignError("another process keeps the index locked. Try again when it has ended.")
        if not target.with_name(target.name.replace(".warc.gz", ".cdxj")).exists():
            warc.index(target)
        intake.seal(target)

    def _require_room(self, size: int) -> None:
        guard = space.Guard(self.order.home, self.order.reserve)
        if short := guard.shortage(size):
            raise short

    def _watch(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self.order.watch(f"{what} {self.name}", done, total)

    def _report(
        self, found: list[Portion], had: dict[str, Counter[str]], outcome: str, reason: str | None
    ) -> Taken:
        """What came of it; `had` is what its runs had before."""
        records, left_out = Counter[str](), Counter[str]()
        for portion in found:
            records.update(portion.records)
            left_out.update(portion.left_out)
        counts: Counter[str] = Counter()
        for run, before in had.items():
            counts.update(_counts(self.order.engine, run))
            counts.subtract(before)
        return Taken(
            self.name, self.order.source, self.digest, outcome, reason, tuple(had), all(self.copied),
            dict(records), counts["captures"], counts["revisits"],
            sum(one.answers for one in found) - counts["captures"], counts["pages"], counts["changes"],
            dict(left_out), dict(self.losses.counts), tuple(self.losses.examples),
        )  # fmt: skip


def finish(intake: ingest.Ingest, begun: Beginning) -> None:
    """Close the run of an import, or leave it open where it is not whole: by what its notes say."""
    told = begun.settings["import"]
    whole = all(one["done"] for one in told["files"].values())
    intake.conclude(complete=whole and told["complete"])
    values = {"outcome": runs.Outcome.SUCCEEDED, "reason": None} if whole else _UNFINISHED
    with intake.engine.begin() as connection:
        _note(connection, begun, ended=intake.ended() or begun.started, **values)
    runs.tally(intake.engine, begun.run)
    seal(intake.home)


_UNFINISHED = {"outcome": runs.Outcome.FAILED, "reason": pack.UNFINISHED}


def _note(connection: Connection, begun: Beginning, **values: object) -> None:
    connection.execute(
        update(run_rows).where(run_rows.c.id == begun.run).values(settings=begun.settings, **values)
    )


def _columns(begun: Beginning) -> dict[str, Any]:
    return {
        "id": begun.run, "source": begun.source, "slot": begun.slot, "started": begun.started,
        "ended": begun.started, "light": begun.light, "imported": True, "settings": begun.settings,
        "software": begun.software,
    }  # fmt: skip


def _begun(row: Row[Any]) -> Beginning:
    return Beginning(
        row.id, row.source, row.started, row.slot, row.light, 0, copy.deepcopy(row.settings), row.software
    )


def _ending(row: Row[Any], portion: Portion) -> dict[str, str]:
    """How a run ended: as its files say, or with its last answer; those taken in before count too."""
    last = max(row.ended, portion.last or row.ended, facts.instant(portion.ending.get("ended")) or row.ended)
    exhausted = portion.ending.get("exhausted", "no")
    return {"ended": instants.iso(last), "exhausted": exhausted, "requests": "0", "bytes": "0"}


def _runs_of(order: Order, digest: str) -> list[Row[Any]]:
    """The runs by which a file was taken in, or began to be."""
    of_file = run_rows.c.settings["import"]["files"][digest]["name"].as_string().is_not(None)
    wanted = select(run_rows).where(run_rows.c.source == order.source, run_rows.c.imported, of_file)
    with reading(order.engine) as connection:
        return list(connection.execute(wanted.order_by(run_rows.c.started, run_rows.c.id)))


def _earlier(connection: Connection, source: str, run: str | None) -> Row[Any] | None:
    """The run by which an earlier file of the same run of ours was taken in."""
    if run is None:
        return None
    same = run_rows.c.settings["import"]["run"].as_string() == run
    wanted = select(run_rows).where(run_rows.c.source == source, run_rows.c.imported, same)
    return connection.execute(wanted.limit(1)).first()


def _file(row: Row[Any], digest: str) -> dict[str, Any]:
    return dict(row.settings["import"]["files"][digest])


def _done(row: Row[Any], digest: str) -> bool:
    return bool(_file(row, digest)["done"])


def _counts(engine: Engine, run: str) -> Counter[str]:
    found = Counter(runs.counts(engine, run))
    articles = select(func.count(captures.c.page.distinct())).join(pages, pages.c.id == captures.c.page)
    with reading(engine) as connection:
        counted = articles.where(captures.c.run == run, pages.c.article)
        found["pages"] = connection.execute(counted).scalar_one()
    return found


def _read(engine: Engine, target: Path) -> int:
    with reading(engine) as connection:
        return connection.execute(select(warcs.c.read).where(warcs.c.name == target.name)).scalar() or 0


def _name(path: Path) -> str:
    """The name of a file, fit for the fields of a record and for a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in path.name)


def _digest(order: Order, path: Path) -> str:
    digest, size, done = hashlib.sha256(), path.stat().st_size, 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            done += len(block)
            order.watch(f"hashing {_name(path)}", done, size)
    return digest.hexdigest()


@contextmanager
def _folder(order: Order) -> Iterator[Path]:
    """A folder on the home's disk for the time of an import, empty also where an earlier one was killed."""
    folder = order.home.runs / f"{order.source}.import"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
