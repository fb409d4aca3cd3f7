"""How many mails came to the folder of spam, as each comparison of a mailbox counts them."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("reconciliation") as table:
        table.add_column(sa.Column("junk", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("reconciliation") as table:
        table.alter_column("junk", server_default=None)
