"""A change tells how open it was made, by what it was announced, and its share; a source has its noise."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """What is there is named after its kinds; the share follows when a page's history is derived anew."""
    op.add_column("changes", sa.Column("openness", sa.String()))
    op.add_column("changes", sa.Column("announced_by", sa.String()))
    op.add_column("changes", sa.Column("share", sa.Float(), nullable=False, server_default="0"))
    op.execute("UPDATE changes SET openness = 'announced', announced_by = 'its date' WHERE announced")
    op.execute(
        """UPDATE changes SET openness = CASE WHEN kinds LIKE '%"body"%' OR kinds LIKE '%"title"%'
        OR kinds LIKE '%"author"%' THEN 'silent' ELSE 'redated' END WHERE NOT announced"""
    )
    op.create_table(
        "noise",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("example", sa.String(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
    )
