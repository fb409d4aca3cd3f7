"""From where each folder of a server is read: fixed once, so that a restart moves nothing. It never counts mails."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from store.database import Transaction
from store.tables import folder

SENT = "(sent)"  # in the ledger, the folder of sent mail of a mailbox, whatever the server calls it


@dataclass(frozen=True, slots=True)
class Start:
    """Mails with a UID up to `above`, or received before `since`, were there before us and are left alone."""

    above: int
    since: datetime


def start(tx: Transaction, account: str, name: str, uidvalidity: int) -> Start | None:
    """The start of a folder under this UIDVALIDITY; None while it has none."""
    row = tx.execute(
        select(folder.c.above, folder.c.since).where(
            folder.c.account == account, folder.c.name == name, folder.c.uidvalidity == uidvalidity
        )
    ).one_or_none()
    return Start(row.above, row.since) if row else None


def since(tx: Transaction, account: str, name: str) -> datetime | None:
    """From which day on a folder is read, whatever its UIDVALIDITY; None while it has never been read."""
    mine = (folder.c.account == account, folder.c.name == name)
    return tx.execute(select(folder.c.since).where(*mine)).scalar()


def begin(tx: Transaction, account: str, name: str, uidvalidity: int, highest: int, since: datetime) -> Start:
    """Fixes the start. A folder that was known under another UIDVALIDITY keeps its day, and loses its UIDs (S30)."""
    mine = (folder.c.account == account, folder.c.name == name)
    known = tx.execute(select(folder.c.since).where(*mine)).scalar_one_or_none()
    if known is None:
        values = {"account": account, "name": name, "uidvalidity": uidvalidity, "above": highest, "since": since}
        tx.execute(insert(folder).values(values))
        return Start(highest, since)
    tx.execute(update(folder).where(*mine).values(uidvalidity=uidvalidity, above=0))
    return Start(0, known)
