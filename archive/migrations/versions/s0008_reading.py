"""What the reading room asks for is found by an index; the same edit on many pages is known by its digest."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The digest of an edit is written when the history of its page is next derived."""
    op.add_column("changes", sa.Column("edit", sa.String()))
    op.create_index("changes_edit", "changes", ["edit", "to_at"])
    op.drop_index("captures_page", "captures")
    op.create_index("captures_page", "captures", ["page", "at", "verdict"])
    op.create_index("runs_started", "runs", ["started"])
    op.create_index("runs_source", "runs", ["source", "started"])
    op.create_index("pages_article", "pages", ["source", "article"])
    op.create_index("captures_at", "captures", ["at"])
    op.create_index("captures_record", "captures", ["record"])
    op.create_index("versions_text", "versions", ["text"])
