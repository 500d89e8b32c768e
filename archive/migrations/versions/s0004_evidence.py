"""Texts keep the page's own dates, its own address, what it is, and where each value comes from; what feeds
say of pages is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Texts made before lack all of it; they stay as they were."""
    op.add_column("texts", sa.Column("published", sa.String()))
    op.add_column("texts", sa.Column("modified", sa.String()))
    op.add_column("texts", sa.Column("canonical", sa.Text()))
    op.add_column("texts", sa.Column("shape", sa.String(), nullable=False, server_default="article"))
    op.add_column("texts", sa.Column("evidence", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("pages", sa.Column("fed", sa.String(27)))
    op.create_table(
        "fed",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("published", sa.String(27)),
        sa.Column("updated", sa.String(27)),
    )
    op.create_index("fed_url", "fed", ["source", "url"])
    op.create_index("fed_feed", "fed", ["source", "feed"])
