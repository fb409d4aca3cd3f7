"""Whether a ticket's timer has reminded its client. It stays as it is for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("reminded", sa.Boolean(), server_default=sa.false(), nullable=False))
