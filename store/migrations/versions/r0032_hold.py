"""What somebody did a moment ago, which can be taken back as long as its mails wait."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "hold",
        sa.Column("ticket", id_, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_hold_ticket")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_cause", "hold", ["cause"])
