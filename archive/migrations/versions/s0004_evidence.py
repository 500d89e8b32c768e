"""Texts keep the page's own dates, its own address, what it is, and where each value comes from."""

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
