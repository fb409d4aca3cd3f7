"""The appointment of a ticket, as the client's calendar has it. It stays as it is for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket", sa.Column("meeting", sa.Text(), server_default="[]", nullable=False))
