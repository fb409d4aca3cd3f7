"""The first schema. It stays as it is for ever: what changes later is a revision of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _blob()
    _counter()
    _effect()
    _folder()
    _ticket()
    _chunk()
    _mail()
    _outbox()
    _person()
    _thread()
    _entry()
    _history()
    # The first ticket is #1001: a number that nobody takes for a count.
    op.execute("INSERT INTO counter (name, value) VALUES ('ticket', 1000)")


def _blob() -> None:
    op.create_table(
        "blob",
        sa.Column("id", _ID, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("sha256", name=op.f("uq_blob_sha256")),
    )


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )


def _effect() -> None:
    op.create_table(
        "effect",
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("mail", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("content_key", name=op.f("pk_effect")),
    )


def _folder() -> None:
    op.create_table(
        "folder",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("above", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name", name=op.f("pk_folder")),
    )


def _ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("number", _ID, autoincrement=False, nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("ball_with", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("status_since", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("paused_until", sa.BigInteger(), nullable=True),
        sa.Column("client_replied", sa.Boolean(), nullable=False),
        sa.Column("silent", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("assigned_to", sa.Text(), nullable=False),
        sa.Column("merged_into", _ID, nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("report_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["ticket.number"], name=op.f("fk_ticket_merged_into")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ticket")),
    )
    op.create_index("ix_ticket_due_at", "ticket", ["due_at"], unique=False)
    op.create_index("ix_ticket_report_key", "ticket", ["report_key"], unique=False)


def _chunk() -> None:
    op.create_table(
        "chunk",
        sa.Column("blob", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob"], ["blob.id"], name=op.f("fk_chunk_blob")),
        sa.PrimaryKeyConstraint("blob", "position", name=op.f("pk_chunk")),
    )


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("blob", _ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("no_answer", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("ticket", _ID, nullable=True),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("defects", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["blob"], ["blob.id"], name=op.f("fk_mail_blob")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_mail_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint(
            "account", "folder", "uidvalidity", "uid", name=op.f("uq_mail_account_folder_uidvalidity_uid")
        ),
    )
    op.create_index("ix_mail_blob", "mail", ["blob"], unique=False)
    op.create_index("ix_mail_moved", "mail", ["moved", "account", "folder", "uidvalidity", "uid"], unique=False)
    op.create_index("ix_mail_state", "mail", ["state", "received_at", "id"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _ID, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("recipient_key", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("ticket", _ID, nullable=True),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("echo", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("final_dot_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("last_answer", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_outbox_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("cause", "notice", "recipient_key", name=op.f("uq_outbox_cause_notice_recipient_key")),
    )
    op.create_index("ix_outbox_limited", "outbox", ["limited", "queued_at"], unique=False)
    op.create_index("ix_outbox_next_at", "outbox", ["next_at"], unique=False)
    op.create_index("ix_outbox_organisation", "outbox", ["organisation", "queued_at"], unique=False)
    op.create_index("ix_outbox_recipient", "outbox", ["recipient_key", "queued_at"], unique=False)
    op.create_index(op.f("ix_outbox_ticket"), "outbox", ["ticket"], unique=False)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_person_ticket")),
        sa.PrimaryKeyConstraint("ticket", "key", name=op.f("pk_person")),
    )
    op.create_index("ix_person_key", "person", ["key"], unique=False)


def _thread() -> None:
    op.create_table(
        "thread",
        sa.Column("id", _ID, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_thread_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    op.create_index(op.f("ix_thread_message_id"), "thread", ["message_id"], unique=False)


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("mail", _ID, nullable=True),
        sa.Column("outgoing", _ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("visible_to", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mail"], ["mail.id"], name=op.f("fk_entry_mail")),
        sa.ForeignKeyConstraint(["outgoing"], ["outbox.id"], name=op.f("fk_entry_outgoing")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_entry_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_ticket"), "entry", ["ticket"], unique=False)


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("mail", _ID, nullable=True),
        sa.ForeignKeyConstraint(["mail"], ["mail.id"], name=op.f("fk_history_mail")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_history_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index(op.f("ix_history_ticket"), "history", ["ticket"], unique=False)
