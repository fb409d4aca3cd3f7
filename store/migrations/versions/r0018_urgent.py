"""Tickets of a high priority, found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    urgent = sa.text("priority IN ('high', 'urgent')")
    op.create_index("ix_ticket_urgent", "ticket", ["open", "ball_since"], sqlite_where=urgent, postgresql_where=urgent)
