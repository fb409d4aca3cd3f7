"""What people did, by its time: for the log of administration."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    acts = sa.text("kind = 'note' OR kind = 'reply'")
    op.create_index("ix_entry_acts", "entry", ["at"], sqlite_where=acts, postgresql_where=acts)
