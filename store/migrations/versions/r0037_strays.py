"""Mails in folders that are not read, as each comparison of a mailbox finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reconciliation") as table:
        table.add_column(sa.Column("strays", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("reconciliation") as table:
        table.alter_column("strays", server_default=None)
