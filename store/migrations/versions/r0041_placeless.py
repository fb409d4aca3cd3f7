"""An index for settled mail that is on no ticket: the rest is on one."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_mail_placeless ON mail (state, ticket) WHERE state = 'processed' AND ticket IS NULL")
