"""Applies the rules of `archive/versions.py` to pages of the index and stores what they say.

A page's history is always derived anew from all its captures, so the order of ingest never matters.
"""

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select, update

from archive import circumstances, dated, moves, notes, observations, quiet, readings, stored
from archive.circumstances import Circumstances
from archive.home import Home
from archive.model import Change, History, Judgement, Text, Version
from archive.noise import without
from archive.runs import recount
from archive.schema import captures, changes, pages, runs, surplus, versions
from archive.versions import history


def settle(connection: Connection, home: Home, touched: Iterable[int]) -> None:
    """Derive and store the histories of the touched pages, and of the pages that they moved to."""
    around = Circumstances(connection, notes.verdicts(home))
    some = set(touched)
    waiting = _with_origins(connection, some | circumstances.showing_front(connection, some))
    concerned = moves.concerned(connection, waiting)  # by what they were like, and below by what they are
    altered: set[str] = set()
    for page in sorted(waiting):
        altered |= _settle_page(connection, home, page, around)
    further = concerned | moves.concerned(connection, waiting)
    for page in sorted(further):
        altered |= _settle_page(connection, home, page, around)
    for page in sorted(_heirs(connection, sorted(waiting | further))):
        altered |= _settle_page(connection, home, page, around)
    recount(connection, altered)


def conclude(connection: Connection, home: Home, run: str, *, complete: bool) -> None:
    """Say of a run that all its captures are there, and whether it asked for everything.

    A page that was missing may be gone only now that the rest of the run is known, or be elsewhere, and one
    that was first seen in a later run be new.
    """
    connection.execute(update(runs).where(runs.c.id == run).values(complete=complete))
    source = connection.execute(select(runs.c.source).where(runs.c.id == run)).scalar_one()
    hanging = circumstances.went(connection, run) | circumstances.met_later(connection, run)
    settle(connection, home, hanging | moves.settled_by(connection, run))
    hush(connection, home, source)


def hush(connection: Connection, home: Home, source: str) -> None:
    """Learn what is noise at a source, and derive the histories anew that it concerns."""
    settle(connection, home, quiet.learn(connection, home, source))


def sweep(home: Home, engine: Engine) -> None:
    """Delete the files of versions that are none any more: a later look may find that two were one, or what
    it took for a page was a wall. What they said is read again from the WARC file at any time.
    """
    with engine.begin() as connection:
        named = select(surplus.c.file).where(surplus.c.file.not_in(select(versions.c.file)))
        for name in connection.execute(named).scalars():
            dated.remove(home.text, name.removeprefix("text/"))
        connection.execute(surplus.delete())


def _with_origins(connection: Connection, touched: set[int]) -> set[int]:
    """The pages themselves, and those that redirect to one that is good for the first time, or redirects
    farther: what these redirects mean is known only now. Redirects are followed backwards as far as `_final`
    does forwards.
    """
    newly = {page for page in touched if _redirects(connection, page) or _is_newly_good(connection, page)}
    reached = set(newly)
    for _ in range(observations.HOPS):
        newly = {origin for page in newly for origin in _origins(connection, page)} - reached
        if not newly:
            break
        reached |= newly
    return touched | reached


def _redirects(connection: Connection, page: int) -> bool:
    told = select(captures.c.id).where(captures.c.page == page, captures.c.redirect.is_not(None))
    return connection.execute(told.limit(1)).first() is not None


def _is_newly_good(connection: Connection, page: int) -> bool:
    first = select(func.min(versions.c.first)).where(versions.c.page == page)
    good = select(func.min(captures.c.at)).where(captures.c.page == page, captures.c.status == 200)
    return connection.execute(first).scalar() != connection.execute(good).scalar()


def _origins(connection: Connection, page: int) -> set[int]:
    row = observations.page(connection, page)
    redirecting = (
        select(captures.c.page)
        .join(pages, pages.c.id == captures.c.page)
        .where(captures.c.redirect == row.url, pages.c.source == row.source)
    )
    return set(connection.execute(redirecting.distinct()).scalars())


def _heirs(connection: Connection, settled: list[int]) -> set[int]:
    """Link the pages that the settled ones have moved to with their predecessors; returns those to be derived
    anew, because the predecessor is another one or its text may be.
    """
    again: set[int] = set()
    for page in settled:
        row = observations.page(connection, page)
        inherited = select(pages.c.id).where(pages.c.predecessor == page)
        moved_to = select(changes.c.moved_to).where(changes.c.page == page, changes.c.moved_to.is_not(None))
        named = select(pages.c.id).where(pages.c.source == row.source, pages.c.url.in_(moved_to))
        for query in (inherited, named):
            again.update(connection.execute(query).scalars())
    for heir in again:
        connection.execute(
            update(pages).where(pages.c.id == heir).values(predecessor=_predecessor(connection, heir))
        )
    return again


def _predecessor(connection: Connection, heir: int) -> int | None:
    """Of the pages that moved here, the one that was good last before this page was first seen good."""
    row = observations.page(connection, heir)
    # By the moves that were made, not by where those pages are now: one that moved back did move.
    last = (
        select(pages.c.id, pages.c.url, func.max(changes.c.from_at).label("last"))
        .join(changes, changes.c.page == pages.c.id)
        .where(changes.c.moved_to == row.url, pages.c.source == row.source, pages.c.id != heir)
        .group_by(pages.c.id, pages.c.url)
    )
    began = connection.execute(select(func.min(versions.c.first)).where(versions.c.page == heir)).scalar()
    earlier = [found for found in connection.execute(last) if began is not None and found.last < began]
    chosen = max(earlier, key=lambda found: (found.last, found.url), default=None)
    return chosen.id if chosen else None


