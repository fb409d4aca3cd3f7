"""Who has which ticket open; and the order of the board for each status."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reader",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("process", "ticket", "person", name=op.f("pk_reader")),
    )
    op.drop_index("ix_ticket_status", "ticket")
    op.create_index("ix_ticket_status", "ticket", ["open", "workflow", "status", "ball_since", "merged_into"])
