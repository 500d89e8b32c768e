"""What the rest of a run tells of one capture in it: whether all was well, whether it saw everything before,
and what the front page said.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, func, or_, select

from archive import stored
from archive.model import Text, Verdict
from archive.schema import captures, pages, runs, texts, versions
from archive.versions import APART, GONE

UNWELL = 0.1
"""Share of the other pages above which bad answers make a run unhealthy."""


class Circumstances:
    """Answers for the runs of one settlement, each found out once. `verdicts` are those of people, by URL and
    instant.
    """

    def __init__(
        self, connection: Connection, verdicts: Mapping[tuple[str, datetime], Verdict] | None = None
    ) -> None:
        self._connection = connection
        self._verdicts = verdicts or {}
        self._runs: dict[str, dict[str, bool]] = {}
        self._later: dict[str, dict[str, tuple[Row[Any], ...]]] = {}
        self._healths: dict[str, tuple[bool, set[int], set[int]]] = {}
        self._fronts: dict[tuple[str, str], Text | None] = {}

    def ruled(self, url: str, at: datetime) -> Verdict | None:
        """What a person said that a capture is."""
        return self._verdicts.get((url, at))

    def complete_before(self, source: str, run: str) -> bool:
        """Whether an earlier run had seen the whole of the same scope."""
        if source not in self._runs:
            wanted = select(runs).where(runs.c.source == source).order_by(runs.c.started)
            rows = list(self._connection.execute(wanted))
            self._runs[source] = {
                row.id: any(
                    done.complete and done.started < row.started and _same_scope(done, row) for done in rows
                )
                for row in rows
            }
        return self._runs[source].get(run, False)

    def after_next(self, source: str, run: str) -> datetime | None:
        """When the full run began that came after the next one; None where there is none."""
        later = self._after(source, run)
        return later[1].started if len(later) > 1 else None

    def passed_over(self, source: str, run: str) -> str | None:
        """The next full run, where it asked for everything: what it did not ask for is asked no more."""
        later = self._after(source, run)
        return later[0].id if later and later[0].complete else None

    def _after(self, source: str, run: str) -> tuple[Row[Any], ...]:
        """The two full runs after a run, or fewer where there are no more."""
        if source not in self._later:
            columns = (runs.c.id, runs.c.started, runs.c.light, runs.c.complete)
            wanted: Select[Any] = select(*columns)
            ordered = wanted.where(runs.c.source == source).order_by(runs.c.started.desc(), runs.c.id.desc())
            self._later[source] = {}
            later: tuple[Row[Any], ...] = ()
            for row in self._connection.execute(ordered):
                self._later[source][row.id] = later
                later = later if row.light else (row, *later[:1])
        return self._later[source].get(run, ())

    def healthy(self, run: str, page: int) -> bool:
        """Whether the run asked everything, and nine tenths of the other known articles answered well."""
        if run not in self._healths:
            self._healths[run] = self._health(run)
        whole, others, unwell = self._healths[run]
        known = len(others - {page})
        return whole and len(unwell - {page}) <= UNWELL * known

    def _health(self, run: str) -> tuple[bool, set[int], set[int]]:
        """Whether a run asked everything, which of the articles known before it asked for, and which of these
        did not answer well to the last.
        """
        row = self._connection.execute(select(runs).where(runs.c.id == run)).first()
        if row is None or not row.complete or row.light:
            return False, set(), set()
        place = func.row_number().over(
            partition_by=captures.c.page, order_by=(captures.c.at.desc(), captures.c.id.desc())
        )
        earlier = captures.alias()
        known = select(earlier.c.id).where(
            earlier.c.page == captures.c.page, earlier.c.at < row.started, earlier.c.status == 200
        )
        last = (
            select(
                captures.c.page, and_(is_well(), ~captures.c.truncated).label("well"), place.label("place")
            )
            .join(pages, pages.c.id == captures.c.page)
            .where(captures.c.run == run, pages.c.article, known.exists())
            .subquery()
        )
        answers = list(self._connection.execute(select(last.c.page, last.c.well).where(last.c.place == 1)))
        return True, {one.page for one in answers}, {one.page for one in answers if not one.well}

    def front(self, page: Row[Any], run: str, text: Text | None) -> Text | None:
        """What the front page of a page's site said in a run, where that is much the same as `text`: has the
        same text, or the same title. None for the front page itself.
        """
        address = front_of(page.url)
        if text is None or page.url == address:
            return None
        if (address, run) not in self._fronts:
            self._fronts[address, run] = self._front(page.source, address, run)
        front = self._fronts[address, run]
        if front is None or (front.title != text.title and front.text != text.text):
            return None
        return front

    def _front(self, source: str, address: str, run: str) -> Text | None:
        wanted = (
            select(captures.c.text)
            .join(pages, pages.c.id == captures.c.page)
            .where(pages.c.source == source, pages.c.url == address)
            .where(captures.c.run == run, captures.c.text.is_not(None))
            .order_by(captures.c.at, captures.c.id)
        )
        found = self._connection.execute(wanted.limit(1)).scalar()
        return None if found is None else stored.load(self._connection, [found])[found]


def front_of(url: str) -> str:
    """The address of the front page of a URL's site."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def is_well(of: FromClause = captures) -> ColumnElement[bool]:
    """Answers that are neither errors nor refusals; `of` may be an alias of the table."""
    return of.c.status.between(200, 399)