def _settle_page(connection: Connection, home: Home, page: int, around: Circumstances) -> set[str]:
    """Derive and store the history of a page; returns the runs to which more or less is due than before."""
    row = observations.page(connection, page)
    rows = observations.captures_of(connection, page)
    read = readings.choose(connection, rows)
    seen = observations.of_page(connection, row, rows, read, around)
    derived = history(quiet.quieted(connection, row.source, seen), _before(connection, row))
    by_id = {one.id: one for one in rows}
    altered = _store_judgements(connection, derived.judgements, by_id)
    _store_versions(connection, home, row, derived, by_id, read)
    altered |= _store_changes(connection, row, derived.changes, by_id)
    moves.write(connection, row, rows, read)
    last = derived.judgements[-1].verdict if derived.judgements else None
    connection.execute(
        update(pages).where(pages.c.id == page).values(verdict=last, moved_to=derived.moved_to)
    )
    return altered


def _before(connection: Connection, page: Row[Any]) -> Text | None:
    """What the predecessor said when it was last seen before it moved here."""
    if page.predecessor is None:
        return None
    shown = (
        select(versions.c.text)
        .join(changes, (changes.c.page == versions.c.page) & (changes.c.from_version == versions.c.number))
        .where(changes.c.page == page.predecessor, changes.c.moved_to == page.url)
        .order_by(changes.c.to_at)
        .limit(1)
    )
    text = connection.execute(shown).scalar()
    if text is None:
        return None
    return without(stored.load(connection, [text])[text], quiet.loud(connection, page.source))


def _store_judgements(
    connection: Connection, judgements: Iterable[Judgement], by_id: dict[int, Row[Any]]
) -> set[str]:
    altered = set()
    for judged in judgements:
        was = by_id[judged.capture]
        if (was.verdict, was.reason, was.version) != (judged.verdict, judged.reason, judged.version):
            connection.execute(
                update(captures)
                .where(captures.c.id == judged.capture)
                .values(verdict=judged.verdict, reason=judged.reason, version=judged.version)
            )
        if was.verdict != judged.verdict:
            altered.add(was.run)
    return altered


def _store_versions(
    connection: Connection,
    home: Home,
    page: Row[Any],
    derived: History,
    by_id: dict[int, Row[Any]],
    read: readings.Readings,
) -> None:
    of_page = versions.c.page == page.id
    there = {row.file: _key(row) for row in connection.execute(select(versions).where(of_page))}
    rows = []
    for version in derived.versions:
        seen = by_id[version.capture]
        text = _shown(seen, by_id.values(), read)
        origin = _origin(page, version, seen)
        name = dated.file_name(origin, read.texts[text])
        row = {**_columns(version), "page": page.id, "text": text, "file": f"text/{name}"}
        if there.get(row["file"]) != (version.number, version.capture, text):
            dated.write(home.text, name, origin, read.texts[text])
        rows.append(row)
    connection.execute(versions.delete().where(of_page))
    if rows:
        connection.execute(versions.insert(), rows)
    if left := there.keys() - {row["file"] for row in rows}:
        connection.execute(surplus.insert().prefix_with("OR IGNORE"), [{"file": one} for one in left])


def _key(row: Row[Any]) -> tuple[int, int, int]:
    """What decides over the contents of a version's file."""
    return row.number, row.capture, row.text


def _shown(capture: Row[Any], in_order: Iterable[Row[Any]], read: readings.Readings) -> int:
    """The text of a capture that begins a version: of a 304, by which a page came back, what stood before."""
    if capture.id in read.chosen:
        return read.chosen[capture.id]
    earlier = takewhile(lambda seen: seen.id != capture.id, in_order)
    return [read.chosen[seen.id] for seen in earlier if (text := read.text(seen.id)) and text.text][-1]


def _origin(page: Row[Any], version: Version, seen: Row[Any]) -> dated.Origin:
    return dated.Origin(
        url=page.url,
        source=page.source,
        version=version.number,
        captured=version.first,
        warc=seen.warc_name,
        offset=seen.offset,
        record=seen.record,
        payload=seen.payload,
    )


def _columns(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "first": version.first,
        "last": version.last,
        "captures": version.captures,
        "capture": version.capture,
    }


def _run_of(connection: Connection, capture: int, by_id: dict[int, Row[Any]]) -> str:
    """The run of a capture; of one of the page that it moved to, where its own was not asked for."""
    if capture in by_id:
        return str(by_id[capture].run)
    return str(connection.execute(select(captures.c.run).where(captures.c.id == capture)).scalar_one())


def _store_changes(
    connection: Connection, page: Row[Any], derived: Iterable[Change], by_id: dict[int, Row[Any]]
) -> set[str]:
    rows: list[dict[str, Any]] = [
        {
            "page": page.id,
            "run": _run_of(connection, change.capture, by_id),
            "kinds": [str(kind) for kind in change.kinds],
            "announced": change.announced,
            "openness": change.openness,
            "announced_by": change.announced_by,
            "from_at": change.from_at,
            "to_at": change.to_at,
            "from_version": change.from_version,
            "to_version": change.to_version,
            "added": change.added,
            "removed": change.removed,
            "changed": change.changed,
            "share": change.share,
            "moved_to": change.moved_to,
            "moved_by": change.moved_by,
            "back_to": change.back_to,
            "edit": f"{page.source} {change.edit}" if change.edit else None,
        }
        for change in derived
    ]
    deleted = changes.delete().where(changes.c.page == page.id).returning(changes.c.run, changes.c.kinds)
    before = {(row.run, tuple(row.kinds)) for row in connection.execute(deleted)}
    if rows:
        connection.execute(changes.insert(), rows)
    return {run for run, _ in before ^ {(row["run"], tuple(row["kinds"])) for row in rows}}
