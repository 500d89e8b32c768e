"""The reading side of a home: what is asked of its index. Never writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Row, Select, func, select

from archive import held, instants, stored, urls
from archive.access.past import past
from archive.access.rows import (
    ChangeRow,
    KnownRow,
    OriginalRow,
    PageRow,
    PastRow,
    PolledRow,
    RunRow,
    Shown,
    VersionRow,
    VisitedRow,
    change_row,
    day,
    run_row,
)
from archive.access.visits import answered, originals, polled, visited
from archive.database import open_index, reading
from archive.fed import completed
from archive.gathered import gathered
from archive.home import Home
from archive.model import Text
from archive.runs import crawled
from archive.schema import captures, changes, pages, runs, texts, versions, warcs

_BATCH = 1000
"""Rows that are read at once of an answer that may have a million."""


RUN = tuple(column for column in runs.c if column.name != "settings")
"""What a run's row is made of; its settings are long."""


class NotInArchive(Exception):
    """What was asked for is not in the archive; the message says what is, and what to do."""


class Archive:
    """The reading side of one home. Use it as a context manager, or close it."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.engine = open_index(home)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index."""
        self.engine.dispose()

    def source_summary(self) -> dict[str, tuple[datetime | None, str | None, int]]:
        """By source name: start and outcome of the last run that was a crawl, and the number of pages."""
        with self._reading() as connection:
            last = select(runs.c.source, func.max(runs.c.started).label("started")).where(crawled())
            latest = last.group_by(runs.c.source).subquery()
            rows = connection.execute(
                select(runs.c.source, runs.c.started, runs.c.outcome)
                .join(latest, (latest.c.source == runs.c.source) & (latest.c.started == runs.c.started))
                .where(crawled())
            )
            articles = select(pages.c.source, func.count().label("pages")).where(pages.c.article)
            counted = {row.source: row.pages for row in connection.execute(articles.group_by(pages.c.source))}
            found = {row.source: (row.started, row.outcome) for row in rows}
            return {one: (*found.get(one, (None, None)), counted.get(one, 0)) for one in found | counted}

    def known(self, source: str) -> Iterator[KnownRow]:
        """The source's articles, the vanished ones too: a run asks for all of them again.

        Those that have changed come first, the last change first of all; the others by URL, in which order a
        million are written many times as fast.
        """
        last = select(versions.c.page, func.max(versions.c.first).label("changed"))
        edited = last.where(versions.c.number > 1).group_by(versions.c.page).subquery()
        wanted = (
            select(pages.c.url, pages.c.depth, edited.c.changed)
            .outerjoin(edited, edited.c.page == pages.c.id)
            .where(pages.c.source == source, pages.c.article)
        )
        changed = wanted.where(edited.c.changed.is_not(None)).order_by(edited.c.changed.desc(), pages.c.id)
        same = wanted.where(edited.c.changed.is_(None)).order_by(pages.c.url)
        with self._reading() as connection:
            for rows in (changed, same):
                for row in connection.execute(rows.execution_options(yield_per=_BATCH)):
                    yield KnownRow(url=row.url, depth=row.depth or 0, changed=row.changed)

    def visited(self, source: str) -> Iterator[VisitedRow]:
        """The source's articles that have neither gone nor moved, with what tells when to ask them again."""
        with self._reading() as connection:
            yield from visited(connection, source)

    def polled(self, source: str, url: str) -> PolledRow | None:
        """When a feed was asked and had other entries; None where it was never answered."""
        with self._reading() as connection:
            return polled(connection, source, url)

    def answered(self, source: str) -> Iterator[str]:
        """Every URL of the source that was answered, whatever with, by itself: requisites, redirects too."""
        with self._reading() as connection:
            yield from answered(connection, source)

    def past(self, source: str, url: str) -> PastRow | None:
        """What was seen of a canonical URL of a source; None where it was never captured."""
        with self._reading() as connection:
            return past(connection, source, url)

    def sources_of(self, url: str) -> list[str]:
        """The sources in which a canonical URL was captured."""
        with self._reading() as connection:
            wanted = select(pages.c.source).where(pages.c.url == url).order_by(pages.c.source)
            return [name for (name,) in connection.execute(wanted)]

    def originals(self, source: str) -> Iterator[OriginalRow]:
        """For each URL its newest whole answer in a sealed WARC file: what a revisit may refer to."""
        with self._reading() as connection:
            asked = select(runs.c.id, runs.c.settings).where(runs.c.source == source)
            headers = {
                row.id: row.settings.get("fetch", {}).get("headers_sha256")
                for row in connection.execute(asked)
            }
            for row in connection.execute(originals(source).execution_options(yield_per=_BATCH)):
                yield OriginalRow(
                    url=row.url, at=row.at, met=row.met or row.at, payload=row.payload,
                    etag=row.etag, modified=row.modified, captures=row.captures,
                    headers_sha256=headers[row.run], file=row.name, offset=row.offset,
                )  # fmt: skip

    def redirected(self, source: str) -> Iterator[tuple[str, datetime]]:
        """What redirects in a source, with the instant of its last redirect."""
        moves = select(captures.c.page, func.max(captures.c.at).label("at"))
        moves = moves.where(captures.c.redirect >= "")  # not "is there": for that the index would not be used
        of = moves.group_by(captures.c.page).subquery()
        wanted = select(pages.c.url, of.c.at).join(of, of.c.page == pages.c.id)
        wanted = wanted.where(pages.c.source == source)
        with self._reading() as connection:
            for row in connection.execute(wanted.execution_options(yield_per=_BATCH)):
                yield row.url, row.at

    def runs(self, source: str | None = None) -> list[RunRow]:
        """All runs, or one source's, oldest first."""
        wanted = select(*RUN).order_by(runs.c.started)
        if source is not None:
            wanted = wanted.where(runs.c.source == source)
        with self._reading() as connection:
            return [run_row(row) for row in connection.execute(wanted)]

    def light_runs(self, source: str, most: int) -> list[str]:
        """The ids of a source's last light runs that have ended, the newest first."""
        mine = (runs.c.source == source) & runs.c.light & runs.c.ended.is_not(None)
        with self._reading() as connection:
            wanted = select(runs.c.id).where(mine).order_by(runs.c.started.desc()).limit(most)
            return list(connection.execute(wanted).scalars())

    def pages(self, source: str, *, everything: bool = False) -> Iterator[PageRow]:
        """The pages of a source in the order of their URLs; `everything`: images, errors and so on too."""
        seen = (
            select(
                captures.c.page,
                func.count().label("captures"),
                func.min(captures.c.at).label("first"),
                func.max(captures.c.at).label("last"),
            )
            .group_by(captures.c.page)
            .subquery()
        )
        newest = select(versions.c.page, func.max(versions.c.number).label("versions"))
        latest = newest.group_by(versions.c.page).subquery()
        wanted = (
            select(
                pages.c.url,
                pages.c.verdict,
                seen,
                latest.c.versions,
                texts.c.title,
                texts.c.date,
                pages.c.fed,
            )
            .join(seen, seen.c.page == pages.c.id)
            .outerjoin(latest, latest.c.page == pages.c.id)
            .outerjoin(versions, (versions.c.page == pages.c.id) & (versions.c.number == latest.c.versions))
            .outerjoin(texts, texts.c.id == versions.c.text)
            .where(pages.c.source == source)
            .order_by(pages.c.url)
        )
        if not everything:
            wanted = wanted.where(pages.c.article)
        with self._reading() as connection:
            for row in connection.execute(wanted):
                yield PageRow(
                    url=row.url, verdict=row.verdict, captures=row.captures, versions=row.versions or 0,
                    first=row.first, last=row.last, title=row.title, date=day(row.date, row.fed),
                )  # fmt: skip

    def versions(self, url: str) -> list[VersionRow]:
        """The versions of a page, oldest first. Raises NotInArchive for a page never captured."""
        with self._reading() as connection:
            page = find(connection, url)
            return [_version_row(page, row) for row in gathered(connection, _versions_of(page.id))]

    def changes(
        self,
        *,
        source: str | None = None,
        url: str | None = None,
        run: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[ChangeRow]:
        """Changes, oldest first, of everything or of what is named. `kind` is one of `model.Kind`."""
        title = title_at(pages.c.id, func.coalesce(changes.c.to_version, changes.c.from_version))
        wanted = (
            select(changes, pages.c.source, pages.c.url, title.label("title"))
            .join(pages, pages.c.id == changes.c.page)
            .order_by(changes.c.to_at, pages.c.url)
        )
        for column, value in ((pages.c.source, source), (changes.c.run, run)):
            if value is not None:
                wanted = wanted.where(column == value)
        if since is not None:
            wanted = wanted.where(changes.c.to_at >= since)
        if until is not None:
            wanted = wanted.where(changes.c.to_at < until)
        with self._reading() as connection:
            if url is not None:
                wanted = wanted.where(changes.c.page == find(connection, url).id)
            for row in connection.execute(wanted):
                if kind is None or kind in row.kinds:
                    yield change_row(row)

    def show(self, url: str, at: datetime | None = None) -> Shown:
        """The version of a page that stood at an instant (the last one without). Raises NotInArchive."""
        with self._reading() as connection:
            page = find(connection, url)
            number = _version_number(connection, page, at)
            row = _capture_showing(connection, page, number)
            text = completed(_text_of(connection, page.id, number), page.fed)
            return Shown(
                url=page.url, at=row.at, version=row.version, status=row.status, title=text.title,
                date=text.date, author=text.author, language=text.language, text=text.text,
                published=text.published, modified=text.modified, canonical=text.canonical,
                shape=text.shape, evidence=[asdict(one) for one in text.evidence],
                entries=[asdict(entry) for entry in text.entries], extractor=text.extractor,
                certificate=row.certificate,
                warc={"file": row.warc_name, "offset": row.offset, "record_id": row.record},
            )  # fmt: skip

    def body(self, record: str) -> tuple[bytes, str | None]:
        """The body of a capture as it was given to the extractor, by its record's id, and its content type.

        Raises NotInArchive where the WARC file that holds it is not there or not readable.
        """
        with self._reading() as connection:
            row = connection.execute(select(captures).where(captures.c.record == record)).one()
            found = held.body(connection, self.home, row.payload)
        if found is None:
            raise NotInArchive(f"the WARC file that holds {record} is missing or cannot be read.")
        return found, row.content_type

    def version(self, url: str, number: int) -> tuple[VersionRow, Text]:
        """One version of a page with its text. Raises NotInArchive, saying which numbers there are."""
        with self._reading() as connection:
            page = find(connection, url)
            wanted = _versions_of(page.id)
            row = connection.execute(wanted.where(versions.c.number == number)).first()
            if row is None:
                last = connection.execute(_last_number(page.id)).scalar()
                known = f"versions 1 to {last}" if last else "no versions"
                raise NotInArchive(
                    f"{url} has no version {number}. It has {known}; see: strandline versions {url}"
                )
            return _version_row(page, row), _text_of(connection, page.id, number)

    def last_version(self, url: str) -> int | None:
        """The number of the newest version of a page; None where it has none. Raises NotInArchive."""
        with self._reading() as connection:
            return connection.execute(_last_number(find(connection, url).id)).scalar()

    def version_at(self, url: str, at: datetime) -> int:
        """The number of the version that stood at an instant. Raises NotInArchive before the first one."""
        with self._reading() as connection:
            return _version_number(connection, find(connection, url), at)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reading(self.engine) as connection:
            yield connection


def _text_of(connection: Connection, page: int, number: int) -> Text:
    wanted = select(versions.c.text).where(versions.c.page == page, versions.c.number == number)
    text = connection.execute(wanted).scalar_one()
    return stored.load(connection, [text])[text]


def find(connection: Connection, url: str) -> Row[Any]:
    """The row of a URL as people write it. Raises NotInArchive, with the nearest that is there."""
    try:
        wanted = urls.canonical(url)
    except ValueError as error:
        raise NotInArchive(str(error)) from error
    found = connection.execute(select(pages).where(pages.c.url == wanted).order_by(pages.c.id)).first()
    if found is None:
        raise NotInArchive(f"{wanted} was never captured.{_near(connection, wanted)}")
    return found


def _near(connection: Connection, url: str) -> str:
    host = urls.host(url)
    like = select(pages.c.url, pages.c.source).where(pages.c.url.contains(f"//{host}/", autoescape=True))
    row = connection.execute(like.limit(1)).first()
    if row is None:
        return f" Nothing of {host} is in this archive; see: strandline sources"
    return f" Pages of {host} are listed by: strandline pages {row.source}"


def _versions_of(page: int) -> Select[Any]:
    return (
        select(versions, texts.c.title, texts.c.date, texts.c.author, texts.c.sha256)
        .join(texts, texts.c.id == versions.c.text)
        .where(versions.c.page == page)
        .order_by(versions.c.number)
    )


def _version_row(page: Row[Any], row: Row[Any]) -> VersionRow:
    return VersionRow(
        url=page.url, number=row.number, first=row.first, last=row.last, captures=row.captures,
        title=row.title, date=day(row.date, page.fed), author=row.author, text_sha256=row.sha256,
        file=row.file,
    )  # fmt: skip


def _last_number(page: int) -> Select[Any]:
    return select(func.max(versions.c.number)).where(versions.c.page == page)


def _version_number(connection: Connection, page: Row[Any], at: datetime | None) -> int:
    wanted = select(func.max(versions.c.number), func.min(versions.c.first)).where(versions.c.page == page.id)
    standing = wanted if at is None else wanted.where(versions.c.first <= at)
    number = connection.execute(standing).one()[0]
    if number is None:
        first = connection.execute(wanted).one()[1]
        if first is None:
            raise NotInArchive(
                f"{page.url} was captured, but no text of it was kept (last verdict: {page.verdict})."
            )
        raise NotInArchive(
            f"{page.url} was not captured yet at that time; the first capture is of {instants.iso(first)}."
        )
    return int(number)


def _capture_showing(connection: Connection, page: Row[Any], number: int) -> Row[Any]:
    wanted = (
        select(captures, warcs.c.name.label("warc_name"))
        .join(versions, versions.c.capture == captures.c.id)
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(versions.c.page == page.id, versions.c.number == number)
    )
    return connection.execute(wanted).one()


def title_at(page: Any, number: Any) -> Any:
    """The title of a version, as a part of a query."""
    wanted = select(texts.c.title).join(versions, versions.c.text == texts.c.id)
    return wanted.where(versions.c.page == page, versions.c.number == number).scalar_subquery()
