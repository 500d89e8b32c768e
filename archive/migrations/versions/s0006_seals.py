"""Seals of texts, by which damage is found; files of no version; imported runs; digests of others."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Texts that are there stay without: `rebuild` gives them one."""
    op.add_column("texts", sa.Column("seal", sa.String(), nullable=False, server_default=""))
    op.create_table("surplus", sa.Column("file", sa.String(), primary_key=True))
    op.add_column("runs", sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("captures", sa.Column("given", sa.String()))
    op.create_index("captures_given", "captures", ["given"])
