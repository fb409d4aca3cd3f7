"""Files of mails by their content, addresses that are silent after a bounce, and what staff were told of the outbox."""

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OLD = re.compile(r"(.*) \(([^()]*), (\d{1,18}) octets\)", re.DOTALL)


def upgrade() -> None:
    _part()
    _attachment()
    _silence()
    op.add_column("outbox", sa.Column("echo_text", sa.Text(), nullable=False, server_default=""))
    # What lay there before is no news; afterwards each row says whether there is something to tell.
    op.add_column("outbox", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index(
        "ix_outbox_untold", "outbox", ["state"], sqlite_where=sa.text("told = 0"), postgresql_where=sa.text("NOT told")
    )
    op.create_index("ix_ticket_requester", "ticket", ["requester", "created_at"], unique=False)
    _take_over()
    op.drop_column("entry", "attachments")


def _part() -> None:
    op.create_table(
        "part",
        sa.Column("blob", _ID, nullable=False),
        sa.Column("within", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["blob"], ["blob.id"], name=op.f("fk_part_blob")),
        sa.ForeignKeyConstraint(["within"], ["blob.id"], name=op.f("fk_part_within")),
        sa.PrimaryKeyConstraint("blob", name=op.f("pk_part")),
    )
    op.create_index(op.f("ix_part_within"), "part", ["within"], unique=False)


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", _ID, nullable=False),
        sa.Column("mail", _ID, nullable=True),
        sa.Column("outgoing", _ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("blob", _ID, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["blob"], ["blob.id"], name=op.f("fk_attachment_blob")),
        sa.ForeignKeyConstraint(["mail"], ["mail.id"], name=op.f("fk_attachment_mail")),
        sa.ForeignKeyConstraint(["outgoing"], ["outbox.id"], name=op.f("fk_attachment_outgoing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    for column in ("blob", "mail", "outgoing"):
        op.create_index(op.f(f"ix_attachment_{column}"), "attachment", [column], unique=False)


def _silence() -> None:
    op.create_table(
        "silence",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("outgoing", _ID, nullable=False),
        sa.ForeignKeyConstraint(["outgoing"], ["outbox.id"], name=op.f("fk_silence_outgoing")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_silence")),
    )


def _take_over() -> None:
    """The files that entries listed in words; what they hold is found in their mail, by their place in it."""
    connection = op.get_bind()
    add = sa.text(
        "INSERT INTO attachment (mail, position, name, content_type, size, content_id, inline)"
        " VALUES (:mail, :position, :name, :content_type, :size, '', :inline)"
    )
    listed = sa.text(
        "SELECT mail, attachments FROM entry WHERE attachments <> '[]' AND mail IS NOT NULL AND direction = 'in'"
    )
    for mail, words in connection.execute(listed).all():
        rows = [row for place, said in enumerate(json.loads(words)) if (row := _file(mail, place, said))]
        if rows:
            connection.execute(add, rows)


def _file(mail: int, position: int, said: str) -> dict[str, object] | None:
    found = _OLD.fullmatch(said)
    if found is None:
        return None
    name = "" if found[1] == "unnamed" else found[1]
    row = {"mail": mail, "position": position, "name": name, "content_type": found[2], "size": int(found[3])}
    return {**row, "inline": False}
