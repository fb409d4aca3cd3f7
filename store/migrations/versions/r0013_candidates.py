"""By what an escalation finds the ticket that it is about: organisations, and the words of subjects."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 2000
# As they were read when this migration was written; what changes later fills itself as tickets come.
_WORD = re.compile(r"[^\W_](?:[^\W_]|['’-]){2,39}")
_TAG = re.compile(r"\[#\d*\]")
_ticket = sa.table(
    "ticket", sa.column("number"), sa.column("subject"), sa.column("requester"), sa.column("organisation")
)
_word = sa.table("word", sa.column("word"), sa.column("ticket"))


def upgrade() -> None:
    op.add_column("ticket", sa.Column("organisation", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("ticket", _ID, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_word_ticket")),
        sa.PrimaryKeyConstraint("word", "ticket", name=op.f("pk_word")),
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind())
    op.create_index("ix_ticket_organisation", "ticket", ["organisation", "open", "number"])


def _fill(connection: sa.Connection) -> None:
    from store.limits import organisation  # noqa: PLC0415  (only an old database needs it)

    above = 0
    change = sa.update(_ticket).where(_ticket.c.number == sa.bindparam("of")).values(organisation=sa.bindparam("new"))
    read = sa.select(_ticket).order_by(_ticket.c.number).limit(_BATCH)
    while rows := connection.execute(read.where(_ticket.c.number > above)).all():
        connection.execute(change, [{"of": row.number, "new": organisation(row.requester)[:200]} for row in rows])
        words = [{"word": word, "ticket": row.number} for row in rows for word in _words(row.subject)]
        if words:
            connection.execute(sa.insert(_word), words)
        above = rows[-1].number


def _words(subject: str) -> list[str]:
    found = (match[0].casefold() for match in _WORD.finditer(_TAG.sub(" ", subject)))
    return list(dict.fromkeys(one for one in found if not one.isdecimal()))[:12]
