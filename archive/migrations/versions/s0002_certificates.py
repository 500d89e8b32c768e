"""What is wrong with a server's certificate is kept with each capture, so that it can be shown."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Captures that were read before have none; it stands in their metadata records."""
    op.add_column("captures", sa.Column("certificate", sa.String()))
