"""Who came in by the link of a notice is a client, also once the configuration names them among staff."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("of_client", sa.Boolean(), nullable=False, server_default=sa.false()))
