"""An index for what somebody has, among very many tickets."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_ticket_assigned ON ticket (lower(assigned_to), open) WHERE assigned_to <> ''")
