"""Applies the rules of `archive/versions.py` to pages of the index and stores what they say.

A page's history is always derived anew from all its captures, so the order of ingest never matters.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from archive import dated, stored
from archive.home import Home
from archive.model import Change, History, Judgement, Observation, Target, Text, Version
from archive.schema import captures, changes, pages, runs, versions, warcs
from archive.versions import history


def settle(connection: Connection, home: Home, touched: Iterable[int]) -> None:
    """Derive and store the histories of the touched pages, and of the pages that they moved to."""
    waiting = sorted(_with_origins(connection, set(touched)))
    for page in waiting:
        _settle_page(connection, home, page)
    for page in sorted(_heirs(connection, waiting)):
        _settle_page(connection, home, page)


def _with_origins(connection: Connection, touched: set[int]) -> set[int]:
    """The pages themselves and those that redirect to one of them: what they mean may have changed."""
    found = set(touched)
    for page in touched:
        row = _page(connection, page)
        redirecting = (
            select(captures.c.page)
            .join(pages, pages.c.id == captures.c.page)
            .where(captures.c.redirect == row.url, pages.c.source == row.source)
        )
        found.update(connection.execute(redirecting.distinct()).scalars())
    return found


def _heirs(connection: Connection, settled: list[int]) -> set[int]:
    """Link every moved page to the page it moved to; returns the pages whose predecessor changed."""
    changed = set()
    for page in settled:
        row = _page(connection, page)
        target = select(pages.c.id).where(pages.c.source == row.source, pages.c.url == row.moved_to)
        heir = connection.execute(target).scalar() if row.moved_to else None
        former = connection.execute(select(pages.c.id).where(pages.c.predecessor == page)).scalars().all()
        for other in former:
            if other != heir:
                connection.execute(update(pages).where(pages.c.id == other).values(predecessor=None))
                changed.add(other)
        if heir is None or heir in former or heir == page or not _came_after(connection, heir, page):
            continue
        connection.execute(update(pages).where(pages.c.id == heir).values(predecessor=page))
        changed.add(heir)
    return changed


def _came_after(connection: Connection, heir: int, page: int) -> bool:
    """Only a page that appeared after the old address was last good inherits its history."""
    first = select(func.min(versions.c.first)).where(versions.c.page == heir)
    last = select(func.max(versions.c.last)).where(versions.c.page == page)
    began, ended = connection.execute(first).scalar(), connection.execute(last).scalar()
    return began is not None and ended is not None and began > ended


def _settle_page(connection: Connection, home: Home, page: int) -> None:
    row = _page(connection, page)
    rows = _captures(connection, page)
    texts = stored.load(connection, (seen.text for seen in rows if seen.text is not None))
    complete = _first_complete(connection, row.source)
    observations = [
        Observation(
            capture=seen.id,
            at=seen.at,
            status=seen.status,
            payload=seen.payload,
            target=_target(connection, row.source, seen.redirect),
            text=texts.get(seen.text),
            truncated=seen.truncated,
            complete_before=complete is not None and seen.started >= complete,
        )
        for seen in rows
    ]
    derived = history(observations, _before(connection, row.predecessor))
    by_id = {seen.id: seen for seen in rows}
    _store_judgements(connection, derived.judgements, by_id)
    _store_versions(connection, home, row, derived, by_id, texts)
    _store_changes(connection, page, derived.changes, by_id)
    last = derived.judgements[-1].verdict if derived.judgements else None
    connection.execute(
        update(pages).where(pages.c.id == page).values(verdict=last, moved_to=derived.moved_to)
    )


def _page(connection: Connection, page: int) -> Row[Any]:
    return connection.execute(select(pages).where(pages.c.id == page)).one()


def _captures(connection: Connection, page: int) -> list[Row[Any]]:
    wanted = (
        select(captures, runs.c.started, warcs.c.name.label("warc_name"))
        .join(runs, runs.c.id == captures.c.run)
        .join(warcs, warcs.c.id == captures.c.warc)
        .where(captures.c.page == page)
        .order_by(captures.c.at, captures.c.id)
    )
    return list(connection.execute(wanted))


def _first_complete(connection: Connection, source: str) -> Any:
    """When the source had first been seen to its end; None while it has not."""
    ended = select(func.min(runs.c.ended)).where(runs.c.source == source, runs.c.complete)
    return connection.execute(ended).scalar()


def _target(connection: Connection, source: str, url: str | None) -> Target | None:
    if url is None:
        return None
    first = (
        select(captures.c.at, captures.c.text)
        .join(pages, pages.c.id == captures.c.page)
        .where(pages.c.source == source, pages.c.url == url, captures.c.status == 200)
        .order_by(captures.c.at)
        .limit(1)
    )
    row = connection.execute(first).first()
    if row is None:
        return Target(url, None, None)
    return Target(url, row.at, stored.load(connection, [row.text]).get(row.text) if row.text else None)


def _before(connection: Connection, predecessor: int | None) -> Text | None:
    if predecessor is None:
        return None
    last = (
        select(versions.c.text)
        .where(versions.c.page == predecessor)
        .order_by(versions.c.number.desc())
        .limit(1)
    )
    text = connection.execute(last).scalar()
    return None if text is None else stored.load(connection, [text])[text]


def _store_judgements(
    connection: Connection, judgements: Iterable[Judgement], by_id: dict[int, Row[Any]]
) -> None:
    for judged in judgements:
        was = by_id[judged.capture]
        if (was.verdict, was.reason, was.version) != (judged.verdict, judged.reason, judged.version):
            connection.execute(
                update(captures)
                .where(captures.c.id == judged.capture)
                .values(verdict=judged.verdict, reason=judged.reason, version=judged.version)
            )


def _store_versions(
    connection: Connection,
    home: Home,
    page: Row[Any],
    derived: History,
    by_id: dict[int, Row[Any]],
    texts: dict[int, Text],
) -> None:
    rows = []
    for version in derived.versions:
        seen = by_id[version.capture]
        origin = _origin(page, version, seen)
        name = dated.file_name(origin, texts[seen.text])
        dated.write(home.text, name, origin, texts[seen.text])
        rows.append({**_columns(version), "page": page.id, "text": seen.text, "file": f"text/{name}"})
    connection.execute(versions.delete().where(versions.c.page == page.id))
    if rows:
        connection.execute(versions.insert(), rows)


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


def _store_changes(
    connection: Connection, page: int, derived: Iterable[Change], by_id: dict[int, Row[Any]]
) -> None:
    rows = [
        {
            "page": page,
            "run": by_id[change.capture].run,
            "kinds": [str(kind) for kind in change.kinds],
            "announced": change.announced,
            "from_at": change.from_at,
            "to_at": change.to_at,
            "from_version": change.from_version,
            "to_version": change.to_version,
            "added": change.added,
            "removed": change.removed,
            "changed": change.changed,
            "moved_to": change.moved_to,
            "back_to": change.back_to,
        }
        for change in derived
    ]
    connection.execute(changes.delete().where(changes.c.page == page))
    if rows:
        connection.execute(changes.insert(), rows)
