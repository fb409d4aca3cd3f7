"""Mails that went out, and are still to be put into a folder of sent mail."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "uncopied",
        sa.Column("outgoing", id_, autoincrement=False, nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("outgoing", name=op.f("pk_uncopied")),
    )
    op.create_index("ix_uncopied_mailbox", "uncopied", ["mailbox", "outgoing"])
