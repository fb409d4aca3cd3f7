"""Which mailboxes cannot be read, since when and why: for whoever asks from outside the process that reads them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update

from outbound.standing import Outage
from store.database import Transaction
from store.inserting import unless_there
from store.tables import outage


def began(tx: Transaction, mailbox: str, why: str, now: datetime) -> None:
    """It cannot be read. Said again with another reason, it has not been since the first time."""
    if tx.execute(update(outage).where(outage.c.mailbox == mailbox).values(why=why)).rowcount == 0:
        tx.execute(unless_there(outage), {"mailbox": mailbox, "since": now, "why": why})


def mend(tx: Transaction, now: datetime) -> None:
    """None has begun in the time to come: the clock was wrong then."""
    tx.execute(update(outage).where(outage.c.since > now).values(since=now))


def ended(tx: Transaction, mailbox: str) -> Outage | None:
    """It can be read. The outage that is over, if there was one."""
    row = tx.execute(delete(outage).where(outage.c.mailbox == mailbox).returning(outage)).one_or_none()
    return Outage(row.mailbox, row.since, row.why) if row else None


def only(tx: Transaction, mailboxes: Collection[str]) -> None:
    """Forget those of mailboxes and folders that are not read any more; these are all that are."""
    tx.execute(delete(outage).where(outage.c.mailbox.not_in(mailboxes)))


def outages(tx: Transaction) -> tuple[Outage, ...]:
    """The longest first."""
    rows = tx.execute(select(outage).order_by(outage.c.since, outage.c.mailbox))
    return tuple(Outage(row.mailbox, row.since, row.why) for row in rows)
