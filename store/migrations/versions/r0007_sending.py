"""An index of what is being sent, so that a start, an end and each claim need not read all that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SENDING = sa.text("state = 'sending'")


def upgrade() -> None:
    op.create_index("ix_outbox_sending", "outbox", ["next_at"], sqlite_where=_SENDING, postgresql_where=_SENDING)
