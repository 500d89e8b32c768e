"""What `strandline add` has found out about a site: as a table, as JSON, and as warnings."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from archive import instants
from crawler import preview, probe, source
from schedules import due, proposal
from strandline import output, timetable

_RULES = 8


def as_json(
    source: source.Source, found: probe.Found | None, first: preview.Preview | None, zone: str
) -> dict[str, object]:
    """The keys of one line; `zone` is that of the settings."""
    row: dict[str, object] = {
        "name": source.name,
        "seeds": source.seeds,
        "preset": source.preset,
        "schedule": source.schedule,
        "upcoming": _ahead(source, zone)[0],
        "light": source.light,
        "upcoming_light": _ahead(source, zone)[1],
    }
    if found:
        row |= {
            "redirects": found.redirects,
            "status": found.status,
            "robots": found.robots,
            "certificate": found.certificate,
            "title": found.offer.title,
            "language": found.language,
            "generator": found.offer.generator,
            "platform": platform(found),
            "evidence": found.offer.platform.evidence if found.offer.platform else None,
            "twins": [{"origin": twin.origin, "is": twin.kind.value} for twin in found.twins],
            "feeds": source.feeds,
            "read_feeds": [_feed(feed, found) for feed in found.feeds],
            "sitemaps": found.sitemaps,
        }
    if first:
        row["preview"] = {
            "known": first.known,
            "pages": first.pages,
            "first": first.first,
            "left_out": [
                {"rule": one.rule, "urls": one.number, "example": one.example} for one in first.left
            ],
            "requests": first.requests,
            "seconds": first.time.total_seconds(),
            "unread": first.unread,
        }
    return row


def _feed(feed: probe.FeedFound, found: probe.Found) -> dict[str, object]:
    return {
        "url": feed.url,
        "kind": feed.kind,
        "entries": len(feed.links),
        "newest": feed.newest,
        "every": feed.every.total_seconds() if feed.every else None,
        "left_out": found.unwanted(feed.url),
    }


def platform(found: probe.Found) -> str | None:
    """The software as people call it."""
    if found.offer.platform:
        return found.offer.platform.title
    return found.offer.generator or "plain HTML" if found.status == 200 else None


def show(source: source.Source, found: probe.Found | None, why: str, zone: str) -> None:
    """The table of what was found, and what the source file says."""
    rows: list[tuple[str, object]] = [("source", source.name), ("seeds", source.seeds)]
    if found:
        seen = found.offer.platform
        rows += [
            ("redirects", found.redirects),
            ("twins", [f"{twin.origin} {twin.kind.value}" for twin in found.twins]),
            ("status", found.status),
            ("robots", found.robots),
            ("certificate", found.certificate),
            ("title", found.offer.title),
            ("language", found.language),
            ("platform", f"{seen.title} ({seen.evidence})" if seen else platform(found)),
        ]
    rows.append(("preset", source.preset))
    if found:
        rows += [("feeds", list(_feeds(found))), ("sitemaps", found.sitemaps)]
    full, light = _ahead(source, zone)
    rows += [("schedule", source.schedule), ("", timetable.shown(full))]
    rows += [("light runs", source.light), ("", timetable.shown(light)), ("", f"({why})" if why else None)]
    output.table(("", ""), [(key, value) for key, value in rows if value not in (None, (), [])])


def _ahead(source: source.Source, zone: str) -> tuple[list[datetime], list[datetime]]:
    """The next times of its full and of its light runs. The first full one is due at once."""
    plan, now = due.plan(source, zone), instants.now()
    return timetable.ahead(plan.schedule, now), timetable.ahead(plan.light, now)


def _feeds(found: probe.Found) -> Iterator[str]:
    read = {feed.url: feed for feed in found.feeds}
    for url in found.named:
        feed, unwanted = read.get(url), found.unwanted(url)
        often = f", one {proposal.spoken(feed.every)}" if feed and feed.every else ""
        what = f"{feed.kind}, {_many(len(feed.links), 'entry', 'entries')}{often}" if feed else "not read"
        yield f"{url} ({f'left out: {unwanted}' if unwanted else what})"


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def show_preview(source: source.Source, first: preview.Preview) -> None:
    """What the first crawl would do, in a few lines."""
    output.write(
        f"\nThe first crawl, as far as seeds, sitemaps and feeds tell ({'at least ' * bool(first.unread)}"
        f"{_many(first.known, 'address', 'addresses')}):"
    )
    rows: list[tuple[str, object]] = [
        ("would ask for", _asked(source, first)),
        ("beginning with", first.first),
        ("leaves out", [f"{one.number:,}: {one.rule}, as {one.example}" for one in first.left[:_RULES]]),
        ("not read", [*first.unread[:_RULES], *_rest(len(first.unread) - _RULES)]),
        ("and then", "what these pages lead to, with their images and styles"),
    ]
    output.table(("", ""), [row for row in rows if row[1] not in ((), [])])


def _asked(source: source.Source, first: preview.Preview) -> str:
    pages = _many(first.pages, "page", "pages")
    limit = f" (limits.pages: {source.limits.pages:,})" if first.pages > source.limits.pages else ""
    requests = _many(first.requests, "request", "requests")
    pause = f", {_lasting(first.time)} at {first.delay:g} s between two" if first.time else ""
    return f"{pages}{limit}; about {requests}{pause}"


def _rest(number: int) -> Iterator[str]:
    if number > 0:
        yield f"and {number:,} more"


def _lasting(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    if minutes < 2:
        return f"{time.total_seconds():.0f} s"
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"


def warnings(found: probe.Found | None, contact: str | None, allow_private: bool) -> Iterator[str]:
    """What somebody should know before the first crawl."""
    if found and not found.allowed:
        yield f"Warning: the site does not want {found.url} to be crawled ({found.robots})."
    elif found and found.status != 200:
        yield f"Warning: {found.url} answered {found.status}; is the address right?"
    if found and found.certificate:
        yield f"Warning: the certificate does not hold ({found.certificate}); a crawl goes on all the same."
    if contact is None and not allow_private:
        yield "Before the first crawl of a public site, set 'contact' in strandline.toml."
