"""Which capture of a page is meant by a time: a part of `archive/access`."""

from datetime import datetime

from sqlalchemy import select

from archive import instants, urls
from archive.access.archive import Archive, NotInArchive
from archive.database import reading
from archive.schema import captures, pages


def capture_at(archive: Archive, url: str, at: datetime) -> tuple[str, datetime]:
    """The canonical URL, and the instant of the last capture up to `at`, whatever it showed.

    Raises NotInArchive.
    """
    try:
        wanted = urls.canonical(url)
    except ValueError as error:
        raise NotInArchive(str(error)) from error
    mine = select(captures.c.at).join(pages, pages.c.id == captures.c.page).where(pages.c.url == wanted)
    with reading(archive.engine) as connection:
        found = connection.execute(
            mine.where(captures.c.at <= at).order_by(captures.c.at.desc()).limit(1)
        ).scalar()
        if found is not None:
            return wanted, found
        first = connection.execute(mine.order_by(captures.c.at).limit(1)).scalar()
    if first is None:
        raise NotInArchive(f"{wanted} was never captured; see: strandline why {wanted}")
    raise NotInArchive(
        f"{wanted} was not captured yet at that time; the first capture is of {instants.iso(first)}."
    )
