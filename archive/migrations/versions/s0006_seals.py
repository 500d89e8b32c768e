"""A text carries a digest of all that was read, by which damage is found. Files of no version are noted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Texts that are there stay without: `rebuild` gives them one."""
    op.add_column("texts", sa.Column("seal", sa.String(), nullable=False, server_default=""))
    op.create_table("surplus", sa.Column("file", sa.String(), primary_key=True))
