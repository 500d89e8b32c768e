"""Pages are found by what they say; a move tells by what it was known; texts have links."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """All moves so far were redirects. What a page is like is written when its history is next derived."""
    op.add_column("changes", sa.Column("moved_by", sa.String()))
    op.execute("UPDATE changes SET moved_by = 'a redirect' WHERE moved_to IS NOT NULL")
    op.create_table(
        "likenesses",
        sa.Column("hash", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("page", sa.Integer(), sa.ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    )
    op.add_column("texts", sa.Column("links", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("likenesses_page", "likenesses", ["page"])
