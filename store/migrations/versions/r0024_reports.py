"""What reports are made of: sums of days, changes by their time, tickets by their status, and who has signed in."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_sheet",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("made_for", sa.Text(), nullable=False),
        sa.Column("sums", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_sheet")),
    )
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "signed_in",
        sa.Column("id", identity, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
    )
    op.create_index("ix_signed_in_address", "signed_in", ["address"])
    op.create_index("ix_signed_in_at", "signed_in", ["at"])
    op.create_index("ix_history_at", "history", ["at"])
    op.create_index("ix_ticket_status", "ticket", ["open", "workflow", "status"])
    tagged = sa.text("tags <> '[]'")
    op.create_index("ix_ticket_tagged", "ticket", ["status_since"], sqlite_where=tagged, postgresql_where=tagged)
