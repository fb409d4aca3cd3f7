"""An index for mail that waits and was not imported: it is settled first."""

from alembic import op

revision = "0039"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_mail_live ON mail (state, account, received_at, id) WHERE state = 'pending' AND folder <> '(import)'"
    )
