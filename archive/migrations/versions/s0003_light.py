"""Runs that asked only for what is new or due are told from those that walked everything."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Every run so far was a full one."""
    op.add_column("runs", sa.Column("light", sa.Boolean(), nullable=False, server_default=sa.false()))
