"""The chain of a conversation: the Message-IDs that the client has seen, for In-Reply-To and References. It writes nothing."""

from sqlalchemy import bindparam, func, select

from store.database import Transaction
from store.tables import entry, mail, outbox

LONGEST = 50  # ids; the first of the conversation is always among them

_IDS = (
    select(func.coalesce(outbox.c.message_id, mail.c.message_id))
    .select_from(entry)
    .outerjoin(mail, mail.c.id == entry.c.mail)
    .outerjoin(outbox, outbox.c.id == entry.c.outgoing)
    .where(entry.c.ticket == bindparam("number"), entry.c.visible_to == "client")
    .order_by(entry.c.id)
)


def chain(tx: Transaction, number: int) -> tuple[str, ...]:
    """The ids of what the client wrote and got on this ticket, oldest first, each once (RFC 5322 §3.6.4)."""
    ids = tuple(dict.fromkeys(one for one in tx.execute(_IDS, {"number": number}).scalars() if one))
    return ids if len(ids) <= LONGEST else (ids[0], *ids[1 - LONGEST :])
