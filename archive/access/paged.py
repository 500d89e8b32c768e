"""The pages of a source as a list that is turned over, by URL: a part of `archive/access`."""

from sqlalchemy import func, select

from archive.access.archive import Archive, title_at
from archive.access.rows import PageRow, day
from archive.database import reading
from archive.gathered import gathered
from archive.schema import captures, pages, texts, versions


def pages_page(
    archive: Archive,
    source: str,
    *,
    after: str = "",
    begins: str = "",
    everything: bool = False,
    most: int = 100,
) -> list[PageRow]:
    """At most so many pages of a source whose URLs come `after` one, and begin with something."""
    other = versions.alias()
    highest = select(func.max(other.c.number)).where(other.c.page == pages.c.id)
    newest = highest.correlate(pages).scalar_subquery()  # also where it stands deeper than `pages`
    wanted = select(
        pages.c.id, pages.c.url, pages.c.verdict, pages.c.fed, newest.label("versions"),
        title_at(pages.c.id, newest).label("title"),
        select(texts.c.date).join(versions, versions.c.text == texts.c.id)
        .where(versions.c.page == pages.c.id, versions.c.number == newest).scalar_subquery().label("date"),
        *(
            select(of(captures.c.at)).where(captures.c.page == pages.c.id).scalar_subquery().label(name)
            for name, of in (("captures", func.count), ("first", func.min), ("last", func.max))
        ),
    ).where(pages.c.source == source, pages.c.url > after)  # fmt: skip
    if begins:
        wanted = wanted.where(pages.c.url >= begins, pages.c.url < begins + "\U0010ffff")
    if not everything:
        wanted = wanted.where(pages.c.article)
    with reading(archive.engine) as connection:
        return [
            PageRow(
                url=row.url, verdict=row.verdict, captures=row.captures, versions=row.versions or 0,
                first=row.first, last=row.last, title=row.title, date=day(row.date, row.fed),
            )
            for row in gathered(connection, wanted.order_by(pages.c.url).limit(most))
        ]  # fmt: skip