def _same_scope(one: Row[Any], other: Row[Any]) -> bool:
    return bool(one.settings.get("scope") == other.settings.get("scope"))


def met_later(connection: Connection, run: str) -> set[int]:
    """The pages first seen in runs after one that asked for everything, where none before them had done so:
    they are new on the site and not merely to us, as is known only when that run has been taken in.
    """
    row = connection.execute(select(runs).where(runs.c.id == run)).one()
    every = connection.execute(select(runs).where(runs.c.source == row.source).order_by(runs.c.started))
    same = [one for one in every if _same_scope(one, row)]
    whole = [one.started for one in same if one.complete]
    if not row.complete or whole[0] != row.started:
        return set()
    until = whole[1] if len(whole) > 1 else same[-1].started
    later = [one.id for one in same if row.started < one.started <= until]
    first = and_(versions.c.capture == captures.c.id, versions.c.number == 1)
    wanted = select(versions.c.page).join(captures, first).where(captures.c.run.in_(later))
    return set(connection.execute(wanted).scalars())


def went(connection: Connection, run: str) -> set[int]:
    """The articles that may have gone in a run, or in a later one whose health it tells something of: those
    answered with 404 or 410, unless the capture before said so long enough ago.
    """
    before, after = captures.alias(), captures.alias()
    later = (
        select(after.c.run)
        .join(before, and_(before.c.page == after.c.page, before.c.at < after.c.at))
        .where(before.c.run == run, before.c.status == 200, ~is_well(after), after.c.run != run)
    )
    concerned = {run, *connection.execute(later.distinct()).scalars()}
    last = select(before.c.at).where(before.c.page == captures.c.page, before.c.at < captures.c.at)
    last = last.order_by(before.c.at.desc()).limit(1)
    absent = last.where(before.c.status.in_(GONE))
    wanted = (
        select(
            captures.c.page,
            captures.c.at,
            last.scalar_subquery().label("last"),
            absent.scalar_subquery().label("absent"),
        )
        .join(pages, pages.c.id == captures.c.page)
        .where(captures.c.run.in_(concerned), captures.c.status.in_(GONE), pages.c.article)
    )
    return {
        row.page
        for row in connection.execute(wanted)
        if row.absent is None or row.absent != row.last or row.at - row.absent < APART
    }


def fronts(connection: Connection, touched: Iterable[int]) -> set[int]:
    """Which of the pages are the front pages of their sites."""
    rows = connection.execute(select(pages.c.id, pages.c.url).where(pages.c.id.in_(set(touched))))
    return {row.id for row in rows if row.url == front_of(row.url)}


def showing_front(connection: Connection, touched: Iterable[int]) -> set[int]:
    """The pages that may show the text of a front page with captures not settled yet: they have its title or
    its text in the same run.
    """
    found: set[int] = set()
    for front in fronts(connection, touched):
        theirs, mine, here, there = captures.alias(), captures.alias(), texts.alias(), texts.alias()
        open_yet = or_(mine.c.verdict.is_(None), mine.c.verdict == Verdict.FAILED)
        same = (
            select(theirs.c.page)
            .join(mine, and_(mine.c.run == theirs.c.run, mine.c.page == front, open_yet))
            .join(here, here.c.id == mine.c.text)
            .join(there, there.c.id == theirs.c.text)
            .where(or_(here.c.title == there.c.title, here.c.sha256 == there.c.sha256))
            .where(theirs.c.page != front)
        )
        found.update(connection.execute(same.distinct()).scalars())
    return found
