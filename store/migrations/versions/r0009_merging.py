"""Tickets that were merged into another one, and how that one stood before."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "merging",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("target", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_merging_ticket")),
        sa.ForeignKeyConstraint(["target"], ["ticket.number"], name=op.f("fk_merging_target")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merging")),
        sa.UniqueConstraint("ticket", name=op.f("uq_merging_ticket")),
    )
    op.create_index(op.f("ix_merging_target"), "merging", ["target"])
    op.create_index("ix_ticket_merged_into", "ticket", ["merged_into"], sqlite_where=_MERGED, postgresql_where=_MERGED)
