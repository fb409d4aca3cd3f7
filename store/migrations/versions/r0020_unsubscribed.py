"""Who is off which mails; and when links were used, to be found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsubscribed",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "series", name=op.f("pk_unsubscribed")),
    )
    op.create_index("ix_click_at", "click", ["at"])
