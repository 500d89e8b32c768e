"""The tables of the index, as SQLAlchemy Core sees them; `docs/on-disk.md` explains each column.

Everything here can be thrown away and built again from the WARC files.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)

from archive import instants

REVISION = "0008"
"""The newest step in `archive/migrations/versions/`; their names rise with time."""


class Instant(TypeDecorator[datetime]):
    """An instant as ISO 8601 text in UTC: sorts as time does, and is read without this program.

    SQLite has no instants of its own and would give back naive ones.
    """

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else instants.iso(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else instants.parse(value)


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("started", Instant, nullable=False),
    Column("ended", Instant),
    Column("outcome", String),
    Column("reason", String),
    Column("complete", Boolean, nullable=False, default=False),
    Column("light", Boolean, nullable=False, default=False),
    Column("imported", Boolean, nullable=False, default=False, server_default=false()),
    Column("resumed", Integer, nullable=False, default=0),
    Column("requests", Integer, nullable=False, default=0),
    Column("bytes", Integer, nullable=False, default=0),
    Column("counts", JSON, nullable=False, default=dict),
    Column("settings", JSON, nullable=False),
    Column("software", String, nullable=False),
    UniqueConstraint("source", "slot"),
    Index("runs_started", "started"),
    Index("runs_source", "source", "started"),
)

warcs = Table(
    "warcs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("read", Integer, nullable=False, default=0),
    Column("sealed", Boolean, nullable=False, default=False),
    Column("sha256", String),
)

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("url", String, nullable=False),
    Column("article", Boolean, nullable=False, default=False),
    Column("depth", Integer),
    Column("verdict", String),
    Column("predecessor", ForeignKey("pages.id")),
    Column("moved_to", String),
    Column("fed", Instant),
    UniqueConstraint("source", "url"),
    Index("pages_url", "url"),
    Index("pages_article", "source", "article"),
    Index("pages_predecessor", "predecessor"),
)

texts = Table(
    "texts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("payload", String, nullable=False),
    Column("extractor", String, nullable=False),
    Column("title", Text),
    Column("date", Date),
    Column("author", Text),
    Column("language", String),
    Column("charset", String),
    Column("text", Text, nullable=False),
    Column("entries", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("published", String),
    Column("modified", String),
    Column("canonical", Text),
    Column("shape", String, nullable=False, server_default="article"),
    Column("evidence", JSON, nullable=False, server_default="[]"),
    Column("links", JSON, nullable=False, server_default="[]"),
    Column("sha256", String, nullable=False),
    Column("seal", String, nullable=False, server_default=""),
    UniqueConstraint("payload", "extractor"),
)

fed = Table(
    "fed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("url", String, nullable=False),
    Column("feed", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("published", Instant),
    Column("updated", Instant),
    Index("fed_url", "source", "url"),
    Index("fed_feed", "source", "feed"),
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("page", ForeignKey("pages.id"), nullable=False),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("warc", ForeignKey("warcs.id"), nullable=False),
    Column("offset", Integer, nullable=False),
    Column("record", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", String),
    Column("payload", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("truncated", Boolean, nullable=False),
    Column("redirect", String),
    Column("revisit", String),
    Column("etag", String),
    Column("modified", String),
    Column("text", ForeignKey("texts.id")),
    Column("unread", String),
    Column("certificate", String),
    Column("given", String),
    Column("verdict", String),
    Column("reason", String),
    Column("version", Integer),
    UniqueConstraint("warc", "offset"),
    Index("captures_page", "page", "at", "verdict"),
    Index("captures_run", "run"),
    Index("captures_payload", "payload"),
    Index("captures_redirect", "redirect"),
    Index("captures_given", "given"),
    Index("captures_at", "at"),
    Index("captures_record", "record"),
)

versions = Table(
    "versions",
    metadata,
    Column("page", ForeignKey("pages.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first", Instant, nullable=False),
    Column("last", Instant, nullable=False),
    Column("captures", Integer, nullable=False),
    Column("capture", ForeignKey("captures.id"), nullable=False),
    Column("text", ForeignKey("texts.id"), nullable=False),
    Column("file", String, nullable=False),
    Index("versions_text", "text"),
)

surplus = Table(
    "surplus",
    metadata,
    Column("file", String, primary_key=True),
)
"""The files of versions that are none any more; they go once that is committed."""

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("page", ForeignKey("pages.id"), nullable=False),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("announced", Boolean),
    Column("openness", String),
    Column("announced_by", String),
    Column("from_at", Instant),
    Column("to_at", Instant, nullable=False),
    Column("from_version", Integer),
    Column("to_version", Integer),
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("share", Float, nullable=False),
    Column("moved_to", String),
    Column("moved_by", String),
    Column("back_to", Integer),
    Column("edit", String),
    Index("changes_page", "page"),
    Index("changes_run", "run"),
    Index("changes_to", "to_at"),
    Index("changes_moved", "moved_to"),
    Index("changes_edit", "edit", "to_at"),
)

likenesses = Table(
    "likenesses",
    metadata,
    Column("hash", Integer, primary_key=True, autoincrement=False),
    Column("page", ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    Index("likenesses_page", "page"),
)

noise = Table(
    "noise",
    metadata,
    Column("source", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("block", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("example", String, nullable=False),
    Column("left_out", Boolean, nullable=False),
)
