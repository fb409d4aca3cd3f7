"""Orders: how many mails one of us has sent to tickets lately (reliability.md E). It changes nothing."""

from datetime import datetime

from sqlalchemy import bindparam, func, select

from classifier.verdict import Kind
from store.columns import Instant
from store.database import Transaction
from store.tables import mail

_GIVEN = select(mail.c.id).where(
    mail.c.kept_at > bindparam("since", type_=Instant),
    mail.c.kind == Kind.STAFF_COMMAND,
    func.lower(mail.c.sender) == bindparam("who"),
)


def given(tx: Transaction, who: str, since: datetime) -> int:
    """The mails from that address, in lower case, since then, words to clients included; not the one in hand."""
    return len(tx.execute(_GIVEN, {"who": who, "since": since}).all())
