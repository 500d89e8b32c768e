"""What the index says, against the records and files that it was made from."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, Row, func, select

from archive import dated, referred, stored
from archive.answers import Seen
from archive.care.derived import INDEX
from archive.care.fixity import REBUILD, Finding
from archive.database import reading
from archive.facts import Beginning, instant
from archive.home import Home
from archive.schema import captures, pages, runs, texts, versions, warcs

_SAME = (
    "at", "status", "content_type", "size", "truncated", "redirect", "revisit", "etag", "modified",
    "certificate", "given",
)  # fmt: skip


def files(engine: Engine, sources: Collection[str]) -> list[Row[Any]]:
    """What the index knows of the WARC files of some sources, those of a run in their order."""
    wanted = select(warcs).where(warcs.c.source.in_(sources)).order_by(warcs.c.name)
    with reading(engine) as connection:
        return list(connection.execute(wanted))


@dataclass
class Against:
    """The captures of one WARC file, against its records."""

    engine: Engine
    file: Row[Any]
    met: set[int] = field(default_factory=set)

    def differing(self, seen: list[Seen]) -> Iterator[Finding]:
        """Where the index does not say what some records say."""
        if not seen:
            return
        with reading(self.engine) as connection:
            seen = referred.resolve(connection, self.file.source, seen)
        there = {row.offset: row for row in self._rows(seen[0].record.offset, seen[-1].record.offset)}
        for one in seen:
            offset = one.record.offset
            self.met.add(offset)
            row = there.get(offset)
            if row is None:
                if offset < self.file.read and not self._elsewhere(one):
                    yield self._told(offset, one.url, "it lacks the capture that is there")
            elif wrong := _unlike(row, one):
                yield self._told(offset, one.url, f"the capture that is there has another {', '.join(wrong)}")

    def unmet(self) -> Iterator[Finding]:
        """Captures that are in no record."""
        for row in self._rows(0, 1 << 62):
            if row.offset not in self.met:
                yield self._told(row.offset, row.url, f"capture {row.id} is in no record")

    def lost(self, start: int, end: int | None) -> list[Row[Any]]:
        """The captures whose records are damaged: those from `start` up to `end`."""
        return self._rows(start, (1 << 62) if end is None else end - 1)

    def referring(self, row: Row[Any]) -> int:
        """How many captures were kept as revisits of the bytes of a capture."""
        same = (captures.c.payload == row.payload) & captures.c.revisit.is_not(None)
        with reading(self.engine) as connection:
            return connection.execute(select(func.count()).where(same)).scalar_one()

    def _rows(self, first: int, last: int) -> list[Row[Any]]:
        wanted = (
            select(captures, pages.c.url, texts.c.payload.label("read"))
            .join(pages, pages.c.id == captures.c.page)
            .outerjoin(texts, texts.c.id == captures.c.text)
            .where(captures.c.warc == self.file.id, captures.c.offset.between(first, last))
            .order_by(captures.c.offset)
        )
        with reading(self.engine) as connection:
            return list(connection.execute(wanted))

    def _elsewhere(self, one: Seen) -> bool:
        """Whether the same answer was taken from another record: a copy is taken once."""
        same = (pages.c.url == one.url) & (captures.c.at == one.record.at) & (captures.c.status == one.status)
        with reading(self.engine) as connection:
            wanted = select(captures.c.id).join(pages, pages.c.id == captures.c.page).where(same)
            return connection.execute(wanted.limit(1)).first() is not None

    def _told(self, offset: int, url: str, what: str) -> Finding:
        return Finding(INDEX, f"of {self.file.name}: {what}", REBUILD, offset, url)


def _unlike(row: Row[Any], one: Seen) -> list[str]:
    """The columns of a capture that do not say what its record says."""
    said = {name: one.record.at if name == "at" else getattr(one, name) for name in _SAME}
    wrong = [name for name, value in said.items() if getattr(row, name) != value]
    if row.record != one.record.record_id:
        wrong.append("record")
    if row.url != one.url:
        wrong.append("URL")
    if row.revisit is None and row.payload != one.payload:
        wrong.append("payload")
    if (row.text is not None or row.unread is not None) != one.readable:
        wrong.append("text")
    if row.text is not None and row.read != row.payload:
        wrong.append("text")
    return wrong


def unsealed(engine: Engine) -> Iterator[Finding]:
    """Texts in the index that are not what was read."""
    with reading(engine) as connection:
        for row in connection.execute(select(texts).execution_options(yield_per=200)).mappings():
            whole = row["seal"] in ("", stored.seal(dict(row))) and dated.sha256(row["text"]) == row["sha256"]
            if not whole:
                yield Finding(INDEX, f"text {row['id']} of payload {row['payload']} is damaged", REBUILD)


def otherwise(
    row: Row[Any], begun: Beginning, told: Mapping[str, str], report: Mapping[str, Any]
) -> list[str]:
    """The columns of a run that say something else than its WARC files and its report do."""
    said: dict[str, Any] = {
        "source": begun.source, "started": begun.started, "slot": begun.slot, "light": begun.light,
        "resumed": begun.resumed, "software": begun.software,
    } if begun.settings else {}  # fmt: skip
    if told:
        said |= {"ended": instant(told.get("ended"))}
        said |= {"requests": int(told.get("requests", 0)), "bytes": int(told.get("bytes", 0))}
    if report:
        said |= {name: report.get(name) for name in ("outcome", "reason")}
    wrong = [name for name, value in said.items() if getattr(row, name) != value]
    kept = _without_digest(row.settings, begun.settings)
    return [*wrong, "settings"] if begun.settings and kept != begun.settings else wrong


def _without_digest(kept: Any, told: Mapping[str, Any]) -> Any:
    """Settings as a WARC file tells them: without the digest of headers, where there are any."""
    if not isinstance(kept, dict) or "fetch" not in kept or "headers_sha256" in told.get("fetch", {}):
        return kept
    fetch = {name: value for name, value in kept["fetch"].items() if name != "headers_sha256"}
    return {**kept, "fetch": fetch}


def run(engine: Engine, identity: str) -> Row[Any] | None:
    """A row of the table of runs."""
    with reading(engine) as connection:
        return connection.execute(select(runs).where(runs.c.id == identity)).first()


def dated_files(engine: Engine, home: Home, source: str) -> Iterator[Finding]:
    """The text files of a source that are not what the index says, are not there, or belong to nothing."""
    wanted = (
        select(versions, pages.c.url, warcs.c.name, captures.c.offset, captures.c.record, captures.c.payload)
        .join(pages, pages.c.id == versions.c.page)
        .join(captures, captures.c.id == versions.c.capture)
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(pages.c.source == source)
    )
    known: set[str] = set()
    with reading(engine) as connection:
        for row in connection.execute(wanted.execution_options(yield_per=200)):
            known.add(row.file)
            origin = dated.Origin(
                url=row.url, source=source, version=row.number, captured=row.first, warc=row.name,
                offset=row.offset, record=row.record, payload=row.payload,
            )  # fmt: skip
            said = dated.render(origin, stored.load(connection, [row.text])[row.text])
            path = home.root / row.file
            there = path.read_bytes() if path.is_file() else None
            if there is None:
                yield Finding(row.file, "the text is not there", REBUILD, url=row.url)
            elif there != said.encode():
                yield Finding(row.file, "the text is not that of the index", REBUILD, url=row.url)
    yield from _left_over(home, source, known)


def _left_over(home: Home, source: str, known: Collection[str]) -> Iterator[Finding]:
    names: Iterable[str] = (
        path.relative_to(home.root).as_posix() for path in (home.text / source).glob("*/*/*/*/*.md")
    )
    for name in names:
        if name not in known:
            yield Finding(name, "no version has this text any more", "It may be deleted.", damage=False)
