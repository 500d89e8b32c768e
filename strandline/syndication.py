"""Changes as a feed, Atom (RFC 4287) or JSON Feed 1.1, with the diff in each entry.

What was archived is text here and never markup of ours: it is escaped for the HTML of the entry, and that
HTML once more for XML. The ids are made of the page and of the two captures: they stay what they are when the
index is built anew.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from uuid import NAMESPACE_URL, uuid5

from archive import access
from strandline import told
from strandline.fragment import as_fragment
from strandline.output import instant, printable

ENTRIES = 100
"""The newest so many changes are in a feed."""

_LARGEST = 200_000
_STRANGE = re.compile("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What XML 1.0 (section 2.2) does not allow."""


@dataclass(frozen=True)
class Feed:
    """A feed of changes, oldest first. `archive` is an id of the home, `source` what it is of (None: all)."""

    title: str
    archive: str
    source: str | None
    changes: Sequence[access.ChangeRow]
    updated: datetime | None


def as_atom(feed: Feed, archive: access.Archive) -> str:
    """The feed as Atom; entries are newest first."""
    updated = feed.changes[-1]["to"] if feed.changes else feed.updated or datetime(1970, 1, 1, tzinfo=UTC)
    entries = "".join(_atom_entry(row, archive) for row in reversed(feed.changes[-ENTRIES:]))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{_feed_id(feed)}</id>\n<title>{_xml(feed.title)}</title>\n<updated>{instant(updated)}</updated>\n"
        f"<author><name>Strandline</name></author>\n{entries}</feed>\n"
    )


def _atom_entry(row: access.ChangeRow, archive: access.Archive) -> str:
    return (
        f"<entry>\n<id>{entry_id(row)}</id>\n<title>{_xml(_title(row))}</title>\n"
        f'<updated>{instant(row["to"])}</updated>\n<link href="{_xml(row["url"])}"/>\n'
        + "".join(f'<category term="{_xml(kind)}"/>\n' for kind in row["kinds"])
        + f'<content type="html">{_xml(_content(row, archive))}</content>\n</entry>\n'
    )


def as_json_feed(feed: Feed, archive: access.Archive) -> str:
    """The feed as JSON Feed; items are newest first."""
    items = [
        {
            "id": entry_id(row),
            "url": row["url"],
            "title": printable(_title(row)),
            "date_published": instant(row["to"]),
            "tags": row["kinds"],
            "content_html": _content(row, archive),
        }
        for row in reversed(feed.changes[-ENTRIES:])
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": printable(feed.title)}
    return json.dumps({**head, "items": items}, ensure_ascii=False, indent=1) + "\n"


def entry_id(row: access.ChangeRow) -> str:
    """The same for the same change, whenever and wherever the feed is made."""
    sides = [instant(at) if at else "" for at in (row["from"], row["to"])]
    return uuid5(NAMESPACE_URL, " ".join([row["source"], row["url"], *sides])).urn


def _feed_id(feed: Feed) -> str:
    return uuid5(NAMESPACE_URL, f"strandline {feed.archive} {feed.source or ''}").urn


def _title(row: access.ChangeRow) -> str:
    return f"{row['title'] or row['url']}: {told.kinds(row)} {told.words(row)}".rstrip()


def _content(row: access.ChangeRow, archive: access.Archive) -> str:
    """When and where, then the diff; all of it HTML without a foreign tag."""
    start = f"between {instant(row['from'])} and " if row["from"] else "up to "
    where = f'<a href="{escape(row["url"])}">{escape(printable(row["url"]))}</a>'
    head = f"<p>{where}: {escape(printable(told.kinds(row)))}, {start}{instant(row['to'])}</p>\n"
    compared = access.edit(archive, row)
    body = as_fragment(compared) if compared else ""
    if len(body) > _LARGEST:
        body = f"<p>The diff is too long for a feed: strandline diff {escape(printable(row['url']))}</p>"
    return head + body


def _xml(text: str) -> str:
    return escape(_STRANGE.sub("\N{REPLACEMENT CHARACTER}", text))
