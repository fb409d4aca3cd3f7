"""What a digest asks for: since when the ball is where it is, which mailbox cannot be read, and indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STUCK = sa.text("state IN ('dead', 'held', 'failed_render', 'bounced', 'unknown')")
_WITHHELD = sa.text("kind = 'withheld'")


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_outage")),
    )
    op.add_column("ticket", sa.Column("ball_since", sa.BigInteger(), nullable=False, server_default="0"))
    # The best that is known of tickets that were there before.
    op.execute("UPDATE ticket SET ball_since = status_since")
    op.create_index("ix_ticket_ball", "ticket", ["open", "ball_with", "ball_since"])
    op.create_index("ix_ticket_created_at", "ticket", ["created_at"])
    op.create_index("ix_mail_kept_at", "mail", ["kept_at"])
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at", "nature"])
    op.create_index("ix_outbox_stuck", "outbox", ["state", "queued_at"], sqlite_where=_STUCK, postgresql_where=_STUCK)
    op.create_index("ix_entry_withheld", "entry", ["at"], sqlite_where=_WITHHELD, postgresql_where=_WITHHELD)
