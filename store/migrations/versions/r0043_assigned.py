"""An index for what somebody has, or nobody, open or closed, in the order of the board: in years a person closes very many."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP INDEX ix_ticket_assigned")
    op.execute("CREATE INDEX ix_ticket_assigned ON ticket (lower(assigned_to), open, ball_since)")
