"""Reads WARC files into the index: captures, texts, versions and changes.

One path for a crawl under way, a run that was killed, a foreign WARC file, and (later) a rebuild. What has
been read is known by WARC file and offset, so reading again adds nothing.
"""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import OperationalError

from archive import facts, histories, readings, referred, renewal, repeats, search, stored, visited, warc
from archive import rulings as rulings  # for the command that asks for them
from archive.answers import BATCH_BYTES, Seen, batches, look
from archive.database import Locked, file_digest, reading, seal
from archive.home import Home
from archive.model import Text
from archive.renewal import renew as renew  # for the command that asks for it
from archive.runs import recount
from archive.schema import captures, changes, pages, versions, warcs
from archive.text import EXTRACTOR, Extractors, TextError


class Ingest:
    """Takes the WARC files of one run into the index, a batch at a time, each in one transaction."""

    def __init__(self, home: Home, engine: Engine, extractors: Extractors, source: str, run: str) -> None:
        self.home = home
        self.engine = engine
        self.extractors = extractors
        self.source = source
        self.run = run
        self.told: dict[str, str] = {}
        """What the WARC files that were taken say of the run's end (docs/on-disk.md)."""
        self._not_before: dict[str, float] = {}

    def take(
        self, path: Path, most: int | None = None, *, growing: bool = False, size: int = BATCH_BYTES
    ) -> int:
        """Read what was added to a WARC file since last time, at `most` so many batches of `size` bytes.

        Returns the number of records read: 0 also while another process keeps the index locked. `path` may
        end in `.open` while the file is being written; `growing`: it will be taken again, so a large record
        under way need not be looked at each time. Raises warc.WarcError where it is damaged.
        """
        began = time.monotonic()
        if growing and began < self._not_before.get(path.name, 0):
            return 0
        taken = 0
        try:
            identity, offset = self._place(path)
            records, bound = warc.read(path, offset), min(size, BATCH_BYTES)
            for number, (batch, end) in enumerate(batches(records, bound, growing=growing), 1):
                if identity is None:
                    identity = self._note(path)
                self._take_batch(identity, batch, end)
                taken += len(batch)
                if number == most:
                    break
        except Locked:
            pass  # what was not taken yet is taken the next time
        except OperationalError as error:
            if "locked" not in str(error):
                raise
        if not taken:
            # Whether a record is whole is only known at its end: a tenth of the time goes into finding out.
            self._not_before[path.name] = began + 10 * (time.monotonic() - began)
        return taken

    def skip(self, path: Path, offset: int) -> None:
        """Go on at `offset` with a file that is damaged before."""
        identity, _ = self._place(path)
        identity = self._note(path) if identity is None else identity
        with self.engine.begin() as connection:
            connection.execute(update(warcs).where(warcs.c.id == identity).values(read=offset))

    def reached(self, path: Path) -> int:
        """The offset up to which a file was read."""
        return self._place(path)[1]

    def is_read(self, path: Path) -> bool:
        """Whether the index has all of a file that nobody writes any more."""
        identity, read = self._place(path)
        return identity is not None and read == path.stat().st_size

    def seal(self, path: Path) -> None:
        """Note that a file is complete, with the digest by which its fixity is checked from now on."""
        with reading(self.engine) as connection:
            if connection.execute(select(warcs.c.sealed).where(warcs.c.name == path.name)).scalar():
                return
        digest = file_digest(path)
        with self.engine.begin() as connection:
            sealed = update(warcs).where(warcs.c.name == path.name)
            connection.execute(sealed.values(sealed=True, sha256=digest))

    def ended(self) -> datetime | None:
        """When the run ended, as its files say."""
        return facts.instant(self.told.get("ended"))

    def conclude(self, *, complete: bool) -> None:
        """Say that all of the run has been taken; `complete`: it asked for everything in scope.

        Whether a page that was missing is gone may be known only now.
        """
        with self.engine.begin() as connection:
            histories.conclude(connection, self.home, self.run, complete=complete)
        histories.sweep(self.home, self.engine)
        with suppress(
            sqlite3.Error, OSError
        ):  # it is made from the index at any time; a search goes on with it
            search.follow(self.home, self.engine)

    def _place(self, path: Path) -> tuple[int | None, int]:
        """The file's number in the index, if it is there, and how far it has been read."""
        name = path.name.removesuffix(".open")
        known = select(warcs.c.id, warcs.c.read).where(warcs.c.name == name)
        with reading(self.engine) as connection:
            row = connection.execute(known).first()
        if row is None:
            return None, 0
        size = path.stat().st_size
        return (row.id, row.read) if row.read <= size else (row.id, self._forget(row.id, size))

    def _note(self, path: Path) -> int:
        """Put the file into the index. Not before it has a whole record: else it goes when it is repaired."""
        with self.engine.begin() as connection:
            values = {"name": path.name.removesuffix(".open"), "source": self.source, "run": self.run}
            return int(connection.execute(warcs.insert().values(values).returning(warcs.c.id)).scalar_one())

    def _forget(self, identity: int, size: int) -> int:
        """Take back what was read beyond the file's end: bytes that a failed write had to withdraw."""
        beyond = (captures.c.warc == identity) & (captures.c.offset >= size)
        with self.engine.begin() as connection:
            touched = set(connection.execute(select(captures.c.page).where(beyond)).scalars())
            for table in (versions, changes):
                connection.execute(table.delete().where(table.c.page.in_(touched)))
            connection.execute(captures.delete().where(beyond))
            histories.settle(connection, self.home, touched)
            connection.execute(update(warcs).where(warcs.c.id == identity).values(read=size))
        return size

    def _take_batch(self, identity: int, batch: list[warc.Record], end: int) -> None:
        with reading(self.engine) as connection:
            seen = referred.resolve(connection, self.source, list(look(batch)))
        self.told = facts.ending(batch, self.run) or self.told
        texts, unread = self._extract(seen)
        with self.engine.begin() as connection:
            known = stored.known(connection, {*texts, *(one.payload for one in seen)}, EXTRACTOR)
            late = renewal.pages_of(connection, texts.keys() - known.keys())
            for payload, text in texts.items():
                if payload not in known:
                    known[payload] = stored.add(connection, payload, text)
                    late |= self._read_at_last(connection, payload, known[payload])
            late |= referred.settle(connection, self.source, seen, known)
            added = self._add(connection, identity, seen, known, unread)
            late |= visited.feeds(connection, self.home, self.source, seen)
            repeated = repeats.settle(connection, added - late)
            histories.settle(connection, self.home, (added | late) - repeated)
            connection.execute(update(warcs).where(warcs.c.id == identity).values(read=end))

    def _extract(self, seen: list[Seen]) -> tuple[dict[str, Text], dict[str, str]]:
        """Texts for the payloads that this extractor has not read yet, each of them once; and for those that
        it failed on the reason. A failure (a worker that died, a time limit) is no property of the page.
        After an upgrade of the extractor, what their pages showed before is among the texts, too.
        """
        texts: dict[str, Text] = {}
        unread: dict[str, str] = {}
        waiting: dict[str, Future[Text]] = {}
        fresh: list[tuple[str, datetime]] = []
        size = 0
        with reading(self.engine) as connection:
            known = stored.known(connection, (one.payload for one in seen), EXTRACTOR)
            for one in seen:
                if not one.readable or one.payload in known or one.payload in waiting or one.payload in texts:
                    continue
                html = visited.html(connection, self.home, one)
                if html is None:
                    unread[one.payload] = "the record that holds its payload cannot be read"
                    continue
                waiting[one.payload] = self.extractors.submit(html, one.url, one.content_type)
                fresh.append((one.url, one.record.at))
                size += len(html)
                if size > BATCH_BYTES:  # small answers can be large pages
                    _settle(waiting, texts, unread)
                    size = 0
            neighbours = readings.neighbours(connection, self.source, fresh) - texts.keys() - waiting.keys()
            again = renewal.read(connection, self.home, self.extractors, sorted(neighbours))
        _settle(waiting, texts, unread)
        return {**again, **texts}, unread

    def _read_at_last(self, connection: Connection, payload: str, text: int) -> set[int]:
        """Give a text to the captures that had to go without it; returns their pages."""
        without = (captures.c.payload == payload) & captures.c.unread.is_not(None)
        touched = set(connection.execute(select(captures.c.page).where(without)).scalars())
        if touched:
            connection.execute(update(captures).where(without).values(text=text, unread=None))
        return touched

    def _add(
        self,
        connection: Connection,
        identity: int,
        seen: Sequence[Seen],
        texts: dict[str, int],
        unread: dict[str, str],
    ) -> set[int]:
        """Add the captures that are not there yet, with their pages; returns the pages."""
        if not seen:
            return set()
        ids, risen = visited.pages(connection, self.source, seen)
        if risen:
            earlier = select(captures.c.run).where(captures.c.page.in_(risen))
            recount(connection, set(connection.execute(earlier).scalars()))
        first, last = seen[0].record.offset, seen[-1].record.offset
        within = (captures.c.warc == identity) & captures.c.offset.between(first, last)
        there = set(connection.execute(select(captures.c.offset).where(within)).scalars())
        elsewhere = _Elsewhere(connection, seen, ids.values())
        rows = [
            {
                "page": ids[one.url],
                "run": self.run,
                "warc": identity,
                "offset": one.record.offset,
                "record": one.record.record_id,
                "at": one.record.at,
                "status": one.status,
                "content_type": one.content_type,
                "payload": one.payload,
                "size": one.size,
                "truncated": one.truncated,
                "redirect": one.redirect,
                "text": texts.get(one.payload) if one.readable else None,
                "unread": unread.get(one.payload) if one.readable else None,
                "revisit": one.revisit,
                "etag": one.etag,
                "modified": one.modified,
                "certificate": one.certificate,
                "given": one.given,
            }
            for one in seen
            if one.record.offset not in there and not elsewhere.met(one, ids[one.url])
        ]
        if rows:
            connection.execute(captures.insert(), rows)
        return set(ids.values())


