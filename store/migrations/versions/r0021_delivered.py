"""When deliveries were taken, to be found by it."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_delivery_at", "delivery", ["at"])
