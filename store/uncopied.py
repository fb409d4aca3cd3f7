"""Uncopied: mails that went out, and are still to be put into their mailbox's folder of sent mail. It never decides whether a mail is sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from store.database import Transaction
from store.inserting import unless_there
from store.tables import outbox, ticket, uncopied
from workflow.machine import Nature

_CLIENTS = [nature.value for nature in sorted(set(Nature) - {Nature.STAFF, Nature.DIGEST})]
_NOTE = unless_there(uncopied).from_select(
    ["outgoing", "mailbox"],
    select(outbox.c.id, ticket.c.mailbox)
    .join_from(outbox, ticket, ticket.c.number == outbox.c.ticket)
    .where(
        outbox.c.id.in_(bindparam("ids", expanding=True)), ticket.c.mailbox.in_(bindparam("mailboxes", expanding=True))
    )
    .where(outbox.c.nature.in_(_CLIENTS)),
)
_WAITING = (
    select(uncopied.c.outgoing, outbox.c.message_id, outbox.c.raw, outbox.c.sent_at)
    .outerjoin(outbox, outbox.c.id == uncopied.c.outgoing)
    .where(uncopied.c.mailbox == bindparam("of_mailbox"))
    .order_by(uncopied.c.outgoing)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Uncopied:
    """One of them, in its final bytes. `raw` is None where its client was erased meanwhile."""

    id: int
    message_id: str
    raw: bytes | None
    sent_at: datetime | None


def note(tx: Transaction, ids: Sequence[int], mailboxes: Collection[str]) -> None:
    """Of these mails, which have just gone out, those to clients of these mailboxes are to be copied."""
    if ids and mailboxes:
        tx.execute(_NOTE, {"ids": list(ids), "mailboxes": sorted(mailboxes)})


def waiting(tx: Transaction, mailbox: str, most: int) -> list[Uncopied]:
    """The oldest."""
    rows = tx.execute(_WAITING, {"of_mailbox": mailbox, "most": most})
    return [Uncopied(row.outgoing, row.message_id or "", row.raw, row.sent_at) for row in rows]


def done(tx: Transaction, id_: int) -> None:
    """It lies there, or was given up."""
    tx.execute(delete(uncopied).where(uncopied.c.outgoing == id_))


def only(tx: Transaction, mailboxes: Collection[str]) -> None:
    """Forget those of mailboxes that want no copies any more; these do."""
    tx.execute(delete(uncopied).where(uncopied.c.mailbox.not_in(list(mailboxes))))
