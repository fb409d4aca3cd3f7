"""An index for what people did to statuses, among all that came and went by itself."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_history_by_people ON history (at) WHERE by LIKE '%@%'")
