"""Whether staff have chosen the language in which the client of a ticket is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("language_set", sa.Boolean(), server_default=sa.false(), nullable=False))
