"""Issues of the engineers' tracker, the tickets that are linked to them, and the deliveries that were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNHEEDED = sa.text("unheeded <> ''")


def upgrade() -> None:
    op.create_table(
        "issue",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("said_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_issue")),
    )
    op.create_table(
        "linked",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.BigInteger()),
        sa.Column("unheeded", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["issue"], ["issue.key"], name=op.f("fk_linked_issue")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_linked_ticket")),
        sa.PrimaryKeyConstraint("issue", "ticket", name=op.f("pk_linked")),
    )
    op.create_index("ix_linked_ticket", "linked", ["ticket"])
    op.create_index("ix_linked_unheeded", "linked", ["heard_at"], sqlite_where=_UNHEEDED, postgresql_where=_UNHEEDED)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
