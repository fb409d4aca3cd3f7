"""When each mailbox was last read, whoever read it: for those who ask whether mail still comes in."""

from datetime import datetime

from sqlalchemy import select, update

from store.database import Transaction
from store.inserting import unless_there
from store.tables import reading


def note(tx: Transaction, mailbox: str, now: datetime) -> None:
    if tx.execute(update(reading).where(reading.c.mailbox == mailbox).values(at=now)).rowcount == 0:
        tx.execute(unless_there(reading), {"mailbox": mailbox, "at": now})


def last(tx: Transaction) -> dict[str, datetime]:
    """By the names of the mailboxes; one that was never read is missing."""
    return {row.mailbox: row.at for row in tx.execute(select(reading))}
