"""The mails that wait, a mailbox at a time."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_mail_state", "mail")
    op.create_index("ix_mail_state", "mail", ["state", "account", "received_at", "id"])