class _Elsewhere:
    """The answers of a group that other WARC files hold too, or the file itself once more: copies of one
    capture, of which the first is taken.
    """

    def __init__(self, connection: Connection, seen: Sequence[Seen], pages: Iterable[int]) -> None:
        instants = [one.record.at for one in seen]
        wanted = select(captures.c.page, captures.c.at, captures.c.status, captures.c.payload).where(
            captures.c.page.in_(set(pages)), captures.c.at.between(min(instants), max(instants))
        )
        self._met = {tuple(row) for row in connection.execute(wanted)}

    def met(self, one: Seen, page: int) -> bool:
        """Whether the answer was met before; from now on it was."""
        key = page, one.record.at, one.status, one.payload
        if key in self._met:
            return True
        self._met.add(key)
        return False


def _settle(waiting: dict[str, Future[Text]], texts: dict[str, Text], unread: dict[str, str]) -> None:
    """Wait for what was submitted, and sort it."""
    for payload, future in waiting.items():
        try:
            texts[payload] = future.result()
        except TextError as error:
            unread[payload] = str(error)
    waiting.clear()


def overrule(home: Home, engine: Engine, url: str) -> None:
    """Derive the history of a page anew after a person said what one of its captures is."""
    with engine.begin() as connection:
        histories.settle(
            connection, home, connection.execute(select(pages.c.id).where(pages.c.url == url)).scalars()
        )
    histories.sweep(home, engine)
    seal(home)
