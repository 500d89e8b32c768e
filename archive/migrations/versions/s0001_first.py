"""The first schema.

Written out in full: a step must go on doing what it did when `archive/schema.py` has moved on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of the first release."""
    _pages()
    _runs()
    _texts()
    _changes()
    _warcs()
    _captures()
    _versions()


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("article", sa.Boolean(), nullable=False),
        sa.Column("depth", sa.Integer()),
        sa.Column("verdict", sa.String()),
        sa.Column("predecessor", sa.Integer(), sa.ForeignKey("pages.id")),
        sa.Column("moved_to", sa.String()),
        sa.UniqueConstraint("source", "url"),
    )
    op.create_index("pages_predecessor", "pages", ["predecessor"])
    op.create_index("pages_url", "pages", ["url"])


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("slot", sa.String(27), nullable=False),
        sa.Column("started", sa.String(27), nullable=False),
        sa.Column("ended", sa.String(27)),
        sa.Column("outcome", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("resumed", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("software", sa.String(), nullable=False),
        sa.UniqueConstraint("source", "slot"),
    )


def _texts() -> None:
    op.create_table(
        "texts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("extractor", sa.String(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("date", sa.Date()),
        sa.Column("author", sa.Text()),
        sa.Column("language", sa.String()),
        sa.Column("charset", sa.String()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.UniqueConstraint("payload", "extractor"),
    )


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("page", sa.Integer(), sa.ForeignKey("pages.id"), nullable=False),
        sa.Column("run", sa.String(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("announced", sa.Boolean()),
        sa.Column("from_at", sa.String(27)),
        sa.Column("to_at", sa.String(27), nullable=False),
        sa.Column("from_version", sa.Integer()),
        sa.Column("to_version", sa.Integer()),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("moved_to", sa.String()),
        sa.Column("back_to", sa.Integer()),
    )
    op.create_index("changes_page", "changes", ["page"])
    op.create_index("changes_moved", "changes", ["moved_to"])
    op.create_index("changes_run", "changes", ["run"])
    op.create_index("changes_to", "changes", ["to_at"])


def _warcs() -> None:
    op.create_table(
        "warcs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("run", sa.String(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String()),
        sa.UniqueConstraint("name"),
    )


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("page", sa.Integer(), sa.ForeignKey("pages.id"), nullable=False),
        sa.Column("run", sa.String(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("warc", sa.Integer(), sa.ForeignKey("warcs.id"), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String()),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("truncated", sa.Boolean(), nullable=False),
        sa.Column("redirect", sa.String()),
        sa.Column("revisit", sa.String()),
        sa.Column("etag", sa.String()),
        sa.Column("modified", sa.String()),
        sa.Column("text", sa.Integer(), sa.ForeignKey("texts.id")),
        sa.Column("unread", sa.String()),
        sa.Column("verdict", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("version", sa.Integer()),
        sa.UniqueConstraint("warc", "offset"),
    )
    op.create_index("captures_page", "captures", ["page", "at"])
    op.create_index("captures_payload", "captures", ["payload"])
    op.create_index("captures_redirect", "captures", ["redirect"])
    op.create_index("captures_run", "captures", ["run"])


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("page", sa.Integer(), sa.ForeignKey("pages.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("first", sa.String(27), nullable=False),
        sa.Column("last", sa.String(27), nullable=False),
        sa.Column("captures", sa.Integer(), nullable=False),
        sa.Column("capture", sa.Integer(), sa.ForeignKey("captures.id"), nullable=False),
        sa.Column("text", sa.Integer(), sa.ForeignKey("texts.id"), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
    )
