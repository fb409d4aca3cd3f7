"""Of one ticket several deeds wait, each by itself. What waits while this is done leaves by itself, and is not taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.drop_table("hold")
    op.create_table(
        "hold",
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("ticket", id_, nullable=False),
        sa.Column("place", id_, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_hold_ticket")),
        sa.ForeignKeyConstraint(["place"], ["ticket.number"], name=op.f("fk_hold_place")),
        sa.PrimaryKeyConstraint("cause", name=op.f("pk_hold")),
    )
